/**
 * The store's input for a new task in a new session.
 *
 * @param {string} id
 */
export function newTask(id) {
  return {
    id,
    session: { open: { id: `session of ${id}`, agent: 'bench', workingDirectory: '/', at: 1 } },
    agent: 'bench',
    model: null,
    message: 'x',
    argv: null,
    workingDirectory: '/',
    priority: 0,
    idempotencyKey: null,
    at: 1,
    ttlMs: 1,
    timeoutMs: null,
    stallMs: null,
    permissions: 'deny',
  }
}

/**
 * Creates and claims a task, and returns the run that an append needs.
 *
 * @param {import('../../dist/src/domain/store.js').TaskStore} store
 * @param {string} id
 */
export async function claimNewTask(store, id = 'task') {
  await store.createTask(newTask(id), Number.MAX_SAFE_INTEGER)
  return store.claimNext({ at: 1, token: 'token', exceptAgents: [] })
}
