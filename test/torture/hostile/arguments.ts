import fc from 'fast-check'
import { anyJson, anyText, objectOf, RawJson } from './raw-json.js'

/** The parts of a JSON schema that the generator reads. */
export interface Schema {
  type?: string
  enum?: unknown[]
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
  required?: string[]
}

/** Values that exist in the daemon, by field. */
export type Known = Readonly<Record<string, readonly string[]>>

/**
 * Arguments for a tool: mostly an object with the fields of the schema, each missing, of the right type or any JSON, so that
 * the code behind the first check is reached too; otherwise any JSON.
 */
export function argumentsFor(schema: Schema, known: Known): fc.Arbitrary<RawJson> {
  const { properties = {}, required = [] } = schema
  const members = Object.entries(properties).map(([name, property]) =>
    memberOf(name, property, required.includes(name), known),
  )
  const unknownMember = fc
    .tuple(anyText, anyJson)
    .map(([name, value]) => [JSON.stringify(name), value.text] as const)
  const object = fc
    .tuple(
      fc.tuple(...members),
      fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: unknownMember }),
    )
    .map(([own, extra]) => [...own, extra].filter((member) => member !== undefined))
    .map((given) => new RawJson(objectOf(given)))
  return fc.oneof({ weight: 1, arbitrary: anyJson }, { weight: 8, arbitrary: object })
}

type Member = readonly [key: string, value: string]

function memberOf(
  name: string,
  schema: Schema,
  isRequired: boolean,
  known: Known,
): fc.Arbitrary<Member | undefined> {
  const member = (value: string): Member => [JSON.stringify(name), value]
  const values = Object.hasOwn(known, name) ? known[name] : undefined
  const meaningful = (values ?? []).map((value) => fc.constant(member(JSON.stringify(value))))
  return fc.oneof(
    { weight: isRequired ? 1 : 6, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: rightType(schema, known).map(member) },
    { weight: 2, arbitrary: anyJson.map(({ text }) => member(text)) },
    ...meaningful.map((arbitrary) => ({ weight: 4, arbitrary })),
  )
}

function rightType(schema: Schema, known: Known): fc.Arbitrary<string> {
  const { type, enum: words, minimum, maximum } = schema
  if (words !== undefined) return fc.constantFrom(...words).map((word) => JSON.stringify(word))
  switch (type) {
    case 'integer':
      return fc.integer({ min: minimum ?? -1_000, max: Math.min(maximum ?? 1e9, 1e9) }).map(String)
    case 'boolean':
      return fc.boolean().map(String)
    case 'array':
      return fc.array(anyText, { maxLength: 3 }).map((items) => JSON.stringify(items))
    case 'object':
      return argumentsFor(schema, known).map(({ text }) => text)
    default:
      return anyText.map((text) => JSON.stringify(text))
  }
}
