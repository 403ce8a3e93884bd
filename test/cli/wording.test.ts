import { expect, test } from 'vitest'
import { inCommandWords } from '../../src/cli/wording.js'
import { SpoolError, taskNotFound } from '../../src/domain/errors.js'

test.each([
  ['ttl_seconds', 'ttl_seconds must be a whole number, got 0', '--ttl must be a whole number, got 0'],
  [
    'agent',
    'agent must be a name, got "-x"; kiro_agents_list tells the names',
    '--agent must be a name, got "-x"; spoold agents tells the names',
  ],
  [
    'agent',
    'There is no agent "a"; the agent kiro is configured',
    'There is no agent "a"; the agent kiro is configured',
  ],
  [
    'session_id',
    'Session s has ended; leave session_id out to open a new one.',
    'Session s has ended; leave --session out to open a new one.',
  ],
])('%s: %s', (field, sentence, words) => {
  const told = inCommandWords(new SpoolError('invalid_input', sentence, { field }))
  expect(told).toMatchObject({ code: 'invalid_input', field, message: words })
})

test('a task that is not there', () => {
  expect(inCommandWords(taskNotFound('task-x'))).toMatchObject({
    message: expect.stringMatching(/purged\. spoold ls --all shows what is there\.$/),
  })
})

test('what is no refusal stays as it is', () => {
  const error = new TypeError('ttl_seconds')
  expect(inCommandWords(error)).toBe(error)
})
