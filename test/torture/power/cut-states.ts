import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { openStore } from '../../../src/store/store.js'
import { tempDirectory } from '../../helpers/temp-state.js'
import { columnsOf, digest } from '../faults/row-digest.js'
import { Disk, type Files } from './disk.js'
import type { Operation } from './write-log.js'

export const DATABASE = 'spoold.db'

export interface CutOptions {
  operations: Operation[]
  /** The files in the directory before the recording. */
  before?: [string, Buffer][]
  /** Each number is a power cut after that many operations; in ascending order. */
  cuts: number[]
  random: () => number
}

/** Writes files into a directory that is empty or does not exist. */
export function writeFiles(directory: string, { files, directories }: Files): void {
  mkdirSync(directory, { recursive: true })
  for (const path of directories) mkdirSync(join(directory, path), { mode: 0o700 })
  for (const [path, bytes] of files) writeFileSync(join(directory, path), bytes, { mode: 0o600 })
}

/**
 * Opens the files that each power cut leaves. The database must be sound, and its content must be exactly that after one of the
 * commits: no partial commit, none without the previous ones, nothing that was never written.
 *
 * @returns the number of lost acknowledged commits for each cut
 */
export function lostByCuts({ operations, before, cuts, random }: CutOptions): number[] {
  const scratch = tempDirectory('power-cuts')
  const disk = new Disk(before)
  const states = statesOf(operations, before, scratch)
  const lost: number[] = []
  let acknowledged = 0
  let applied = 0
  for (const cut of cuts) {
    for (; applied < cut; applied += 1) {
      const operation = operations[applied] as Operation
      if (operation.kind === 'acknowledge') acknowledged += 1
      else disk.apply(operation)
    }
    const left = contentOf(disk.afterPowerCut(random), scratch)
    // The next commit may be on disk before it is acknowledged.
    const kept = states.slice(0, acknowledged + 2).lastIndexOf(left)
    expect(kept, `operation ${cut}: the content is that of one of the commits`).toBeGreaterThanOrEqual(0)
    lost.push(Math.max(0, acknowledged - kept))
  }
  return lost
}

/** The content of the database before the first and after each acknowledged commit. */
function statesOf(operations: Operation[], before: CutOptions['before'], scratch: string): string[] {
  const disk = new Disk(before)
  const states = [contentOf(disk.now(), scratch)]
  for (const operation of operations) {
    if (operation.kind === 'acknowledge') states.push(contentOf(disk.now(), scratch, () => {}))
    else disk.apply(operation)
  }
  return states
}

/** Digests of all rows, as the next daemon finds them. */
function contentOf(files: Files, scratch: string, open = openAndClose): string {
  const directory = join(scratch, 'files')
  writeFiles(directory, files)
  try {
    const file = join(directory, DATABASE)
    open(file)
    return readSound(file, (db) => JSON.stringify([...digest(db, columnsOf(db))]))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Creates or migrates the database, and recovers its log. */
export function openAndClose(file: string): void {
  openStore({ file, durability: 'normal' }).close()
}

/** Checks that the database is sound, and reads from it. */
export function readSound<T>(file: string, read: (db: Database.Database) => T): T {
  const db = new Database(file, { readonly: true })
  try {
    expect(db.pragma('quick_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    return read(db)
  } finally {
    db.close()
  }
}
