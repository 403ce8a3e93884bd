import type { AgentSettings } from '../../domain/adapter.js'

/** Variables for paths, files and locale. */
const BASICS = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR']
const FAMILIES = /^(LC|XDG)_/

/** Proxies and certificates, without which an agent behind a proxy or a company's CA reaches no model. */
export const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
])
export const CERTIFICATES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS']

const ALLOWED: ReadonlySet<string> = new Set([...BASICS, ...PROXIES, ...CERTIFICATES])

/** Output goes to a spool, so programs should not write for a terminal. */
const NO_TERMINAL = { TERM: 'dumb', NO_COLOR: '1' }

/** spoold's own variables would point an agent at the daemon's state and secrets. */
const OWN = /^SPOOLD_/

export interface AgentVariables {
  /** Names that this kind of agent needs from the daemon's environment. */
  pass?: string[]
  /** Variables that this kind of agent always gets. */
  set?: Record<string, string>
}

/**
 * The environment of an agent's processes: an allow-list from `source`, then variables of the kind and of the settings. Later
 * ones take precedence; SPOOLD_ variables are never included.
 */
export function agentEnvironment(
  source: NodeJS.ProcessEnv,
  settings: AgentSettings,
  kind: AgentVariables = {},
): Record<string, string> {
  const passed = new Set([...(kind.pass ?? []), ...settings.passEnv])
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && (ALLOWED.has(name) || FAMILIES.test(name) || passed.has(name))) {
      environment[name] = value
    }
  }
  // passEnv is set by the user, so it overrides our defaults.
  for (const [name, value] of Object.entries({ ...NO_TERMINAL, ...kind.set })) {
    if (!settings.passEnv.includes(name) || environment[name] === undefined) environment[name] = value
  }
  Object.assign(environment, settings.env)
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OWN.test(name)))
}
