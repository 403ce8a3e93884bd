import { readFileSync } from 'node:fs'

const INTERVAL_MS = 500

export interface MemoryWatch {
  stop(): {
    peakMiB: number
    /** The rise of the regression line through the second half of the samples. */
    growthMiB: number
  }
}

/** Samples the resident memory of a process twice a second. Linux only. */
export function watchMemory(pid: number): MemoryWatch {
  const samples: number[] = []
  const timer = setInterval(() => samples.push(read(pid, 'VmRSS')), INTERVAL_MS)
  return {
    stop() {
      clearInterval(timer)
      const peakMiB = read(pid, 'VmHWM')
      return { peakMiB, growthMiB: rise(samples.slice(samples.length / 2)) }
    },
  }
}

function read(pid: number, name: string): number {
  return (
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) /
    1024
  )
}

/** The rise of the regression line (least squares) from the first to the last value. */
function rise(values: number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let product = 0
  let square = 0
  for (const [at, value] of values.entries()) {
    product += (at - middle) * (value - mean)
    square += (at - middle) ** 2
  }
  return (product / square) * (values.length - 1)
}
