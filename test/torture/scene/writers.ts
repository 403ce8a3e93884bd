import { join } from 'node:path'

const here = (name: string) => join(import.meta.dirname, name)
const node = (name: string) => [process.execPath, here(name)]

/** Agents of all kinds, as in the config file, that write what their message orders; `starts` is told of each start. */
export function writerAgents(starts: string): Record<string, object> {
  const env = { WRITER_STARTS: starts }
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

/** What a writer is told to do; the text follows from the seed. */
export interface WriterOrder {
  seed: number
  bytes: number
  /** The longest pause between two pieces, ms. */
  pauseMs: number
  /** Of commands; the others end with 0. */
  exitCode: number
}

const HAVE_EXIT_CODES = ['argument', 'input']

/** The n-th order for an agent. Now and then it is a lot of text without a pause. */
export function orderFor(agent: string, seed: number): WriterOrder {
  const isQuick = seed % 5 === 4
  return {
    seed,
    bytes: isQuick ? 300_000 : 5_000 + (seed % 3) * 10_000,
    pauseMs: isQuick ? 0 : 60,
    exitCode: HAVE_EXIT_CODES.includes(agent) ? seed % 4 : 0,
  }
}
