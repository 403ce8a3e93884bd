/** What a request says, whatever format it has. */
export interface Asked {
  /** All texts of the conversation in their order: what people, the model and tools have said; not the instructions. */
  texts: string[]
  /** Names of the tools that the model may call. */
  tools: string[]
  model: string | null
  /** Whether the answer is to be one JSON object and no stream. */
  isWhole: boolean
}

/** One answer of the model, as the events of its format. Each method gives what to send for it, maybe nothing. */
export interface AnswerEvents {
  start(): string
  text(text: string): string
  thought(text: string): string
  call(tool: string, input: Record<string, unknown>): string
  end(): string
}

/** One of the interfaces by which agents speak with models. */
export interface WireFormat {
  /** Whether a POST to this path is a question in this format. */
  serves(path: string): boolean
  read(path: string, body: unknown): Asked
  answer(asked: Asked): AnswerEvents
  /** The answer to a request that is not streamed; its text is null where the agent asks for its own housekeeping. */
  whole(text: string | null): unknown
}

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export const event = (data: object, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`

/** Every string that stands anywhere in a value under one of these names. */
export function textsOf(value: unknown, names: ReadonlySet<string>): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, names))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' ? (names.has(name) ? [inner] : []) : textsOf(inner, names),
  )
}

/** Every string that stands anywhere in a value as `name`, in lists of tools. */
export const namesOf = (tools: unknown): string[] => textsOf(tools, new Set(['name']))
