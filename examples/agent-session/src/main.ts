// A story in eight chapters, told with real data: what a session stores, and what it survives. Every ✓ is checked.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost } from '@perdure/actors'
import {
  canonicalJson,
  compileModel,
  evolve,
  isPerdureError,
  systemClock,
  unborn,
  viewFields,
} from '@perdure/core'
import type { EntityEvent, EntityState } from '@perdure/core'
import { loadSpecs } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { openDatabase } from './database.ts'
import { runAgentAndKill } from './killed-agent.ts'
import { bytes, chapter, check, table, tell } from './story.ts'
import { readTexts } from './texts.ts'

const hourMs = 3_600_000
const specFile = fileURLToPath(new URL('../session.ioa.toml', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'perdure-demo-'))
const url = process.env['DATABASE_URL'] ?? `pglite://${join(folder, 'data')}`
// On a database that is not ours everything goes to a schema of its own: this story moves the clock and deletes rows.
const schema = process.env['DATABASE_URL'] === undefined ? 'perdure' : 'perdure_demo'
const sessionId = `s-${process.pid}-${Date.now().toString(36)}`
try {
  await tellStory()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function tellStory(): Promise<void> {
  chapter('A spec is loaded and checked')
  const [spec] = await loadSpecs(specFile)
  if (spec === undefined) throw new Error('no spec')
  tell(
    `${spec.name}: ${spec.states.join(' → ')}, ${spec.actions.length} rules, ${spec.invariants.length} invariants`,
  )
  tell(`storage: ${url.replace(/:[^:@/]+@/, ':***@')}`)
  const start = async (clock = systemClock) =>
    createHost({ specs: [spec], storage: await openStorage(url, { schema }), clock })

  chapter('A session is spawned and given a large task')
  const texts = await readTexts()
  let host = await start()
  let session = await host.spawn('Session', { id: sessionId })
  const configured = await session.ask('Configure', { user_message: texts.userMessage })
  tell(
    `Configure: event ${configured.event.sequence}, committed; the message has ${bytes(Buffer.byteLength(texts.userMessage))}`,
  )
  check('it overflowed into a blob: the state holds a reference', 'user_message' in configured.state.refs)
  check(
    'reading it gives every character back',
    (await session.readFieldString('user_message')) === texts.userMessage,
  )
  const refused = await session.tryAsk('Finish')
  if (!refused.ok) tell(`Finish now? ${refused.error.code}: ${refused.error.message}`)
  check('a refused command leaves no trace', (await session.state()).version === configured.event.sequence)

  chapter('Two turns record large tool results, and the same document twice')
  await session.ask('Start')
  const results = ['EventTarget', 'ReadableStream'].map(texts.search)
  for (const tool_result of results)
    await session.ask('RecordTurn', { tool_result, document: texts.document })
  await host.stop()
  await showStored([
    texts.userMessage,
    ...results.map((result) => JSON.stringify(result)),
    texts.document,
    texts.document,
  ])

  chapter('An agent works in a process of its own, and is killed with SIGKILL in the middle of a turn')
  const killed = await runAgentAndKill([specFile, url, schema, sessionId], 12)
  tell(
    `killed by ${killed.signal}: ${killed.tried.length} turns tried, ${killed.acknowledged.size} acknowledged`,
  )

  chapter('A new process takes over: everything acknowledged is there, once, and the state is equal')
  host = await start()
  session = host.entity('Session', sessionId)
  const state = await session.state()
  const events: EntityEvent[] = []
  for await (const event of session.history()) events.push(event)
  const turns = events.flatMap(({ correlationId }) => correlationId ?? [])
  check(
    `all ${killed.acknowledged.size} acknowledged turns are in the log`,
    [...killed.acknowledged.keys()].every((turn) => turns.includes(turn)),
  )
  check('none of them twice', new Set(turns).size === turns.length)
  check(
    'nothing that was never tried',
    turns.every((turn) => killed.tried.includes(turn)),
  )
  check(
    'sequences run 1, 2, 3, … without a gap',
    events.every(({ sequence }, index) => sequence === index + 1),
  )
  const model = compileModel(spec)
  const stateAt = (sequence: number) => evolve(model, unborn, events.slice(0, sequence)).state
  const claims = [...killed.acknowledged.values()]
  check(
    'each acknowledged state is what the log gives at that event',
    claims.every((claim) => view(stateAt(claim.sequence)) === claim.state),
  )
  check('the live state is the sum of all events', view(state) === view(stateAt(events.length)))
  tell(`it stands at version ${state.version} with ${state.counters['turns']} turns`)
  await host.stop()

  chapter('A blob is deleted behind its back, and put back on reactivation')
  const hash = state.refs['user_message']?.hash ?? ''
  const database = await openDatabase(url)
  await database.query(`delete from ${schema}.blob_refs where hash = decode($1, 'hex')`, [hash])
  const deleted = await database.query(
    `delete from ${schema}.blobs where hash = decode($1, 'hex') returning size`,
    [hash],
  )
  await database.close()
  tell(`deleted from ${schema}.blobs: ${hash.slice(0, 16)}… of ${bytes(Number(deleted[0]?.['size']))}`)
  host = await start()
  session = host.entity('Session', sessionId)
  const before = await host.stats()
  await session.state()
  const after = await host.stats()
  check(
    'reactivation put one blob and its reference back',
    after.blobs === before.blobs + 1 && after.refs === before.refs + 1,
  )
  check('and it reads as before', (await session.readFieldString('user_message')) === texts.userMessage)
  await host.stop()

  chapter('The clock moves two hours on, past the lifetime of tool_result, and a sweep runs')
  host = await start({ ...systemClock, now: () => systemClock.now() + 2 * hourMs })
  session = host.entity('Session', sessionId)
  const swept = await host.sweep()
  tell(
    `the sweep expired ${swept.expiredRefs} references and deleted ${swept.deletedBlobs} blobs, ${bytes(swept.freedBytes)} on disk`,
  )
  const reason = await session.readField('tool_result').then(
    () => 'readable',
    (error: unknown) =>
      isPerdureError(error, 'field_unavailable') ? String(error.details['reason']) : String(error),
  )
  check(`tool_result is ${reason}`, reason === 'expired')
  check(
    'user_message, which is permanent, reads on',
    (await session.readFieldString('user_message')) === texts.userMessage,
  )
  check(
    'document, which is permanent, reads on',
    (await session.readFieldString('document')) === texts.document,
  )

  chapter('The session ends')
  const finished = await session.ask('Finish')
  tell(JSON.stringify(finished.state, undefined, 2).replaceAll('\n', '\n   '))
  await host.stop()
  if (schema !== 'perdure') tell(`what this wrote is in the schema ${schema}; drop it when you have looked`)
  console.log('\nEverything held.')
}

/** A state as text, for comparison. */
function view({ status, version, ...state }: EntityState): string {
  return canonicalJson({ status, version, fields: viewFields({ status, version, ...state }) })
}

async function showStored(texts: readonly string[]): Promise<void> {
  const database = await openDatabase(url)
  const events = await database.query(
    `select e.sequence, e.action, length(e.payload::text) as bytes from ${schema}.events e
     join ${schema}.entities n using (stream) where n.id = $1 order by e.sequence`,
    [sessionId],
  )
  const refs = await database.query(
    `select r.owner as field, encode(b.hash, 'hex') as hash, b.size, b.stored_size, b.codec, r.expires_at
     from ${schema}.blob_refs r join ${schema}.blobs b using (tenant, hash)
     join ${schema}.entities n on n.stream = r.stream
     where n.id = $1 order by r.owner`,
    [sessionId],
  )
  await database.close()
  tell('events:')
  table(
    events.map(({ sequence, action, bytes: size }) => [
      `  ${String(sequence)}`,
      String(action),
      bytes(Number(size)),
    ]),
  )
  tell('blobs, and the fields that refer to them:')
  table(
    refs.map(({ field, hash, size, stored_size: stored, codec, expires_at: expires }) => [
      `  ${String(field)}`,
      `${String(hash).slice(0, 16)}…`,
      `given ${bytes(Number(size))}`,
      `stored ${bytes(Number(stored))} (${String(codec)})`,
      expires === null ? 'permanent' : 'expires',
    ]),
  )
  const given = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const stored = refs.reduce((sum, ref) => sum + Number(ref['stored_size']), 0)
  tell(`given to the session so far: ${bytes(given)}; these blobs take ${bytes(stored)} at rest`)
  const documents = new Set(refs.filter(({ field }) => field === 'document').map(({ hash }) => hash))
  check('the document was given twice and is stored once', documents.size === 1)
}
