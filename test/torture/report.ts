import { appendFileSync } from 'node:fs'

/** One row of the tables that `npm run torture` prints. */
export interface ReportRow {
  /** The table of the row. */
  table: 'kills' | 'faults' | 'power' | 'migrations' | 'load' | 'hostile input'
  scenario: string
  /** How often, with the unit: "1,000 kills". */
  amount: string
  /** The result, with figures. It claims only what the test has checked. */
  result: string
}

/** Passes a row to `npm run torture`; does nothing in `npm test`. Call it after the checks. */
export function report(row: ReportRow): void {
  const file = process.env.SPOOLD_TORTURE_REPORT
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
}
