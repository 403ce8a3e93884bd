import fc from 'fast-check'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/cli/client/entry.js'
import { tomlConfig } from '../../../src/cli/client/toml-config.js'

const ENTRY: Entry = { own: { command: 'spoold', args: ['mcp'] }, defaults: { tool_timeout_sec: 9 } }
const PATH = ['mcp_servers', 'spoold']
const put = (text: string | null) => tomlConfig.insert(text, PATH, ENTRY)
const take = (text: string) => tomlConfig.remove(text, PATH)
const values = (text: string) => getStaticTOMLValue(parseTOML(text))

const TABLE = '[mcp_servers.spoold]\ncommand = "spoold"\nargs = ["mcp"]\ntool_timeout_sec = 9'

describe('the entry in TOML', () => {
  test('a file that does not exist is made, and goes again', () => {
    expect(put(null)).toBe(`${TABLE}\n`)
    expect(take(`${TABLE}\n`)).toBeNull()
  })

  const TEXTS: [string, string][] = [
    ['an empty file', ''],
    ['blanks', '  '],
    ['an end of a line', '\n'],
    ['a comment', '# mine\n'],
    ['a comment without an end of its line', '# mine'],
    ['settings', 'model = "x" # that one\n'],
    ['settings without a final newline', 'model = "x"'],
    ['empty lines at the end', 'model = "x"\n\n\n'],
    ['another server', '[mcp_servers.b]\ncommand = "x"\n\n[mcp_servers.b.env]\nA = "1"\n'],
    ['servers as a table', '[mcp_servers]\n[mcp_servers.b]\ncommand = "x"\n'],
    ['CRLF', 'a = 1\r\n\r\n[b]\r\nc = 2\r\n'],
    ['CRLF, then LF', 'a = 1\r\nb = 2\n'],
    ['LF, then CRLF', 'a = 1\nb = 2\r\n'],
    ['a text of several lines', 'a = """\n[mcp_servers.spoold]\n"""\n'],
    ['a list of tables', '[[b]]\nc = 1\n[[b]]\nc = 2\n'],
  ]

  test.each(TEXTS)(
    '%s: what was there stays, twice is once, and taken out it is as it was',
    (_case, text) => {
      const installed = put(text)
      expect(values(installed)).toEqual({
        ...values(text),
        mcp_servers: { ...Object(values(text).mcp_servers), spoold: { ...ENTRY.own, ...ENTRY.defaults } },
      })
      expect(installed.startsWith(text)).toBe(true)
      expect(put(installed)).toBe(installed)
      expect(take(installed)).toBe(text)
    },
  )

  test('any of these one behind another', () => {
    const blank = fc.constantFrom('', '\n', '\r\n', '# c', '# c\n', '  ', '\t\n')
    const table = fc.constantFrom(
      '',
      '\n[mcp_servers.b]\nc = 1',
      '\n[b.c] # d\r\n',
      '\n[[e]]\nf = { g = "#" }',
    )
    fc.assert(
      fc.property(
        fc.array(blank, { maxLength: 5 }),
        table,
        fc.array(blank, { maxLength: 5 }),
        (some, one, more) => {
          const text = `a = 1 ${some.join('')}${one} ${more.join('')}`
          const installed = put(text)
          expect(take(installed)).toBe(text)
          expect(put(installed)).toBe(installed)
          expect(values(installed)).toMatchObject({ ...values(text), mcp_servers: { spoold: ENTRY.own } })
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('an existing entry is updated and keeps the rest', () => {
    const mine =
      'a = 1\n[mcp_servers.spoold]\nurl = "http://x"\ncommand = "old" # mine\ntool_timeout_sec = 1\nenabled = false\n\n[mcp_servers.spoold.env]\nA = "b"\n'
    expect(put(mine)).toBe(
      'a = 1\n[mcp_servers.spoold]\ncommand = "spoold" # mine\ntool_timeout_sec = 1\nenabled = false\nargs = ["mcp"]\n\n[mcp_servers.spoold.env]\nA = "b"\n',
    )
    expect(take(mine)).toBe('a = 1\n')
  })

  test.each([
    ['between others', `a = 1\n\n${TABLE}\n\n[b]\nc = 2\n`, 'a = 1\n\n[b]\nc = 2\n'],
    [
      'in one line',
      '[mcp_servers]\nspoold = { command = "x" }\nb = { command = "y" }\n',
      '[mcp_servers]\nb = { command = "y" }\n',
    ],
    [
      'in lines with dots',
      'mcp_servers.spoold.command = "x"\nmcp_servers.b.command = "y"\n',
      'mcp_servers.b.command = "y"\n',
    ],
    ['before others', `${TABLE}\n\n[b]\nc = 2\n`, '[b]\nc = 2\n'],
    ['not there', 'a = 1\n', 'a = 1\n'],
  ])('is taken out: %s', (_case, text, rest) => {
    expect(take(text)).toBe(rest)
  })
})

test.each([
  ['a = 1\nb = = 2\n', /^is not TOML: .* in line 2, column 5$/],
  ['a = 1\na = 2\n', /^is not TOML: .* in line 2, column 1$/],
  ['[mcp_servers]\nspoold = { command = "x" }\n', /^has mcp_servers\.spoold, but not as a separate table$/],
])('refused, with the place: %j', (text, reason) => {
  expect(() => put(text)).toThrow(reason)
})
