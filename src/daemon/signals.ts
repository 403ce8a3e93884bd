/**
 * Calls `close` at the first SIGTERM, SIGINT or SIGHUP, and ends the process at once at a second one, for a close
 * that hangs. The returned function takes the handlers away.
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
