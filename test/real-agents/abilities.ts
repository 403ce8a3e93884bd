/** What is proven of each real agent: the name of the test that proves it. */
export const ABILITIES = {
  stream: 'tells the answer while the model is still at it',
  resume: 'goes on with the conversation in a second task',
  kill: 'gives the whole answer though the daemon was killed in the middle of it',
  cancel: 'leaves no process after a cancel',
  'dead server': 'fails within its time limit where no model answers',
  permission: 'asks, and uses the tool when it was allowed',
} as const

export type Ability = keyof typeof ABILITIES
