import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { z } from 'zod'
import { SpoolError } from '../domain/errors.js'
import { invalidSetting } from './problem.js'
import { configFileSchema } from './settings.js'

/** SPOOLD_CONFIG, else $XDG_CONFIG_HOME/spoold/config.json, else ~/.config/spoold/config.json. */
export function defaultConfigFile(env: NodeJS.ProcessEnv): string {
  if (env.SPOOLD_CONFIG) return resolve(env.SPOOLD_CONFIG)
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'spoold', 'config.json')
}

/**
 * Reads and checks a config file. Throws SpoolError `config_invalid` for a file that cannot be read, that every user can
 * write, that is not JSON, or that has an unknown key or an invalid value.
 */
export function readConfigFile(path: string): z.output<typeof configFileSchema> {
  const content = parseJson(path, readText(path))
  assertNoHiddenKey(path, content)
  const parsed = configFileSchema.safeParse(content)
  if (!parsed.success) throw invalidSetting(`The config file ${path}`, parsed.error, [], content)
  return parsed.data
}

const WRITABLE_BY_ALL = 0o002

/** The file names programs that run as this user. */
function openToAll(path: string): SpoolError {
  return new SpoolError(
    'config_invalid',
    `The config file ${path} can be written by every user: check its content and run chmod o-w on it.`,
  )
}

function readText(path: string): string {
  let file: number | undefined
  try {
    // Opening a FIFO would otherwise wait for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const found = fstatSync(file)
    if (!found.isFile()) throw new Error('it is not a regular file')
    if ((found.mode & WRITABLE_BY_ALL) !== 0) throw openToAll(path)
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    throw new SpoolError(
      'config_invalid',
      `The config file ${path} cannot be read (${code ?? message}): make it a readable file.`,
      { cause },
    )
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The deepest user-defined names are agents.NAME.env.NAME. */
const DEEPEST_NAME = 4

/** The schema would silently ignore a key `__proto__`. */
function assertNoHiddenKey(path: string, content: unknown, at: string[] = []): void {
  if (typeof content !== 'object' || content === null || at.length === DEEPEST_NAME) return
  for (const [key, value] of Object.entries(content)) {
    const here = [...at, key]
    if (key === '__proto__') {
      const field = here.join('.')
      throw new SpoolError(
        'config_invalid',
        `The config file ${path} is not valid: "${field}" is not a setting, and __proto__ cannot be a name.`,
        { field },
      )
    }
    assertNoHiddenKey(path, value, here)
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : String(cause)
    throw new SpoolError('config_invalid', `The config file ${path} is not JSON: ${reason}. Correct it.`, {
      cause,
    })
  }
}
