import { readFileSync } from 'node:fs'
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
 * Reads and checks a config file. Throws SpoolError `config_invalid` for a file that cannot be read, is not JSON,
 * or has an unknown key or a wrong value.
 */
export function readConfigFile(path: string): z.output<typeof configFileSchema> {
  const content = parseJson(path, readText(path))
  const parsed = configFileSchema.safeParse(content)
  if (!parsed.success) throw invalidSetting(`The config file ${path}`, parsed.error, [], content)
  return parsed.data
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new SpoolError(
      'config_invalid',
      `The config file ${path} cannot be read (${reason}): make it a readable file.`,
      { cause },
    )
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : String(cause)
    throw new SpoolError(
      'config_invalid',
      `The config file ${path} is not JSON: ${reason}. Correct it there.`,
      {
        cause,
      },
    )
  }
}
