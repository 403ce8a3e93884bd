import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { type DaemonProcess, startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'

const SECRETS = {
  AWS_SECRET_ACCESS_KEY: 'secret-1',
  NPM_TOKEN: 'secret-2',
  OPENAI_API_KEY: 'secret-3',
  SSH_AUTH_SOCK: '/tmp/secret-4',
  SPOOLD_TOOL_PREFIX: 'secret5_',
  NODE_OPTIONS: '--no-warnings',
  NODE_PATH: '/secret-6',
  PYTHONPATH: '/secret-7',
  BASH_ENV: '/secret-8',
  ENV: '/secret-9',
}

/** What every agent can see of the daemon's environment, and what spoold adds to find its processes. */
const ALLOWED = [
  ...['HOME', 'LANG', 'PATH', 'TMPDIR', 'TERM', 'NO_COLOR'],
  ...['SPOOLD_TASK_ID', 'SPOOLD_TASK_TOKEN'],
]

interface Scene {
  stateDirectory: string
  daemon: DaemonProcess
  clientToken: string
}

async function openScene(): Promise<Scene> {
  const stateDirectory = tempState()
  const agents = {
    printer: { kind: 'command', argv: ['/usr/bin/env'] },
    trusted: { kind: 'command', argv: ['/usr/bin/env'], passEnv: ['NPM_TOKEN'], env: { ADDED: 'yes' } },
  }
  const config = writeConfigBeside(stateDirectory, { agents, defaultAgent: 'printer', logLevel: 'trace' })
  const daemon = await startDaemonProcess({ stateDirectory, env: { ...SECRETS, SPOOLD_CONFIG: config } })
  return { stateDirectory, daemon, clientToken: readFileSync(join(stateDirectory, 'token'), 'utf8').trim() }
}

async function environmentOf({ stateDirectory }: Scene, agent: string): Promise<Record<string, string>> {
  const { stdout } = await runCli(['run', '--agent', agent, '-C', '/', 'x'], { stateDirectory })
  const lines = stdout.trim().split('\n')
  return Object.fromEntries(lines.map((line) => [line.split('=')[0] ?? '', line.replace(/^[^=]*=/, '')]))
}

test('an agent sees only the allowed part of the environment, and no token', async () => {
  const scene = await openScene()
  const seen = await environmentOf(scene, 'printer')
  expect(Object.keys(seen).filter((name) => !ALLOWED.includes(name))).toEqual([])
  const values = Object.values(seen).join('\n')
  expect(values).not.toContain('secret')
  for (const token of [scene.clientToken, scene.daemon.file.operator_token])
    expect(values).not.toContain(token)
  const trusted = await environmentOf(scene, 'trusted')
  expect(trusted).toMatchObject({ NPM_TOKEN: 'secret-2', ADDED: 'yes' })
  expect(Object.keys(trusted).sort()).toEqual([...Object.keys(seen), 'NPM_TOKEN', 'ADDED'].sort())
})

test('tokens are only in their two files: not in logs, arguments of processes, output or the database', async () => {
  const { stateDirectory, daemon, clientToken } = await openScene()
  const tokens = [clientToken, daemon.file.operator_token]
  const texts = [daemon.stderr(), readFileSync(`/proc/${daemon.child.pid}/cmdline`, 'utf8')]
  for (const args of [
    ['exec', '-C', dirname(stateDirectory), '--', 'sh', '-c', 'cat /proc/$PPID/cmdline; env'],
    ['ls', '--all', '--json'],
    ['status', '--json'],
    ['config', '--json'],
    ['doctor', '--json'],
    ['agents', '--json'],
  ]) {
    const { stdout, stderr } = await runCli(args, { stateDirectory })
    texts.push(stdout, stderr)
  }
  await daemon.stop()
  texts.push(daemon.stderr(), readFileSync(join(stateDirectory, 'spoold.db'), 'latin1'))
  for (const token of tokens) expect(texts.filter((text) => text.includes(token))).toEqual([])
})
