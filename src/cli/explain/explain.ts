import type { Command } from 'commander'
import { addExamples } from '../help/examples.js'

export function addExplain(program: Command): void {
  addExamples(
    program
      .command('explain')
      .description('Explain an error code and what to do about it')
      .argument('[code]', 'The code, for example task_not_found; lists all codes without it')
      .option('--json', 'Print JSON, one error per line')
      .action(explain),
    { 'spoold explain agent_missing': 'Explain this error', 'spoold explain': 'List all errors' },
  )
}

async function explain(word: string | undefined, options: { json?: boolean }, command: Command) {
  const { ERROR_CODES } = await import('../../domain/errors.js')
  const { print } = await import('../terminal/print.js')
  const { errorEntry } = await import('./entry.js')
  const codes = ERROR_CODES.filter((code) => word === undefined || code === word)
  if (word !== undefined && codes.length === 0) return failUnknownCode(command, word, ERROR_CODES)
  if (options.json) {
    const { printJsonLines } = await import('../terminal/json.js')
    printJsonLines(codes.map(errorEntry))
  } else if (word === undefined) {
    const { renderTable, wrappedTable } = await import('../terminal/table.js')
    print(
      renderTable(
        ['CODE', 'MEANS'],
        codes.map((code) => [code, errorEntry(code).means]),
        wrappedTable(),
      ),
    )
  } else {
    const { formatError } = await import('./view.js')
    for (const code of codes) print(formatError(errorEntry(code)))
  }
}

async function failUnknownCode(command: Command, word: string, codes: readonly string[]): Promise<never> {
  const { suggestion } = await import('../help/usage-sentence.js')
  return command.error(
    `error: unknown error code '${word}'${suggestion(word, codes)}; spoold explain lists all codes`,
  )
}
