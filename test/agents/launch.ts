import { spawn } from 'node:child_process'
import { constants, tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { AgentAdapter, AgentSettings, Decoder, Launch, Turn, Verdict } from '../../src/domain/adapter.js'
import type { Piece } from '../../src/domain/chunk.js'
import type { Json } from '../../src/domain/json.js'
import type { Transcript } from './contract.js'

export const FAKE_KIRO = fileURLToPath(new URL('../fixtures/kiro-cli', import.meta.url))

export function agentSettings(settings: Partial<AgentSettings> & { kind: string }): AgentSettings {
  return { args: [], env: {}, passEnv: [], ...settings }
}

export function turnOf(settings: AgentSettings, turn: Partial<Turn> = {}): Turn {
  return {
    message: 'Hello',
    sessionId: 'session-1',
    agentSessionId: null,
    model: null,
    workingDirectory: tmpdir(),
    settings,
    argv: null,
    permissions: 'deny',
    ...turn,
  }
}

/** A process's whole output, and its exit code as a shell's. */
export interface Run extends Transcript {
  exitCode: number
}

/** Runs what an adapter launches, as a real process. */
export async function runLaunch(launch: Launch, cwd = tmpdir()): Promise<Run> {
  const [program, ...given] = launch.argv
  const child = spawn(program, given, { cwd, env: launch.env, stdio: ['pipe', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  child.stdin.on('error', () => undefined)
  child.stdin.end(launch.input.is === 'message' ? launch.input.text : '')
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve(signal === null ? Number(code) : 128 + constants.signals[signal]),
    )
  })
  return { state: launch.decoderState, out: Buffer.concat(out), err: Buffer.concat(err), exitCode }
}

export interface Outcome {
  pieces: Piece[]
  state: Json
  verdict: Verdict
}

/** Decodes and judges a run. */
export function judge(adapter: AgentAdapter, run: Run): Outcome {
  const decoder: Decoder = adapter.decoder(run.state)
  const pieces = [...decoder.decode('out', run.out), ...decoder.decode('err', run.err), ...decoder.end()]
  const stderr = pieces.filter(({ kind }) => kind === 'stderr').map(({ content }) => content)
  const state = decoder.state()
  const stderrTail = stderr.join('').slice(-2000)
  return {
    pieces,
    state,
    verdict: adapter.verdict({ exitCode: run.exitCode, decoderState: state, stderrTail }),
  }
}

export async function runTurn(adapter: AgentAdapter, turn: Turn): Promise<Outcome & { launch: Launch }> {
  const launch = await adapter.prepare(turn, new AbortController().signal)
  return { ...judge(adapter, await runLaunch(launch, turn.workingDirectory)), launch }
}
