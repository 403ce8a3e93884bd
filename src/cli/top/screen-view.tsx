import { Box, Text } from 'ink'
import { joinLines, oneLine, toDisplayText } from '../../domain/text.js'
import { formatTime } from '../terminal/units.js'
import { KEYS } from './keys.js'
import { allEntries, type Dialog, rowsInView, type TopState } from './state.js'
import { TableView } from './table-view.js'

const MAX_LINE_LENGTH = 400
const KEY_LINE = '↑↓ select · Enter follow · c cancel · q quit · ? keys · a all · r respond'

/** The whole screen except the line of the cursor. */
export function ScreenView({ state, coloured }: { state: TopState; coloured: boolean }) {
  const { columns, rows } = state.size
  const { dialog } = state
  return (
    <Box flexDirection="column" width={columns} height={Math.max(1, rows - 1)} overflow="hidden">
      <Header state={state} coloured={coloured} />
      <Box flexDirection="column" height={rowsInView(state) + 1} flexShrink={0} overflow="hidden">
        {dialog?.asks === 'question' ? (
          <Question dialog={dialog} state={state} coloured={coloured} />
        ) : dialog?.asks === 'help' ? (
          <Help />
        ) : (
          <TableView state={state} coloured={coloured} />
        )}
      </Box>
      <Text wrap="truncate-end">{detailOf(state)}</Text>
      <Footer state={state} coloured={coloured} />
    </Box>
  )
}

function Header({ state, coloured }: { state: TopState; coloured: boolean }) {
  const tasks = allEntries(state).map(({ task }) => task)
  const count = (...statuses: string[]) => tasks.filter(({ status }) => statuses.includes(status)).length
  const asking = count('input_required')
  const { daemon } = state
  const name = daemon === null ? 'spoold' : joinLines(`spoold ${daemon.version}  ${daemon.url}`)
  return (
    <Box justifyContent="space-between" columnGap={2} height={1} flexShrink={0}>
      <Text wrap="truncate-end">
        <Text bold={coloured}>
          {count('running', 'streaming')} running, {count('pending')} waiting
        </Text>
        {asking === 0 ? '' : ', '}
        {asking === 0 ? null : (
          <Text bold={coloured} {...(coloured ? { color: 'magenta' } : {})}>
            {asking} {asking === 1 ? 'asks' : 'ask'}
          </Text>
        )}
        {visibleRange(state, tasks.length)}
        {`  ${name}`}
      </Text>
      <Box flexShrink={0}>
        <Text>{formatTime(new Date(state.now).toISOString()).slice(-8)}</Text>
      </Box>
    </Box>
  )
}

/** The range of visible rows, if not all are visible. */
function visibleRange(state: TopState, count: number): string {
  const view = rowsInView(state)
  return count <= view ? '' : `  rows ${state.first + 1}-${state.first + view} of ${count}`
}

/** The selected task with its complete id, for copying. */
function detailOf(state: TopState): string {
  const task = allEntries(state)[state.selected.index]?.task
  return task === undefined ? ' ' : oneLine(`${task.task_id}  ${task.message}`, MAX_LINE_LENGTH)
}

function Footer({ state, coloured }: { state: TopState; coloured: boolean }) {
  const { dialog, trouble, notice } = state
  const line = dialog !== null ? promptOf(dialog) : (trouble ?? notice)
  const loud = dialog?.asks === 'cancel' || (dialog === null && trouble !== null)
  const text = line ?? (state.hasNews ? KEY_LINE : 'Loading …')
  return (
    <Text wrap="truncate-end" bold={coloured && loud} {...(coloured && loud ? { color: 'yellow' } : {})}>
      {oneLine(text, MAX_LINE_LENGTH)}
    </Text>
  )
}

function promptOf(dialog: Dialog): string {
  if (dialog.asks === 'cancel') return `Cancel ${dialog.id} and end all its processes? y/n`
  if (dialog.asks === 'help') return 'Press any key to return.'
  return 'y yes · n no · or the number of an option · Esc closes'
}

function Question(props: {
  dialog: Extract<Dialog, { asks: 'question' }>
  state: TopState
  coloured: boolean
}) {
  const { dialog, state, coloured } = props
  const { id, question } = dialog
  // Tabs would be measured as one column.
  const text = toDisplayText(question.text).replaceAll('\t', '  ')
  const lines = rowsInView(state) - question.options.length
  const isCut = text.split('\n').length > lines || text.length > (lines * state.size.columns) / 2
  return (
    <>
      <Box flexShrink={0}>
        <Text wrap="truncate-end">
          {isCut ? `${id} asks (complete question: spoold respond ${id}):` : `${id} asks:`}
        </Text>
      </Box>
      <Box overflow="hidden" flexShrink={1}>
        <Text bold={coloured} {...(coloured ? { color: 'magenta' } : {})}>
          {text}
        </Text>
      </Box>
      {question.options.map(({ option_id, label }, index) => (
        <Box key={option_id} flexShrink={0}>
          <Text wrap="truncate-end">{`  ${index + 1}  ${oneLine(label, MAX_LINE_LENGTH)}`}</Text>
        </Box>
      ))}
    </>
  )
}

function Help() {
  return (
    <Box flexDirection="column" paddingLeft={2}>
      {KEYS.map(([keys, what]) => (
        <Text key={keys} wrap="truncate-end">
          {keys.padEnd(10)}
          {what}
        </Text>
      ))}
    </Box>
  )
}
