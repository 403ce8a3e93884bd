import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvents } from '../../src/client/rpc.js'
import type { RpcMessage } from '../../src/client/rpc-message.js'

async function* inParts(bytes: Buffer, cuts: number[]): AsyncGenerator<Uint8Array> {
  const borders = [0, ...cuts.sort((a, b) => a - b), bytes.length]
  for (const [index, end] of borders.slice(1).entries()) yield bytes.subarray(borders[index], end)
}

const logMessage = {
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data: '日本🧵' },
}
const answer = { jsonrpc: '2.0', id: 7, result: { text: 'é' } }
const stream = Buffer.from(
  `: keep-alive\n\nid: 1\ndata: \n\ndata: ${JSON.stringify(logMessage)}\r\n\r\nevent: message\ndata: ${JSON.stringify(answer)}\n\n`,
)

test('the cuts between reads change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(stream.length), { maxLength: 8 }), async (cuts) => {
      const seen: RpcMessage[] = []
      const read = await readEvents(inParts(stream, cuts), 7, { onMessage: (message) => seen.push(message) })
      expect(read).toEqual(answer)
      expect(seen).toEqual([logMessage])
    }),
  )
})

test('any data is a sign of life, even a comment', async () => {
  let signs = 0
  const half = stream.indexOf('id: 1')
  await readEvents(inParts(stream, [half]), 7, { onActivity: () => signs++ })
  expect(signs).toBe(2)
})

test('a stream that ends before the response is a failure', async () => {
  const early = stream.subarray(0, stream.indexOf('event: message'))
  await expect(readEvents(inParts(early, []), 7, {})).rejects.toThrow('before the response')
})
