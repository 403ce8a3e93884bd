// open-store.mjs with die-at-statement.mjs loaded before it, for test/helpers/build.ts to bundle.
import './die-at-statement.mjs'
import './open-store.mjs'
