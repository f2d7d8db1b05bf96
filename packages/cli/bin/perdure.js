#!/usr/bin/env node
// Not compiled, so that package managers find it at install time, before the sources are built.
import module from 'node:module'

// Node 22 and later keep compiled code between runs: the next start is faster.
module.enableCompileCache?.()
const { main } = await import('../dist/main.js')
await main()
