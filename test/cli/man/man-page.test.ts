import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allCommands, pathOf } from '../../../src/cli/help/find-command.js'
import { manPage } from '../../../src/cli/man/page.js'
import { roff } from '../../../src/cli/man/roff.js'
import { buildProgram } from '../../../src/cli/program.js'
import { VERSION } from '../../../src/config/version.js'
import { PROJECT } from '../../helpers/build.js'

const FILE = join(PROJECT, 'man', 'spoold.1')
const page = readFileSync(FILE, 'utf8')

/** What a program says about the page; undefined where it is not installed. */
function output(program: string, ...args: string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, [...args, FILE], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANPAGER: 'cat', MANWIDTH: '80' },
  })
  return error === undefined ? stdout + stderr : undefined
}

describe('man/spoold.1', () => {
  test('agrees with the help (npm run pages updates it)', async () => {
    expect(page).toBe(manPage(await buildProgram(VERSION), VERSION))
  })

  test('has every command of the help, and no hidden ones', async () => {
    for (const command of allCommands(await buildProgram(VERSION))) {
      const heading = `.SS ${roff(`spoold ${pathOf(command)}`)}`
      expect(page.includes(`${heading} `) || page.includes(`${heading}\n`), heading).toBe(
        command.name() !== '__complete',
      )
    }
  })

  test('is part of the package', () => {
    const { man, files } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
    expect(man).toBe('./man/spoold.1')
    expect(files).toContain('man')
  })

  const groff = output('groff', '-man', '-ww', '-z', '-Tutf8')
  test.skipIf(groff === undefined)('groff has nothing to say against it', () => expect(groff).toBe(''))

  const mandoc = output('mandoc', '-Tlint', '-Wwarning')
  test.skipIf(mandoc === undefined)('nor has mandoc, but that no day stands in it', () => {
    expect(mandoc?.replace(/^.*missing date.*\n/m, '')).toBe('')
  })

  const shown = output('man', '-l')
  test.skipIf(shown === undefined)('man shows what was typed as it is typed', () => {
    expect(shown).toContain('sqlite3 "$(spoold db)" .tables')
    expect(shown).toContain('git diff | spoold run review this -')
    expect(shown).toContain('--no-spawn')
  })
})

test('roff escapes text', () => {
  expect(roff("a\\b -x 'y' `z`")).toBe('a\\eb \\-x \\(aqy\\(aq \\(gaz\\(ga')
  expect(roff('.TH\n.x')).toBe('\\&.TH\n\\&.x')
  expect(roff('é…')).toBe('\\[u00E9]...')
})
