// A storage that hands out less than it was given: nothing of it reaches a reader.
import { expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import { long } from './helpers/task-spec.ts'

it('takes content that was cut short for damaged, whatever the storage thinks of it', async () => {
  const { task, storage } = await startHost()
  const ref = await task('t-1')
  await ref.ask('Write', { note: long('n') })
  storage.intervene('readBlob', async (carryOut) => ((await carryOut()) as Uint8Array).slice(0, -1))
  await expect(ref.readField('note')).rejects.toMatchObject({ code: 'field_unavailable', reason: 'corrupt' })
  expect(await ref.readField('note')).toBe(long('n'))
})
