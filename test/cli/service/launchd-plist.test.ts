import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { launchdPlist, plistCommand } from '../../../src/cli/service/launchd-plist.js'
import type { ServiceSpec } from '../../../src/cli/service/spec.js'

const HARD = 'a b <&> &lt; &amp;amp; "q" \'s\' ]]> é日 $x %h'
const ORDER: ServiceSpec = {
  argv: ['/usr/bin/node', `/${HARD}/spoold.cjs`, 'serve', HARD],
  environment: { PATH: '/usr/bin:/bin', SPOOLD_ALLOWED_ROOTS: HARD },
}

const canParse = spawnSync('python3', ['-c', 'import plistlib']).status === 0

test.skipIf(!canParse)('a parser of property lists reads what was meant', () => {
  const script = 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'
  const { stdout, stderr } = spawnSync('python3', ['-c', script], {
    input: launchdPlist(ORDER),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    Label: 'spoold.daemon',
    ProgramArguments: ORDER.argv,
    EnvironmentVariables: ORDER.environment,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    AbandonProcessGroup: true,
    ExitTimeOut: 30,
    ProcessType: 'Interactive',
  })
})

test('a command line is read back as it was written', () => {
  expect(plistCommand(launchdPlist(ORDER))).toEqual(ORDER.argv)
})
