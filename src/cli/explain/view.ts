import type { ErrorEntry } from './entry.js'

const PAGE = 'docs/errors.md'

/** An error as `spoold explain CODE` prints it. */
export function formatError(entry: ErrorEntry): string {
  const { code, means, causes, remedies } = entry
  return [
    `${code}: ${means}`,
    '',
    'Causes',
    ...causes.map((cause) => `  - ${cause}`),
    '',
    'What to do',
    ...remedies.map((remedy) => `  - ${remedy}`),
    '',
    `${codesLine(entry)}. See also ${PAGE}#${code}`,
    '',
  ].join('\n')
}

/** The numbers of an error, on one line. */
export function codesLine({ exit_code, http_status, json_rpc_code }: ErrorEntry): string {
  return [
    `Exit code ${exit_code}`,
    ...(http_status === null ? [] : [`HTTP ${http_status}`]),
    ...(json_rpc_code === null ? [] : [`JSON-RPC ${json_rpc_code}`]),
  ].join(' · ')
}
