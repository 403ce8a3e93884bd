import { appendFileSync } from 'node:fs'

/** One line of the table that `npm run torture` prints. */
export interface ReportRow {
  /** Which of its tables; the rows of one stand together. */
  table: 'kills' | 'faults' | 'power' | 'migrations' | 'load' | 'hostile input'
  /** What was done to it. */
  what: string
  /** How often, with its unit: "1,000 kills". */
  amount: string
  /** What was seen, figures included. Only what the test has checked is said to hold. */
  seen: string
}

/** Hands a row to `npm run torture`, which prints it; says nothing in `npm test`. To be called after the checks. */
export function report(row: ReportRow): void {
  const file = process.env.SPOOLD_TORTURE_REPORT
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}
