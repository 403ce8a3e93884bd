import { join } from 'node:path'

const here = (name: string) => join(import.meta.dirname, name)
const node = (name: string) => [process.execPath, here(name)]

/** Agents of all kinds, as in the config file, that write what their message requests and record each start in a file. */
export function writerAgents(startsFile: string): Record<string, object> {
  const env = { WRITER_STARTS: startsFile }
  const headless = (format: string) => ({
    binary: here('headless-writer.mjs'),
    env: { ...env, WRITER_FORMAT: format, GEMINI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' },
  })
  return {
    argument: { kind: 'command', argv: [...node('writer.mjs'), '{message}'], env },
    input: { kind: 'command', argv: node('writer.mjs'), input: 'stdin', env },
    module: { kind: 'module', module: here('module-writer.mjs'), env },
    acp: { kind: 'acp', argv: node('acp-writer.mjs'), permissions: 'allow', env },
    'kiro-acp': {
      kind: 'kiro',
      protocol: 'acp',
      binary: here('acp-writer.mjs'),
      permissions: 'allow',
      env,
    },
    kiro: { kind: 'kiro', ...headless('kiro') },
    gemini: { kind: 'gemini', ...headless('gemini') },
    claude: { kind: 'claude', ...headless('claude') },
  }
}

/** The message to a writer; the seed determines the text. */
export interface WriterRequest {
  seed: number
  bytes: number
  /** Longest pause between two pieces. */
  pauseMs: number
  /** Only commands can exit with another code than 0. */
  exitCode: number
}

const AGENTS_WITH_EXIT_CODES = ['argument', 'input']

/** A request to an agent; one of five asks for a lot of text without pauses. */
export function requestFor(agent: string, seed: number): WriterRequest {
  const isQuick = seed % 5 === 4
  return {
    seed,
    bytes: isQuick ? 300_000 : 5_000 + (seed % 3) * 10_000,
    pauseMs: isQuick ? 0 : 60,
    exitCode: AGENTS_WITH_EXIT_CODES.includes(agent) ? seed % 4 : 0,
  }
}
