import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'

test('every defence in docs/internals/security.md links to existing files', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'internals', 'security.md'), 'utf8')
  const [, defended = ''] = /## What is defended\n([\s\S]*)$/.exec(page) ?? []
  const rows = defended
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows) {
    const links = [...row.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path)
    expect(links, row).not.toEqual([])
    for (const path of links) expect(existsSync(join(PROJECT, 'docs', 'internals', path)), path).toBe(true)
  }
})
