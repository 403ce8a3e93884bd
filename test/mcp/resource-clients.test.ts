import { writeFileSync } from 'node:fs'
import type { Client as ModernClient } from '@modelcontextprotocol/client'
import type { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { describe, expect, it } from 'vitest'
import { connectModernClient } from '../helpers/client-2026.js'
import { connectSdkClient, openTestServer } from '../helpers/http-server.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, shellAgent } from '../tasks/scene.js'

type Client = LegacyClient | ModernClient

const gated = shellAgent('printf "before "; until [ -e "$1" ]; do sleep 0.1; done; printf after')

async function open() {
  const scene = openScene({ agents: { gated } })
  const server = await openTestServer(scene.service)
  return { scene, url: server.url }
}

/** From page to page; the client of 2026-07-28 does that by itself. */
async function listAll(client: Client) {
  let page = await client.listResources()
  const listed = [...page.resources]
  while (page.nextCursor !== undefined) {
    page = await client.listResources({ cursor: page.nextCursor })
    listed.push(...page.resources)
  }
  return listed
}

const ERAS: [string, number, (url: string) => Promise<Client>][] = [
  ['2025-11-25', -32_002, connectSdkClient],
  ['2026-07-28', -32_602, connectModernClient],
]

describe.each(ERAS)('resources for the SDK client of %s', (_, notFound, connect) => {
  it('are listed in pages, read, and completed', async () => {
    const { scene, url } = await open()
    const client = await connect(url)
    for (let n = 1; n <= 21; n += 1) await scene.untilEnd((await scene.start(`work ${n}`)).id)
    const listed = await listAll(client)
    const newest = listed[1]?.name ?? ''
    expect(listed.map(({ uri }) => uri).slice(0, 3)).toEqual([
      'spool://tasks',
      `spool://tasks/${newest}`,
      `spool://tasks/${newest}/output`,
    ])
    expect(listed.map(({ title }) => title).slice(-2)).toEqual(['echo: work 1', 'Output of echo: work 1'])
    expect(listed).toHaveLength(43)

    const output = await client.readResource({ uri: `spool://tasks/${newest}/output` })
    expect(output.contents).toEqual([
      { uri: `spool://tasks/${newest}/output`, mimeType: 'text/plain', text: 'work 21' },
    ])
    const { contents } = await client.readResource({ uri: `spool://tasks/${newest}` })
    const status = contents[0] !== undefined && 'text' in contents[0] ? contents[0].text : ''
    expect(JSON.parse(status)).toMatchObject({ task_id: newest, status: 'completed', result_bytes: 7 })

    const { resourceTemplates } = await client.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'spool://tasks/{id}',
      'spool://tasks/{id}/output{?from}',
    ])
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'spool://tasks/{id}' },
      argument: { name: 'id', value: newest.slice(0, -2) },
    })
    expect(completion.values).toContain(newest)
  })

  it('that do not exist are refused with a sentence', async () => {
    const client = await connect((await open()).url)
    const uri = 'spool://tasks/task-none'
    await expect(client.readResource({ uri })).rejects.toMatchObject({
      code: notFound,
      message: expect.stringContaining('resources/list'),
      data: { uri },
    })
    await expect(client.listResources({ cursor: 'never given' })).rejects.toMatchObject({ code: -32_602 })
  })
})

describe.each(ERAS)('the prompt for the SDK client of %s', (_, _notFound, connect) => {
  it('is listed, completed and returned, and refused if an argument is missing', async () => {
    const client = await connect((await open()).url)
    const { prompts } = await client.listPrompts()
    expect(prompts).toMatchObject([
      { name: 'delegate', arguments: [{ name: 'work', required: true }, {}, {}] },
    ])
    const { completion } = await client.complete({
      ref: { type: 'ref/prompt', name: 'delegate' },
      argument: { name: 'agent', value: 'ga' },
    })
    expect(completion).toMatchObject({ values: ['gated'], hasMore: false })
    const { messages } = await client.getPrompt({ name: 'delegate', arguments: { work: 'tidy up' } })
    expect(messages).toMatchObject([
      { role: 'user', content: { type: 'text', text: expect.stringContaining('\ntidy up\n') } },
    ])
    await expect(client.getPrompt({ name: 'delegate', arguments: {} })).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining('work is missing'),
    })
    await expect(client.getPrompt({ name: 'other' })).rejects.toMatchObject({ code: -32_602 })
  })
})

describe('of 2026-07-28', () => {
  it('a subscription reports new output and the end, and nothing once it is closed', async () => {
    const { scene, url } = await open()
    const client = await connectModernClient(url)
    const gate = `${scene.directory}/gate`
    const { id } = await scene.start(gate, 'gated')
    await scene.untilText(id, 'before')
    const uri = `spool://tasks/${id}/output`
    const updated: string[] = []
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      updated.push(params.uri)
    })
    const subscription = await client.listen({ resourceSubscriptions: [uri, 'spool://tasks'] })
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [uri, 'spool://tasks'] })
    writeFileSync(gate, '')
    await waitFor('both', () => updated.includes(uri) && updated.includes('spool://tasks'))
    await waitFor('the whole output', async () => {
      const { contents } = await client.readResource({ uri })
      return contents.length === 1 && contents[0] !== undefined && 'text' in contents[0]
        ? contents[0].text === 'before after'
        : false
    })
    await subscription.close()
    expect(await subscription.closed).toBe('local')
  })

  it('the resources of a task must not be cached', async () => {
    const client = await connectModernClient((await open()).url)
    for (const answer of [
      await client.listResources(),
      await client.readResource({ uri: 'spool://tasks' }),
    ]) {
      expect(answer).toMatchObject({ ttlMs: 0, cacheScope: 'private' })
    }
  })
})
