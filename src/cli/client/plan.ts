import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { SpoolError } from '../../domain/errors.js'
import { type Client, ENTRY_NAME, type Places } from './clients.js'
import { type ConfigFile, readConfigFile } from './config-file.js'
import { type ConfigFormat, isObject, valueAt } from './entry.js'
import { EditRefusal } from './errors.js'
import { jsonConfig } from './json-config.js'
import type { Launch } from './launch.js'
import { tomlConfig } from './toml-config.js'

const FORMATS: Record<Client['format'], ConfigFormat> = { json: jsonConfig, toml: tomlConfig }

/** What is to become of one client's file. The texts are without a byte order mark, which stays where it is. */
export interface Plan {
  client: Client
  file: ConfigFile
  before: string | null
  after: string | null
}

/** Where a client's servers are to stand: for all of a user's work, or in one project's directory. */
export type Where = { project: string } | Places

/** A client's entry put in, or brought up to date. Throws SpoolError `config_invalid`. */
export function planInstall(client: Client, where: Where, launch: Launch): Plan {
  return plan(client, where, (format, text) => {
    const servers = client.servers(format.read(text))
    return format.put(text, [...servers, ENTRY_NAME], client.entry(launch, servers))
  })
}

/** A client's entry taken out again. Throws SpoolError `config_invalid`. */
export function planUninstall(client: Client, where: Where): Plan {
  return plan(client, where, (format, text) => {
    if (text === null) return null
    return format.take(text, [...client.servers(format.read(text)), ENTRY_NAME])
  })
}

/** Whether a client's file has the entry. Throws SpoolError `config_invalid`. */
export function hasEntry(client: Client, where: Where): boolean {
  let isThere = false
  plan(client, where, (format, text) => {
    const values = format.read(text)
    isThere = valueAt(values, [...client.servers(values), ENTRY_NAME]) !== undefined
    return text
  })
  return isThere
}

/** The file in which a client's servers stand: the one that is there, else the one that it would be. */
export function configPath(client: Client, where: Where): string {
  const paths =
    'project' in where
      ? client.projectFiles.map((path) => join(where.project, path))
      : client.userFiles(where)
  const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined
  return paths.find(isThere) ?? (paths[0] as string)
}

function plan(
  client: Client,
  where: Where,
  edit: (format: ConfigFormat, text: string | null) => string | null,
): Plan {
  const file = readConfigFile(configPath(client, where))
  const format = FORMATS[client.format]
  try {
    const before = file.bytes === null ? null : decode(file.bytes)
    const after = edit(format, before)
    requireTheRest(client, format, before, after)
    return { client, file, before, after }
  } catch (cause) {
    if (!(cause instanceof EditRefusal)) throw cause
    throw new SpoolError(
      'config_invalid',
      `${file.path} ${cause.message}: correct it there; it is as it was.`,
      { cause },
    )
  }
}

/** The edits work on text; that they changed nothing but the entry is asked of the parser, each time. */
function requireTheRest(
  client: Client,
  format: ConfigFormat,
  before: string | null,
  after: string | null,
): void {
  if (before === after) return
  const values = format.read(after)
  const rest = (all: Record<string, unknown>) => without(all, [...client.servers(values), ENTRY_NAME])
  if (isDeepStrictEqual(rest(format.read(before)), rest(values))) return
  throw new EditRefusal('has its servers in a form that is not changed here')
}

/** Values without the one at a path, and without objects that are empty for it. */
function without(values: Record<string, unknown>, [key = '', ...deeper]: string[]): Record<string, unknown> {
  const { [key]: found, ...rest } = values
  if (deeper.length === 0 || !isObject(found)) return deeper.length === 0 ? rest : { ...values }
  const inner = without(found, deeper)
  return Object.keys(inner).length === 0 ? rest : { ...rest, [key]: inner }
}

const MARK = '\uFEFF'

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (cause) {
    throw Object.assign(new EditRefusal('is not text in UTF-8'), { cause })
  }
}

/** A plan's new content, with the mark where there was one; null where the file is to go. */
export function contentOf({ file, after }: Plan): string | null {
  if (after === null) return null
  const isMarked = file.bytes?.subarray(0, 3).toString('utf8') === MARK
  return (isMarked ? MARK : '') + after
}
