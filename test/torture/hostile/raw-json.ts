import fc from 'fast-check'
import { oneLine } from '../../../src/domain/text.js'

/*
 * JSON as text, because much hostile JSON cannot be represented as a value: -0 and 1e400, duplicate keys, lone surrogates,
 * a hundred thousand nested lists.
 */

/** JSON text that a failing case prints in short. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  [fc.toStringMethod](): string {
    return oneLine(this.text, 2_000)
  }
}

const TROUBLESOME = [
  ...['', ' ', '\0', 'a\0b', '-', '--', '-x', '--dangerously-skip-permissions', '{message}{session_id}'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'null', 'true', 'NaN'],
  ...['1e308', '-0', '9007199254740993', '99999999999999999999', '0x10', '1e3', ' 5 ', '٣'],
  ...['/', '/dev/null', '../../../etc/passwd', '~', '/etc/passwd\0', '%00', 'file:///etc/passwd'],
  ...["'; DROP TABLE tasks; --", '%', '_', '$(reboot)', '`id`', '<script>alert(1)</script>'],
  ...[
    '\u001b]0;title\u0007',
    '\u009b31m',
    '\u202eabc',
    'e\u0301\u0327',
    '\ud800',
    '\udfffa',
    '\u2028',
    '\ufeff',
  ],
]

const loneSurrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit))

/** Any text: any Unicode, only digits, with lone surrogates, or known to cause trouble. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TROUBLESOME) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 250 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^-?\d{1,40}$/) },
  { weight: 1, arbitrary: fc.tuple(fc.string(), loneSurrogate, fc.string()).map((parts) => parts.join('')) },
)

const number = fc.oneof(
  fc.constantFrom('1e308', '-1e308', '1e400', '-0', '0.1', '-1', '9007199254740993', '4294967296', '1e-400'),
  fc.constantFrom('2147483648', '123456789012345678901234567890', '1E2', '-9007199254740993', '5.0'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
)

/** Up to 100,000 nested levels. They are rare, because they are long. */
const deep = fc
  .tuple(fc.constantFrom(10, 1_000, 10_000, 100_000), fc.boolean())
  .map(([levels, isList]) =>
    isList ? `${'['.repeat(levels)}${']'.repeat(levels)}` : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
  )

const giant = fc
  .constantFrom('x', '\\u0000', '日', '\\ud800', '-', '9')
  .map((unit) => `"${unit.repeat(1_000_000 / unit.length)}"`)

const key = anyText.map((text) => JSON.stringify(text))

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false', '{}', '[]'),
    number,
    key,
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map(objectOf),
  ),
}))

/** Any JSON. */
export const anyJson: fc.Arbitrary<RawJson> = fc
  .oneof({ weight: 500, arbitrary: json }, { weight: 2, arbitrary: deep }, { weight: 1, arbitrary: giant })
  .map((text) => new RawJson(text))

/** The text of an object with these members; keys may repeat. */
export function objectOf(members: readonly (readonly [key: string, value: string])[]): string {
  return `{${members.map((member) => member.join(':')).join(',')}}`
}
