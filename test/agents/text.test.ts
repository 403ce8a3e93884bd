import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextStream } from '../../src/agents/output/text.js'
import { stripControls } from '../../src/domain/text.js'

const ESC = '\x1b'

/** Cleans text, given in parts that are pushed one by one. */
function clean(...parts: (string | Uint8Array)[]): string {
  const stream = new TextStream()
  const pushed = parts.map((part) => stream.push(typeof part === 'string' ? Buffer.from(part) : part))
  return pushed.join('') + stream.end()
}

describe('control sequences are removed', () => {
  it.each([
    ['colours', `${ESC}[31mred${ESC}[0m and ${ESC}[38;5;141m> ${ESC}[0mso on`, 'red and > so on'],
    ['private modes', `${ESC}[?25lhidden${ESC}[?25h`, 'hidden'],
    ['a title ended by BEL', `${ESC}]0;a title\x07text`, 'text'],
    ['a title ended by ESC \\', `${ESC}]2;größer${ESC}\\text`, 'text'],
    ['a hyperlink ended by ST', `${ESC}]8;;https://example.com\u009clink${ESC}]8;;\u009c`, 'link'],
    ['a DCS string over lines', `${ESC}Pq#0;2\n#1\r\n${ESC}\\text`, 'text'],
    ['APC, PM and SOS strings', `${ESC}_a${ESC}\\${ESC}^b${ESC}\\${ESC}Xc${ESC}\\text`, 'text'],
    ['charset selections', `${ESC}(B${ESC})0text${ESC}%G${ESC}#8`, 'text'],
    ['two-character escapes', `${ESC}7${ESC}=${ESC}ctext${ESC}8`, 'text'],
    ['C1 controls', 'a\u0085b\u009b31mc\u009d0;title\u0007d\u0090q\u009ce', 'abcde'],
    ['C0 controls and DEL', 'a\x00b\x07c\x08d\x0be\x0cf\x7fg', 'abcdefg'],
    ['a lone ESC', `a${ESC}${ESC}é`, 'aé'],
  ])('%s', (_, raw, text) => {
    expect(clean(raw)).toBe(text)
    expect(clean(...[...Buffer.from(raw)].map((byte) => Uint8Array.of(byte)))).toBe(text)
  })

  it('keeps newlines and tabs', () => {
    expect(clean('a\tb\n\nc\n')).toBe('a\tb\n\nc\n')
  })

  it('joins a sequence that is split between two reads', () => {
    expect(clean(`a${ESC}`, '[3', '8;5;141', 'mb')).toBe('ab')
    expect(clean(`a${ESC}]0;ti`, 'tle', '\x07b')).toBe('ab')
    expect(clean(`a${ESC}]0;title${ESC}`, '\\b')).toBe('ab')
  })

  it('drops only the introducer of a string that never ends, so that no text is lost', () => {
    expect(clean(`a${ESC}]0;title\nb`)).toBe('a0;title\nb')
    const long = 'x'.repeat(5000)
    expect(clean(`a${ESC}P${long}${ESC}\\b`)).toBe(`a${long}b`)
    expect(clean(`a${ESC}]tail`)).toBe('atail')
  })

  it('holds back no more than an introducer that is still open', () => {
    const stream = new TextStream()
    stream.push(Buffer.from(`${ESC}]${'x'.repeat(4000)}`))
    expect(stream.unsettled).toBe(4002)
    expect(stream.push(Buffer.from('x'.repeat(200)))).toBe('x'.repeat(4200))
    expect(stream.unsettled).toBe(0)
  })
})

describe('UTF-8', () => {
  it('is complete when a character is split', () => {
    const stream = new TextStream()
    const bytes = Buffer.from('👋🏽')
    expect([...bytes].map((byte) => stream.push(Uint8Array.of(byte)))).toEqual([
      '',
      '',
      '',
      '👋',
      '',
      '',
      '',
      '🏽',
    ])
  })

  it('is replaced by U+FFFD if it is invalid', () => {
    expect(clean(Uint8Array.of(0x61, 0xff, 0x62, 0xe2, 0x82, 0x63, 0xc3))).toBe('a\ufffdb\ufffdc\ufffd')
    expect(clean(Uint8Array.of(0xe0), Uint8Array.of(0x80), Uint8Array.of(0x41))).toBe('\ufffd\ufffdA')
    expect(clean(Uint8Array.of(0xed, 0xa0), Uint8Array.of(0x80))).toBe('\ufffd\ufffd\ufffd')
  })

  it('is cut by a sequence in the middle of a character', () => {
    expect(clean(Uint8Array.of(0xe2, 0x82), `${ESC}[m`, Uint8Array.of(0xac))).toBe('\ufffd\ufffd')
  })
})

