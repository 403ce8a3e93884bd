import type { Piece } from '../../../src/domain/chunk.js'

export const TASK_ID: string
export function piecesOf(seed: number, n: number): Piece[]
