import { pino } from 'pino'
import { expect, test } from 'vitest'
import { schedulePurge } from '../../src/daemon/purge-schedule.js'
import { waitFor } from '../helpers/wait-for.js'

const NOTHING = { tasks: 0, chunks: 0, bytes: 0, sessions: 0 }

test('a slow purge is not doubled, a failed one is tried again, and a stopped schedule runs no more', async () => {
  let runs = 0
  let atOnce = 0
  let most = 0
  const purge = async () => {
    runs += 1
    atOnce += 1
    most = Math.max(most, atOnce)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    atOnce -= 1
    if (runs === 1) throw new Error('disk on fire')
    return NOTHING
  }
  const lines: string[] = []
  const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(line) })
  const schedule = schedulePurge('* * * * * *', purge, logger)
  await waitFor('the second run to begin', () => runs === 2)
  schedule.stop()
  await schedule.settled()
  expect(atOnce).toBe(0)
  expect(most).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('disk on fire')
})
