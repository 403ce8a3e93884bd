/** Errors of HTTP requests that are rejected before they reach a tool. */
export const REQUESTS = {
  forbidden: {
    means: 'The request comes from an origin or for a host that is not allowed, whatever its token.',
    causes: [
      'a web page on another address than http://localhost or http://127.0.0.1 sent it',
      'the URL uses another name of the machine, for example through a proxy or a tunnel',
    ],
    remedies: [
      'Use the URL that `spoold status` prints.',
      'Let a tunnel send `Host: 127.0.0.1:PORT`; docs/security.md explains why.',
    ],
  },
  unauthorized: {
    means: 'The request has no token, or the token of another daemon.',
    causes: [
      'the header `Authorization: Bearer TOKEN` is missing, or the token is in the URL',
      'the client is configured for another state directory, or the file `token` was created again',
    ],
    remedies: [
      'Put the token that `spoold token` prints into the configuration of the client (docs/clients.md).',
      'Clients that start their servers need no token: let them start `spoold mcp`.',
      'If a command shows this error, run `spoold restart`.',
    ],
  },
  request_too_large: {
    means: 'The request is larger than the daemon accepts.',
    causes: ['a message with a lot of material', 'headers of more than 16 KiB'],
    remedies: ['Put the material into a file and name the file in the message.'],
    http: '413; 431 for headers',
  },
  not_found: {
    means: 'The URL, tool, resource, database or log does not exist.',
    causes: [
      'the client is configured with another path than /mcp',
      'the tool or resource does not exist in this version, or toolPrefix was changed',
      '`spoold db` or `spoold service logs` was used before the first start of a daemon',
    ],
    remedies: [
      'Use the URL that `spoold status` prints; it ends in /mcp.',
      'Let the client list the tools again.',
      '`spoold start` creates the database and the log.',
    ],
    rpc: '-32601 for a method, -32602 (until 2025-11-25: -32002) for a resource',
  },
  method_not_allowed: {
    means: '/mcp accepts only POST, and /health only GET.',
    causes: [
      'a client tried to open a stream with GET; by the rules of MCP it continues without one',
      'a browser opened the URL',
    ],
    remedies: [
      'Usually nothing: MCP clients handle this.',
      'To check whether the daemon runs, use /health or `spoold status`.',
    ],
  },
  malformed_request: {
    means: 'The request does not follow the rules of MCP over HTTP.',
    causes: [
      'the body is not JSON, not UTF-8, or not a JSON-RPC message',
      'Content-Type is not application/json, or Accept excludes JSON',
      'MCP-Protocol-Version names an unsupported revision',
    ],
    remedies: [
      'Correct what the message names; docs/mcp.md lists the revisions.',
      'Update the client, or let it use `spoold mcp`.',
    ],
    http: '400; 406, 408, 415 and 417 for headers and time',
    rpc: '-32700 for invalid JSON, -32600 for an invalid message',
  },
  too_many_connections: {
    means: 'The limit of open connections to the daemon is reached.',
    causes: ['a client opens connections without closing them', 'very many clients wait at once'],
    remedies: [
      'Close clients that you do not need and try again. Tasks are not affected.',
      '`spoold restart` closes all connections; clients reconnect.',
    ],
  },
}
