/**
 * `node bundle.mjs`: makes the command `spoold` in dist/bin, because one that is called often must not look for hundreds of
 * modules at each start.
 *
 * - spoold.cjs looks at the command line and loads one of the other two.
 * - quick.cjs is the program in one file, for the commands of src/cli/quick-commands.ts. CommonJS, since Node's loader of ES
 *   modules alone takes longer than such a command.
 * - full.js with its chunks is the program with everything.
 *
 * What tsc writes to dist/src beside it is the library, the types, and the programs that tasks run.
 */
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const DIRECTORY = 'dist/bin'
/** What a quick command must not load: neither is in its bundle. */
const HEAVY =
  /\/src\/(daemon|config|client\/stdio|cli\/(db|demo|doctor|init|client|explain|service|top))\/[a-z-]+\.js$|\/settings\.js$/
const TOO_HEAVY = /node_modules\/(zod|drizzle-orm|pino|croner|@modelcontextprotocol|ink|react)\//

const OURS = JSON.parse(readFileSync('package.json', 'utf8'))

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Native, and found by its own package; the others are names of files in our "imports" (other packages have such names too).
  external: ['better-sqlite3', ...Object.keys(OURS.imports)],
  legalComments: 'linked',
  // Less to read; names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
}
const commonJs = { ...shared, format: 'cjs', define: { 'import.meta.url': '__filename' } }

rmSync(DIRECTORY, { recursive: true, force: true })
await build({
  ...commonJs,
  entryPoints: ['src/bin.ts'],
  outfile: `${DIRECTORY}/spoold.cjs`,
  external: ['./full.js'],
})
chmodSync(`${DIRECTORY}/spoold.cjs`, 0o755)

const { metafile } = await build({
  ...commonJs,
  entryPoints: ['src/main.ts'],
  outfile: `${DIRECTORY}/quick.cjs`,
  metafile: true,
  plugins: [
    { name: 'without-the-heavy', setup: leaveOutHeavy },
    { name: 'without-look-ups', setup: leaveOutLookUps },
  ],
})
for (const [path, { imports }] of Object.entries(metafile.inputs)) {
  const heavy = TOO_HEAVY.test(path) ? undefined : imports.find((imported) => TOO_HEAVY.test(imported.path))
  if (heavy !== undefined) throw new Error(`the quick commands would load ${heavy.path}, for ${path}`)
}

await build({
  ...shared,
  entryPoints: { full: 'src/main.ts' },
  outdir: DIRECTORY,
  splitting: true,
  format: 'esm',
  plugins: [
    { name: 'without-languages', setup: leaveOutLanguages },
    { name: 'without-aids-for-developers', setup: leaveOutDevelopersAids },
  ],
  // Its other form asks for its parts in a way that no bundler sees.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // React has two forms of itself; the other one is for its users' development.
  define: { 'process.env.NODE_ENV': '"production"' },
  // For packages in CommonJS, which ask for Node's modules by require.
  banner: {
    js: "import { createRequire as requireFor } from 'node:module'\nconst require = requireFor(import.meta.url)",
  },
})

/**
 * What takes milliseconds at each start: the version is written in, and commander loads Node's child_process only for
 * programs of its own naming, which spoold has none of.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutLookUps(plugin) {
  plugin.onLoad({ filter: /src\/config\/version\.ts$/ }, () => ({
    contents: `export const VERSION = ${JSON.stringify(OURS.version)}`,
  }))
  plugin.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
    importer.includes('/node_modules/commander/') ? { path: 'nothing', namespace: 'nothing' } : undefined,
  )
  plugin.onLoad({ filter: /^nothing$/, namespace: 'nothing' }, () => ({ contents: '' }))
}

/** @param {import('esbuild').PluginBuild} plugin */
function leaveOutHeavy(plugin) {
  plugin.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) =>
    kind === 'dynamic-import' && HEAVY.test(resolve(resolveDir, path)) ? { path, external: true } : undefined,
  )
}

/**
 * zod brings its messages in fifty languages, half of its code; ours are English.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutLanguages(plugin) {
  plugin.onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
    contents: "export { default as en } from './en.js'",
  }))
}

/**
 * ink looks for React's browser tools where DEV is set, and draws nothing where CI is: a person who calls `spoold top` on a
 * terminal wants it drawn.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutDevelopersAids(plugin) {
  plugin.onLoad({ filter: /node_modules\/ink\/build\/devtools\.js$/ }, () => ({ contents: '' }))
  plugin.onLoad({ filter: /node_modules\/is-in-ci\/index\.js$/ }, () => ({
    contents: 'export default false',
  }))
}
