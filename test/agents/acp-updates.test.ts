import { describe, expect, it } from 'vitest'
import { AcpUpdates } from '../../src/agents/acp/updates.js'

function toolLines(...updates: Record<string, unknown>[]): string[] {
  const decoder = new AcpUpdates([])
  return updates.flatMap((update) => decoder.decode(update)).map(({ content }) => content)
}

const call = (fields: Record<string, unknown>) => ({ sessionUpdate: 'tool_call', toolCallId: 't', ...fields })
const update = (fields: Record<string, unknown>) => ({ ...call(fields), sessionUpdate: 'tool_call_update' })

describe('tool calls', () => {
  it('are one line as soon as they are under way, with the best title known', () => {
    const lines = toolLines(
      call({ title: 'Terminal', status: 'pending' }),
      update({ title: 'Run tests', rawInput: { command: 'npm test' }, status: 'in_progress' }),
      update({ status: 'in_progress', content: [] }),
      update({ status: 'completed' }),
      update({ status: 'completed' }),
    )
    expect(lines).toEqual(['Run tests: npm test\n'])
  })

  it('are reported at their end if the agent does not report their start', () => {
    expect(
      toolLines(call({ title: 'Read a.ts', locations: [{ path: 'a.ts' }] }), update({ status: 'completed' })),
    ).toEqual(['Read a.ts (completed)\n'])
  })

  it('that fail later get a second line with the reason', () => {
    const content = [{ type: 'content', content: { type: 'text', text: 'no such\nfile' } }]
    const lines = toolLines(
      call({ title: 'Read', status: 'in_progress' }),
      update({ status: 'failed', content }),
    )
    expect(lines).toEqual(['Read\n', 'Read (failed: no such file)\n'])
  })

  it('are clean and short', () => {
    const [line] = toolLines(call({ title: `\x1b[31m${'x'.repeat(5000)}\n\n`, status: 'in_progress' }))
    expect(line).toBe(`${'x'.repeat(199)}…\n`)
  })

  it('are cut at characters, and half a character is replaced', () => {
    for (const before of ['', 'x']) {
      for (const title of [`${before}${'👋'.repeat(500)}`, `${before}\ud83d`]) {
        const id = `${before}${'👋'.repeat(500)}`
        const decoder = new AcpUpdates([])
        const lines = decoder.decode(call({ toolCallId: id, title, status: 'in_progress' }))
        expect(lines.every(({ content }) => content.isWellFormed())).toBe(true)
        expect(decoder.state().every((known) => known.id.isWellFormed())).toBe(true)
      }
    }
  })

  it('that never end do not make the state grow', () => {
    const decoder = new AcpUpdates([])
    for (let index = 0; index < 1000; index++)
      decoder.decode(call({ toolCallId: `t${index}`, title: 'x'.repeat(500) }))
    expect(JSON.stringify(decoder.state()).length).toBeLessThan(8 * 1024)
  })
})

describe('other updates', () => {
  it('of text are valid Unicode, whatever the JSON held', () => {
    const content = { type: 'text', text: 'half \ud83d' }
    expect(toolLines({ sessionUpdate: 'agent_message_chunk', content })).toEqual(['half \ufffd'])
  })

  it('return nothing or a notice; invalid ones break nothing', () => {
    expect(
      toolLines({ sessionUpdate: 'plan' }, {}, call({ toolCallId: 1 }), {
        sessionUpdate: 'agent_message_chunk',
      }),
    ).toEqual([])
    const image = { sessionUpdate: 'agent_message_chunk', content: { type: 'image', data: '…' } }
    expect(toolLines(image)).toEqual(['[The agent gave content of type image, which is not supported.]\n'])
  })
})
