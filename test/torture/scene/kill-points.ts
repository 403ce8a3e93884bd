/**
 * Where a daemon can be made to die (failpoints.mjs): how often it may have come there before. Grouped as the table tells
 * them.
 */
const POINTS: Record<string, Record<string, number>> = {
  'the start: migration, recovery, adoption': {
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
  'around a cancel or an answer': {
    'before the commit of stop': 1,
    'after the commit of stop': 1,
    'before the commit of answer': 2,
    'after the commit of answer': 2,
  },
  'around the purge': {
    'after the commit of hide': 2,
    'inside purge': 3,
    'before the commit of purge': 3,
    'after the commit of purge': 3,
  },
}

const PLACES = Object.entries(POINTS).flatMap(([group, points]) =>
  Object.entries(points).map(([point, most]) => ({ group, point, most })),
)

/** Of all kills, those that come by the clock. */
const BY_CLOCK_SHARE = 0.25
const MISSING_SHARE = 0.2

/** Where a daemon is to die. */
export interface KillPlan {
  /** As the table tells it. */
  group: string
  point: string
  /** For SPOOLD_FAILPOINT: the point, and which time it kills there; undefined for a kill by the clock. */
  order: string | undefined
  /** The point is one that comes seldom: it is waited for. */
  isSought: boolean
}

/** Any point of any group; now and then one at which nobody has died yet, since some come seldom. */
export function planKill(random: () => number, deaths: KillPlan[]): KillPlan {
  if (random() < BY_CLOCK_SHARE) return byClock
  const missing = random() < MISSING_SHARE ? pointsNotIn(deaths) : []
  const group = oneOf(Object.keys(POINTS), random)
  const candidates = PLACES.filter((place) =>
    missing.length > 0 ? missing.includes(place.point) : place.group === group,
  )
  const { most, ...place } = oneOf(candidates, random)
  const order = `${place.point} ${1 + Math.floor(random() * most)}`
  return { ...place, order, isSought: missing.length > 0 }
}

/** While the database is made: at each of its statements. */
export function planCreationKill(statement: number): KillPlan {
  const point = 'inside migrate'
  return { group: 'while the database is made', point, order: `${point} ${statement}`, isSought: false }
}

/** A plan whose point did not come in time is carried out so, too. */
export const byClock: KillPlan = {
  group: 'any instant, by the clock',
  point: 'by the clock',
  order: undefined,
  isSought: false,
}

/** Groups of points that are in none of these plans. */
export function groupsNotIn(plans: KillPlan[]): string[] {
  return Object.keys(POINTS).filter((group) => !plans.some((plan) => plan.group === group))
}

function pointsNotIn(plans: KillPlan[]): string[] {
  return PLACES.map(({ point }) => point).filter((point) => !plans.some((plan) => plan.point === point))
}

function oneOf<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)] as T
}
