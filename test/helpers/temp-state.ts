import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A fresh directory that is removed when the test has ended. */
export function tempDirectory(name = 'test'): string {
  const path = mkdtempSync(join(tmpdir(), `spoold-${name}-`))
  onTestFinished(() => {
    chmodSync(path, 0o700)
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  })
  return path
}

/** A path for the state directory of a test; the directory does not exist yet. */
export function tempState(): string {
  return join(tempDirectory('state'), 'state')
}