describe('redrawn lines', () => {
  it.each([
    ['CRLF is a newline', 'one\r\ntwo\r\r\nthree', 'one\ntwo\nthree'],
    ['only the last version is given', '\r10%\r50%\r100%\n', '100%\n'],
    [
      'the last version has a line of its own where the first was given',
      '0%\r50%\r100%\nnext',
      '0%\n100%\nnext',
    ],
    ['a spinner leaves one line', '⠋ wait\r⠙ wait\r⠹ wait\r✔ done\nok\n', '⠋ wait\n✔ done\nok\n'],
    ['a wiped line gives nothing', `\rwait${ESC}[0m\r${ESC}[2K    \r\nok\n`, '\nok\n'],
    ['text after the wiping is the line', `\rwait\r${ESC}[2K\r> answer\n`, '> answer\n'],
    ['column one is a return', `\rwait${ESC}[1G${ESC}[Kdone${ESC}[G\n`, 'done\n'],
    ['other columns are not', `wait${ESC}[11Gdone\n`, 'waitdone\n'],
    ['sequences between CR and LF change nothing', `one\r${ESC}[K\ntwo`, 'one\ntwo'],
    ['what is held comes at the end', 'a\rb', 'a\nb'],
    ['a return at the very end is nothing', 'a\r', 'a'],
  ])('%s', (_, raw, text) => {
    expect(clean(raw)).toBe(text)
    expect(clean(...raw.split(''))).toBe(text)
  })

  it('returns a long line unchanged', () => {
    const long = 'é'.repeat(5000)
    expect(clean(`a\r${long}`, 'b\nc')).toBe(`a\n${long}b\nc`)
    const stream = new TextStream()
    expect(stream.push(Buffer.from(`\r${long}`))).toBe(long)
  })

  it('settles returns at once, however many there are', () => {
    const stream = new TextStream()
    stream.push(Buffer.from('\r'.repeat(100_000)))
    expect(stream.unsettled).toBe(0)
  })
})

describe('however the bytes are cut', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      'text',
      ' ',
      '\n',
      '\t',
      'é',
      '日本',
      '👋🏽',
      '\r',
      '\r\n',
      '\r\r\n',
      '\x00',
      '\x07',
      '\x7f',
    ),
    fc.constantFrom(
      ESC,
      `${ESC}[`,
      `${ESC}[31m`,
      `${ESC}[1G`,
      `${ESC}]0;t\x07`,
      `${ESC}]0;t`,
      `${ESC}\\`,
      `${ESC}(B`,
    ),
    fc.constantFrom(
      `${ESC}P1q`,
      `${ESC}_x${ESC}\\`,
      '\u0085',
      '\u009b1;2H',
      '\u009d2;t\u009c',
      '\u0090',
      '\u009c',
    ),
    fc.integer({ min: 1, max: 5000 }).map((length) => 'x'.repeat(length)),
    fc.integer({ min: 1, max: 400 }).map((length) => '1;'.repeat(length)),
  )
  const bytes = fc
    .array(
      fc.oneof(
        fragment.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 4 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => Buffer.concat(parts))
  const sizes = fc.infiniteStream(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3000 })))

  it('the text is the same, and has no control characters', () => {
    fc.assert(
      fc.property(bytes, sizes, (input, size) => {
        const whole = clean(input)
        expect(cutClean(input, size, false)).toBe(whole)
        expect(
          [...whole].filter((character) => character !== '\n' && character !== '\t').some(isControl),
        ).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('the text is the same when each part is read by a new stream from the saved state', () => {
    fc.assert(
      fc.property(bytes, sizes, (input, size) => {
        expect(cutClean(input, size, true)).toBe(clean(input))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('strings out of JSON', () => {
  it('are cleaned too, and a lone return is an end of line', () => {
    expect(stripControls('plain\n')).toBe('plain\n')
    expect(stripControls(`${ESC}[31mred${ESC}[0m\r\nnext\rlast\r`)).toBe('red\nnext\nlast\n')
  })
})

function cutClean(input: Buffer, sizes: Iterator<number>, restore: boolean): string {
  let stream = new TextStream()
  let text = ''
  for (let start = 0; start < input.length; ) {
    const end = start + (sizes.next().value as number)
    text += stream.push(input.subarray(start, end))
    start = Math.min(end, input.length)
    if (restore) {
      const unsettled = stream.unsettled
      stream = new TextStream(JSON.parse(JSON.stringify(stream.state())))
      text += stream.push(input.subarray(start - unsettled, start))
      expect(stream.unsettled).toBe(unsettled)
    }
  }
  return text + stream.end()
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) as number
  return code < 0x20 || (code >= 0x7f && code <= 0x9f)
}
