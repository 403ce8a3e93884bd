import type { RequestPermissionResponse } from '@agentclientprotocol/sdk'
import { z } from 'zod'
import type { Piece } from '../../domain/chunk.js'
import type { PermissionPolicy } from '../../domain/permission-policy.js'
import { OPTION_KINDS, QUESTION_NOTICE, type Question, type QuestionOption } from '../../domain/question.js'
import { ellipsize } from '../../domain/text.js'
import { lineOf } from '../output/tool-line.js'

/** More than any agent offers; keeps the state small. */
const MAX_OPTIONS = 8
const MAX_LABEL_LENGTH = 80

/** An id that can be displayed and typed; options with other ids are omitted. */
const OPTION_ID = /^[^-\s\p{Cc}\p{Bidi_Control}][^\s\p{Cc}\p{Bidi_Control}]{0,63}$/u

const requestSchema = z.object({
  toolCall: z
    .looseObject({ title: z.string().nullish().catch(undefined) })
    .optional()
    .catch(undefined),
  options: z.array(z.unknown()).catch([]),
})

const optionSchema = z.object({
  optionId: z.string().regex(OPTION_ID),
  name: z.string().catch(''),
  kind: z.enum(OPTION_KINDS).catch('other'),
})

/** The question in the parameters of `session/request_permission`; `on` describes the tool call. */
export function readQuestion(id: string, params: Record<string, unknown>, on: string): Question {
  const { toolCall, options } = requestSchema.parse(params)
  return {
    id,
    text: on || lineOf(toolCall?.title ?? '') || 'an unnamed tool',
    options: options
      .flatMap((option) => optionSchema.safeParse(option).data ?? [])
      .slice(0, MAX_OPTIONS)
      .map(({ optionId, name, kind }) => ({
        id: optionId,
        label: ellipsize(lineOf(name), MAX_LABEL_LENGTH) || optionId,
        kind,
      })),
  }
}

const WHY_DENIED: Record<PermissionPolicy, string> = {
  allow: 'The agent offered no way to allow it.',
  ask: 'The agent offered no options.',
  deny: 'Set "permissions" of this agent to "ask" or "allow" to change that.',
}

/** The response of a policy; null if a person decides. */
export function answerByPolicy(
  policy: PermissionPolicy,
  question: Question,
): { option: QuestionOption | null; piece: Piece } | null {
  if (policy === 'allow') {
    const option = firstOf(question, ['allow_once', 'allow_always'])
    if (option) return { option, piece: notice(`Permission was given by the settings: ${question.text}`) }
  }
  if (policy === 'ask' && question.options.length > 0) return null
  return {
    option: firstOf(question, ['reject_once', 'reject_always']),
    piece: notice(`Permission was denied: ${question.text}. ${WHY_DENIED[policy]}`),
  }
}

/** The notice for a person that a response is needed. */
export function questionPiece(question: Question): Piece {
  const options = question.options.map(({ id, label }) => `  ${id}: ${label}\n`).join('')
  const content = `${QUESTION_NOTICE}${question.text}\n${options}Respond with spoold respond or the respond tool.]\n`
  return { kind: 'notice', content }
}

export function calledOffPiece(question: Question): Piece {
  return notice(`The question was withdrawn: ${question.text}`)
}

export function answerPiece(question: Question, option: QuestionOption): Piece {
  return notice(`Answered "${option.label}": ${question.text}`)
}

/** The result of `session/request_permission`; without an option the request counts as cancelled. */
export function outcomeOf(option: Pick<QuestionOption, 'id'> | null): RequestPermissionResponse {
  return {
    outcome: option === null ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: option.id },
  }
}

function firstOf(question: Question, kinds: QuestionOption['kind'][]): QuestionOption | null {
  for (const kind of kinds) {
    const option = question.options.find((offered) => offered.kind === kind)
    if (option) return option
  }
  return null
}

function notice(sentence: string): Piece {
  return { kind: 'notice', content: `[${sentence}]\n` }
}
