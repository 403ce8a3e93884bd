import type { Command } from 'commander'
import { findTask, TASK_ARGUMENT } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addRespond(program: Command): void {
  addExamples(
    program
      .command('respond')
      .description("Respond to an agent's question, or show it")
      .argument('<id>', TASK_ARGUMENT)
      .argument('[answer...]', 'An option, its name, or yes or no; shows the question without it')
      .option('--question <id>', 'Fail if another question is open by now')
      .action(respond),
    { 'spoold respond @last': 'Show the question', 'spoold respond @last yes': 'Allow it' },
  )
}

async function respond(
  id: string,
  words: string[],
  options: { question?: string },
  command: Command,
): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const answer = words.join(' ')
  await withDaemon(globalsOf(command), async (client) => {
    const { task_id, question, status } = await findTask(client, id)
    if (answer !== '') {
      const { message } = await client.respond({
        task_id,
        text: answer,
        question_id: options.question ?? question?.question_id,
      })
      print(`${message}\n`)
      return
    }
    if (question === undefined) {
      print(`${task_id} has no open question (${status}).\n`)
      return
    }
    const { formatQuestion } = await import('./terminal/question.js')
    print(formatQuestion(task_id, question))
  })
}
