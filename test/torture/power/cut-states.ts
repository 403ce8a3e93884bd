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
  /** What was in the directory before. */
  before?: [string, Buffer][]
  /** After how many of the operations, in rising order. */
  cuts: number[]
  random: () => number
}

/** Writes files into a directory that is empty or not there yet. */
export function writeFiles(directory: string, { files, directories }: Files): void {
  mkdirSync(directory, { recursive: true })
  for (const path of directories) mkdirSync(join(directory, path), { mode: 0o700 })
  for (const [path, bytes] of files) writeFileSync(join(directory, path), bytes, { mode: 0o600 })
}

/**
 * Cuts the power and opens what is left, each time. It must be sound, and hold exactly what it held after one of the commits: no
 * commit in part, none without those before it, nothing that was never written.
 *
 * @returns how many acknowledged commits were lost, one number for each cut
 */
export function lostByCuts({ operations, before, cuts, random }: CutOptions): number[] {
  const scratch = tempDirectory('power-cuts')
  const disk = new Disk(before)
  const states = statesOf(operations, before, scratch)
  const lost: number[] = []
  let acknowledged = 0
  let done = 0
  for (const cut of cuts) {
    for (; done < cut; done += 1) {
      const operation = operations[done] as Operation
      if (operation.does === 'tell') acknowledged += 1
      else disk.apply(operation)
    }
    const left = contentOf(disk.afterPowerCut(random), scratch)
    // One more than was acknowledged may be there already.
    const kept = states.slice(0, acknowledged + 2).lastIndexOf(left)
    expect(kept, `operation ${cut}: what is left is what one of the commits left`).toBeGreaterThanOrEqual(0)
    lost.push(Math.max(0, acknowledged - kept))
  }
  return lost
}

/** What the database holds after so many acknowledged commits, and first with none. */
function statesOf(operations: Operation[], before: CutOptions['before'], scratch: string): string[] {
  const disk = new Disk(before)
  const states = [contentOf(disk.now(), scratch)]
  for (const operation of operations) {
    if (operation.does === 'tell') states.push(contentOf(disk.now(), scratch, () => {}))
    else disk.apply(operation)
  }
  return states
}

/** All rows, as the next spoold finds them. */
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

/** Makes, migrates and restores what there is to be. */
export function openAndClose(file: string): void {
  openStore({ file, durability: 'normal' }).close()
}

/** Something of a database that is whole. */
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
