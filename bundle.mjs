/**
 * `node bundle.mjs`: bundles the command `spoold` into dist/bin, because loading hundreds of modules at each start is slow.
 *
 * - spoold.cjs reads the command line and loads one of the other two.
 * - quick.cjs contains the quick commands of src/cli/commands.ts in one file. It is CommonJS, because Node's loader for ES modules
 *   takes longer than such a command.
 * - full.js and its chunks contain all commands.
 *
 * tsc writes the library, the types and the programs that tasks run to dist/src.
 */
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const DIRECTORY = 'dist/bin'
/** Packages that no quick command may load. */
const HEAVY_PACKAGES = /node_modules\/(zod|drizzle-orm|pino|croner|@modelcontextprotocol|ink|react)\//

/** Files of the commands that are not quick: cli/NAME.ts, and all in cli/NAME/. */
const { COMMANDS } = await import('./dist/src/cli/commands.js')
const FULL_COMMANDS = Object.keys(COMMANDS).filter((name) => !COMMANDS[name].isQuick)
const IN_FULL_COMMAND = new RegExp(`/src/cli/(${FULL_COMMANDS.join('|')})(\\.ts$|/)`)

const OURS = JSON.parse(readFileSync('package.json', 'utf8'))

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // better-sqlite3 is native. The others are the names in "imports" of package.json, which are resolved at run time.
  external: ['better-sqlite3', ...Object.keys(OURS.imports)],
  legalComments: 'linked',
  // Reduces the size, but keeps names for stack traces.
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
  plugins: [{ name: 'without-imports-at-run-time', setup: leaveOutDynamicImports }],
})
chmodSync(`${DIRECTORY}/spoold.cjs`, 0o755)

const { metafile } = await build({
  ...commonJs,
  entryPoints: ['src/main.ts'],
  outfile: `${DIRECTORY}/quick.cjs`,
  metafile: true,
  plugins: [
    { name: 'without-full-commands', setup: leaveOutFullCommands },
    { name: 'without-look-ups', setup: leaveOutLookUps },
  ],
})
for (const [path, { imports }] of Object.entries(metafile.inputs)) {
  const heavy = HEAVY_PACKAGES.test(path)
    ? undefined
    : imports.find((imported) => HEAVY_PACKAGES.test(imported.path))
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
  // The default entry requires its modules in a way that bundlers cannot follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Selects the production build of React.
  define: { 'process.env.NODE_ENV': '"production"' },
  // CommonJS packages load Node's modules with require.
  banner: {
    js: "import { createRequire as requireFor } from 'node:module'\nconst require = requireFor(import.meta.url)",
  },
})

/**
 * Saves milliseconds at each start: inlines the version, and replaces the child_process module that commander loads for external
 * subcommands, which spoold does not have.
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

/**
 * The entry needs the table of commands, but none of the commands.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutDynamicImports(plugin) {
  plugin.onResolve({ filter: /^\./ }, ({ path, kind }) =>
    kind === 'dynamic-import' ? { path, external: true } : undefined,
  )
}

/**
 * The help needs the description of every command; what the action of a full command imports never runs from here.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutFullCommands(plugin) {
  plugin.onResolve({ filter: /^\./ }, ({ path, kind, importer }) =>
    kind === 'dynamic-import' && IN_FULL_COMMAND.test(importer) ? { path, external: true } : undefined,
  )
}

/**
 * Half of zod's code is its messages in fifty languages; only English is kept.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutLanguages(plugin) {
  plugin.onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
    contents: "export { default as en } from './en.js'",
  }))
}

/**
 * ink connects to React's browser tools if DEV is set, and draws nothing if CI is set. `spoold top` must draw on any terminal.
 *
 * @param {import('esbuild').PluginBuild} plugin
 */
function leaveOutDevelopersAids(plugin) {
  plugin.onLoad({ filter: /node_modules\/ink\/build\/devtools\.js$/ }, () => ({ contents: '' }))
  plugin.onLoad({ filter: /node_modules\/is-in-ci\/index\.js$/ }, () => ({
    contents: 'export default false',
  }))
}
