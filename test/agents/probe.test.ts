import { afterEach, describe, expect, it } from 'vitest'
import { probe } from '../../src/agents/program/probe.js'

const never = new AbortController().signal
const LIMIT_MS = 20_000

function script(source: string): [string, ...string[]] {
  return [process.execPath, '-e', source]
}

describe('a short question to a program', () => {
  let hidden: number | undefined
  afterEach(() => {
    if (hidden !== undefined) process.kill(hidden, 'SIGKILL')
    hidden = undefined
  })

  it('returns the exit code and the output of both streams', async () => {
    const result = await probe(
      script('console.log("a"); console.error("b"); process.exitCode = 3'),
      {},
      LIMIT_MS,
      never,
    )
    expect(result).toMatchObject({ exitCode: 3, timedOut: false })
    expect([...result.output].sort().join('').trim()).toBe('ab')
  })

  it('has empty standard input and only the given environment', async () => {
    const source = 'process.stdin.on("end", () => console.log(process.env)).resume()'
    const { output } = await probe(script(source), { ONLY: 'this' }, LIMIT_MS, never)
    expect(output.trim()).toBe("{ ONLY: 'this' }")
  })

  it('does not wait for a process that left the group and holds the output open', async () => {
    const options = '{ detached: true, stdio: "inherit" }'
    const source = `const c = require("child_process").spawn("sleep", ["300"], ${options}); console.log(c.pid); c.unref()`
    const { output, timedOut } = await probe(
      script(source),
      { PATH: process.env.PATH ?? '' },
      LIMIT_MS,
      never,
    )
    hidden = Number(output)
    expect(hidden).toBeGreaterThan(0)
    expect(timedOut).toBe(false)
  })

  it('limits the size of the output', async () => {
    const source = 'process.stdout.write("x".repeat(5e6))'
    const { output } = await probe(script(source), {}, LIMIT_MS, never)
    expect(output.length).toBeLessThan(256 * 1024)
  })

  it('is not started after the signal has aborted', async () => {
    await expect(
      probe(['/no/such/program'], {}, LIMIT_MS, AbortSignal.abort(new Error('no'))),
    ).rejects.toThrow('no')
    await expect(probe(['/no/such/program'], {}, LIMIT_MS, never)).rejects.toThrow('ENOENT')
  })
})
