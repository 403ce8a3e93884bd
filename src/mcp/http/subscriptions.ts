import type { ServerResponse } from 'node:http'
import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/server'
import { RPC, shuttingDown } from '../../domain/errors.js'
import type { TokenOwner } from '../../http/bearer-token.js'
import { sendJson } from '../../http/responses.js'
import { readCapabilities } from '../call-2026.js'
import type { LogFailure } from '../client-error.js'
import { RpcError, toRpcError } from '../rpc-error.js'
import type { ServerDefinition } from '../server-definition.js'
import { mcpWording } from '../wording.js'
import { EventStream } from './event-stream.js'
import { listen } from './listen.js'

const MAX_SUBSCRIPTIONS = 256

/** A subscriptions/listen whose headers and envelope are right. */
export interface ListenMessage {
  id: string | number
  params?: Record<string, unknown>
}

/** The streams of subscriptions/listen, which last until their client or the daemon goes. */
export function createSubscriptions(offers: Record<TokenOwner, ServerDefinition>, log: LogFailure) {
  const open = new Set<() => void>()
  let isFinishing = false

  async function subscribe(response: ServerResponse, offer: ServerDefinition, { id, params }: ListenMessage) {
    if (isFinishing) throw shuttingDown()
    if (open.size >= MAX_SUBSCRIPTIONS) throw tooMany()
    const meta = params?._meta as Record<string, unknown> | undefined
    const client = readCapabilities(meta?.[CLIENT_CAPABILITIES_META_KEY])
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const start = () => new EventStream(response)
    const { finish } = await listen(offer, { id, params, client }, start, gone.signal)
    if (isFinishing) finish()
    if (isFinishing || gone.signal.aborted) return
    open.add(finish)
    gone.signal.addEventListener('abort', () => open.delete(finish), { once: true })
  }

  return {
    /** Serves one until it ends, or answers why not. */
    async open(response: ServerResponse, caller: TokenOwner, message: ListenMessage): Promise<void> {
      try {
        await subscribe(response, offers[caller], message)
      } catch (error) {
        const place = {
          what: 'subscriptions/listen',
          wording: mcpWording(offers[caller].tool),
          log,
          aborted: false,
        }
        const { code, message: sentence, data } = toRpcError(error, place)
        const { id } = message
        sendJson(response, 400, { jsonrpc: '2.0', id, error: { code, message: sentence, data } })
      }
    },
    /** Ends all of them, and takes no more. */
    finish(): void {
      isFinishing = true
      for (const end of open) end()
    },
  }
}

function tooMany(): RpcError {
  const sentence = `${MAX_SUBSCRIPTIONS} subscriptions are open, which is as many as there can be; close one that is not needed`
  return new RpcError(RPC.internal, 'internal', sentence)
}
