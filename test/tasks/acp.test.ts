import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acpAgent, steps } from './acp-agent.js'
import { openWorkshop } from './workshop.js'

describe('an agent that speaks ACP', () => {
  it('answers with text in several chunks, as it comes', async () => {
    const agent = acpAgent()
    const workshop = openWorkshop({ agents: { fake: agent.settings } })
    const gate = join(workshop.directory, 'gate')
    const message = steps({ think: 'Hm.' }, { say: 'one ' }, { wait: gate }, { say: 'two é日本' })
    const { id } = await workshop.start(message, 'fake')
    await workshop.untilText(id, 'one ')
    writeFileSync(gate, '')
    const task = await workshop.untilEnd(id)
    expect(task).toMatchObject({ status: 'completed', endReason: 'exit', exitCode: 0 })
    expect(await workshop.text(id)).toBe('one two é日本')
    const { chunks } = await workshop.progress(id)
    expect(chunks.map(({ kind }) => kind)).toEqual(['notice', 'thought', 'text', 'text', 'notice'])
    expect(agent.methods()).toEqual(['initialize', 'session/new', 'session/prompt'])
    expect(workshop.problems).toEqual([])
  })
})
