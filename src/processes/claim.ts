import { randomUUID } from 'node:crypto'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ProcessIdentity } from '../domain/processes.js'
import { makeSpoolDirectory, type SpoolFiles, toSpoolError } from './spool.js'

/**
 * A claim decides once and for all whether an attempt runs. The wrapper makes it before it starts the agent; a daemon
 * makes it to keep a late wrapper from ever starting the agent. Both use a hard link, so only one of them succeeds.
 */
export type Claim = ProcessIdentity | 'never_started'

const CLAIM_FORMAT = z.union([
  z.object({ neverStarted: z.literal(true) }),
  z.object({ pid: z.int().min(2), startTime: z.string().trim().min(1), bootId: z.string().min(1) }),
])

/** The claim of the attempt; undefined while there is none. Throws SpoolError if the spool cannot be read. */
export async function readClaim(files: SpoolFiles, attempt: number): Promise<Claim | undefined> {
  try {
    return parseClaim(await readFile(files.claim(attempt), 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw toSpoolError(cause, files.directory)
  }
}

/**
 * Returns the claim of the attempt. If there is none, makes the claim that the attempt never started.
 * Throws SpoolError `storage_full`, `storage_readonly` or `launch_error`; then nothing is decided.
 *
 * The file is linked here and not with state/atomic-write.ts: this must not block, and which claim wins matters, not
 * whether it survives a crash of the machine, after which no wrapper can come late.
 */
export async function settleClaim(files: SpoolFiles, attempt: number): Promise<Claim> {
  const draft = `${files.claim(attempt)}.${randomUUID()}`
  try {
    await makeSpoolDirectory(files)
    await writeFile(draft, `${JSON.stringify({ neverStarted: true })}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(draft, 0o600)
    await link(draft, files.claim(attempt))
    return 'never_started'
  } catch (cause) {
    const existing = await readClaim(files, attempt)
    if (existing === undefined) throw toSpoolError(cause, files.directory)
    return existing
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * A claim is complete before it is linked, so a malformed one was torn by a crash of the machine. An agent may have
 * run, so it counts as a process of an unknown earlier boot, which is lost, and not as an attempt that never started.
 */
function parseClaim(text: string): Claim {
  const claim = CLAIM_FORMAT.safeParse(parseJson(text)).data
  if (claim === undefined) return { pid: 0, startTime: 'unknown', bootId: 'unknown' }
  return 'neverStarted' in claim ? 'never_started' : claim
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
