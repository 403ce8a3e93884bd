// Preloaded into a daemon: shifts its clock by the ms in the file TORTURE_CLOCK.
import { readFileSync } from 'node:fs'

const file = process.env.TORTURE_CLOCK ?? ''
const RealDate = Date

function offset() {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    super(...(values.length === 0 ? [RealDate.now() + offset()] : values))
  }
  static now() {
    return RealDate.now() + offset()
  }
}
