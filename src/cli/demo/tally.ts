/** A chunk as kiro_task_status gives it. */
export interface SeenChunk {
  index: number
  kind: string
  content: string
}

export interface Tally {
  lost: number
  repeated: number
}

/**
 * Counts what a poller lost and what it got twice, chunk by chunk against the stored history: a chunk that is missing
 * or different is lost.
 */
export function tallyChunks(seen: SeenChunk[], stored: SeenChunk[]): Tally {
  const byIndex = new Map(seen.map((chunk) => [chunk.index, chunk.content]))
  const lost = stored.filter((chunk) => byIndex.get(chunk.index) !== chunk.content).length
  return { lost, repeated: seen.length - byIndex.size }
}

/** The same, line by line against what the command was to write. A line in the wrong place counts as lost. */
export function tallyLines(text: string, expected: string[]): Tally {
  const lines = text.split(/(?<=\n)/)
  let at = 0
  let lost = 0
  for (const line of expected) {
    const found = lines.indexOf(line, at)
    if (found === -1) lost += 1
    else at = found + 1
  }
  return { lost, repeated: lines.length - new Set(lines).size }
}
