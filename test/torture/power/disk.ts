import { dirname } from 'node:path'
import { type Change, changedBytes, FileBytes, sectorsOf } from './file-bytes.js'
import type { Operation } from './write-log.js'

/** A file or directory, whatever its names are. */
interface Node {
  isDirectory: boolean
  synced: FileBytes
  waiting: Change[]
}

/** A change of a directory's names. */
interface Naming {
  directory: string
  apply(names: Map<string, Node>): void
}

/** What was waiting when a sync began: only that is on the disk when it ends. */
interface Sync {
  node: Node | undefined
  changes: Set<Change>
  namings: Set<Naming>
}

export interface Files {
  /** By path; "" is the bytes of a directory. */
  files: Map<string, Buffer>
  directories: string[]
}

/**
 * Files as they are on a disk, and what has not come to it yet. It keeps only what POSIX says: the bytes of a file are there
 * after a sync of that file, its name after one of the directory.
 */
export class Disk {
  /** As processes see it. */
  readonly #now = new Map<string, Node>()
  readonly #synced = new Map<string, Node>()
  #namings: Naming[] = []
  readonly #syncs = new Map<number, Sync>()

  /** With files that have been there for long. */
  constructor(files: Iterable<readonly [string, Buffer]> = []) {
    for (const [path, bytes] of files) {
      const node = newNode(false)
      node.synced.apply({ does: 'write', offset: 0, bytes })
      this.#now.set(path, node)
      this.#synced.set(path, node)
    }
  }

  apply(operation: Operation): void {
    switch (operation.does) {
      case 'write':
      case 'truncate':
        this.#now.get(operation.path)?.waiting.push(operation)
        break
      case 'sync begins':
        this.#syncs.set(operation.number, this.#waitingFor(operation.path))
        break
      case 'sync ends':
        this.#endSync(operation.number)
        break
      case 'make':
        if (this.#now.has(operation.path)) return
        this.#name(operation.path, newNode(false))
        break
      case 'make directory':
        this.#name(operation.path, newNode(true))
        break
      case 'remove':
        this.#change(operation.path, (names) => names.delete(operation.path))
        break
      case 'link':
      case 'rename':
        this.#move(operation)
        break
    }
  }

  /** All of it, as processes see it. */
  now(): Files {
    return collect(this.#now, (node) => changedBytes(node.synced, node.waiting))
  }

  /**
   * After a power cut: all that was synced, and of the rest any changes of directories and any sectors, torn ones too, from
   * nothing over anything to all of it.
   */
  afterPowerCut(random: () => number): Files {
    const share = () => [0, random(), 1][Math.floor(random() * 3)] as number
    const sectorBytes = random() < 0.5 ? 512 : 4096
    const names = new Map(this.#synced)
    const ofNames = share()
    for (const naming of this.#namings) if (random() < ofNames) naming.apply(names)
    return collect(names, (node) => {
      const ofBytes = share()
      const parts = node.waiting.flatMap((change) => sectorsOf(change, sectorBytes))
      return changedBytes(
        node.synced,
        parts.filter(() => random() < ofBytes),
      )
    })
  }

  #name(path: string, node: Node): void {
    this.#change(path, (names) => names.set(path, node))
  }

  #move({ does, path, to }: Operation & { does: 'link' | 'rename' }): void {
    const node = this.#now.get(path)
    // Its bytes would be in two directories for a while, which nothing here does.
    if (node === undefined || node.isDirectory || dirname(path) !== dirname(to)) {
      throw new Error(`${does} of ${path} to ${to} is not understood`)
    }
    this.#change(to, (names) => {
      names.set(to, node)
      if (does === 'rename') names.delete(path)
    })
  }

  #change(path: string, apply: Naming['apply']): void {
    apply(this.#now)
    this.#namings.push({ directory: dirname(path), apply })
  }

  #waitingFor(path: string): Sync {
    const node = this.#now.get(path)
    const namings = this.#namings.filter(({ directory }) => directory === path)
    return { node, changes: new Set(node?.waiting), namings: new Set(namings) }
  }

  #endSync(number: number): void {
    const sync = this.#syncs.get(number)
    if (sync === undefined) return
    this.#syncs.delete(number)
    for (const naming of sync.namings) if (this.#namings.includes(naming)) naming.apply(this.#synced)
    this.#namings = this.#namings.filter((naming) => !sync.namings.has(naming))
    const { node, changes } = sync
    if (node === undefined) return
    for (const change of node.waiting) if (changes.has(change)) node.synced.apply(change)
    node.waiting = node.waiting.filter((change) => !changes.has(change))
  }
}

function newNode(isDirectory: boolean): Node {
  return { isDirectory, synced: new FileBytes(), waiting: [] }
}

/** What can be reached: a name in a directory that is not there is lost. */
function collect(names: Map<string, Node>, bytesOf: (node: Node) => Buffer): Files {
  const isThere = (path: string): boolean =>
    path === '.' || (names.get(path)?.isDirectory === true && isThere(dirname(path)))
  const reached = [...names].filter(([path]) => isThere(dirname(path)))
  const ofKind = (isDirectory: boolean) => reached.filter(([, node]) => node.isDirectory === isDirectory)
  return {
    files: new Map(ofKind(false).map(([path, node]) => [path, bytesOf(node)])),
    // A directory comes before what is in it.
    directories: ofKind(true)
      .map(([path]) => path)
      .sort(),
  }
}
