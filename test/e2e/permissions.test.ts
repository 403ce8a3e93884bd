import { describe, expect, it } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { callTool, connectHttp, type Poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { acpAgent, steps } from '../tasks/acp-agent.js'

const MESSAGE = steps({ say: 'before\n' }, { ask: 'run "make"' }, { say: 'after' })

interface Asked extends Poll {
  question?: {
    question_id: string
    text: string
    options: { option_id: string; label: string; kind: string }[]
  }
}

async function openScene(permissions?: string) {
  const stateDirectory = tempState()
  const { args: _args, env: _env, passEnv: _passEnv, ...settings } = acpAgent({}).settings
  const fake = { ...settings, ...(permissions === undefined ? {} : { permissions }) }
  const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents: { fake }, defaultAgent: 'fake' }) }
  const daemon = await startDaemonProcess({ stateDirectory, env })
  const client = await connectHttp(daemon.file.url, readOrCreateToken(statePaths(stateDirectory).token).token)
  const start = async () => {
    const order = { message: MESSAGE, working_directory: '/' }
    return (await callTool<{ task_id: string }>(client, 'kiro_chat_async', order)).task_id
  }
  const waitForEnd = (taskId: string, from = 0) =>
    callTool<Asked>(client, 'kiro_task_status', {
      task_id: taskId,
      from_chunk_index: from,
      wait_for: 'done',
      wait_ms: 20_000,
    })
  return { stateDirectory, env, daemon, client, start, waitForEnd }
}

describe('a permission over MCP', () => {
  it('is asked in the status, and answered through a SIGKILL of the daemon', async () => {
    const { stateDirectory, env, daemon, client, start, waitForEnd } = await openScene('ask')
    const taskId = await start()
    const asked = await waitForEnd(taskId)
    expect(asked).toMatchObject({
      status: 'input_required',
      is_done: false,
      question: {
        text: 'run "make"',
        options: [
          { option_id: 'once', label: 'Allow', kind: 'allow_once' },
          { option_id: 'never', label: 'Reject', kind: 'reject_once' },
        ],
      },
    })
    await daemon.kill('SIGKILL')
    const port = Number(new URL(daemon.file.url).port)
    await startDaemonProcess({ stateDirectory, env, port })
    const answer = { task_id: taskId, option: 'once', question_id: asked.question?.question_id }
    expect(await callTool(client, 'kiro_task_respond', answer)).toMatchObject({
      success: true,
      option_id: 'once',
    })
    const { chunks, last } = await readToTheEnd(client, taskId)
    expect(last).toMatchObject({ status: 'completed' })
    expect(last).not.toHaveProperty('question')
    expect(textOfChunks(chunks)).toBe('before\nanswer: once\nafter')
    await expect(callTool(client, 'kiro_task_respond', answer)).rejects.toThrow('no_question')
  })

  it('is denied without settings, and a notice says so', async () => {
    const { client, start } = await openScene()
    const { chunks, last } = await readToTheEnd(client, await start())
    expect(last.status).toBe('completed')
    expect(textOfChunks(chunks)).toContain('answer: never')
    const notices = chunks.filter(({ kind }) => kind === 'notice').map(({ content }) => content)
    expect(notices.join('')).toMatch(/Permission was denied: run "make".*"permissions".*"ask" or "allow"/)
  })

  it('is shown and answered by spoold respond', async () => {
    const { stateDirectory, client, start, waitForEnd } = await openScene('ask')
    const taskId = await start()
    await waitForEnd(taskId)
    const cli = (...args: string[]) => runCli(args, { stateDirectory })
    const shown = await cli('respond', taskId)
    expect(shown.stdout).toMatch(
      /run "make"\n {2}once {3}Allow\n {2}never {2}Reject\n.*spoold respond task-\S+ --question q1 yes/,
    )
    expect((await cli('ls')).stdout).toContain('input_required')
    const wrong = await cli('respond', taskId, 'perhaps')
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not one of the options.*once \(Allow\)/),
    })
    const answered = await cli('respond', taskId, 'no')
    expect(answered).toMatchObject({
      code: 0,
      stdout: 'Answered "Reject" to: run "make". The task continues.\n',
    })
    const { chunks } = await readToTheEnd(client, taskId)
    expect(textOfChunks(chunks)).toContain('answer: never')
    expect((await cli('respond', taskId)).stdout).toContain('has no open question (completed)')
  })

  it('is not asked of a script that runs spoold run, which reports the denial and ends', async () => {
    const { stateDirectory } = await openScene()
    const { code, stdout, stderr } = await runCli(['run', '--cwd', '/', MESSAGE], { stateDirectory })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'before\nanswer: never\nafter' })
    expect(stderr).toContain('Permission was denied')
  })
})
