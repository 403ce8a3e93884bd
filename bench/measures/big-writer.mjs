import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callTool, readUsage, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'

export const title = 'A task that writes as fast as it can'

const IN_ONE_PROCESS = fileURLToPath(new URL('../big-writer/in-one-process.mjs', import.meta.url))
const MIB = 1024 * 1024
const WORDS = ['Grüße', '你好', 'und', '0123456789', 'in', 'einer', 'Zeile', 'слово', 'a', 'the', 'é', '🧵']

export async function measure({ random, isShort }) {
  const partMiB = isShort ? 4 : 64
  const parts = isShort ? 2 : 16
  const mib = partMiB * parts
  let peakMiB = 0
  const rates = await withScratchDirectory((directory) => {
    const text = join(directory, 'text')
    writeText(text, partMiB * MIB, random)
    // Writes the same bytes repeatedly from the page cache, so that reading them costs little.
    const writer = `for n in $(seq ${parts}); do cat ${text}; done`
    const perSecond = async (work) => {
      const start = performance.now()
      await work()
      return mib / ((performance.now() - start) / 1000)
    }
    return interleave(
      { rounds: isShort ? 1 : 3, random },
      {
        spoold: () =>
          perSecond(async () => {
            peakMiB = Math.max(peakMiB, await runInDaemon(writer, 2 * mib * MIB))
          }),
        inOneProcess: (round) =>
          perSecond(() => run(process.execPath, [IN_ONE_PROCESS, join(directory, `${round}.db`), writer])),
        pipes: () =>
          perSecond(() => run('/bin/sh', ['-c', `(${writer}) | cat | cat >${join(directory, 'out')}`])),
      },
    )
  })
  const side = (name, key) => ({ name, unit: 'MiB/s', values: rates[key] })
  const measured = side('spoold', 'spoold')
  return [
    ratioRow({
      name: `${mib} MiB, compared with decoding and inserting in one process, without spool and daemon`,
      measured,
      baseline: side('one process, reading a pipe', 'inOneProcess'),
      minTarget: 0.7,
    }),
    ratioRow({
      name: `${mib} MiB, compared with cat | cat > file`,
      measured,
      baseline: side('cat | cat > file', 'pipes'),
      minTarget: 0.15,
    }),
    {
      name: 'peak resident memory of the daemon',
      value: peakMiB,
      unit: 'MiB',
      maxTarget: 200,
      sides: [{ name: 'spoold', unit: 'MiB', values: [peakMiB] }],
    },
  ]
}

/** Writes lines of words in several scripts. */
function writeText(file, bytes, random) {
  const descriptor = openSync(file, 'w')
  for (let written = 0; written < bytes; ) {
    const lines = Array.from({ length: 2_000 }, () =>
      Array.from(
        { length: 3 + Math.floor(random() * 9) },
        () => WORDS[Math.floor(random() * WORDS.length)],
      ).join(' '),
    )
    const part = Buffer.from(`${lines.join('\n')}\n`).subarray(0, bytes - written)
    writeSync(descriptor, part)
    written += part.length
  }
  closeSync(descriptor)
}

async function runInDaemon(writer, outputLimitBytes) {
  const daemon = await startDaemon({ outputLimitBytes })
  const { task_id } = await callTool(daemon, 'spoold_exec', { argv: ['/bin/sh', '-c', writer] })
  for (let status; !status?.is_done; ) {
    const from = { from_chunk_index: status?.chunks_count ?? 0 }
    status = await callTool(daemon, 'kiro_task_status', {
      task_id,
      ...from,
      wait_for: 'done',
      wait_ms: 20_000,
    })
    if (status.is_done && status.status !== 'completed') throw new Error(JSON.stringify(status))
  }
  const { peakMiB } = readUsage(daemon.pid)
  await daemon.stop()
  return peakMiB
}

async function run(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} exited with ${code}`)
}
