import { existsSync } from 'node:fs'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, vi } from 'vitest'
import type { AttemptRef, LaunchSpec, Processes, ProcessIdentity } from '../../src/domain/processes.js'
import { createProcesses, type ProcessesOptions } from '../../src/processes/processes.js'

/** The POSIX shells of this machine that people have as /bin/sh. */
export const SHELLS = ['/bin/dash', '/bin/bash', '/bin/sh'].filter((shell) => existsSync(shell))

/** A program that does nothing. */
export const TRUE = existsSync('/bin/true') ? '/bin/true' : '/usr/bin/true'

export interface Workshop {
  root: string
  spoolRoot: string
  runner: Processes
  /** An order for a new task; `changes` replaces any part of it. */
  order(argv: [string, ...string[]], changes?: Partial<LaunchSpec>): LaunchSpec
  start(argv: [string, ...string[]], changes?: Partial<LaunchSpec>): Promise<Started>
}

export interface Started {
  order: LaunchSpec
  identity: ProcessIdentity
  /** Waits for the recorded exit code. */
  exit(): Promise<number>
  output(): Promise<string>
}

/** A runner with a directory of its own; at the end of the test both are gone, with everything that was started. */
export async function openWorkshop(options: Partial<ProcessesOptions> = {}): Promise<Workshop> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'spoold runner-')))
  const spoolRoot = options.spoolRoot ?? join(root, 'spool')
  const runner = createProcesses({ ...options, spoolRoot })
  const started: [AttemptRef, ProcessIdentity][] = []
  onTestFinished(async () => {
    await Promise.all(started.map(([attempt, identity]) => runner.kill(attempt, identity, 0)))
    await rm(root, { recursive: true, force: true })
  })

  let count = 0
  const order: Workshop['order'] = (argv, changes) => {
    count += 1
    const taskId = `task-${count}`
    const token = `${root}/${count}`
    return { taskId, attempt: 1, token, argv, env: {}, cwd: root, input: { is: 'none' }, ...changes }
  }
  return {
    root,
    spoolRoot,
    runner,
    order,
    async start(argv, changes) {
      const given = order(argv, changes)
      const identity = await runner.launch(given)
      started.push([given, identity])
      return {
        order: given,
        identity,
        exit: () => eventually(() => runner.exitCode(given)),
        output: () => readFile(join(spoolRoot, given.taskId, 'out'), 'utf8'),
      }
    },
  }
}

/** Asks again until there is an answer other than undefined. */
export function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  return vi.waitFor(
    async () => {
      const answer = await ask()
      if (answer === undefined) throw new Error('no answer yet')
      return answer
    },
    { timeout: 10_000, interval: 5 },
  )
}

/** The content of a file once it is there and not empty. */
export function contentOf(path: string): Promise<string> {
  return eventually(async () => (await readFile(path, 'utf8').catch(() => '')) || undefined)
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

export async function expectRefusal(
  attempt: Promise<unknown>,
  code: string,
  sentence: RegExp,
): Promise<void> {
  await expect(attempt).rejects.toMatchObject({
    name: 'SpoolError',
    code,
    message: expect.stringMatching(sentence),
  })
}
