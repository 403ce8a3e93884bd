/** Closes opened resources in reverse order. */
export interface CloseStack {
  add(close: () => unknown): void
  /** Closes all, even if one fails; then throws the first error. A second call does nothing. */
  closeAll(): Promise<void>
}

export function closeStack(): CloseStack {
  const closers: (() => unknown)[] = []
  return {
    add: (close) => closers.push(close),
    async closeAll() {
      const failures: unknown[] = []
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
