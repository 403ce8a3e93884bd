import { SpoolError } from '../domain/errors.js'
import type { Question, QuestionOption } from '../domain/question.js'
import type { RespondRequest } from '../domain/service.js'

/** Words by which people mean an option, whatever the agent calls it. */
const MEANINGS: ReadonlyMap<string, QuestionOption['kind'][]> = new Map(
  Object.entries({
    yes: ['allow_once', 'allow_always'],
    allow: ['allow_once', 'allow_always'],
    always: ['allow_always'],
    no: ['reject_once', 'reject_always'],
    deny: ['reject_once', 'reject_always'],
    reject: ['reject_once', 'reject_always'],
    never: ['reject_always'],
  } satisfies Record<string, QuestionOption['kind'][]>),
)

/**
 * The option that an answer means: by its id; or by text, as its name, its kind or a plain yes or no. `invalid_input`
 * with what could be chosen.
 */
export function chooseOption(question: Question, { option, text }: RespondRequest): QuestionOption {
  const { options } = question
  if ((option === undefined) === (text === undefined)) {
    throw refusal(question, 'Give either option or text')
  }
  const byId = options.find(({ id }) => id === (option ?? text))
  if (byId) return byId
  const said = (text ?? option ?? '').trim().toLowerCase()
  const named = options.find(({ id, label, kind }) =>
    [id, label, kind].some((name) => name.toLowerCase() === said),
  )
  if (named) return named
  for (const kind of MEANINGS.get(said) ?? []) {
    const meant = options.find((offered) => offered.kind === kind)
    if (meant) return meant
  }
  throw refusal(question, 'That is none of the answers')
}

function refusal({ text, options }: Question, problem: string): SpoolError {
  const choices = options.map(({ id, label }) => `${id} (${label})`).join(', ')
  return new SpoolError('invalid_input', `${problem}; what can be said to ${text}: ${choices}.`, {
    field: 'option',
  })
}
