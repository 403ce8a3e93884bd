import { createRequire } from 'node:module'

const { version } = createRequire(import.meta.url)('#package') as { version: string }

/** The version in package.json, which is found by its "imports" from src/ and dist/. */
export const VERSION = version
