import { writeFileSync } from 'node:fs'
import {
  CallToolResultSchema,
  type Progress,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, it } from 'vitest'
import type { Poll } from '../helpers/mcp-client.js'
import { openPrinterScene } from '../helpers/printer.js'
import { callOf } from '../helpers/read-on.js'
import { connect1, connect2 } from '../helpers/sdk-clients.js'
import { waitFor } from '../helpers/wait-for.js'

/* Streams from `spoold mcp` to its client, through a SIGKILL of the daemon. */

describe.each(['1.x', '2.x'])('over stdio, the SDK client %s', (version) => {
  it('gets progress that only rises, and may wait longer than its time limit', async () => {
    const scene = await openPrinterScene()
    const client = version === '1.x' ? await connect1(scene, 'stdio') : await connect2(scene, 'stdio', 2026)
    const taskId = await scene.start(client, 'quiet')
    await waitFor('the first line', async () => {
      const args = { task_id: taskId, wait_ms: 0 }
      return (await callOf<Poll>(client, 'kiro_task_status', args)).new_chunks.length > 0
    })
    const reports: number[] = []
    const options = {
      timeout: 15_000,
      resetTimeoutOnProgress: true,
      onprogress: ({ progress }: Progress) => reports.push(progress),
    }
    const args = { task_id: taskId, wait_for: 'done', wait_ms: 40_000 }
    const params = { name: 'kiro_task_status', arguments: args }
    const waiting =
      'experimental' in client
        ? client.callTool(params, CallToolResultSchema, options)
        : client.callTool(params, options)
    await waitFor('a report', () => reports.length > 0)
    await scene.restart()
    // The third one comes after the time limit of a client that hears nothing.
    await waitFor('reports of the next daemon', () => reports.length > 2)
    writeFileSync(scene.gate, '')
    expect((await waiting).structuredContent).toMatchObject({ is_done: true, status: 'completed' })
    expect(reports).toEqual([...new Set(reports)].sort((a, b) => a - b))
  })
})

it('a client of 2025 is notified of changes of a subscribed resource, before and after the restart', async () => {
  const scene = await openPrinterScene()
  const client = await connect1(scene, 'stdio')
  const uri = `spool://tasks/${await scene.start(client)}`
  let notified: string[] = []
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    notified.push(params.uri)
  })
  await client.subscribeResource({ uri })
  await waitFor('a change', () => notified.length > 1)
  await scene.restart()
  notified = []
  await waitFor('changes after the restart', () => notified.length > 2)
  expect(new Set(notified)).toEqual(new Set([uri]))
  await client.unsubscribeResource({ uri })
  writeFileSync(scene.gate, '')
})

it('a subscription of 2026-07-28 continues: the client 2.x does not see it close', async () => {
  const scene = await openPrinterScene()
  const client = await connect2(scene, 'stdio', 2026)
  const uri = `spool://tasks/${await scene.start(client)}`
  let notified: string[] = []
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    notified.push(params.uri)
  })
  const subscription = await client.listen({ resourceSubscriptions: [uri] })
  expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [uri] })
  let closed: string | undefined
  const ending = subscription.closed.then((cause) => {
    closed = cause
  })
  await waitFor('a change', () => notified.length > 1)
  await scene.restart()
  notified = []
  await waitFor('changes after the restart', () => notified.length > 2)
  expect(closed).toBeUndefined()
  await subscription.close()
  await ending
  expect(closed).toBe('local')
  writeFileSync(scene.gate, '')
})
