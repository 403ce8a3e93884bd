#!/usr/bin/env node
import { createRequire } from 'node:module'
import { commandWord, isQuick } from './cli/quick-commands.js'

// The same program in two bundles, which bundle.mjs puts beside this one: one file without what only few commands need, and
// all of it. By their paths, since a look into package.json takes milliseconds.
if (isQuick(commandWord(process.argv.slice(2)))) createRequire(import.meta.url)('./quick.cjs')
else void import('./full.js' as string)
