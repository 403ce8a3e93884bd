import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A command on a page, and the output shown for it. */
export interface Step {
  command: string
  /** Lines; `…` matches any text, and any lines if it is alone on its line. */
  prints: string[]
}

/** The commands in the `console` blocks of a page, in order; each begins with `$ `. */
export function stepsOf(page: string): Step[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```console\n([\s\S]*?)^```$/gm)]
  const steps: Step[] = []
  for (const [, block = ''] of blocks) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), prints: [] })
      else steps.at(-1)?.prints.push(line)
    }
  }
  return steps
}

/** Runs a command line in a shell and returns its output. */
export function runStep({ command }: Step, cwd: string, env: NodeJS.ProcessEnv): string {
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${command}`], {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  // A terminal starts its prompt on a new line.
  return stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`
}

/** The pattern that the output of a step must match. */
export function patternOf({ prints }: Step): RegExp {
  const lines = prints.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escapeRegExp).join('.*')} *\\n`,
  )
  return new RegExp(`^${lines.join('')}$`)
}

function escapeRegExp(text: string): string {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\s+')
}
