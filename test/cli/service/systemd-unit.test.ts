import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ServiceSpec } from '../../../src/cli/service/spec.js'
import { systemdUnit, unitCommand } from '../../../src/cli/service/systemd-unit.js'
import { PROJECT } from '../../helpers/build.js'
import { tempDirectory } from '../../helpers/temp-state.js'

const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0

const EXAMPLE: ServiceSpec = {
  argv: [
    '/usr/bin/node',
    '/usr/lib/node_modules/spoold/dist/bin/spoold.cjs',
    'serve',
    '--log-file',
    '/home/me/.local/state/spoold/daemon.log',
  ],
  environment: { PATH: '/home/me/.local/bin:/usr/local/bin:/usr/bin:/bin', SPOOLD_CONCURRENCY: '4' },
}

/** What systemd says of a unit; nothing where all is well. */
function verify(unit: string): string {
  const directory = tempDirectory()
  const file = join(directory, 'spoold.service')
  writeFileSync(file, unit)
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', file], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: directory, XDG_RUNTIME_DIR: directory },
  })
  const output = (stdout + stderr).split('\n').filter((line) => line.includes('spoold.service'))
  return status === 0 ? output.join('\n') : stdout + stderr
}

/** Programs of these names that can be run. */
function programs(...names: string[]): string[] {
  const directory = tempDirectory()
  return names.map((name) => {
    const path = join(directory, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '#!/bin/sh\n')
    chmodSync(path, 0o755)
    return path
  })
}

const HARD = `a b/%h %% $HOME $\{x} $$ "q" 's' \\ back; # é日`

describe.skipIf(!canVerify)('systemd finds nothing wrong with the unit', () => {
  test('as it mostly is', () => {
    const [, ...rest] = EXAMPLE.argv
    expect(
      verify(systemdUnit({ ...EXAMPLE, argv: [process.execPath, ...rest] as ServiceSpec['argv'] })),
    ).toBe('')
  })

  test('nor with names that mean something to it', () => {
    const [node = ''] = programs(HARD.replace(/["'\\]/g, ''))
    const environment = { PATH: `/bin:/${HARD}`, SPOOLD_ALLOWED_ROOTS: HARD }
    expect(verify(systemdUnit({ argv: [node, HARD, 'serve', HARD], environment }))).toBe('')
  })

  test('and an error is detected, so this test can fail', () => {
    expect(verify(systemdUnit(EXAMPLE).replace('KillMode=process', 'KillMode=none of it'))).toContain(
      'Failed to parse kill mode',
    )
    const unit = systemdUnit({ argv: ['/nonexistent/%h', 'x'], environment: {} })
    expect(verify(unit)).toContain('/nonexistent/%h is not executable')
  })
})

test('a program path that systemd cannot represent is rejected', () => {
  const argv: ServiceSpec['argv'] = ['/a "quoted" place/node', 'x']
  expect(() => systemdUnit({ argv, environment: {} })).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(argv[0]) }),
  )
})

test('a command line is read back as it was written, whatever it holds', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text))
  fc.assert(
    fc.property(word, fc.array(fc.oneof(word, fc.constant(HARD)), { minLength: 1 }), (name, words) => {
      const argv = [`/${name.replace(/["'\\]/g, '')}`, ...words] as ServiceSpec['argv']
      expect(unitCommand(systemdUnit({ argv, environment: {} }))).toEqual(argv)
    }),
  )
})

test('the page shows the unit that is written', () => {
  const page = readFileSync(join(PROJECT, 'docs', 'service.md'), 'utf8')
  const shown = /<!-- systemd unit, kept by a test -->\n```ini\n(.*?)```/s.exec(page)?.[1]
  expect(shown).toBe(systemdUnit(EXAMPLE))
})
