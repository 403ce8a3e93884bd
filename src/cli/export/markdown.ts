import { oneLine } from '../../domain/text.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'
import { statusWord } from '../terminal/task-table.js'
import { formatDuration, formatSize, formatTime } from '../terminal/units.js'
import type { Document } from './document.js'

const TITLE_LENGTH = 80

/**
 * A document for people: what is known of the task, what it was asked, then all that was said, in order. The answer stands there as
 * the agent wrote it, since agents write Markdown; everything else is quoted, under its kind.
 */
export function markdownDocument(): Document {
  let kind: ChunkResult['kind'] | undefined
  let isLineBegun = false

  function beginKind(next: ChunkResult['kind']): string {
    const gap = kind === undefined ? '' : `${isLineBegun ? '\n' : ''}\n`
    kind = next
    isLineBegun = false
    return next === 'text' ? gap : `${gap}> **${next}**\n>\n`
  }

  return {
    begin: (task) => `# ${titleOf(task)}\n\n${factsOf(task)}\n\n## Asked\n\n${asked(task)}\n\n## Said\n\n`,
    add({ kind: next, content }) {
      if (content === '') return ''
      const isNew = next !== kind
      const head = isNew ? beginKind(next) : ''
      const body = next === 'text' ? content : quoted(isNew ? content.trimStart() : content, isLineBegun)
      isLineBegun = !content.endsWith('\n')
      return head + body
    },
    end: () => (isLineBegun ? '\n' : ''),
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

/** As it was typed, whatever Markdown may be in it. */
function asked({ message, argv }: TaskDetailResult): string {
  const text = argv === null ? message : argv.map((word) => JSON.stringify(word)).join(' ')
  const ticks = fenceFor(text, 3)
  return `${ticks}\n${text}${text.endsWith('\n') ? '' : '\n'}${ticks}`
}

function fence(text: string): string {
  const ticks = fenceFor(text, 1)
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${ticks}${space}${text}${space}${ticks}`
}

/** More backticks than stand together in the text. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  return '`'.repeat(Math.max(least, longest + 1))
}

function quoted(content: string, goesOn: boolean): string {
  const lines = content.replace(/\n(?!$)/g, '\n> ')
  return goesOn ? lines : `> ${lines}`
}
