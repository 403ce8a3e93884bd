import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { BIN, callTool, startDaemon, writeEnvironment } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'

export const title = 'Start times'

const TASKS = 5

export async function measure({ random, isShort }) {
  const rounds = isShort ? 5 : 31
  const daemon = await startDaemon()
  for (let n = 0; n < TASKS; n += 1) {
    const { task_id } = await callTool(daemon, 'spoold_exec', { argv: ['/bin/true'] })
    await callTool(daemon, 'kiro_task_status', { task_id, wait_for: 'done' })
  }
  const times = await withScratchDirectory(async (directory) => {
    // Creates the state directory and the database, which later starts do not.
    await untilListening(directory)
    return interleave(
      { rounds, random },
      {
        // All sides have the same environment: a variable such as NODE_EXTRA_CA_CERTS costs Node more time than spoold needs.
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
      name: `spoold ls --all with ${TASKS} tasks`,
      measured: side('spoold ls', 'ls'),
      baseline: node,
      maxTarget: 1.4,
    }),
    ratioRow({
      name: 'the daemon, until it listens',
      measured: side('spoold serve', 'serve'),
      baseline: node,
      maxTarget: 3,
    }),
  ]
}

/** ms from the start to the exit of a Node process. */
async function untilExit(args, env) {
  const start = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  const [code] = await once(child, 'exit')
  const elapsed = performance.now() - start
  if (code !== 0) throw new Error(`node ${args.join(' ')} exited with ${code}`)
  return elapsed
}

/** ms from the start of a daemon until it prints its address. */
async function untilListening(directory) {
  const start = performance.now()
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0'], {
    env: writeEnvironment(directory),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  for await (const part of child.stderr) {
    output += part
    if (output.includes('listening on')) break
  }
  const elapsed = performance.now() - start
  if (!output.includes('listening on')) throw new Error(`the daemon printed: ${output}`)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return elapsed
}
