/** What is proven of each real agent: the name of its test. */
export const CAPABILITIES = {
  stream: 'streams the answer while the model produces it',
  resume: 'continues the conversation in a second task',
  kill: 'delivers the whole answer after the daemon was killed in the middle of it',
  cancel: 'leaves no process after a cancel',
  'dead server': 'fails within its time limit if no model answers',
  permission: 'asks, and uses the tool once it is allowed',
} as const

export type Capability = keyof typeof CAPABILITIES
