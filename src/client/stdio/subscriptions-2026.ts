import type { DaemonConnection } from '../daemon-connection.js'
import type { RpcMessage } from '../rpc-message.js'

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId'
export const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged'

/** Until the first acknowledgment. */
const PATIENCE_MS = 35_000
/** The daemon sends a keep-alive every 15 s. */
const SILENCE_LIMIT_MS = 60_000

/** The requested notifications that the daemon delivers. */
type Acknowledged = Readonly<Record<string, unknown>>

/**
 * Forwards a subscriptions/listen of 2026-07-28 and passes its messages on. When the daemon goes away, the stream is
 * opened again as soon as it is back; for the client it is one subscription, acknowledged once, and whatever may have
 * been missed is reported as changed. Resolves to the response that ends it for good: an error, or the end of a
 * subscription without a source. Throws the signal's reason, and as DaemonConnection.send does.
 */
export function subscribe(
  connection: DaemonConnection,
  request: RpcMessage,
  { signal, write }: { signal: AbortSignal; write: (message: RpcMessage) => void },
): Promise<RpcMessage | undefined> {
  let acknowledged: Acknowledged | undefined
  const onMessage = (message: RpcMessage) => {
    if (message.method !== ACKNOWLEDGED) return write(message)
    const isFirst = acknowledged === undefined
    acknowledged = (message.params?.notifications ?? {}) as Acknowledged
    if (isFirst) write(message)
    else for (const change of missedChanges(acknowledged, request.id)) write(change)
  }
  return connection.send(() => request, {
    repeatable: true,
    patienceMs: PATIENCE_MS,
    responseLimitMs: SILENCE_LIMIT_MS,
    signal,
    onMessage,
    // A daemon that stops ends its streams with a result.
    reopens: (response) => response?.result !== undefined && isActive(acknowledged),
  })
}

function isActive(acknowledged: Acknowledged = {}): boolean {
  return Object.values(acknowledged).some((requested) =>
    Array.isArray(requested) ? requested.length > 0 : requested === true,
  )
}

const CHANGE_OF: Readonly<Record<string, string>> = {
  toolsListChanged: 'notifications/tools/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
}

/** A notification is a hint to read again, so one too many does no harm. The daemon itself reports tasks again. */
function missedChanges(acknowledged: Acknowledged, id: RpcMessage['id']): RpcMessage[] {
  const _meta = { [SUBSCRIPTION_ID]: id }
  const lists = Object.entries(CHANGE_OF).filter(([name]) => acknowledged[name] === true)
  const { resourceSubscriptions: uris } = acknowledged
  return [
    ...lists.map(([, method]) => ({ jsonrpc: '2.0' as const, method, params: { _meta } })),
    ...(Array.isArray(uris) ? uris : []).map((uri: unknown) => ({
      jsonrpc: '2.0' as const,
      method: 'notifications/resources/updated',
      params: { uri, _meta },
    })),
  ]
}
