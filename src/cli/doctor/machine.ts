import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import semver from 'semver'
import { formatSize } from '../terminal/units.js'
import { type Finding, ok, problem, warning } from './check.js'

const MIN_NODE = '20.20.0'
/** Thresholds for a problem and for a warning, bytes. */
const LITTLE_SPACE = 200e6
const SCARCE_SPACE = 2e9
/** The same for the number of files; each running task has a few. */
const LITTLE_FILES = 1_000
const SCARCE_FILES = 20_000

export function checkNode(version = process.version): Finding {
  return semver.gte(version, MIN_NODE)
    ? ok('node', version)
    : problem('node', `${version} is older than ${MIN_NODE}`, 'install a newer Node.js')
}

export function checkPlatform(platform = process.platform): Finding {
  if (platform === 'linux' || platform === 'darwin') return ok('platform', platform)
  return problem('platform', `${platform} is not supported`, 'use Linux or macOS (on Windows inside WSL)')
}

/** @param directory if it does not exist, its nearest existing parent is checked */
export function checkDiskSpace(directory: string): Finding[] {
  let existing = directory
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  const { bavail, bsize, files, ffree } = statfsSync(existing)
  const free = bavail * bsize
  const space = bySize(
    'disk space',
    free,
    SCARCE_SPACE,
    LITTLE_SPACE,
    `${formatSize(free)} free at ${existing}`,
  )
  // Some file systems create inodes as needed and report none.
  if (files === 0 || ffree >= SCARCE_FILES) return [space]
  const finding = `space for ${ffree} more files at ${existing}`
  return [space, bySize('inodes', ffree, SCARCE_FILES, LITTLE_FILES, finding)]
}

function bySize(check: string, free: number, scarce: number, little: number, finding: string): Finding {
  if (free >= scarce) return ok(check, finding)
  const remedy = 'free some space, for example with spoold purge --older-than 1d'
  return free < little ? problem(check, finding, remedy) : warning(check, finding, remedy)
}
