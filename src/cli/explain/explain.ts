import type { Command } from 'commander'
import { addExamples } from '../help/examples.js'

export function addExplain(program: Command): void {
  addExamples(
    program
      .command('explain')
      .description('tell what an error means and what to do, by the code that its sentence ends with')
      .argument('[code]', 'for example task_not_found; without it all are listed')
      .option('--json', 'as JSON, one error a line')
      .action(explain),
    { 'spoold explain agent_missing': 'this error', 'spoold explain': 'all of them, one a line' },
  )
}

async function explain(word: string | undefined, options: { json?: boolean }, command: Command) {
  const { ERROR_CODES } = await import('../../domain/errors.js')
  const { print } = await import('../terminal/print.js')
  const { errorEntry } = await import('./entry.js')
  const codes = ERROR_CODES.filter((code) => word === undefined || code === word)
  if (word !== undefined && codes.length === 0) return refuse(command, word, ERROR_CODES)
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
    const { errorCard } = await import('./view.js')
    for (const code of codes) print(errorCard(errorEntry(code)))
  }
}

async function refuse(command: Command, word: string, codes: readonly string[]): Promise<never> {
  const { meant } = await import('../help/usage-sentence.js')
  return command.error(
    `error: '${word}' is no code of an error${meant(word, codes)}; spoold explain lists them`,
  )
}
