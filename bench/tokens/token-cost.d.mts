interface Cost {
  calls: number
  tokens: number
  read: number
}
export function measureTokens(
  seed: number,
  maxWords: number,
): Promise<{
  answer: number
  chunks: number
  text: Cost
  structured: Cost
  original: Cost
  originalFromZero: Cost
}>
