import { call, connectSdkClient, openTestServer } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'

/** A task of a service in memory, and a client that polls it over HTTP. */
export async function started() {
  const service = memoryService()
  const client = await connectSdkClient((await openTestServer(service)).url)
  const { task } = await service.start({ message: 'x' })
  const poll = (args: Record<string, unknown> = {}) =>
    call(client, 'kiro_task_status', { task_id: task.id, wait_ms: 0, ...args })
  return { service, client, id: task.id, poll }
}
