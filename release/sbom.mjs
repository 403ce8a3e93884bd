/**
 * `node release/sbom.mjs FILE`: writes the software bill of materials of spoold's dependencies, from the lock file, as CycloneDX
 * JSON.
 *
 * npm generates it from a copy of the project without development packages, because `npm sbom --omit dev` also omits every
 * package that a development package needs too, such as zod.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('Usage: node release/sbom.mjs FILE')

const project = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const scratch = mkdtempSync(join(tmpdir(), 'spoold-sbom-'))
try {
  // npm uses the name of the directory as the name of the project.
  const directory = join(scratch, project.name)
  mkdirSync(directory)
  const packages = Object.fromEntries(
    Object.entries(lock.packages).filter(([, { dev, devOptional }]) => !dev && !devOptional),
  )
  packages[''] = withoutDevelopment(packages[''])
  writeFileSync(join(directory, 'package.json'), JSON.stringify(withoutDevelopment(project)))
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ ...lock, packages }))
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: directory, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm sbom exited with ${status}: ${stderr}`)
  writeFileSync(file, stdout)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @param {Record<string, unknown>} manifest */
function withoutDevelopment({ devDependencies: _, ...rest }) {
  return rest
}
