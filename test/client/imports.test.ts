import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'

/** What the client may know; of mcp/ only the types of answers, which are gone when it runs. */
const KNOWN =
  /^(?:import type [\s\S]* from '\.\.\/mcp\/|[\s\S]* from '\.\.\/(?:domain|state)\/|[\s\S]* from '\.\/)/

test.each(readdirSync(join(PROJECT, 'src', 'client')))('client/%s needs nothing of the daemon', (name) => {
  const source = readFileSync(join(PROJECT, 'src', 'client', name), 'utf8')
  const ours = source.match(/^(?:import|export) [^']*from '\.[^']*'/gm) ?? []
  expect(ours.filter((statement) => !KNOWN.test(statement))).toEqual([])
})
