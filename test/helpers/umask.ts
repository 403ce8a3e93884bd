/** Runs a function under a umask, which applies to the whole process. */
export function withUmask<T>(umask: number, run: () => T): T {
  const before = process.umask(umask)
  try {
    return run()
  } finally {
    process.umask(before)
  }
}
