// The contents that an entity's events name, read before it is erased: those it has let go of have no owner any more.
import { contentsOfEvent, isPerdureError } from '@perdure/core'
import type { EntityKey } from '@perdure/core'
import { readPage } from '../load/read-page.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'

/** Hashes of those that are stored, in lower-case hex. A damaged history is read as far as it goes: it must be possible to erase it. */
export async function contentsOfHistory(
  context: StorageContext,
  entity: EntityKey,
): Promise<ReadonlySet<string>> {
  const { rows } = await context.statements.load.readHeads.run(context.database, [[streamKey(entity)]])
  const [head] = rows
  const contents = new Set<string>()
  if (head === undefined || head.erasedAt !== null) return contents
  const version = Number(head.version)
  try {
    for (let next = 1; next <= version;) {
      const page = await readPage(context, entity, { fromSequence: next, toSequence: version })
      if (page === undefined) break
      for await (const events of page.decode())
        for (const event of events) for (const hash of contentsOfEvent(event)) contents.add(hash)
      next = page.last + 1
    }
  } catch (error) {
    if (!isPerdureError(error, 'corrupt_stream')) throw error
  }
  const hashes = [...contents].map((hash) => Buffer.from(hash, 'hex'))
  const stored = await context.statements.contents.findBlobs.run(context.database, [
    hashes.map(() => entity.tenant),
    hashes,
  ])
  return new Set(stored.rows.map(({ hash }) => hash.toString('hex')))
}
