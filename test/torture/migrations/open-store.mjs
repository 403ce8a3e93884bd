// `open-store.mjs FILE`: opens the store of a database, which migrates it, and closes it. Prints the error, if there is one.
import { openStore } from '../../../dist/src/store/store.js'

try {
  openStore({ file: process.argv[2], durability: 'full' }).close()
} catch (error) {
  process.stdout.write(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
