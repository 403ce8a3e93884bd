import { join } from 'node:path'
import { describe } from 'vitest'
import { openStore } from '../../src/store/store.js'
import { storeContract } from '../contract/store.js'
import { tempDirectory } from '../helpers/temp-state.js'

describe('the store on SQLite', () => {
  storeContract(() => {
    const store = openStore({ file: join(tempDirectory('store'), 'spoold.db'), durability: 'full' })
    return { store, dispose: () => store.close() }
  })
})
