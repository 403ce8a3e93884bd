import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startDaemonProcess, stopDaemonAfterwards } from '../../helpers/daemon-process.js'
import { runCli } from '../../helpers/run-cli.js'
import { tempDirectory, tempState } from '../../helpers/temp-state.js'
import { isInstalled, terminalShell } from '../../helpers/terminal-shell.js'

const HOSTILE = [
  '$(touch pwned)`touch pwned`',
  '\'; touch pwned; "; touch pwned; #',
  'one\ntask-fake\tfake:words\\n%s $HOME * ~ & | > pwned',
]

/** As a person sets each up, with `spoold` as a function that tells its arguments: completion asks the command itself. */
const SHELLS = [
  {
    name: 'bash',
    command: 'bash --norc --noprofile -i',
    setUp: `source <(spoold completion bash); spoold() { printf 'GOT[%s]' "$@"; }; echo rea''dy\r`,
    describes: false,
  },
  {
    name: 'zsh',
    command: 'zsh -f -i',
    setUp: `source <(spoold completion zsh); spoold() { printf 'GOT[%s]' "$@"; }; echo rea''dy\r`,
    describes: true,
  },
  {
    name: 'fish',
    command: 'fish --no-config -i',
    setUp: `spoold completion fish | source; function spoold; printf 'GOT[%s]' $argv; end; echo rea''dy\r`,
    describes: true,
  },
]
const canRun = (name: string) => process.platform === 'linux' && isInstalled('script') && isInstalled(name)

describe.each(SHELLS)('$name', ({ name, command, setUp, describes }) => {
  test.skipIf(!canRun(name))('completes commands, options, choices and tasks as they are typed', async () => {
    const stateDirectory = tempState()
    await startDaemonProcess({ stateDirectory })
    stopDaemonAfterwards(stateDirectory)
    const run = async (...args: string[]) => (await runCli(args, { stateDirectory })).stdout.trim()
    const ids: string[] = []
    for (const message of HOSTILE) ids.push(await run('exec', '-d', '--', 'true', message))
    const [newest = ''] = ids.slice(-1)

    const directory = tempDirectory()
    const shell = terminalShell(command, stateDirectory, directory)
    shell.type(setUp)
    await shell.shows(/ready/)
    const completes = async (keys: string, args: string) => {
      shell.type(keys)
      // A shell that has completed the word and put a blank behind it takes the line.
      await shell.shows(/[\s\S]/)
      shell.type('\r')
      await shell.shows(new RegExp(args.replace(/[[\]]/g, '\\$&')))
    }
    await completes('spoold expor\t', 'GOT[export]')
    await completes('spoold tail @l\t', 'GOT[tail]GOT[@last]')
    await completes('spoold ls --stat\t', 'GOT[ls]')
    await completes('spoold ls --status compl\t', 'GOT[ls]GOT[--status]GOT[completed]')
    await completes('spoold ls --status=compl\t', 'GOT[ls]GOT[--status=completed]')
    await completes(`spoold show ${newest.slice(0, -1)}\t`, `GOT[show]GOT[${newest}]`)

    shell.type('spoold show task-\t\t\t')
    await shell.shows(describes ? /completed: true '?; touch|completed: true \$/ : new RegExp(newest))
    // Ctrl-U takes the line away; a shell that lists on takes it afterwards.
    shell.type('\u0015echo sti""ll there\r')
    await shell.shows(/still there/)
    expect(readdirSync(directory)).toEqual([])
  })
})

test('without a daemon its words are missing, and none is started', async () => {
  const stateDirectory = tempState()
  const answer = await runCli(['__complete', 'zsh', '--', 'tail', ''], { stateDirectory })
  expect(answer).toEqual({ code: 0, stdout: 'words\n', stderr: '' })
  expect((await runCli(['status'], { stateDirectory })).code).toBe(3)
  const option = await runCli(['__complete', 'bash', '--', 'ls', '--al'], { stateDirectory })
  expect(option.stdout).toBe('words\n--all\n')
})

test('completion does not wait for a daemon that does not respond', async () => {
  const stateDirectory = tempState()
  const daemon = await startDaemonProcess({ stateDirectory })
  process.kill(daemon.file.pid, 'SIGSTOP')
  const answer = await runCli(['__complete', 'fish', '--', 'tail', ''], { stateDirectory })
  process.kill(daemon.file.pid, 'SIGCONT')
  expect(answer).toEqual({ code: 0, stdout: 'words\n', stderr: '' })
})
