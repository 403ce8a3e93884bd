/**
 * Calls `close` at the first SIGTERM, SIGINT or SIGHUP, and exits at once at a second one, in case closing hangs. Returns a
 * function that removes the handlers.
 */
export function onEndSignal(close: (signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  let received = false
  const handler = (signal: NodeJS.Signals) => {
    if (received) process.exit(130)
    received = true
    close(signal)
  }
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
