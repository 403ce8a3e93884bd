import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configJsonSchema } from '../../src/config/json-schema.js'
import { PROJECT } from '../helpers/build.js'

test('docs/config.schema.json agrees with the settings (npm run schema updates it)', () => {
  expect(readFileSync(join(PROJECT, 'docs', 'config.schema.json'), 'utf8')).toBe(configJsonSchema())
})
