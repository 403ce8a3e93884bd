// `one-measure.mjs NAME SEED short|long`: runs one measurement and sends its rows to the parent process.
import { randomFrom } from './random.mjs'

const [name, seed, form] = process.argv.slice(2)
const { title, measure } = await import(`../measures/${name}.mjs`)
const rows = await measure({ random: randomFrom(Number(seed)), isShort: form === 'short' })
process.send({ title, rows }, () => process.disconnect())
