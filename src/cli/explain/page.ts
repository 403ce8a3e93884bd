import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { ERROR_CODES } from '../../domain/errors.js'
import { type ErrorEntry, errorEntry } from './entry.js'
import { codesLine } from './view.js'

const BEGIN = `# Errors

Every error has one of these codes. The command line prints it at the end of the message, as in
\`spoold: There is no task task-1: … (task_not_found)\`, and \`spoold explain CODE\` shows the text below. MCP clients find it as
\`code\` in the structured content of a failed tool (\`isError\`), or in \`data\` of a JSON-RPC error. A rejected request changes nothing.

Generated from src/cli/explain/explanations by \`npm run pages\`.
`

/** docs/errors.md: a section for each code of the list, whose anchor is the code. */
export function errorsPage(): string {
  const list = ERROR_CODES.map((code) => `- [${code}](#${code}): ${errorEntry(code).means}`)
  return [BEGIN, ...list, '', ...ERROR_CODES.map((code) => section(errorEntry(code)))].join('\n')
}

function section(entry: ErrorEntry): string {
  const { code, means, causes, remedies } = entry
  const items = (lines: readonly string[]) => lines.map((line) => `- ${line}`)
  return [
    `### ${code}`,
    '',
    means,
    '',
    'Causes:',
    '',
    ...items(causes),
    '',
    'What to do:',
    '',
    ...items(remedies),
    '',
    `${codesLine(entry)}.`,
    '',
  ].join('\n')
}

/** `node dist/src/cli/explain/page.js FILE` writes it (npm run pages). */
const [, script, file] = process.argv
if (script !== undefined && file !== undefined && import.meta.url === pathToFileURL(script).href) {
  writeFileSync(file, errorsPage())
}
