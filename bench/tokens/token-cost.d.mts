interface Bill {
  calls: number
  tokens: number
  read: number
}
export function measureTokens(
  number: number,
  mostWords: number,
): Promise<{
  answer: number
  chunks: number
  text: Bill
  structured: Bill
  seed: Bill
  seedFromZero: Bill
}>
