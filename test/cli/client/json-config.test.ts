import fc from 'fast-check'
import { parse } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/cli/client/entry.js'
import { jsonConfig } from '../../../src/cli/client/json-config.js'

const ENTRY: Entry = { own: { command: 'spoold', args: ['mcp'] }, defaults: { timeout: 9 } }
const PATH = ['mcpServers', 'spoold']
const put = (text: string | null) => jsonConfig.insert(text, PATH, ENTRY)
const take = (text: string) => jsonConfig.remove(text, PATH)
const values = (text: string) => parse(text, [], { allowTrailingComma: true })

const WRITTEN = `{
  "mcpServers": {
    "spoold": {
      "command": "spoold",
      "args": ["mcp"],
      "timeout": 9
    }
  }
}
`

describe('the entry in JSON', () => {
  test('a file that does not exist is made, and goes again', () => {
    expect(put(null)).toBe(WRITTEN)
    expect(take(WRITTEN)).toBeNull()
    // As a client may have written it again.
    expect(take(JSON.stringify(JSON.parse(WRITTEN), null, 4))).toBeNull()
  })

  test.each([
    ['an empty file', ''],
    ['blanks', ' \n'],
    ['an end of a line', '\n'],
    ['a comment', '// mine\n'],
    ['a comment without an end of its line', '// mine'],
    ['{}', '{}'],
    ['{ }', '{ }'],
    ['{} with an end', '{}\n'],
    ['an object on two lines', '{\n}\n'],
    ['an object with a comment', '{\n  // nothing yet\n}\n'],
    ['an object with a comment on its line', '{ /* nothing yet */ }'],
    ['no servers', '{\n  "mcpServers": {}\n}\n'],
    ['no servers, on one line', '{"mcpServers":{}}'],
    ['no servers, on two lines', '{\n  "mcpServers": {\n  }\n}\n'],
    ['servers that are commented out', '{\n  "mcpServers": {\n    // "a": {}\n  }\n}\n'],
    ['one line', '{"a":1,"mcpServers":{"b":{"command":"x"}},"c":[1,2]}'],
    ['one line without servers', '{"a": 1}'],
    ['one line with a trailing comma', '{"a": 1,}'],
    ['other settings', '{\n  "theme": "dark"\n}\n'],
    ['another server', '{\n  "mcpServers": {\n    "b": {\n      "command": "x"\n    }\n  }\n}\n'],
    ['trailing commas', '{\n  "mcpServers": {\n    "b": {"command": "x",},\n  },\n}\n'],
    ['comments behind what is there', '{\n  "a": 1 // one\n  // two\n}\n'],
    ['a comment behind a trailing comma', '{\n  "a": 1, // one\n}\n'],
    ['a comment before the brace', '{\n  "a": 1 /* one */ }\n'],
    ['a last comment without an end', '{"a": 1} // end'],
    ['tabs', '{\n\t"mcpServers": {\n\t\t"b": {}\n\t}\n}\n'],
    ['CRLF', '{\r\n  "a": 1,\r\n  "mcpServers": {\r\n    "b": {}\r\n  }\r\n}\r\n'],
    ['no final newline', '{\n    "a": 1\n}'],
    ['a brace behind the last', '{\n  "a": 1}'],
    ['commas first', '{\n  "a": 1\n, "b": 2\n}\n'],
  ])('%s: what was there stays, twice is once, and taken out it is as it was', (_case, text) => {
    const installed = put(text)
    expect(values(installed).mcpServers.spoold).toEqual({ ...ENTRY.own, ...ENTRY.defaults })
    expect(put(installed)).toBe(installed)
    expect(take(installed)).toBe(text)
    for (const comment of text.match(/\/\/.*|\/\*.*?\*\//g) ?? []) expect(installed).toContain(comment)
  })

  test('has the layout of its surroundings', () => {
    expect(put('{\n\t"mcpServers": {\n\t\t"b": {} // that one\n\t}\n}\n')).toBe(
      '{\n\t"mcpServers": {\n\t\t"b": {}, // that one\n\t\t"spoold": {\n\t\t\t"command": "spoold",\n\t\t\t"args": ["mcp"],\n\t\t\t"timeout": 9\n\t\t}\n\t}\n}\n',
    )
    expect(put('{\r\n    "a": 1\r\n}')).toBe(
      '{\r\n    "a": 1,\r\n    "mcpServers": {\r\n        "spoold": {\r\n            "command": "spoold",\r\n            "args": ["mcp"],\r\n            "timeout": 9\r\n        }\r\n    }\r\n}',
    )
  })

  test('any object gets the property, and removing it restores the text', () => {
    const key = fc.constantFrom('a', 'b', 'mcpServers', 'spool', '\u2028', '"', '//')
    const value = fc.letrec((tie) => ({
      any: fc.oneof(fc.constantFrom(1, true, null, 'x // y', '{,}'), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 2 }),
      object: fc.dictionary(key, tie('any'), { maxKeys: 3 }),
    }))
    const servers = fc.dictionary(fc.constantFrom('a', 'b', '//'), value.any, { maxKeys: 2 })
    const config = fc.tuple(value.object, fc.option(servers)).map(([rest, some]) => ({
      ...Object(rest),
      mcpServers: some ?? {},
      ...(some === null ? { mcpServers: undefined } : {}),
    }))
    const layout = fc.constantFrom('', ' ', '  ', '\t')
    const blank = fc.constantFrom('', ' ', '\n', '\r\n', ' // c\n', '/* , */')
    fc.assert(
      fc.property(
        config,
        layout,
        fc.array(blank, { minLength: 1, maxLength: 9 }),
        (object, indent, blanks) => {
          let place = 0
          // Blanks and comments between the signs, but not in texts.
          const text = JSON.stringify(object, null, indent).replace(
            /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g,
            (piece) => `${piece}${blanks[place++ % blanks.length]}`,
          )
          const installed = put(text)
          expect(take(installed)).toBe(text)
          expect(put(installed)).toBe(installed)
          expect(values(installed)).toMatchObject({ mcpServers: { spoold: ENTRY.own } })
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('an existing entry', () => {
  test('gets our values and keeps others', () => {
    const mine =
      '{\n  "mcpServers": {\n    "spoold": {\n      "url": "http://x", // old\n      "command": "old",\n      "timeout": 1,\n      "env": { "A": "b" }\n    }\n  }\n}\n'
    expect(put(mine)).toBe(
      '{\n  "mcpServers": {\n    "spoold": {\n      // old\n      "command": "spoold",\n      "timeout": 1,\n      "env": { "A": "b" },\n      "args": ["mcp"]\n    }\n  }\n}\n',
    )
  })

  test('that is no object is replaced', () => {
    expect(put('{"mcpServers":{"spoold":null,"b":1}}')).toBe(
      '{"mcpServers":{"spoold":{ "command": "spoold", "args": ["mcp"], "timeout": 9 },"b":1}}',
    )
  })

  test('is removed from between others, and a comment on its line stays', () => {
    expect(take('{ "mcpServers": { "a": 1, "spoold": {}, "b": 2 } }')).toBe(
      '{ "mcpServers": { "a": 1, "b": 2 } }',
    )
    expect(take('{\n  "mcpServers": {\n    "a": 1,\n    "spoold": {}, // mine\n    "b": 2\n  }\n}')).toBe(
      '{\n  "mcpServers": {\n    "a": 1,\n    // mine\n    "b": 2\n  }\n}',
    )
  })

  test('there is none: nothing to remove', () => {
    for (const text of ['', '{}', '{"mcpServers": {"a": 1}}', '{"mcpServers": 5}'])
      expect(take(text)).toBe(text)
  })
})

describe('rejected, with line and column', () => {
  test.each([
    ['{\n  "a": 1\n  "b": 2\n}', 'is not JSON: comma expected in line 3, column 3'],
    ['{"a": ', 'is not JSON: value expected in line 1, column 7'],
    ['[]', 'is JSON, but not an object'],
    ['{"mcpServers": []}', 'has no object at "mcpServers"'],
    ['{"mcpServers": {}, "mcpServers": {}}', 'has "mcpServers" twice in one object'],
  ])('%j', (text, reason) => {
    expect(() => put(text)).toThrow(reason)
  })
})
