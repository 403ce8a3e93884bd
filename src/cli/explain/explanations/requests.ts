import type { ErrorCode } from '../../../domain/errors.js'
import type { Explanation } from '../explanation.js'

/** About requests over HTTP that are refused before a tool sees them. */
export const REQUESTS = {
  forbidden: {
    means: 'The request came from somewhere that may not use spoold, whatever token it has.',
    causes: [
      'a page of a browser asks, from another address than http://localhost or http://127.0.0.1',
      'the address names the machine by another name, for example through a proxy or a tunnel',
    ],
    remedies: [
      'Use the address that `spoold status` prints.',
      'Behind a tunnel make it send the header `Host: 127.0.0.1:PORT`. Why it is so: docs/security.md.',
    ],
  },
  unauthorized: {
    means: 'The request has no token, or one that is not of this daemon.',
    causes: [
      'the header `Authorization: Bearer TOKEN` is missing, or the token stands in the URL',
      'the client was configured for another state directory, or the file `token` was made anew since',
    ],
    remedies: [
      'Take the token that `spoold token` prints into the configuration of the client (docs/clients.md).',
      'A client that can start its servers needs none: let it start `spoold mcp`.',
      'On the command line this should not happen: `spoold restart` makes a new token for it.',
    ],
  },
  request_too_large: {
    means: 'The whole request is longer than the daemon reads.',
    causes: ['a message with much material in it', 'headers of more than 16 KiB'],
    remedies: ['Put the material into a file and name the file in the message.'],
    http: '413; 431 for the headers',
  },
  not_found: {
    means:
      'What was asked for is not there: an address, a tool, a resource; on the command line the database or the log.',
    causes: [
      'a client is configured with another path than /mcp',
      'a tool or resource is named that this version does not have, or with another toolPrefix',
      '`spoold db` or `spoold service logs` is used before any daemon ran here',
    ],
    remedies: [
      'Use the address that `spoold status` prints; it ends with /mcp.',
      'Let the client read the list of tools again.',
      '`spoold start` makes the database and the log.',
    ],
    rpc: '-32601 for a method, -32602 (until 2025-11-25: -32002) for a resource',
  },
  method_not_allowed: {
    means: 'HTTP was used in another way than spoold serves: /mcp takes POST, /health takes GET.',
    causes: [
      'a client opens a stream with GET; it goes on without, which MCP provides for',
      'somebody opened the address in a browser',
    ],
    remedies: [
      'Nothing, where a client met it by itself.',
      'To see whether the daemon lives, ask /health, or `spoold status`.',
    ],
  },
  malformed_request: {
    means: 'The request is not what MCP sends over HTTP.',
    causes: [
      'the body is no JSON, no UTF-8, or no JSON-RPC message',
      'the header Content-Type is not application/json, or Accept leaves JSON out',
      'MCP-Protocol-Version names a revision that is not served',
    ],
    remedies: [
      'Correct what the sentence names; docs/mcp.md lists the revisions and what each takes.',
      'Of a client of others: update it, or let it speak over `spoold mcp`.',
    ],
    http: '400; 406, 408, 415 and 417 for headers and time',
    rpc: '-32700 where it is no JSON, -32600 where it is no message',
  },
  too_many_connections: {
    means: 'So many connections to the daemon are open that it takes no more.',
    causes: ['a client opens connections and does not close them', 'very many clients wait at once'],
    remedies: [
      'Close clients that are not needed, then try again. Tasks are not touched.',
      '`spoold restart` closes all; clients connect anew.',
    ],
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
