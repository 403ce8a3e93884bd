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

export function problem(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'problem', finding, remedy }
}
