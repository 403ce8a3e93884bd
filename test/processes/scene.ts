import { existsSync } from 'node:fs'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, vi } from 'vitest'
import type { AttemptRef, LaunchSpec, Processes, ProcessIdentity } from '../../src/domain/processes.js'
import { createProcesses, type ProcessesOptions } from '../../src/processes/processes.js'

/** The POSIX shells of this machine that are in use as /bin/sh somewhere. */
export const SHELLS = ['/bin/dash', '/bin/bash', '/bin/sh'].filter((shell) => existsSync(shell))

/** A program that does nothing. */
export const TRUE = existsSync('/bin/true') ? '/bin/true' : '/usr/bin/true'

export interface Scene {
  root: string
  spoolRoot: string
  processes: Processes
  /** The launch spec of a new task; `changes` replaces any part of it. */
  newSpec(argv: [string, ...string[]], changes?: Partial<LaunchSpec>): LaunchSpec
  start(argv: [string, ...string[]], changes?: Partial<LaunchSpec>): Promise<Started>
}

export interface Started {
  spec: LaunchSpec
  identity: ProcessIdentity
  /** Waits for the recorded exit code. */
  exit(): Promise<number>
  output(): Promise<string>
}

/** Processes with a directory of their own. The end of the test kills all of them and removes the directory. */
export async function openScene(options: Partial<ProcessesOptions> = {}): Promise<Scene> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'spoold processes-')))
  const spoolRoot = options.spoolRoot ?? join(root, 'spool')
  const processes = createProcesses({ ...options, spoolRoot })
  const started: [AttemptRef, ProcessIdentity][] = []
  onTestFinished(async () => {
    await Promise.all(started.map(([attempt, identity]) => processes.kill(attempt, identity, 0)))
    await rm(root, { recursive: true, force: true })
  })

  let count = 0
  const newSpec: Scene['newSpec'] = (argv, changes) => {
    count += 1
    const taskId = `task-${count}`
    const token = `${root}/${count}`
    return { taskId, attempt: 1, token, argv, env: {}, cwd: root, input: { is: 'none' }, ...changes }
  }
  return {
    root,
    spoolRoot,
    processes,
    newSpec,
    async start(argv, changes) {
      const spec = newSpec(argv, changes)
      const identity = await processes.launch(spec)
      started.push([spec, identity])
      return {
        spec,
        identity,
        exit: () => eventually(() => processes.exitCode(spec)),
        output: () => readFile(join(spoolRoot, spec.taskId, 'out'), 'utf8'),
      }
    },
  }
}

/** Repeats a read until its result is not undefined. */
export function eventually<T>(read: () => T | undefined | Promise<T | undefined>): Promise<T> {
  return vi.waitFor(
    async () => {
      const result = await read()
      if (result === undefined) throw new Error('no result yet')
      return result
    },
    { timeout: 60_000, interval: 5 },
  )
}

/** The content of a file once it exists and is not empty. */
export function contentOf(path: string): Promise<string> {
  return eventually(async () => (await readFile(path, 'utf8').catch(() => '')) || undefined)
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

export async function expectError(attempt: Promise<unknown>, code: string, sentence: RegExp): Promise<void> {
  await expect(attempt).rejects.toMatchObject({
    name: 'SpoolError',
    code,
    message: expect.stringMatching(sentence),
  })
}
