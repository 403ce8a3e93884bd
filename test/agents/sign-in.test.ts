import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Preflight } from '../../src/agents/program/preflight.js'
import { findSignIn, type SignIn } from '../../src/agents/program/sign-in.js'
import { agentSettings } from './launch.js'

const binary = fileURLToPath(new URL('../fixtures/headless-agent.mjs', import.meta.url))
const never = new AbortController().signal

function inspect(ask: SignIn['ask'], env: Record<string, string>, limitMs = 10_000) {
  const signIn: SignIn = { keys: [], files: () => [], remedy: 'Sign in.', ...(ask && { ask }) }
  const installed = {
    settings: agentSettings({ kind: 'claude' }),
    binary,
    env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...env },
  }
  return findSignIn(signIn, installed, new Preflight(limitMs), never)
}

it('is no only if the program reports it', async () => {
  const ask = { args: ['auth', 'status'], since: '1.0.0' }
  expect(await inspect(ask, {})).toBe('yes')
  expect(await inspect(ask, { FAKE_AGENT_SIGNED_IN: 'no' })).toBe('no')
  expect(await inspect(undefined, { FAKE_AGENT_SIGNED_IN: 'no' })).toBe('unknown')
})

it('does not run a check that the version may not support', async () => {
  const ask = { args: ['auth', 'status'], since: '10.0.0' }
  expect(await inspect(ask, { FAKE_AGENT_SIGNED_IN: 'no' })).toBe('unknown')
})

it('is unknown without a response within the limit', async () => {
  const ask = { args: ['auth', 'status'], since: '1.0.0' }
  expect(await inspect(ask, { FAKE_AGENT_SIGNED_IN: 'silent' }, 3000)).toBe('unknown')
})
