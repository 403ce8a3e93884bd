import type { TaskOutline } from '../../domain/task.js'
import type { Content } from '../call.js'
import { outputUri } from './addresses.js'

/** Leads a client from an answer to all that the task's agent says; short, since it stands in every such answer. */
export function outputLink(task: TaskOutline): Content {
  return {
    type: 'resource_link',
    uri: outputUri(task.id),
    name: `${task.id}/output`,
    title: 'Output of the task',
    mimeType: 'text/plain',
  }
}
