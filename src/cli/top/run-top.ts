import type { SpooldClient } from '../../client/spoold-client.js'
import { readDaemonFile } from '../../state/daemon-file.js'
import type { Globals } from '../global-options.js'
import { printError } from '../terminal/print.js'
import { grantWishes } from './actions.js'
import { sizeOf } from './alternate-screen.js'
import { followFromTop } from './follow-from-top.js'
import { feed } from './poller.js'
import { createStore, showBoard } from './show-board.js'
import { entriesInView, initialState, type TopState } from './state.js'

const ENDING = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const

/** The live view, until the person quits or a signal ends it; the signal then ends the process after all. */
export async function runTop(client: SpooldClient, globals: Globals): Promise<void> {
  const store = createStore(initialState(sizeOf(process.stdout)))
  const wishes = grantWishes(client, ({ dialog, ...change }) => {
    // Keys that are meant for an open dialog must not get to one that comes over it.
    const opens = dialog !== undefined && store.get().dialog === null
    store.change(opens ? { ...change, dialog } : change)
  })
  const identify = () => {
    const daemon = readDaemonFile(globals.paths.daemon)
    return daemon === undefined ? null : { version: daemon.version, url: daemon.url }
  }
  for (;;) {
    const end = await untilLeft(async (leave, signal) => {
      const feeding = feed({
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
        (wish) => {
          if (wish.to === 'quit') leave.to({ quit: true })
          else if (wish.to === 'follow') leave.to({ follow: wish.id })
          else wishes.grant(wish)
        },
        signal,
      )
      await Promise.all([feeding, showing])
    })
    if ('signal' in end) process.kill(process.pid, end.signal)
    if (!('follow' in end) || !(await followFromTop(client, end.follow))) break
    store.change({ notice: null })
  }
  await waitForWishes(wishes.settled())
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

/** Runs the screen until something ends it, and tells what that was when the terminal has been given back. */
async function untilLeft(run: (leave: Leave, signal: AbortSignal) => Promise<void>): Promise<End> {
  const over = new AbortController()
  let end: End = { quit: true }
  let failure: { error: unknown } | undefined
  const leave: Leave = {
    to(chosen) {
      end = chosen
      over.abort()
    },
    withError(error) {
      failure = { error }
      over.abort()
    },
  }
  const onSignal = (signal: NodeJS.Signals) => leave.to({ signal })
  for (const signal of ENDING) process.on(signal, onSignal)
  try {
    await run(leave, over.signal)
  } finally {
    over.abort()
    for (const signal of ENDING) process.off(signal, onSignal)
  }
  if (failure !== undefined) throw failure.error
  return end
}

/** A cancel that is under way is seen through. */
async function waitForWishes(settled: Promise<void>): Promise<void> {
  const hint = setTimeout(() => printError('A cancel is under way …\n'), 300)
  await settled
  clearTimeout(hint)
}
