import { ATTENDED_META } from '../domain/question.js'
import type { Caller } from '../domain/service.js'

/** A piece of a result that a person or a model sees, in the shapes that all revisions of MCP share. */
export type Content =
  | { type: 'text'; text: string }
  | {
      type: 'resource_link'
      uri: string
      name: string
      title?: string
      description?: string
      mimeType?: string
    }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: ResourceContents }

export interface ResourceContents {
  uri: string
  mimeType?: string
  text?: string
  blob?: string
}

/** The result of tools/call. */
export interface CallResult {
  content: Content[]
  structuredContent?: Record<string, unknown>
  isError?: boolean
  _meta?: Record<string, unknown>
}

/** A request of the server to the client, such as elicitation/create. */
export interface InputRequest {
  method: string
  params: Record<string, unknown>
}

/** What a client may support besides making requests. */
export type ClientCapability = 'elicitation' | 'sampling' | 'roots'

/** Instead of a result: the client repeats its call with responses to these requests, and with the same state. */
export interface InputRequired {
  inputRequests?: Record<string, InputRequest>
  requestState?: string
}

export function isInputRequired(result: object): result is InputRequired {
  return 'inputRequests' in result || 'requestState' in result
}

/** Sends a request to the client and resolves to its result. Rejects if it cannot be sent, fails, or times out. */
export type RequestClient = (request: InputRequest, signal: AbortSignal) => Promise<unknown>

export interface Progress {
  /** Grows with every report. */
  progress: number
  message: string
}

/** What comes with a request besides its own parameters. */
export interface Call {
  /** Aborts when the client no longer waits for the result; that ends a wait, never a task. */
  signal: AbortSignal
  /** A person is at the other end and can be asked for permissions. */
  attended: boolean
  /** Reports progress; absent if the client did not ask for it or cannot receive it. */
  progress?: (progress: Progress) => Promise<void>
  /** Sends a log message that belongs to this call; absent if the client takes none. */
  log?: (level: LogLevel, data: unknown) => Promise<void>
  clientCapabilities: ReadonlySet<ClientCapability>
  /** Present if the client can be asked during the call; otherwise the result asks, as an InputRequired. */
  request?: RequestClient
  /** The client's responses to an earlier InputRequired, by their keys. */
  inputResponses?: Readonly<Record<string, unknown>>
  requestState?: string
}

export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Only the command line says so, for a call that a person at a terminal waits for. */
export function isAttended(caller: Caller, meta: Readonly<Record<string, unknown>>): boolean {
  return caller === 'operator' && meta[ATTENDED_META] === true
}

/** The token for progress notifications; undefined if the client did not ask for them. */
export function progressTokenOf(meta: Readonly<Record<string, unknown>>): string | number | undefined {
  const { progressToken } = meta
  return typeof progressToken === 'string' || typeof progressToken === 'number' ? progressToken : undefined
}
