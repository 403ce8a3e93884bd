import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { configFileSchema } from './settings.js'

/** The config file's JSON schema for editors, as text. It is kept in docs/config.schema.json. */
export function configJsonSchema(): string {
  const schema = {
    ...z.toJSONSchema(configFileSchema, { io: 'input' }),
    title: 'spoold configuration',
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** `node dist/src/config/json-schema.js FILE` writes it (npm run schema). */
const [, script, file] = process.argv
if (script !== undefined && file !== undefined && import.meta.url === pathToFileURL(script).href) {
  writeFileSync(file, configJsonSchema())
}
