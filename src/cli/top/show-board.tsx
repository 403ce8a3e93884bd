import { render, useInput } from 'ink'
import { useSyncExternalStore } from 'react'
import { hasColours } from '../terminal/colour.js'
import { enterAlternateScreen, sizeOf } from './alternate-screen.js'
import { type Action, handleKey, type Key } from './keymap.js'
import { keysOf } from './read-key.js'
import { ScreenView } from './screen-view.js'
import { type TopState, withChange } from './state.js'

/** The state of the screen, changed by keys, news and the terminal's size. */
export interface Store {
  get(): TopState
  change(change: Partial<TopState>): void
  set(state: TopState): void
  subscribe(listener: () => void): () => void
}

export function createStore(initial: TopState): Store {
  let state = initial
  const listeners = new Set<() => void>()
  const set = (next: TopState) => {
    state = next
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    set,
    change: (change) => set(withChange(state, change)),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The screen of a store, with its keys. */
export function Screen(props: { store: Store; onKey: (key: Key) => void; coloured: boolean }) {
  const { store, onKey, coloured } = props
  const state = useSyncExternalStore(store.subscribe, store.get)
  useInput((input, inkKey) => {
    for (const key of keysOf(input, inkKey)) {
      const wasOpen = store.get().dialog !== null
      onKey(key)
      // Text pasted by mistake must not answer a dialog that it has opened.
      if (!wasOpen && store.get().dialog !== null) break
    }
  })
  return <ScreenView state={state} coloured={coloured} />
}

/**
 * Shows the board on the alternate screen until the signal aborts, and restores the terminal in any case. Actions of keys
 * are passed to `onAction`.
 */
export async function showBoard(
  store: Store,
  onAction: (action: Action) => void,
  signal: AbortSignal,
): Promise<void> {
  const { stdout, stdin } = process
  const resize = () => store.change({ size: sizeOf(stdout) })
  const onKey = (key: Key) => {
    if (signal.aborted) return
    const { state, action } = handleKey(store.get(), key)
    store.set(state)
    if (action !== undefined) onAction(action)
  }
  const screen = enterAlternateScreen(stdout)
  try {
    // Before ink's own listener, so that it draws for the new size.
    stdout.on('resize', resize)
    resize()
    const app = render(<Screen store={store} onKey={onKey} coloured={hasColours(stdout)} />, {
      stdout: screen.stream,
      stdin,
      exitOnCtrlC: false,
      patchConsole: false,
    })
    const onAbort = () => app.unmount()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    await app.waitUntilExit()
    signal.removeEventListener('abort', onAbort)
  } finally {
    stdout.off('resize', resize)
    screen.leave()
  }
}
