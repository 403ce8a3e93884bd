/** Remembers how to close what was opened, and closes it in the opposite order. */
export interface CloseStack {
  add(close: () => unknown): void
  /** Closes all, also when one of them fails; then throws the first failure. A second call does nothing more. */
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
