import { buildProgram, runProgram } from './cli/program.js'
import { commandWord } from './cli/quick-commands.js'
import { VERSION } from './config/version.js'

// A reader that went away (`spoold ls | head`) is no failure, and nothing more can be told to it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.stderr.on('error', () => {})

const argv = process.argv.slice(2)
void runProgram(buildProgram(VERSION, commandWord(argv)), argv).then((exitCode) => {
  process.exitCode = exitCode
})
