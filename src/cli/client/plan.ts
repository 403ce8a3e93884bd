import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { SpoolError } from '../../domain/errors.js'
import { isObject } from '../../domain/json.js'
import { type Client, ENTRY_NAME, type Places } from './clients.js'
import { type ConfigFile, readConfigFile } from './config-file.js'
import { type ConfigFormat, valueAt } from './entry.js'
import { EditError } from './errors.js'
import { jsonConfig } from './json-config.js'
import type { Launch } from './launch.js'
import { tomlConfig } from './toml-config.js'

const FORMATS: Record<Client['format'], ConfigFormat> = { json: jsonConfig, toml: tomlConfig }

/** The change of one client's file. The texts have no byte order mark, which is kept. */
export interface Plan {
  client: Client
  file: ConfigFile
  before: string | null
  after: string | null
}

/** The configuration to change: of a project's directory, or of the user. */
export type Target = { project: string } | Places

/** Adds or updates the entry of a client. Throws SpoolError `config_invalid`. */
export function planInstall(client: Client, target: Target, launch: Launch): Plan {
  return plan(client, target, (format, text) => {
    const servers = client.servers(format.read(text))
    return format.insert(text, [...servers, ENTRY_NAME], client.entry(launch, servers))
  })
}

/** Removes the entry of a client. Throws SpoolError `config_invalid`. */
export function planUninstall(client: Client, target: Target): Plan {
  return plan(client, target, (format, text) => {
    if (text === null) return null
    return format.remove(text, [...client.servers(format.read(text)), ENTRY_NAME])
  })
}

/** Whether a client's file has the entry. Throws SpoolError `config_invalid`. */
export function hasEntry(client: Client, target: Target): boolean {
  let exists = false
  plan(client, target, (format, text) => {
    const values = format.read(text)
    exists = valueAt(values, [...client.servers(values), ENTRY_NAME]) !== undefined
    return text
  })
  return exists
}

/** The path of a client's file: the existing one, otherwise the one to create. */
export function configPath(client: Client, target: Target): string {
  const paths =
    'project' in target
      ? client.projectFiles.map((path) => join(target.project, path))
      : client.userFiles(target)
  const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined
  return paths.find(exists) ?? (paths[0] as string)
}

function plan(
  client: Client,
  target: Target,
  edit: (format: ConfigFormat, text: string | null) => string | null,
): Plan {
  const file = readConfigFile(configPath(client, target))
  const format = FORMATS[client.format]
  try {
    const before = file.bytes === null ? null : decode(file.bytes)
    const after = edit(format, before)
    assertOnlyEntryChanged(client, format, before, after)
    return { client, file, before, after }
  } catch (cause) {
    if (!(cause instanceof EditError)) throw cause
    throw new SpoolError(
      'config_invalid',
      `${file.path} ${cause.message}: correct it and try again; it was not changed.`,
      { cause },
    )
  }
}

/** Edits work on text, so the parser checks every time that nothing but the entry has changed. */
function assertOnlyEntryChanged(
  client: Client,
  format: ConfigFormat,
  before: string | null,
  after: string | null,
): void {
  if (before === after) return
  const values = format.read(after)
  const rest = (all: Record<string, unknown>) => without(all, [...client.servers(values), ENTRY_NAME])
  if (isDeepStrictEqual(rest(format.read(before)), rest(values))) return
  throw new EditError('has its servers in an unsupported form')
}

/** Values without the one at a path, and without objects that become empty. */
function without(values: Record<string, unknown>, [key = '', ...deeper]: string[]): Record<string, unknown> {
  const { [key]: found, ...rest } = values
  if (deeper.length === 0 || !isObject(found)) return deeper.length === 0 ? rest : { ...values }
  const inner = without(found, deeper)
  return Object.keys(inner).length === 0 ? rest : { ...rest, [key]: inner }
}

const BYTE_ORDER_MARK = '\uFEFF'

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (cause) {
    throw Object.assign(new EditError('is not UTF-8 text'), { cause })
  }
}

/** The new content of a file, with its byte order mark; null to remove the file. */
export function contentOf({ file, after }: Plan): string | null {
  if (after === null) return null
  const isMarked = file.bytes?.subarray(0, 3).toString('utf8') === BYTE_ORDER_MARK
  return (isMarked ? BYTE_ORDER_MARK : '') + after
}
