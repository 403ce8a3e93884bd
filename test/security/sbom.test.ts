import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'
import { tempDirectory } from '../helpers/temp-state.js'

interface Lock {
  packages: Record<string, { version: string; dev?: boolean; devOptional?: boolean }>
}

interface Bill {
  bomFormat: string
  specVersion: string
  metadata: { component: { name: string; version: string } }
  components: { type: string; name: string; version: string; purl: string; hashes: unknown[] }[]
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'))
}

test('the bill of materials of a release lists exactly the shipped packages of package-lock.json', () => {
  const file = join(tempDirectory(), 'sbom.cdx.json')
  const made = spawnSync(process.execPath, [join(PROJECT, 'release', 'sbom.mjs'), file], { encoding: 'utf8' })
  expect([made.status, made.stderr]).toEqual([0, ''])
  const bill = readJson<Bill>(file)
  const own = readJson<{ version: string; dependencies: object }>(join(PROJECT, 'package.json'))
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) })
  expect(bill.metadata.component).toMatchObject({ name: 'spoold', version: own.version })
  const { packages } = readJson<Lock>(join(PROJECT, 'package-lock.json'))
  const shipped = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
  const listed = bill.components.map(({ name, version }) => `${name}@${version}`)
  expect(listed.sort()).toEqual([...new Set(shipped)].sort())
  for (const { name, purl, hashes } of bill.components) {
    expect(purl, name).toMatch(/^pkg:npm\//)
    expect(hashes, name).not.toEqual([])
  }
  const names = bill.components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(Object.keys(own.dependencies)))
})
