import { createRequire } from 'node:module'

const { version } = createRequire(import.meta.url)('#package') as { version: string }

/** This spoold's version, from package.json (found through its "imports", from src/ and dist/ alike). */
export const VERSION = version
