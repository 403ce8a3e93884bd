import type { AgentVariables } from '../program/environment.js'
import type { Preflight, Program } from '../program/preflight.js'
import type { Installed } from '../program/sign-in.js'

export const KIRO_PROGRAM: Program = {
  program: 'kiro-cli',
  install: 'install the Kiro CLI (https://kiro.dev/docs/cli/)',
}

/** What kiro-cli needs of the daemon's environment, and what it is always given. */
export const KIRO_VARIABLES: AgentVariables = {
  pass: ['KIRO_API_KEY', 'KIRO_HOME', 'KIRO_DISABLE_TELEMETRY'],
  // An update in the middle of a task would take the program from under it.
  set: { KIRO_NO_AUTO_UPDATE: '1' },
}

const SIGN_IN_REMEDY = 'Run `kiro-cli login`, or set KIRO_API_KEY in the agent\'s "env" or "passEnv".'

/**
 * Null when signed in, else the sentence that says what to do. kiro-cli that is not signed in waits for ever for
 * somebody to confirm a code, so silence is a no. With an API key nothing is asked: no sign-in is needed then, and
 * whether the key is valid is not told here anyway.
 */
export async function kiroSignInProblem(
  preflight: Preflight,
  { settings, binary, env }: Installed,
  signal: AbortSignal,
): Promise<string | null> {
  let isSilent = false
  const signedIn = await preflight.signedIn(settings, binary, async () => {
    if (env.KIRO_API_KEY) return 'not_needed'
    const { exitCode, timedOut } = await preflight.ask([binary, 'whoami'], env, signal)
    isSilent = timedOut
    return exitCode === 0 ? 'yes' : 'no'
  })
  if (signedIn !== 'no') return null
  if (!isSilent) return `kiro-cli is not signed in. ${SIGN_IN_REMEDY}`
  return `kiro-cli seems not signed in: \`kiro-cli whoami\` did not answer within ${preflight.limitMs} ms. ${SIGN_IN_REMEDY}`
}
