import { commandWord } from './cli/commands.js'
import { buildProgram, runProgram } from './cli/program.js'
import { VERSION } from './config/version.js'

// A reader that closes the pipe (`spoold ls | head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.stderr.on('error', () => {})

const argv = process.argv.slice(2)
void buildProgram(VERSION, commandWord(argv))
  .then((program) => runProgram(program, argv))
  .then((exitCode) => {
    process.exitCode = exitCode
  })
