import { expect, test } from 'vitest'
import { COMMAND_LINE_WORDING } from '../../src/cli/wording.js'
import {
  invalidField,
  SpoolError,
  sessionNotFound,
  taskNotFound,
  wordError,
} from '../../src/domain/errors.js'
import { mcpWording } from '../../src/mcp/wording.js'

const MCP = mcpWording((tool) => `kiro_${tool}`)

test.each([
  [
    invalidField('ttl_seconds', 'must be a whole number, got 0'),
    'ttl_seconds must be a whole number, got 0',
    '--ttl must be a whole number, got 0',
  ],
  [
    invalidField('agent', 'must be a name, got "-x"', 'list_agents'),
    'agent must be a name, got "-x"; kiro_agents_list lists the agents',
    '--agent must be a name, got "-x"; `spoold agents` lists the agents',
  ],
  [
    new SpoolError('agent_unknown', 'There is no agent "a"; the agent kiro is configured', {
      field: 'agent',
    }),
    'There is no agent "a"; the agent kiro is configured',
    'There is no agent "a"; the agent kiro is configured',
  ],
  [
    new SpoolError('session_ended', 'Session s has ended.', { field: 'session_id', action: 'open_session' }),
    'Session s has ended; omit session_id to open a new session',
    'Session s has ended; omit --session to open a new session',
  ],
  [
    new SpoolError('invalid_input', 'Session s works in /a', {
      field: 'working_directory',
      action: 'omit_field',
    }),
    'Session s works in /a; omit working_directory, or open a new session',
    'Session s works in /a; omit --cwd, or open a new session',
  ],
  [
    taskNotFound('task-x'),
    'There is no task task-x: the id is wrong, or the task was purged after its retention; kiro_task_list with include_done lists the tasks',
    'There is no task task-x: the id is wrong, or the task was purged after its retention; `spoold ls --all` lists the tasks',
  ],
])('each edge words an error in its own names: %s', (error, mcp, commandLine) => {
  expect(wordError(error, MCP)).toBe(mcp)
  expect(wordError(error, COMMAND_LINE_WORDING)).toBe(commandLine)
})

test('text of a caller is never mistaken for a field name', () => {
  const error = sessionNotFound('session_id agent kiro_task_list')
  expect(wordError(error, COMMAND_LINE_WORDING)).toMatch(
    /^There is no session session_id agent kiro_task_list; /,
  )
})
