// The least that a daemon in Node can be: a server of node:http that waits.
import { createServer } from 'node:http'

const server = createServer((_request, response) => response.end('ok'))
server.listen(0, '127.0.0.1', () => process.send('listening'))
