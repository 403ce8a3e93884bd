import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { columns, matrix, notRun } from './matrix.js'

it('docs/internals/agents.md has the table of proven capabilities', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'internals', 'agents.md'), 'utf8')
  expect(page).toContain(matrix())
  expect(page).toContain(columns())
  expect(page).toContain(notRun())
})

it('each column has its test', () => {
  const files = [...columns().matchAll(/`(.*?)`/g)].map(([, file]) => new URL(file ?? '', import.meta.url))
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})
