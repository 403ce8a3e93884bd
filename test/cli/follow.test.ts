import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { KEYS, startOnTerminal } from '../helpers/pseudo-terminal.js'
import { runCli, startCli } from '../helpers/run-cli.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

async function withDaemon() {
  const stateDirectory = tempState()
  await startDaemonProcess({ stateDirectory })
  stopDaemonAfterwards(stateDirectory)
  const cli = (...args: string[]) => runCli(args, { stateDirectory })
  const start = async (script: string) => (await cli('exec', '-d', '--', 'sh', '-c', script)).stdout.trim()
  return { stateDirectory, cli, start }
}

describe('tail --kind', () => {
  test('prints only these kinds, all on standard output', async () => {
    const { cli, start } = await withDaemon()
    const id = await start('echo answer; echo trouble >&2; exit 3')
    const all = await cli('tail', id)
    expect(all).toMatchObject({ stdout: 'answer\n', code: 3 })
    expect(await cli('tail', id, '--kind', 'stderr')).toMatchObject({
      stdout: 'trouble\n',
      stderr: '',
      code: 3,
    })
    const both = await cli('tail', id, '--kind', 'text,stderr', '--kind', 'error')
    expect(both.stdout.split('\n').slice(0, 2).sort()).toEqual(['answer', 'trouble'])
    expect(both.stdout).toContain('Error: ')
    expect(both.stderr).toBe('')
  })

  test('rejects an unknown kind', async () => {
    const { code, stderr } = await runCli(['tail', '@last', '--kind', 'text,words'], {
      stateDirectory: tempState(),
    })
    expect(stderr).toMatch(/^spoold: .*Kinds are text, thought, tool, notice, stderr, error/)
    expect(code).toBe(2)
  })
})

describe('tail of several tasks', () => {
  test('prints complete lines with the label of their task', async () => {
    const { stateDirectory, cli, start } = await withDaemon()
    const gate = join(tempDirectory(), 'gate')
    const wait = `while [ ! -e ${gate} ]; do sleep 0.1; done`
    const one = await start(`printf 'half '; ${wait}; echo line; printf end`)
    const two = await start(`echo second; ${wait}; exit 4`)
    const tail = startCli(['tail', one, two, one], { stateDirectory })
    await waitFor('the line of the second', () => tail.stdout().includes('second\n'))
    writeFileSync(gate, '')
    const { stdout, stderr, code } = await tail.result
    const label = (id: string) => new RegExp(`^(\\S+) \\| ${id} {2}exec: `, 'm').exec(stderr)?.[1] as string
    expect(one.endsWith(label(one))).toBe(true)
    expect(two.endsWith(label(two))).toBe(true)
    expect(stdout.split('\n').filter((line) => line.startsWith(label(one)))).toEqual([
      `${label(one)} | half line`,
      `${label(one)} | end`,
    ])
    expect(stdout).toContain(`${label(two)} | second\n`)
    expect(code, 'the first that is not 0').toBe(4)
    expect((await cli('tail', one, 'task-none')).code, 'nothing is followed where one is not there').toBe(2)
  })

  test('promise 7: Ctrl-C prints how to follow each running task again', async () => {
    const { stateDirectory, start, cli } = await withDaemon()
    const one = await start('echo one; exec sleep 1000')
    const two = await start('echo two; exec sleep 1000')
    const ended = await start('echo three')
    await cli('tail', ended)
    const tail = startCli(['tail', one, two, ended], { stateDirectory })
    // The follower of the third has seen its end, too.
    await waitFor('all three', () =>
      ['one', 'two', 'three'].every((line) => tail.stdout().includes(`${line}\n`)),
    )
    tail.child.kill('SIGINT')
    const { code, stderr } = await tail.result
    expect(code).toBe(130)
    expect(stderr).toContain(`the tasks continue. To end them: spoold cancel ${one} ${two}\n`)
    for (const id of [one, two])
      expect(stderr).toMatch(new RegExp(`^spoold: to follow it again: spoold tail ${id} --from \\d+$`, 'm'))
    expect(stderr).not.toContain(`to follow it again: spoold tail ${ended}`)
  })
})

describe('on a terminal', () => {
  test('a status line shows the progress and the key to detach', async () => {
    const { stateDirectory, start } = await withDaemon()
    const id = await start('echo one; exec sleep 1000')
    const terminal = startOnTerminal(['tail', id], { stateDirectory })
    await terminal.see(/one[\s\S]*2 chunks {2}\d+ B {2}\(Ctrl-C detaches\)/)
    terminal.type(KEYS.ctrlC)
    await terminal.see(`to follow it again: spoold tail ${id} --from 2`)
    expect(await terminal.result).toEqual({ code: 130, cooked: true })
  })

  test.each([{ TERM: 'dumb' }, { CI: 'true' }])('with %j nothing is drawn again and again', async (env) => {
    const { stateDirectory, start } = await withDaemon()
    const gate = join(tempDirectory(), 'gate')
    const id = await start(`printf half; while [ ! -e ${gate} ]; do sleep 0.1; done; echo ' line'`)
    const terminal = startOnTerminal(['tail', id], { stateDirectory, env })
    await terminal.see('half')
    writeFileSync(gate, '')
    expect((await terminal.result).code).toBe(0)
    expect(terminal.bytes()).toContain('half line')
    expect(terminal.bytes()).not.toContain('chunks')
  })
})
