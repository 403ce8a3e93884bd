#!/usr/bin/env node
import { createRequire } from 'node:module'
import { commandWord, isQuick } from './cli/quick-commands.js'

// The same program in two bundles (bundle.mjs): one file without what only few commands need, and all of it.
if (isQuick(commandWord(process.argv.slice(2)))) createRequire(import.meta.url)('#quick')
else void import('#full' as string)
