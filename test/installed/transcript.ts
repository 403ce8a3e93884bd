import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A command of a page and what the page says that it prints. */
export interface Step {
  command: string
  /** Each a line; `…` stands for anything, on a line of its own for any lines. */
  prints: string[]
}

/** The commands in the blocks of a page that are marked `console`, in their order; each begins with `$ `. */
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

/** Runs a command as a person types it, and gives all that it printed. */
export function runStep({ command }: Step, cwd: string, env: NodeJS.ProcessEnv): string {
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${command}`], {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  // A terminal begins its prompt on a line of its own.
  return stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`
}

/** What a step's output has to match. */
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
