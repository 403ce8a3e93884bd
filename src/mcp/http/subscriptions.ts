import type { ServerResponse } from 'node:http'
import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/server'
import { type LogFailure, RPC, shuttingDown } from '../../domain/errors.js'
import type { Caller } from '../../domain/service.js'
import { sendJson } from '../../http/responses.js'
import { readClient2026 } from '../call-2026.js'
import type { ServerDefinition } from '../definition.js'
import { RpcError, toRpcError } from '../rpc-error.js'
import { subscribe } from '../subscriptions-2026.js'
import { mcpWording } from '../wording.js'
import { EventStream } from './event-stream.js'

const MAX_SUBSCRIPTIONS = 256

/** A subscriptions/listen with valid headers and envelope. */
export interface ListenMessage {
  id: string | number
  params: Record<string, unknown>
}

/** The streams of subscriptions/listen, which last until their client or the daemon goes away. */
export function createSubscriptions(definitions: Record<Caller, ServerDefinition>, log: LogFailure) {
  const open = new Set<() => void>()
  let isFinishing = false

  async function start(
    response: ServerResponse,
    definition: ServerDefinition,
    { id, params }: ListenMessage,
  ) {
    if (isFinishing) throw shuttingDown()
    if (open.size >= MAX_SUBSCRIPTIONS) throw tooMany()
    const meta = params._meta as Record<string, unknown> | undefined
    const client = readClient2026(meta?.[CLIENT_CAPABILITIES_META_KEY])
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const openSink = () => new EventStream(response)
    const { finish } = await subscribe(definition, { id, params, client }, openSink, gone.signal)
    if (isFinishing) finish()
    if (isFinishing || gone.signal.aborted) return
    open.add(finish)
    gone.signal.addEventListener('abort', () => open.delete(finish), { once: true })
  }

  return {
    /** Opens a subscription, or responds with the error. */
    async open(response: ServerResponse, caller: Caller, message: ListenMessage): Promise<void> {
      const definition = definitions[caller]
      try {
        await start(response, definition, message)
      } catch (thrown) {
        const wording = mcpWording(definition.tool)
        const error = toRpcError(thrown, { what: 'subscriptions/listen', wording, log, aborted: false })
        const { code, message: sentence, data } = error
        sendJson(response, 400, { jsonrpc: '2.0', id: message.id, error: { code, message: sentence, data } })
      }
    },
    /** Ends all subscriptions and accepts no more. */
    finish(): void {
      isFinishing = true
      for (const end of open) end()
    },
  }
}

function tooMany(): RpcError {
  const sentence = `${MAX_SUBSCRIPTIONS} subscriptions are open, which is the limit; close one that is not needed`
  return new RpcError(RPC.internal, 'internal', sentence)
}
