// The process that parser-process.ts forks: loads whatever bytes it is sent as a spec file, and says what became of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { loadSpecs, SpecError } from '@perdure/spec-parser'

import type { ParseReply } from './parser-process.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'perdure-bytes-'))
const answer = (reply: ParseReply | 'ready') => process.send?.(reply)

async function load(bytes: Uint8Array): Promise<ParseReply> {
  try {
    writeFileSync(path.join(folder, 'a.ioa.toml'), bytes)
    // A hang on purpose, which proves that the watchdog bites.
    while (Buffer.from(bytes).toString() === 'hang') continue
    await loadSpecs('a.ioa.toml', { cwd: folder })
    return { kind: 'loaded' }
  } catch (error) {
    if (error instanceof SpecError) return { kind: 'refused', code: error.code, issues: error.issues }
    return { kind: 'untyped', error: String(error) }
  }
}

process.on('message', (bytes: Uint8Array) => void load(bytes).then(answer))
process.on('disconnect', () => process.exit())
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
answer('ready')
