import { z } from 'zod'
import { CHUNK_KINDS } from '../../domain/chunk.js'
import { PERMISSION_POLICIES } from '../../domain/permission-policy.js'
import { OPTION_KINDS } from '../../domain/question.js'
import { jsonLinesStateSchema } from '../output/jsonl.js'
import { FRESH_LINE } from '../output/line-redraw.js'
import { lineStateSchema } from '../output/line-state.js'
import { FRESH_PARAGRAPH, paragraphStateSchema } from '../output/paragraphs.js'
import { toolCallsSchema } from '../output/tool-calls.js'

/** The steps of a turn, one request of ours each; `over` when nothing more is expected. */
export const ACP_STEPS = [
  'initialize',
  'authenticate',
  'session',
  'replay',
  'model',
  'prompt',
  'over',
] as const
export type AcpStep = (typeof ACP_STEPS)[number]

/** A JSON-RPC id of the agent. */
const requestIdSchema = z.union([z.string(), z.number()])
export type RequestId = z.output<typeof requestIdSchema>

const questionSchema = z.object({
  id: z.string(),
  text: z.string(),
  options: z.array(z.object({ id: z.string(), label: z.string(), kind: z.enum(OPTION_KINDS) })),
})

export const acpTurnStateSchema = z.object({
  /** The input of the turn. */
  order: z.object({
    workingDirectory: z.string(),
    model: z.string().nullable(),
    authMethod: z.string().nullable(),
    permissions: z.enum(PERMISSION_POLICIES),
    /** The conversation to continue; null for a new one. */
    resume: z.string().nullable(),
  }),
  step: z.enum(ACP_STEPS),
  /** Id of our pending request. */
  lastRequest: z.int(),
  /** The agent's id of the conversation. */
  session: z.string().nullable(),
  /** The agent is replaying the known conversation. */
  replaying: z.boolean(),
  /** How the model is set: by this option, by the older method, or neither. */
  modelBy: z.union([z.object({ option: z.string() }), z.literal('method')]).nullable(),
  /** The capabilities from the response to `initialize`. */
  offers: z.object({ resume: z.boolean(), load: z.boolean(), signIn: z.array(z.string()) }),
  /** Bytes of the input that are certainly written. */
  written: z.int(),
  /** Lines to write after those. The prompt is composed when it is written, because it may be large. */
  outbox: z.array(z.union([z.string(), z.object({ prompt: z.int() })])),
  /** Permission requests that wait for a person, oldest first. */
  asked: z.array(z.object({ request: requestIdSchema, question: questionSchema })),
  /** Number of questions so far, for numbering. */
  questions: z.int(),
  /** The agent was asked to stop. */
  cancelled: z.boolean(),
  stopReason: z.string().nullable(),
  error: z.string().nullable(),
  calls: toolCallsSchema,
  openLine: z.enum(CHUNK_KINDS).nullable(),
  paragraph: paragraphStateSchema,
  out: jsonLinesStateSchema,
  err: lineStateSchema,
})
export type AcpTurnState = z.output<typeof acpTurnStateSchema>
export type AcpOrder = AcpTurnState['order']

/** The initial state of a turn, with `initialize` to send. */
export function freshAcpTurn(order: AcpOrder, initialize: string): AcpTurnState {
  return {
    order,
    step: 'initialize',
    lastRequest: 1,
    session: null,
    replaying: false,
    modelBy: null,
    offers: { resume: false, load: false, signIn: [] },
    written: 0,
    outbox: [initialize],
    asked: [],
    questions: 0,
    cancelled: false,
    stopReason: null,
    error: null,
    calls: [],
    openLine: null,
    paragraph: FRESH_PARAGRAPH,
    out: { dropping: 0 },
    err: { ...FRESH_LINE },
  }
}
