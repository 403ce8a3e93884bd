import { oneLine } from '../../domain/text.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'
import { statusWord } from '../terminal/task-table.js'
import { formatDuration, formatSize, formatTime } from '../terminal/units.js'
import type { Document } from './document.js'

const TITLE_LENGTH = 80

/**
 * A document for people: facts about the task, its message, then its output in order. The answer is included unchanged,
 * because agents write Markdown; everything else is quoted under its kind.
 */
export function markdownDocument(): Document {
  let kind: ChunkResult['kind'] | undefined
  let isLineOpen = false

  function beginKind(next: ChunkResult['kind']): string {
    const gap = kind === undefined ? '' : `${isLineOpen ? '\n' : ''}\n`
    kind = next
    isLineOpen = false
    return next === 'text' ? gap : `${gap}> **${next}**\n>\n`
  }

  return {
    begin: (task) =>
      `# ${titleOf(task)}\n\n${factsOf(task)}\n\n## Message\n\n${quotedMessage(task)}\n\n## Output\n\n`,
    add({ kind: next, content }) {
      if (content === '') return ''
      const isNew = next !== kind
      const head = isNew ? beginKind(next) : ''
      const body = next === 'text' ? content : quoted(isNew ? content.trimStart() : content, isLineOpen)
      isLineOpen = !content.endsWith('\n')
      return head + body
    },
    end: () => (isLineOpen ? '\n' : ''),
  }
}

function titleOf({ message, argv }: TaskDetailResult): string {
  return oneLine(argv?.join(' ') ?? message, TITLE_LENGTH)
}

function factsOf(task: TaskDetailResult): string {
  const facts: [string, string | null][] = [
    ['Task', `\`${task.task_id}\``],
    ['Status', statusWord(task)],
    ['Agent', task.model === null ? task.agent : `${task.agent} (${task.model})`],
    ['Directory', fence(task.working_directory)],
    ['Created', formatTime(task.created_at)],
    ['Ended', formatTime(task.completed_at)],
    ['Time', formatDuration(task.duration_seconds)],
    ['Exit code', task.exit_code === null ? null : String(task.exit_code)],
    ['Output', formatSize(task.total_bytes_received)],
  ]
  return facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${value}`])).join('\n')
}

/** As a code block, so that Markdown in it has no effect. */
function quotedMessage({ message, argv }: TaskDetailResult): string {
  const text = argv === null ? message : argv.map((word) => JSON.stringify(word)).join(' ')
  const ticks = fenceFor(text, 3)
  return `${ticks}\n${text}${text.endsWith('\n') ? '' : '\n'}${ticks}`
}

function fence(text: string): string {
  const ticks = fenceFor(text, 1)
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${ticks}${space}${text}${space}${ticks}`
}

/** More backticks than any run of them in the text. */
function fenceFor(text: string, minLength: number): string {
  const longestRun = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  return '`'.repeat(Math.max(minLength, longestRun + 1))
}

function quoted(content: string, continuesLine: boolean): string {
  const lines = content.replace(/\n(?!$)/g, '\n> ')
  return continuesLine ? lines : `> ${lines}`
}
