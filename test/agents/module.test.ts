import { describe, expect, it } from 'vitest'
import { freshModule } from '../../src/agents/module/events.js'
import { moduleAdapter } from '../../src/agents/module.js'
import type { AgentSettings } from '../../src/domain/adapter.js'
import { contents, describeDecoderContract } from './contract.js'
import { agentSettings, turnOf } from './launch.js'
import { eventBytes, moduleAgent, runModule } from './module-agent.js'

const adapter = moduleAdapter(process.env)
const never = new AbortController().signal

describe('an agent as a module', () => {
  it('gets the message, the session, the model, the directory and a signal', async () => {
    const source = `export default ({ signal, ...turn }) => JSON.stringify({ ...turn, aborted: signal.aborted, cwd: process.cwd() })`
    const turn = { message: 'Grüße "日本"\n\0', sessionId: 'session-7', agentSessionId: 'kept', model: 'm' }
    const { pieces, verdict } = await runModule(source, { ...turn, workingDirectory: '/' })
    expect(verdict).toEqual({ status: 'completed' })
    expect(JSON.parse(contents(pieces).text ?? '')).toEqual({
      message: turn.message,
      session: { id: 'session-7', memory: 'kept' },
      model: 'm',
      workingDirectory: '/',
      aborted: false,
      cwd: '/',
    })
  })

  it('returns answer, thoughts, tools and notices in order', async () => {
    const { pieces } = await runModule(`export default async (turn, output) => {
      output.thought('hm')
      output.text('one ')
      output.tool('Read a.txt')
      output.tool('Read b.txt\\n')
      output.notice('Two files.')
      output.text('two')
    }`)
    expect(pieces.map(({ kind, content }) => `${kind}:${content}`)).toEqual([
      'thought:hm',
      'thought:\n',
      'text:one ',
      'tool:\nRead a.txt\n',
      'tool:Read b.txt\n',
      'notice:Two files.\n',
      'text:two',
    ])
  })

  it.each([
    ['a string', `async () => 'one two'`],
    ['a generator', `function* () { yield 'one '; yield { kind: 'text', content: 'two' } }`],
    ['an async generator', `async function* () { yield 'one '; await null; yield 'two' }`],
    ['a list', `() => ['one ', 'two']`],
    ['both', `async (turn, output) => { output.text('one '); return 'two' }`],
  ])('can give its answer as %s', async (_, agent) => {
    const { pieces, verdict } = await runModule(`export default ${agent}`)
    expect(contents(pieces)).toEqual({ text: 'one two' })
    expect(verdict).toEqual({ status: 'completed' })
  })

  it('writes any amount at once, split at characters', async () => {
    const { pieces } = await runModule(`export default () => 'x' + '🙂'.repeat(10_000_000)`)
    const text = contents(pieces).text ?? ''
    expect(text.length).toBe(20_000_001)
    expect(text).not.toContain('\ufffd')
  })

  it('direct output of the module and its children is diagnostics', async () => {
    const { pieces, verdict } = await runModule(`import { spawnSync } from 'node:child_process'
      import { writeSync } from 'node:fs'
      export default (turn, output) => {
        console.log('{"event":"done"}')
        console.error('seen')
        writeSync(1, 'raw\\n')
        spawnSync('echo', ['from a child'], { stdio: 'inherit' })
        output.text('answer')
      }`)
    expect(contents(pieces).text).toBe('answer')
    expect(contents(pieces).stderr).toBe('{"event":"done"}\nseen\nraw\nfrom a child\n')
    expect(verdict).toEqual({ status: 'completed' })
  })

  it('keeps a memory for the next turn of the session', async () => {
    const { state } = await runModule(`export default (turn, output) => {
      output.remember('first')
      output.remember('second')
    }`)
    expect(adapter.agentSessionId(state)).toBe('second')
    const silent = await runModule('export default () => {}')
    expect(adapter.agentSessionId(silent.state)).toBeNull()
  })

  it('ends with its function, whatever it left running', async () => {
    const { verdict } = await runModule(`export default () => { setInterval(() => {}, 1000); return 'x' }`)
    expect(verdict).toEqual({ status: 'completed' })
  })
})

describe('before a module is run', () => {
  const prepare = (module: string, settings: Partial<AgentSettings> = {}) =>
    adapter.prepare(turnOf(agentSettings({ kind: 'module', module, ...settings })), never)

  it.each([
    ['/no/such/agent.mjs', /"\/no\/such\/agent\.mjs" does not exist; correct "module"/],
    ['agent.mjs', /is not an absolute path/],
    ['/', /is no file/],
  ])('%s is refused in one sentence', async (module, sentence) => {
    await expect(prepare(module)).rejects.toMatchObject({
      code: 'launch_error',
      message: expect.stringMatching(sentence),
    })
    const report = await adapter.report(agentSettings({ kind: 'module', module }), never)
    expect(report).toMatchObject({ available: false, binary: null, problem: expect.stringMatching(sentence) })
  })

  it("another Node than the daemon's can be named, with arguments for it", async () => {
    const source = `export default () => process.execArgv.join()`
    const { pieces } = await runModule(source, {}, { binary: process.execPath, args: ['--no-warnings'] })
    expect(contents(pieces).text).toBe('--no-warnings')
    const settings = moduleAgent(source, { binary: 'no-such-node' })
    await expect(adapter.prepare(turnOf(settings), never)).rejects.toMatchObject({ code: 'agent_missing' })
  })

  it('its report has the path', async () => {
    const settings = moduleAgent('export default () => {}')
    expect(await adapter.report(settings, never)).toEqual({
      available: true,
      binary: settings.module,
      version: null,
      signedIn: 'not_needed',
      problem: null,
    })
  })
})

describe('the decoder of a module', () => {
  describeDecoderContract(adapter, {
    state: { ...freshModule() },
    out: eventBytes(
      { event: 'piece', kind: 'thought', content: 'Let me sée' },
      { event: 'piece', kind: 'tool', content: 'Read größe.txt\n' },
      { event: 'memory', memory: 'kept 日本' },
      { event: 'piece', kind: 'text', content: 'Grüße 👩🏽‍💻\r\n\u001b[31mred\u001b[0m' },
      { event: 'done' },
    ),
    err: Buffer.from('warning: späte Antwort\n\u001b[1mbold\n'),
  })

  it('keeps the lines around an invalid one, and reports it', () => {
    const lines = [
      '{"event":"piece","kind":"text","content":"one "}',
      '{"event":"piece","kind":"text","cont',
      '{"event":"unheard","of":1}',
      '{"event":"piece","kind":"text","content":"two"}',
    ]
    const decoder = adapter.decoder({ ...freshModule() })
    const pieces = decoder.decode('out', Buffer.from(lines.join('\n')))
    const all = contents([...pieces, ...decoder.end()])
    expect(all.text).toBe('one two')
    expect(all.stderr).toContain('{"event":"piece","kind":"text","cont\n')
    expect(all.notice).toBe('[Unknown event: {"event":"unheard","of":1}]\n')
  })
})
