import type { AgentVariables } from '../program/environment.js'
import type { Preflight, Program } from '../program/preflight.js'
import type { Installed } from '../program/sign-in.js'

export const KIRO_PROGRAM: Program = {
  program: 'kiro-cli',
  install: 'install the Kiro CLI (https://kiro.dev/docs/cli/)',
}

/** Variables that kiro-cli needs from the daemon's environment, and variables that it always gets. */
export const KIRO_VARIABLES: AgentVariables = {
  pass: ['KIRO_API_KEY', 'KIRO_HOME', 'KIRO_DISABLE_TELEMETRY'],
  // An update during a task would replace the running program.
  set: { KIRO_NO_AUTO_UPDATE: '1' },
}

const SIGN_IN_REMEDY = 'Run `kiro-cli login`, or set KIRO_API_KEY in the agent\'s "env" or "passEnv".'

/**
 * Null if signed in, otherwise a sentence with the remedy. Without a sign-in kiro-cli waits forever for the confirmation of a
 * code, so silence means no. With an API key it is not called: no sign-in is needed, and the key is not validated here.
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
  return `kiro-cli seems not to be signed in: \`kiro-cli whoami\` did not respond within ${preflight.limitMs} ms. ${SIGN_IN_REMEDY}`
}
