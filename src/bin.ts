#!/usr/bin/env node
import { createRequire } from 'node:module'
import { commandWord, isQuick } from './cli/commands.js'

// The same program in two bundles of bundle.mjs: one small file for quick commands, and everything. They are named by
// path, because a look into package.json takes milliseconds.
if (isQuick(commandWord(process.argv.slice(2)))) createRequire(import.meta.url)('./quick.cjs')
else void import('./full.js' as string)
