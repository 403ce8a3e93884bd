import type { SpooldClient } from '../../client/spoold-client.js'
import { readDaemonFile } from '../../state/daemon-file.js'
import type { Globals } from '../global-options.js'
import { printError } from '../terminal/print.js'
import { createActions } from './actions.js'
import { sizeOf } from './alternate-screen.js'
import { followFromTop } from './follow-from-top.js'
import { poll } from './poller.js'
import { createStore, showBoard } from './show-board.js'
import { entriesInView, initialState, type TopState } from './state.js'

const END_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const

/** The live view, until the user quits or a signal arrives; the signal then ends the process. */
export async function runTop(client: SpooldClient, globals: Globals): Promise<void> {
  const store = createStore(initialState(sizeOf(process.stdout)))
  const actions = createActions(client, ({ dialog, ...change }) => {
    // Keys for an open dialog must not reach a dialog that replaces it.
    const opens = dialog !== undefined && store.get().dialog === null
    store.change(opens ? { ...change, dialog } : change)
  })
  const identify = () => {
    const daemon = readDaemonFile(globals.paths.daemon)
    return daemon === undefined ? null : { version: daemon.version, url: daemon.url }
  }
  for (;;) {
    const end = await runUntilEnd(async (leave, signal) => {
      const polling = poll({
        client,
        identify,
        signal,
        interest: () => interestOf(store.get()),
        onNews: (news) => {
          if (!signal.aborted) store.change(news.board === undefined ? news : { ...news, hasNews: true })
        },
      }).catch(leave.withError)
      const showing = showBoard(
        store,
        (action) => {
          if (action.to === 'quit') leave.to({ quit: true })
          else if (action.to === 'follow') leave.to({ follow: action.id })
          else actions.run(action)
        },
        signal,
      )
      await Promise.all([polling, showing])
    })
    if ('signal' in end) process.kill(process.pid, end.signal)
    if (!('follow' in end) || !(await followFromTop(client, end.follow))) break
    store.change({ notice: null })
  }
  await waitForActions(actions.settled())
}

function interestOf(state: TopState) {
  const { board, all } = state
  return { board, all, inView: entriesInView(state).map(({ task }) => task.task_id) }
}

type End = { quit: true } | { follow: string } | { signal: NodeJS.Signals }

interface Leave {
  to(end: End): void
  withError(error: unknown): void
}

/** Runs the screen until something ends it. Resolves with the reason after the terminal was restored. */
async function runUntilEnd(run: (leave: Leave, signal: AbortSignal) => Promise<void>): Promise<End> {
  const over = new AbortController()
  let end: End = { quit: true }
  let failure: { error: unknown } | undefined
  const leave: Leave = {
    to(reason) {
      end = reason
      over.abort()
    },
    withError(error) {
      failure = { error }
      over.abort()
    },
  }
  const onSignal = (signal: NodeJS.Signals) => leave.to({ signal })
  for (const signal of END_SIGNALS) process.on(signal, onSignal)
  try {
    await run(leave, over.signal)
  } finally {
    over.abort()
    for (const signal of END_SIGNALS) process.off(signal, onSignal)
  }
  if (failure !== undefined) throw failure.error
  return end
}

/** Waits for a cancel in progress. */
async function waitForActions(settled: Promise<void>): Promise<void> {
  const hint = setTimeout(() => printError('Waiting for a cancel …\n'), 300)
  await settled
  clearTimeout(hint)
}
