import { createInterface } from 'node:readline'
import { EXIT, ExitWith } from '../errors.js'

/** Whether a person can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true
}

/** Asks a yes-or-no question; the default is no. Throws ExitWith 130 on Ctrl-C. */
export async function ask(
  question: string,
  { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream } = {
    input: process.stdin,
    output: process.stdout,
  },
): Promise<boolean> {
  const lines = createInterface({ input, output })
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new ExitWith(EXIT.interrupted)))
      lines.once('close', () => resolve(''))
      lines.question(question, resolve)
    })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
