import { expect, it } from 'vitest'
import { awaitEnd } from '../../src/tasks/await-end.js'

it('promise 8: a cancel resolves with the end of its task', async () => {
  await expect(awaitEnd(Promise.resolve(), 'task-x', 0, 60_000)).resolves.toBeUndefined()
})

it('a cancel whose end cannot be stored is answered all the same', async () => {
  const never = new Promise<void>(() => {})
  await expect(awaitEnd(never, 'task-x', 1, 1)).rejects.toMatchObject({
    code: 'storage_failed',
    message: expect.stringContaining('task-x is cancelled'),
  })
})
