import { describe, expect, it } from 'vitest'
import { freshModule, type ModuleEvent } from '../../src/agents/module/events.js'
import { moduleAdapter } from '../../src/agents/module.js'
import { contents } from './contract.js'
import { judge } from './launch.js'
import { eventBytes, runModule } from './module-agent.js'

const adapter = moduleAdapter(process.env)

describe('a module fails', () => {
  const cases: [string, string, string | RegExp, string?][] = [
    ['that throws', `export default () => { throw new Error('no luck\\n today') }`, 'no luck today'],
    [
      'whose library says why only in a cause',
      `export default async () => { await fetch('http://127.0.0.1:1') }`,
      'fetch failed: bad port',
    ],
    [
      'with a reason behind it',
      `export default () => { throw new Error('no answer', { cause: new Error('no key') }) }`,
      'no answer: no key',
    ],
    ['that rejects', `export default async () => { throw 'no luck' }`, "'no luck'"],
    [
      'whose generator throws',
      `export default function* () { yield 'x'; throw new Error('no luck') }`,
      'no luck',
    ],
    [
      'that leaves a rejection unhandled',
      `export default () => { Promise.reject(new Error('nobody cares')); return new Promise((r) => setTimeout(r, 5000)) }`,
      'nobody cares',
    ],
    [
      'that throws behind its own back',
      `export default () => new Promise(() => setTimeout(() => { throw new Error('late') }))`,
      'late',
    ],
    [
      'that ends its process',
      `export default () => process.exit(0)`,
      /exited the process \(exit code 0\) before/,
    ],
    [
      'that ends it with a code',
      `export default () => process.exit(7)`,
      /exited the process \(exit code 7\) before/,
    ],
    [
      'that never returns',
      `export default () => new Promise(() => {})`,
      /nothing is left that it could wait for/,
    ],
    ['that gives a number', `export default () => 5`, /must return strings or pieces .* not number/],
    [
      'that gives a wrong kind',
      `export default () => ({ kind: 'shout', content: 'x' })`,
      /must be of kind text, /,
    ],
    ['that says a number', `export default (turn, output) => output.text(5)`, /must be a string, not number/],
    [
      'that remembers too much',
      `export default (turn, output) => output.remember('x'.repeat(201))`,
      '1 to 200 characters can be remembered, got 201.',
    ],
    [
      'without an agent',
      `export const agent = () => {}`,
      /exports no agent: its default export must be a function/,
    ],
    ['that is no JavaScript', `export default (`, /agent é\.mjs cannot be imported: \S/],
    ['that misses another', `import 'no-such-module'`, /cannot be imported: .*no-such-module/],
    ['that throws at import', `throw new Error('no key')`, /cannot be imported: no key$/],
  ]
  it.each(cases)('%s', async (_, source, error) => {
    const { verdict } = await runModule(source)
    expect(verdict).toEqual({
      status: 'failed',
      endReason: 'agent_error',
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    })
  })

  it('with the place of the error among its diagnostics', async () => {
    const { pieces } = await runModule(`export default () => { throw new Error('no luck') }`)
    expect(contents(pieces).stderr).toMatch(/Error: no luck\n.*agent%20%C3%A9\.mjs:1:/)
  })

  it('with the signal that killed it', async () => {
    const { verdict } = await runModule(
      `export default () => process.kill(process.pid, 'SIGKILL') && new Promise(() => setInterval(() => {}, 1000))`,
    )
    expect(verdict).toMatchObject({ status: 'failed', endReason: 'exit' })
    expect(verdict).toMatchObject({ error: expect.stringContaining('137 (SIGKILL)') })
  })

  it('without a terminal event, or with a contradicting exit code', () => {
    const judged = (exitCode: number, ...events: ModuleEvent[]) =>
      judge(adapter, {
        state: { ...freshModule() },
        out: eventBytes(...events),
        err: Buffer.alloc(0),
        exitCode,
      }).verdict
    expect(judged(0)).toMatchObject({
      status: 'failed',
      error: 'The module exited during its turn.',
    })
    expect(judged(1, { event: 'done' })).toMatchObject({ status: 'failed', endReason: 'exit' })
    expect(judged(0, { event: 'done' })).toEqual({ status: 'completed' })
  })
})
