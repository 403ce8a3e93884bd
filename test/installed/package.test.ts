import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDirectory } from '../helpers/temp-state.js'
import { freshEnvironment, PACKAGE, runFresh, TARBALL } from './installed.js'

const files = spawnSync('tar', ['--list', '--gzip', '--file', TARBALL], { encoding: 'utf8' })
  .stdout.trim()
  .split('\n')
  .map((path) => path.replace(/^package\//, ''))

/** The package's files that a file imports, directly or indirectly. */
function importedBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const isTypes = file.endsWith('.d.ts')
  for (const [, path = ''] of readFileSync(join(PACKAGE, file), 'utf8').matchAll(
    /(?:from|import) ?\(?['"](\.[^'"]+)['"]/g,
  )) {
    const target = join(dirname(file), path)
    importedBy(isTypes ? target.replace(/\.js$/, '.d.ts') : target, found)
  }
  return found
}

test('contains the needed files and nothing else', () => {
  const expected = [
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
    /^dist\/bin\/(spoold\.cjs|quick\.cjs|full\.js|[\w-]+-[A-Z0-9]{8}\.js)(\.LEGAL\.txt)?$/,
    /^dist\/src\/(library|client|domain|state|mcp|module-runner|cli\/demo)\/.*\.(js|d\.ts)$/,
    /^migrations\/(\d{4}_\w+\.sql|meta\/_journal\.json)$/,
    /^man\/[\w.-]+\.1$/,
    /^docs\/[\w./-]+\.(md|json|svg)$/,
  ]
  expect(files.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([])
  for (const path of ['LICENSE', 'dist/bin/spoold.cjs', 'migrations/meta/_journal.json'])
    expect(files).toContain(path)
  // No source maps, tests or schema snapshots.
  expect(statSync(TARBALL).size).toBeLessThan(2_000_000)
})

test('contains every file that the library, its types and the task programs import', () => {
  const { exports, imports } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  const entries: string[] = [
    ...Object.values<{ types: string; default: string }>(exports).flatMap((entry) => [
      entry.types,
      entry.default,
    ]),
    ...Object.values<string>(imports).filter((path) => path.endsWith('.js')),
  ]
  expect(entries.length).toBeGreaterThanOrEqual(6)
  for (const entry of entries) {
    for (const file of importedBy(entry.replace('./', ''))) expect(files).toContain(file)
  }
})

test('every link in its pages leads to a file in the package', () => {
  for (const page of files.filter((path) => path.endsWith('.md'))) {
    const text = readFileSync(join(PACKAGE, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      // Only in the repository.
      if (/^(CONTRIBUTING\.md|(\.\.\/)+(test|src|bench|\.github)\/.*)$/.test(target)) continue
      expect(existsSync(join(PACKAGE, dirname(page), target)), `${page}: ${target}`).toBe(true)
    }
  }
})

test('promise 4: the demo runs in an empty directory and leaves nothing behind', async () => {
  const home = tempDirectory('home')
  const empty = tempDirectory('empty')
  const { stdout } = await runFresh('spoold', ['demo'], empty, freshEnvironment(home))
  expect(stdout).toMatch(/sqlite3 .*task_transcript/)
  expect(readdirSync(empty)).toEqual([])
  expect(readdirSync(home)).toEqual([])
})

test('programs can import spoold/client and spoold/agent', async () => {
  const directory = tempDirectory('program')
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(PACKAGE, join(directory, 'node_modules', 'spoold'))
  const program = join(directory, 'program.mjs')
  writeFileSync(
    program,
    `import { connect } from 'spoold/client'
     import * as agent from 'spoold/agent'
     console.log(typeof connect, typeof agent.defineAgent)`,
  )
  const { stdout } = await runFresh(process.execPath, [program], directory, freshEnvironment(directory))
  expect(stdout).toBe('function function\n')
})
