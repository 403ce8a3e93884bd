/** A piece of a result that a person or a model sees; the shapes are those that all revisions of MCP share. */
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

/** What a tool answers. */
export interface CallResult {
  content: Content[]
  structuredContent?: Record<string, unknown>
  isError?: boolean
  _meta?: Record<string, unknown>
}

/** What is asked of the client before the answer can be given: a request of the server's, such as elicitation/create. */
export interface InputRequest {
  method: string
  params: Record<string, unknown>
}

/** Kinds of requests that a client answers. */
export type ClientCapability = 'elicitation' | 'sampling' | 'roots'

/** Instead of an answer: the client repeats its call with answers to these, and with the state as it was. */
export interface InputRequired {
  inputRequests?: Record<string, InputRequest>
  requestState?: string
}

export function isInputRequired(result: object): result is InputRequired {
  return 'inputRequests' in result || 'requestState' in result
}

/** Asks the client, and gives its answer. Rejects where it cannot be asked, answers with an error, or too late. */
export type Ask = (request: InputRequest, signal: AbortSignal) => Promise<unknown>

export interface Progress {
  /** Grows with every report. */
  progress: number
  message: string
}

/** What a request brings besides its own parameters. */
export interface Call {
  /** Aborts when nobody waits for the answer any more; that ends a wait and never a task. */
  signal: AbortSignal
  /** A person is at the other end, who can be asked for permissions. */
  attended: boolean
  /** Tells how far the work is; absent where the client did not ask for that, or could not be told. */
  progress?: (progress: Progress) => Promise<void>
  /** Sends a line of log that belongs to this call; absent where the client takes none. */
  log?: (level: LogLevel, data: unknown) => Promise<void>
  /** What the client can be asked for. */
  clientCapabilities: ReadonlySet<ClientCapability>
  /** Present where it is asked in the middle of the call; else it is asked by an InputRequired. */
  ask?: Ask
  /** The client's answers to an InputRequired before, by their keys. */
  inputResponses?: Readonly<Record<string, unknown>>
  requestState?: string
}

export type LogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency'
