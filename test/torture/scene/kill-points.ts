/**
 * The points at which a daemon can be killed (failpoints.mjs), grouped as in the report. The number limits how often the
 * daemon may have reached the point before.
 */
const POINTS: Record<string, Record<string, number>> = {
  'start: migration, recovery, adoption': {
    'after any statement': 40,
    'before any commit': 4,
    'after any commit': 4,
    'before a file of a spool is read': 2,
    'before a claim is made': 1,
    'after a claim is made': 1,
  },
  'around a commit of chunks': {
    'inside chunks': 6,
    'before the commit of chunks': 6,
    'after the commit of chunks': 6,
  },
  'around the end of a task': {
    'inside finish': 2,
    'before the commit of finish': 2,
    'after the commit of finish': 2,
    'before a file of a spool is removed': 2,
    'after a file of a spool is removed': 2,
  },
  'around a launch': {
    'before the commit of create': 2,
    'after the commit of create': 2,
    'before the commit of claim': 2,
    'after the commit of claim': 2,
    'before a spool is made': 2,
    'after a spool is made': 2,
    'after a file of a spool is opened': 4,
    'before a process is started': 2,
    'after a process was started': 2,
    'before the commit of record': 2,
    'after the commit of record': 2,
  },
  'around a cancel or a response': {
    'before the commit of stop': 1,
    'after the commit of stop': 1,
    'before the commit of response': 2,
    'after the commit of response': 2,
  },
  'around the purge': {
    'after the commit of hide': 2,
    'inside purge': 3,
    'before the commit of purge': 3,
    'after the commit of purge': 3,
  },
}

const CANDIDATES = Object.entries(POINTS).flatMap(([group, points]) =>
  Object.entries(points).map(([point, maxCount]) => ({ group, point, maxCount })),
)

/** The share of kills that come by the clock. */
const BY_CLOCK_SHARE = 0.25
/** The share of the others that aim at a point where no daemon was killed yet. */
const RARE_SHARE = 0.2

export interface KillPlan {
  /** The group of the point in the report. */
  group: string
  point: string
  /** Value of SPOOLD_FAILPOINT: the point, and at which time it kills there; undefined for a kill by the clock. */
  failpoint: string | undefined
  /** The point is seldom reached, so the kill waits longer for it. */
  isRare: boolean
}

/** A random point of a random group; sometimes a point at which no daemon was killed yet, since some are rare. */
export function planKill(random: () => number, kills: KillPlan[]): KillPlan {
  if (random() < BY_CLOCK_SHARE) return byClock
  const rare = random() < RARE_SHARE ? pointsWithoutKill(kills) : []
  const group = oneOf(Object.keys(POINTS), random)
  const candidates = CANDIDATES.filter((candidate) =>
    rare.length > 0 ? rare.includes(candidate.point) : candidate.group === group,
  )
  const { maxCount, ...candidate } = oneOf(candidates, random)
  const failpoint = `${candidate.point} ${1 + Math.floor(random() * maxCount)}`
  return { ...candidate, failpoint, isRare: rare.length > 0 }
}

/** At a statement of the migrations that create the database, counted from 1. */
export function planCreationKill(statement: number): KillPlan {
  const point = 'inside migrate'
  return { group: 'database creation', point, failpoint: `${point} ${statement}`, isRare: false }
}

/** Also how a daemon is killed that does not reach its failpoint in time. */
export const byClock: KillPlan = {
  group: 'any instant, by the clock',
  point: 'by the clock',
  failpoint: undefined,
  isRare: false,
}

/** The groups in which no daemon was killed. */
export function groupsWithoutKill(kills: KillPlan[]): string[] {
  return Object.keys(POINTS).filter((group) => !kills.some((kill) => kill.group === group))
}

function pointsWithoutKill(kills: KillPlan[]): string[] {
  return CANDIDATES.map(({ point }) => point).filter((point) => !kills.some((kill) => kill.point === point))
}

function oneOf<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)] as T
}
