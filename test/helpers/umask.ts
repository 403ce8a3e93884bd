/** Runs something under a umask, which belongs to the whole process. */
export function withUmask<T>(umask: number, run: () => T): T {
  const before = process.umask(umask)
  try {
    return run()
  } finally {
    process.umask(before)
  }
}
