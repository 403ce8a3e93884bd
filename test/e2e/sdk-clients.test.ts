import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectAllOf, openPrinterScene } from '../helpers/printer.js'
import { readOn, type ToolCaller } from '../helpers/read-on.js'
import { connect1, connect2, type Over, type Place } from '../helpers/sdk-clients.js'

const CLIENTS: [string, (place: Place, over: Over) => Promise<ToolCaller>][] = [
  ['client 1.x', connect1],
  ['client 2.x by the rules of 2025', (place, over) => connect2(place, over, 2025)],
  ['client 2.x by the rules of 2026-07-28', (place, over) => connect2(place, over, 2026)],
]

describe.each(CLIENTS)('promise 3: the SDK %s', (_, connect) => {
  it.each(['HTTP', 'stdio'] as const)(
    'over %s polls on through two SIGKILLs of the daemon, and misses and repeats nothing',
    async (over) => {
      const scene = await openPrinterScene()
      const client = await connect(scene, over)
      const reading = readOn(client, await scene.start(client))
      await reading.more(5)
      await scene.restart()
      await reading.more(5)
      await scene.restart()
      await reading.more(5)
      writeFileSync(scene.gate, '')
      expect(await reading.end).toMatchObject({ status: 'completed', exit_code: 0 })
      expectAllOf(reading.chunks)
      // Over HTTP a client gets connection errors; over stdio it notices nothing.
      if (over === 'stdio') expect(reading.failures).toEqual([])
    },
  )
})

it.each(['HTTP', 'stdio'] as const)(
  'the client 2.x that may choose, chooses 2026-07-28 over %s',
  async (over) => {
    const client = await connect2(await openPrinterScene(), over, 'either')
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28')
  },
)
