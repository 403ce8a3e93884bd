import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { BIN, callTool, environmentOf, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { inScratch } from '../harness/scratch.mjs'

export const title = 'Starts'

const TASKS = 5

export async function measure({ random, isShort }) {
  const rounds = isShort ? 5 : 31
  const daemon = await startDaemon()
  for (let n = 0; n < TASKS; n += 1) {
    const { task_id } = await callTool(daemon, 'spoold_exec', { argv: ['/bin/true'] })
    await callTool(daemon, 'kiro_task_status', { task_id, wait_for: 'done' })
  }
  const times = await inScratch(async (directory) => {
    // Makes the state directory and the database, once in its life.
    await untilListening(directory)
    return interleave(
      { rounds, random },
      {
        // The same environment for all: a variable such as NODE_EXTRA_CA_CERTS takes Node longer than all that is measured.
        node: () => untilExit(['-e', '0'], daemon.environment),
        ls: () => untilExit([BIN, 'ls', '--all'], daemon.environment),
        serve: () => untilListening(directory),
      },
    )
  })
  await daemon.stop()
  const side = (name, key) => ({ name, unit: 'ms', values: times[key] })
  const node = side('node -e 0', 'node')
  return [
    ratioRow({
      what: `spoold ls --all, ${TASKS} tasks`,
      ours: side('spoold ls', 'ls'),
      theirs: node,
      atMost: 1.4,
    }),
    ratioRow({
      what: 'the daemon, until it listens',
      ours: side('spoold serve', 'serve'),
      theirs: node,
      atMost: 3,
    }),
  ]
}

/** ms from the start of a Node process to its end. */
async function untilExit(args, env) {
  const start = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  const [code] = await once(child, 'exit')
  const elapsed = performance.now() - start
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`)
  return elapsed
}

/** ms from the start of a daemon to the line that says where it listens. */
async function untilListening(directory) {
  const start = performance.now()
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0'], {
    env: environmentOf(directory),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  for await (const part of child.stderr) {
    said += part
    if (said.includes('listening on')) break
  }
  const elapsed = performance.now() - start
  if (!said.includes('listening on')) throw new Error(`the daemon said: ${said}`)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return elapsed
}
