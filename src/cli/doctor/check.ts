/** What a check found, and what to do about it. */
export interface Finding {
  check: string
  state: 'ok' | 'warning' | 'problem'
  finding: string
  /** Null where there is nothing to do. */
  remedy: string | null
}

export function ok(check: string, finding: string): Finding {
  return { check, state: 'ok', finding, remedy: null }
}

export function warning(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'warning', finding, remedy }
}

/** A path as a word of a command that can be copied into a shell. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** What was refused, in the words of the refusal: `what is wrong: what to do.` */
export function refused(check: string, error: unknown): Finding {
  const sentence = error instanceof Error ? error.message : String(error)
  const end = sentence.lastIndexOf(': ')
  if (end === -1) return problem(check, sentence, 'correct it')
  return problem(check, sentence.slice(0, end), sentence.slice(end + 2).replace(/\.$/, ''))
}

export function problem(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'problem', finding, remedy }
}
