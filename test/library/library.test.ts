import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { PROJECT } from '../helpers/build.js'
import { stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { killAndWait } from '../helpers/end-daemon.js'
import { cleanEnvironment } from '../helpers/run-cli.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const PAGE = readFileSync(join(PROJECT, 'docs', 'library.md'), 'utf8')

/** The example on the page that imports this entry of the package. */
function example(entry: string): string {
  const blocks = [...PAGE.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
  const found = blocks.find((code) => code.includes(`'${entry}'`))
  if (found === undefined) throw new Error(`docs/library.md has no example of ${entry}`)
  return found
}

/** A project with spoold in its node_modules, as after `npm install spoold`. */
function projectWithSpoold(): string {
  const project = tempDirectory('library')
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(PROJECT, join(project, 'node_modules', 'spoold'))
  return project
}

function runModule(project: string, code: string, environment: NodeJS.ProcessEnv) {
  const file = join(project, 'program.mjs')
  writeFileSync(file, code)
  const child = spawn(process.execPath, [file], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return { output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

describe('the examples of docs/library.md', () => {
  it('run, and follow() continues after the daemon was killed', async () => {
    const project = projectWithSpoold()
    const stateDirectory = join(project, 'state')
    writeFileSync(join(project, 'words.mjs'), example('spoold/agent'))
    const config = { agents: { words: { kind: 'module', module: join(project, 'words.mjs') } } }
    writeFileSync(join(project, 'config.json'), JSON.stringify(config))
    const environment = cleanEnvironment(stateDirectory, { SPOOLD_CONFIG: join(project, 'config.json') })
    stopDaemonAfterwards(stateDirectory)

    const program = runModule(project, example('spoold/client'), environment)
    await waitFor('the first words', () => program.output().includes('each '))
    const first = readDaemonFile(statePaths(stateDirectory).daemon)
    if (first === undefined) throw new Error('no daemon')
    expect(program.output()).not.toContain('own')
    await killAndWait(first.pid)

    expect(await program.ended).toBe(0)
    expect(program.output()).toBe('each of these words is a chunk of its own \ncompleted\n')
    expect(readDaemonFile(statePaths(stateDirectory).daemon)?.pid).not.toBe(first.pid)
  })
})

describe('the package', () => {
  const inProject = (code: string) => {
    const project = projectWithSpoold()
    const environment = cleanEnvironment(join(project, 'state'), { SPOOLD_NO_SPAWN: '1' })
    return runModule(project, code, environment)
  }

  it('exports the two public entries and nothing else', async () => {
    const program = inProject(`
      console.log(Object.keys(await import('spoold/client')).join(), Object.keys(await import('spoold/agent')).join())
      for (const inner of ['spoold', 'spoold/dist/src/store/store.js']) {
        await import(inner).catch((error) => console.log(error.code))
      }`)
    expect(await program.ended).toBe(0)
    expect(program.output()).toBe(
      'SpoolError,connect defineAgent\nERR_PACKAGE_PATH_NOT_EXPORTED\nERR_PACKAGE_PATH_NOT_EXPORTED\n',
    )
  })

  it('does not start a daemon by default', async () => {
    const program = inProject(`
      import { connect, SpoolError } from 'spoold/client'
      await connect().catch((error) => console.log(error instanceof SpoolError, error.code))`)
    expect(await program.ended).toBe(0)
    expect(program.output()).toBe('true daemon_unreachable\n')
  })

  it('has types for both entries', () => {
    const project = projectWithSpoold()
    symlinkSync(join(PROJECT, 'node_modules', '@types'), join(project, 'node_modules', '@types'))
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(project, 'program.ts'),
      `import { type Agent, type AgentTurn, defineAgent } from 'spoold/agent'
      import { connect, type ChunkResult, SpoolError, type StatusResult } from 'spoold/client'
      const spoold = await connect({ stateDirectory: '/x', spawn: false })
      const { task_id, session_id } = await spoold.start({ message: 'x', agent: 'kiro' })
      const chunks: ChunkResult[] = []
      for await (const chunk of spoold.follow(task_id, 0)) chunks.push(chunk)
      const status: StatusResult = await spoold.status({ task_id, wait_ms: 10 })
      export const code = (error: unknown) => (error instanceof SpoolError ? error.code : status.error)
      // @ts-expect-error for the operator only
      await spoold.exec({ argv: [session_id] })
      export const silent: Agent = defineAgent((turn, output) => { output.text(turn.message) })
      export const asynchronous = defineAgent(async ({ signal }, output) => { if (signal.aborted) output.remember('x') })
      export const yielding = defineAgent(async function* (turn: AgentTurn) { yield turn.message; yield { kind: 'tool', content: 'x' } })
      // @ts-expect-error a number is nothing to say
      export const wrong = defineAgent(() => 5)`,
    )
    const tsc = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc')
    const flags = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      '--types',
      'node',
    ]
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...flags, 'program.ts'], {
      cwd: project,
      encoding: 'utf8',
    })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })
})
