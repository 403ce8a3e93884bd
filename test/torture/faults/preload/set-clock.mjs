// Preloaded into a daemon: its clock is off by what the file of TORTURE_CLOCK holds, in ms.
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
