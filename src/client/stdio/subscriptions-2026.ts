import type { DaemonLink } from '../daemon-connection.js'
import type { RpcMessage } from '../rpc.js'

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId'
export const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged'

/** For the first acknowledgment. */
const PATIENCE_MS = 35_000
/** The daemon sends a sign of life each 15 s. */
const SILENCE_LIMIT_MS = 60_000

/** What of the wished-for notifications the daemon delivers. */
type Honoured = Readonly<Record<string, unknown>>

/**
 * Forwards a subscriptions/listen of 2026-07-28 and hands on what it brings. When the daemon goes away the stream is
 * opened again as soon as it is back, so that for the client one subscription goes on: it is acknowledged once, and
 * what may have been missed meanwhile is told as changed. Resolves with the answer that ends it for good: a refusal, or
 * the daemon's own end of a subscription that has nothing to tell. Throws the signal's reason, and as DaemonLink.send.
 */
export function listen(
  link: DaemonLink,
  request: RpcMessage,
  { signal, write }: { signal: AbortSignal; write: (message: RpcMessage) => void },
): Promise<RpcMessage | undefined> {
  let honoured: Honoured | undefined
  const onMessage = (message: RpcMessage) => {
    if (message.method !== ACKNOWLEDGED) return write(message)
    const isFirst = honoured === undefined
    honoured = (message.params?.notifications ?? {}) as Honoured
    if (isFirst) write(message)
    else for (const change of missedChanges(honoured, request.id)) write(change)
  }
  return link.send(() => request, {
    repeatable: true,
    patienceMs: PATIENCE_MS,
    answerLimitMs: SILENCE_LIMIT_MS,
    signal,
    onMessage,
    // A daemon that stops ends its streams well.
    reopens: (answer) => answer?.result !== undefined && hasSomething(honoured),
  })
}

function hasSomething(honoured: Honoured = {}): boolean {
  return Object.values(honoured).some((wish) => (Array.isArray(wish) ? wish.length > 0 : wish === true))
}

const CHANGE_OF: Readonly<Record<string, string>> = {
  toolsListChanged: 'notifications/tools/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
}

/** Notifications are hints to look again, so one too many does no harm. Tasks the daemon tells anew by itself. */
function missedChanges(honoured: Honoured, id: RpcMessage['id']): RpcMessage[] {
  const _meta = { [SUBSCRIPTION_ID]: id }
  const lists = Object.entries(CHANGE_OF).filter(([wish]) => honoured[wish] === true)
  const { resourceSubscriptions: uris } = honoured
  return [
    ...lists.map(([, method]) => ({ jsonrpc: '2.0' as const, method, params: { _meta } })),
    ...(Array.isArray(uris) ? uris : []).map((uri: unknown) => ({
      jsonrpc: '2.0' as const,
      method: 'notifications/resources/updated',
      params: { uri, _meta },
    })),
  ]
}
