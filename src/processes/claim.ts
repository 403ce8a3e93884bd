import { randomUUID } from 'node:crypto'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ProcessIdentity } from '../domain/processes.js'
import { makeDirectory, type SpoolFiles } from './spool.js'
import { spoolFailure } from './spool-failure.js'

/**
 * A claim decides once and for all whether an attempt runs. The wrapper makes it before it starts the agent, the
 * daemon makes it to keep a wrapper that comes late from ever doing so; both by a hard link, so there is one winner.
 */
export type Claim = ProcessIdentity | 'never_started'

const CLAIM_FORMAT = z.union([
  z.object({ neverStarted: z.literal(true) }),
  z.object({ pid: z.int().min(2), startTime: z.string().trim().min(1), bootId: z.string().min(1) }),
])

/** The claim of the attempt; undefined while there is none. Throws SpoolError for a spool that cannot be read. */
export async function readClaim(files: SpoolFiles, attempt: number): Promise<Claim | undefined> {
  try {
    return parseClaim(await readFile(files.claim(attempt), 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw spoolFailure(cause, files.directory)
  }
}

/**
 * The claim of the attempt; where there is none, makes the one that says it never started.
 * Throws SpoolError `storage_full`, `storage_readonly` or `launch_error`; then nothing is decided.
 */
export async function settleClaim(files: SpoolFiles, attempt: number): Promise<Claim> {
  const draft = `${files.claim(attempt)}.${randomUUID()}`
  try {
    await makeDirectory(files)
    await writeFile(draft, `${JSON.stringify({ neverStarted: true })}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(draft, 0o600)
    await link(draft, files.claim(attempt))
    return 'never_started'
  } catch (cause) {
    const made = await readClaim(files, attempt)
    if (made === undefined) throw spoolFailure(cause, files.directory)
    return made
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * A claim is linked when it is whole, so one that makes no sense was torn by a crash of the machine. An agent may
 * have run: it is told as a process of an unknown, earlier boot, which is lost, and not as one that never started.
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
