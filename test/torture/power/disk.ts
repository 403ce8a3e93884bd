import { dirname } from 'node:path'
import { type Change, changedBytes, FileBytes, sectorsOf } from './file-bytes.js'
import type { Operation } from './write-log.js'

/** A file or directory, independent of its names. */
interface Node {
  isDirectory: boolean
  synced: FileBytes
  waiting: Change[]
}

/** A change to the names in a directory. */
interface NameChange {
  directory: string
  apply(names: Map<string, Node>): void
}

/** The changes that were waiting when a sync began; only these are on the disk when it ends. */
interface Sync {
  node: Node | undefined
  changes: Set<Change>
  nameChanges: Set<NameChange>
}

export interface Files {
  /** Content by path. */
  files: Map<string, Buffer>
  directories: string[]
}

/**
 * A disk and the changes that have not reached it yet. It guarantees only what POSIX does: the bytes of a file are on disk
 * after a sync of the file, its name after a sync of the directory.
 */
export class Disk {
  /** The files as processes see them. */
  readonly #now = new Map<string, Node>()
  readonly #synced = new Map<string, Node>()
  #nameChanges: NameChange[] = []
  readonly #syncs = new Map<number, Sync>()

  /** `files` are already on disk. */
  constructor(files: Iterable<readonly [string, Buffer]> = []) {
    for (const [path, bytes] of files) {
      const node = newNode(false)
      node.synced.apply({ kind: 'write', offset: 0, bytes })
      this.#now.set(path, node)
      this.#synced.set(path, node)
    }
  }

  apply(operation: Operation): void {
    switch (operation.kind) {
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
      case 'create':
        if (this.#now.has(operation.path)) return
        this.#name(operation.path, newNode(false))
        break
      case 'create directory':
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

  /** The files as processes see them. */
  now(): Files {
    return collect(this.#now, (node) => changedBytes(node.synced, node.waiting))
  }

  /**
   * The files after a power cut: all synced changes, and a random part of the others (none, some or all), by single name changes
   * and sectors.
   */
  afterPowerCut(random: () => number): Files {
    const share = () => [0, random(), 1][Math.floor(random() * 3)] as number
    const sectorBytes = random() < 0.5 ? 512 : 4096
    const names = new Map(this.#synced)
    const ofNames = share()
    for (const change of this.#nameChanges) if (random() < ofNames) change.apply(names)
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

  #move({ kind, path, to }: Operation & { kind: 'link' | 'rename' }): void {
    const node = this.#now.get(path)
    // A move between directories is not modelled, because spoold does none.
    if (node === undefined || node.isDirectory || dirname(path) !== dirname(to)) {
      throw new Error(`${kind} of ${path} to ${to} is not supported`)
    }
    this.#change(to, (names) => {
      names.set(to, node)
      if (kind === 'rename') names.delete(path)
    })
  }

  #change(path: string, apply: NameChange['apply']): void {
    apply(this.#now)
    this.#nameChanges.push({ directory: dirname(path), apply })
  }

  #waitingFor(path: string): Sync {
    const node = this.#now.get(path)
    const nameChanges = this.#nameChanges.filter(({ directory }) => directory === path)
    return { node, changes: new Set(node?.waiting), nameChanges: new Set(nameChanges) }
  }

  #endSync(number: number): void {
    const sync = this.#syncs.get(number)
    if (sync === undefined) return
    this.#syncs.delete(number)
    for (const change of sync.nameChanges) if (this.#nameChanges.includes(change)) change.apply(this.#synced)
    this.#nameChanges = this.#nameChanges.filter((change) => !sync.nameChanges.has(change))
    const { node, changes } = sync
    if (node === undefined) return
    for (const change of node.waiting) if (changes.has(change)) node.synced.apply(change)
    node.waiting = node.waiting.filter((change) => !changes.has(change))
  }
}

function newNode(isDirectory: boolean): Node {
  return { isDirectory, synced: new FileBytes(), waiting: [] }
}

/** The reachable files: a name in a directory that does not exist is lost. */
function collect(names: Map<string, Node>, bytesOf: (node: Node) => Buffer): Files {
  const exists = (path: string): boolean =>
    path === '.' || (names.get(path)?.isDirectory === true && exists(dirname(path)))
  const reached = [...names].filter(([path]) => exists(dirname(path)))
  const ofKind = (isDirectory: boolean) => reached.filter(([, node]) => node.isDirectory === isDirectory)
  return {
    files: new Map(ofKind(false).map(([path, node]) => [path, bytesOf(node)])),
    // A directory comes before its content.
    directories: ofKind(true)
      .map(([path]) => path)
      .sort(),
  }
}
