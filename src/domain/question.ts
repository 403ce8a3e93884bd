/** What an option means, as ACP names it; `other` for anything that it does not know. */
export const OPTION_KINDS = ['allow_once', 'allow_always', 'reject_once', 'reject_always', 'other'] as const
export type OptionKind = (typeof OPTION_KINDS)[number]

export interface QuestionOption {
  id: string
  label: string
  kind: OptionKind
}

/** What an agent asks for in the middle of its work; it waits for the answer. */
export interface Question {
  /** Unique within its task. */
  id: string
  /** One line: what the agent wants to do. */
  text: string
  options: QuestionOption[]
}

/** How the chunk begins by which a question is told, for those who read only chunks. */
export const QUESTION_NOTICE = '[The agent asks for permission: '

/** Key in the `_meta` of an operator's call: a person is there who can be asked for permissions. */
export const ATTENDED_META = 'spoold/attended'

/** A person's choice, stored until the agent has it. */
export interface QuestionResponse {
  questionId: string
  optionId: string
}
