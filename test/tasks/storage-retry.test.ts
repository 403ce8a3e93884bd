import { describe, expect, it } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { retryStorage } from '../../src/tasks/storage-retry.js'

const log = { info: () => {}, warn: () => {}, error: () => {} }
const never = new AbortController().signal

describe('a step that waits for the storage', () => {
  it('is repeated while the disk is full, until it succeeds', async () => {
    let tries = 0
    const step = async () => {
      tries += 1
      if (tries < 3) throw new SpoolError('storage_full', 'full')
      return 'stored'
    }
    expect(await retryStorage(step, 'a test', log, never)).toBe('stored')
    expect(tries).toBe(3)
  })

  it('is not repeated after a permanent failure', async () => {
    let tries = 0
    const step = async () => {
      tries += 1
      throw new SpoolError('internal', 'no')
    }
    await expect(retryStorage(step, 'a test', log, never)).rejects.toThrow('no')
    expect(tries).toBe(1)
  })

  it('returns its result if it had succeeded when the signal aborted, so that no process is forgotten', async () => {
    const controller = new AbortController()
    const step = async () => {
      controller.abort()
      return 'started'
    }
    expect(await retryStorage(step, 'a test', log, controller.signal)).toBe('started')
  })
})
