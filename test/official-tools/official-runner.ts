import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One check of a scenario, as in the official runner's checks.json. */
export interface Check {
  id: string
  name: string
  description: string
  /** WARNING: a SHOULD is violated. SKIPPED or INFO: the check does not apply to the server. */
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  errorMessage?: string
}

const MODULES = fileURLToPath(new URL('node_modules', import.meta.url))
/** Node 22, which the runner requires. */
const NODE = join(MODULES, '.bin', 'node')
const RUNNER = join(MODULES, '@modelcontextprotocol', 'conformance', 'dist', 'index.js')
/** A scenario takes seconds; one that hangs must not hang the others. */
const SCENARIO_MS = 30_000
/** Time limit of all runs of one call. */
const RUNS_MS = 220_000

/** Names of the server scenarios of a revision, or of all revisions. */
export function scenariosOf(revision?: string): string[] {
  const filter = revision === undefined ? [] : ['--spec-version', revision]
  const listed = execFileSync(NODE, [RUNNER, 'list', '--server', ...filter], { encoding: 'utf8' })
  return [...listed.matchAll(/^ +- (\S+) \[/gm)].map(([, name = '']) => name)
}

/**
 * Runs the selected scenarios against a server. Resolves with the checks of each scenario that was completed, and with
 * the runner's output.
 */
export async function runScenarios(
  url: string,
  selections: string[][],
): Promise<{ checks: Map<string, Check[]>; printed: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'spoold-conformance-results-'))
  try {
    const signal = AbortSignal.timeout(RUNS_MS)
    let printed = ''
    for (const selection of selections) {
      const timeout = ['--timeout', String(SCENARIO_MS)]
      printed += await run(
        [RUNNER, 'server', '--url', url, ...selection, ...timeout, '-o', directory],
        signal,
      )
    }
    return { checks: await readChecks(directory), printed }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Resolves with the output. The exit code is ignored, because the checks contain the same information. */
function run(args: string[], signal: AbortSignal): Promise<string> {
  const options = { signal, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const
  return new Promise((resolve) => {
    execFile(NODE, args, options, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}

async function readChecks(directory: string): Promise<Map<string, Check[]>> {
  const checks = new Map<string, Check[]>()
  for (const name of await readdir(directory)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(name)?.[1]
    const file = join(directory, name, 'checks.json')
    // A scenario that was interrupted has no file.
    if (scenario === undefined || !existsSync(file)) continue
    checks.set(scenario, JSON.parse(await readFile(file, 'utf8')) as Check[])
  }
  return checks
}
