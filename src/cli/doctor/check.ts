/** The result of a check. */
export interface Finding {
  check: string
  state: 'ok' | 'warning' | 'problem'
  finding: string
  /** Null if there is nothing to do. */
  remedy: string | null
}

export function ok(check: string, finding: string): Finding {
  return { check, state: 'ok', finding, remedy: null }
}

export function warning(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'warning', finding, remedy }
}

/** A path quoted for a shell command. */
export function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** An error as a problem; its message has the form `what is wrong: what to do.` */
export function problemOf(check: string, error: unknown): Finding {
  const sentence = error instanceof Error ? error.message : String(error)
  const end = sentence.lastIndexOf(': ')
  if (end === -1) return problem(check, sentence, 'correct it')
  return problem(check, sentence.slice(0, end), sentence.slice(end + 2).replace(/\.$/, ''))
}

export function problem(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'problem', finding, remedy }
}
