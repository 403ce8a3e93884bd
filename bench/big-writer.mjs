// One task that writes as fast as it can: throughput against `cat` into a file, and the daemon's memory meanwhile.
// `npm run bench:big-writer [MIB]`
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callTool, readUsage, startDaemon } from './daemon.mjs'

const MIB = Number(process.argv[2] ?? 1024)
const BYTES = MIB * 1024 * 1024
const WRITER = `yes 'Grüße, 你好 und 0123456789 in einer Zeile' | head -c ${BYTES}`

const scratch = mkdtempSync(join(tmpdir(), 'spoold-bench-'))
const baselineStart = performance.now()
execFileSync('/bin/sh', ['-c', `${WRITER} > ${join(scratch, 'out')}`])
const baselineSeconds = (performance.now() - baselineStart) / 1000
rmSync(scratch, { recursive: true })

const daemon = await startDaemon({ outputLimitBytes: 2 * BYTES })
const before = readUsage(daemon.pid)
const start = performance.now()
const { task_id: taskId } = await callTool(daemon, 'spoold_exec', { argv: ['/bin/sh', '-c', WRITER] })
let status
do {
  status = await callTool(daemon, 'kiro_task_status', {
    task_id: taskId,
    from_chunk_index: status?.chunks_count ?? 0,
    wait_for: 'done',
    wait_ms: 10_000,
    detail: 'text',
  })
} while (!status.is_done)
const seconds = (performance.now() - start) / 1000
const after = readUsage(daemon.pid)
await daemon.stop()
console.log(
  `${MIB} MiB from one task: ${status.status}, ${(MIB / seconds).toFixed(0)} MiB/s, ${(seconds / baselineSeconds).toFixed(1)} times the ` +
    `time of writing them to a file alone; resident memory ${before.residentMiB.toFixed(0)} MiB before, ` +
    `${after.peakMiB.toFixed(0)} MiB at its peak`,
)
