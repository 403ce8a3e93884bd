/**
 * `node bundle.mjs`: the command `spoold` with all that it imports, as few files in dist/bin, because a command that is
 * asked for often must not look for hundreds of modules at each start. Code that only some commands need is a chunk of its own, loaded
 * when they run. What tsc writes to dist/src beside it is the library, the types, and the programs that tasks run.
 */
import { chmodSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const DIRECTORY = 'dist/bin'

rmSync(DIRECTORY, { recursive: true, force: true })
await build({
  entryPoints: { spoold: 'src/bin.ts' },
  outdir: DIRECTORY,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Native, and found by its own package; the others are names of files in package.json's "imports".
  external: ['better-sqlite3', '#*'],
  // For packages in CommonJS, which ask for Node's modules by require.
  banner: {
    js: "import { createRequire as requireFor } from 'node:module'\nconst require = requireFor(import.meta.url)",
  },
  legalComments: 'linked',
  logLevel: 'warning',
})
chmodSync(`${DIRECTORY}/spoold.js`, 0o755)
