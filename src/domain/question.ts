/** What an option means, by the names of ACP; `other` for any other option. */
export const OPTION_KINDS = ['allow_once', 'allow_always', 'reject_once', 'reject_always', 'other'] as const
export type OptionKind = (typeof OPTION_KINDS)[number]

export interface QuestionOption {
  id: string
  label: string
  kind: OptionKind
}

/** A permission that an agent asks for during its work; it waits for the response. */
export interface Question {
  /** Unique within its task. */
  id: string
  /** One line: what the agent wants to do. */
  text: string
  options: QuestionOption[]
}

/** Start of the chunk that announces a question, for clients that read only chunks. */
export const QUESTION_NOTICE = '[The agent asks for permission: '

/** Key in the `_meta` of an operator's call: a person is there to be asked for permissions. */
export const ATTENDED_META = 'spoold/attended'

/** The chosen option, stored until the agent has it. */
export interface QuestionResponse {
  questionId: string
  optionId: string
}
