import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'

const SRC = join(PROJECT, 'src')
const FILES = readdirSync(join(SRC, 'client'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)

/** Folders that the client may use; of mcp/ only the types of results, which do not exist at run time. */
const KNOWN = new Set(['client', 'domain', 'state'])

test.each(FILES)('client/%s imports nothing of the daemon', (name) => {
  const file = join(SRC, 'client', name)
  const ours = readFileSync(file, 'utf8').matchAll(/^(?:import|export) ([^']*)from '(\.[^']*)'/gm)
  const strangers = [...ours].filter(([, what = '', path = '']) => {
    const [folder = ''] = relative(SRC, join(dirname(file), path)).split('/')
    return !KNOWN.has(folder) && !(folder === 'mcp' && what.startsWith('type '))
  })
  expect(strangers.map(([statement]) => statement)).toEqual([])
})
