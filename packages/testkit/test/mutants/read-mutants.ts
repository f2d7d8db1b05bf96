// Mutants that read, load or list wrongly.
import type { EntityEvent, EventPage } from '@perdure/core'
import { compareUtf16, listAll } from './listing.ts'
import { turn, versionOf } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** The page with other events in it. */
function decodedAs(
  { last }: Pick<EventPage, 'last'>,
  read: () => Promise<readonly EntityEvent[]>,
): EventPage {
  return {
    last,
    decode: async function* () {
      yield await read()
    },
  }
}

async function eventsOf(page: EventPage): Promise<readonly EntityEvent[]> {
  const events: EntityEvent[] = []
  for await (const part of page.decode()) events.push(...part)
  return events
}

export const readMutants: readonly Mutant[] = [
  {
    name: 'drops the limit of a read',
    breaks: 'reads the first n under a limit of n',
    mutate: (sound) => ({
      readEvents: (entity, range) => sound.readEvents(entity, { ...range, limit: Infinity }),
    }),
  },
  {
    name: 'takes a limit of 0 for none',
    breaks: 'reads nothing under a limit of 0',
    mutate: (sound) => ({
      readEvents: (entity, { limit, ...range } = {}) =>
        sound.readEvents(entity, { ...range, limit: limit === undefined || limit === 0 ? Infinity : limit }),
    }),
  },
  {
    name: 'leaves out the upper bound',
    breaks: 'reads up to a sequence, inclusive',
    mutate: (sound) => ({
      readEvents: (entity, range = {}) =>
        sound.readEvents(
          entity,
          range.toSequence === undefined ? range : { ...range, toSequence: range.toSequence - 1 },
        ),
    }),
  },
  {
    name: 'reads newest first',
    breaks: 'reads all events in order when no range is given',
    mutate: (sound) => ({
      readEvents: async (entity, range) => (await sound.readEvents(entity, range)).toReversed(),
    }),
  },
  {
    name: 'reads the head before the tail, in two steps',
    breaks: 'loads a whole that fits together while others commit',
    mutate: (sound) => ({
      load: async (entity, { specHash }) => {
        const [head] = await sound.readHeads([entity])
        await turn()
        const loaded = await sound.load(entity, { specHash })
        return head && loaded && { ...loaded, head }
      },
    }),
  },
  {
    name: 'loads every event beside a snapshot',
    breaks: 'loads the snapshot and the events after it',
    mutate: (sound) => ({
      load: async (entity, options) => {
        const loaded = await sound.load(entity, options)
        return loaded && { ...loaded, tail: await sound.readEvents(entity) }
      },
    }),
  },
  {
    name: 'skips the first event of every page',
    breaks: 'reads a page from any sequence on, decoded however late, and not beyond its end',
    mutate: (sound) => ({
      readPage: async (entity, range) => {
        const page = await sound.readPage(entity, range)
        return page && decodedAs(page, async () => (await eventsOf(page)).slice(1))
      },
    }),
  },
  {
    name: 'reads pages up to the head of the moment',
    breaks:
      'reads a long tail on, page by page, to the head that was loaded, whatever is committed meanwhile',
    mutate: (sound) => ({
      readPage: async (entity, range) =>
        sound.readPage(entity, { ...range, toSequence: await versionOf(sound, entity) }),
    }),
  },
  {
    name: 'decodes what is stored by then, not what it has read',
    breaks: 'reads a page from any sequence on, decoded however late, and not beyond its end',
    mutate: (sound) => ({
      readPage: async (entity, range) => {
        const page = await sound.readPage(entity, range)
        const atRest = { ...range, toSequence: page?.last ?? 0 }
        return page && decodedAs(page, () => sound.readEvents(entity, atRest))
      },
    }),
  },
  {
    name: 'answers for an erased history with an empty page',
    breaks: 'says that the events of a page are gone when the entity was erased between two',
    mutate: (sound) => ({
      readPage: async (entity, range) =>
        (await sound.readPage(entity, range)) ?? decodedAs({ last: range.toSequence }, async () => []),
    }),
  },
  {
    name: 'hides deleted entities from load',
    breaks: 'loads a deleted entity with deletedAt',
    mutate: (sound) => ({
      load: async (entity, options) => {
        const loaded = await sound.load(entity, options)
        return loaded?.head.deletedAt === undefined ? loaded : undefined
      },
    }),
  },
  {
    name: 'forgets idempotency keys',
    breaks: 'finds the event that was committed under an idempotency key',
    mutate: () => ({ findByIdempotencyKey: async () => undefined }),
  },
  {
    name: 'looks for an idempotency key in every entity',
    breaks: 'finds nothing under a key that this entity never used',
    mutate: (sound) => ({
      findByIdempotencyKey: async (entity, key) => {
        const heads = await sound.listEntities({ ...entity, limit: Infinity })
        const found = await Promise.all(
          [entity, ...heads].map((head) => sound.findByIdempotencyKey(head, key)),
        )
        return found.find((event) => event !== undefined)
      },
    }),
  },
  {
    name: 'reads heads in the order it stores them',
    breaks: 'reads heads in the order asked, with undefined where there is none',
    mutate: (sound) => ({
      readHeads: async (entities) =>
        (await sound.readHeads(entities)).toSorted((left, right) =>
          (left?.id ?? '') < (right?.id ?? '') ? -1 : 1,
        ),
    }),
  },
  {
    name: 'leaves out heads that are not there',
    breaks: 'reads heads in the order asked, with undefined where there is none',
    mutate: (sound) => ({
      readHeads: async (entities) => (await sound.readHeads(entities)).filter((head) => head !== undefined),
    }),
  },
  {
    name: 'lists in the order of a locale',
    breaks: 'lists entities by id in the order of their UTF-8 bytes',
    mutate: (sound) => ({
      listEntities: (filter) => listAll(sound, filter, (left, right) => left.localeCompare(right, 'en')),
    }),
  },
  {
    name: 'lists in the order of UTF-16 units',
    breaks: 'lists entities by id in the order of their UTF-8 bytes',
    mutate: (sound) => ({ listEntities: (filter) => listAll(sound, filter, compareUtf16) }),
  },
  {
    name: 'lists the id it should begin after again',
    breaks: 'lists every entity once when paged through',
    mutate: (sound) => ({
      listEntities: (filter) => listAll(sound, filter, compareUtf16, true),
    }),
  },
  {
    name: 'ignores the status filter',
    breaks: 'lists only entities in the status asked for',
    mutate: (sound) => ({
      listEntities: ({ tenant, type, limit }) => sound.listEntities({ tenant, type, limit }),
    }),
  },
  {
    name: 'lists across tenants whatever the status',
    breaks: 'lists the living entities of a type across tenants, by tenant, then id',
    mutate: (sound) => ({
      listAcrossTenants: ({ type, limit }) => sound.listAcrossTenants({ type, limit }),
    }),
  },
  {
    name: 'lists on across tenants by id alone',
    breaks: 'lists the living entities of a type across tenants, by tenant, then id',
    mutate: (sound) => ({
      listAcrossTenants: async ({ after, ...filter }) => {
        const heads = await sound.listAcrossTenants(filter)
        return after === undefined ? heads : heads.filter(({ id }) => id > after.id)
      },
    }),
  },
  {
    name: 'lists deleted entities unasked',
    breaks: 'leaves deleted entities out of a list unless asked for them',
    mutate: (sound) => ({
      listEntities: (filter) => sound.listEntities({ ...filter, includeDeleted: true }),
    }),
  },
  {
    name: 'turns a range round that is the wrong way',
    breaks: 'reads nothing from an empty range',
    mutate: (sound) => ({
      readEvents: (entity, { fromSequence = 1, toSequence = Infinity, ...rest } = {}) =>
        sound.readEvents(entity, {
          fromSequence: Math.min(fromSequence, toSequence),
          toSequence: Math.max(fromSequence, toSequence),
          ...rest,
        }),
    }),
  },
  {
    name: 'reads the last event when asked for one beyond it',
    breaks: 'reads nothing beyond the head',
    mutate: (sound) => ({
      readEvents: async (entity, range = {}) => {
        const version = await versionOf(sound, entity)
        return sound.readEvents(entity, {
          ...range,
          fromSequence: Math.min(range.fromSequence ?? 1, version),
        })
      },
    }),
  },
  {
    name: 'loads an empty entity where there is none',
    breaks: 'loads nothing for an entity that was never created',
    mutate: (sound) => ({
      load: async (entity, options) =>
        (await sound.load(entity, options)) ?? {
          head: { ...entity, version: 0, status: '', updatedAt: 0 },
          tail: [],
        },
    }),
  },
  {
    name: 'lists heads without the time of their last event',
    breaks: 'lists heads as it reads them',
    mutate: (sound) => ({
      listEntities: async (filter) =>
        (await sound.listEntities(filter)).map((head) => ({ ...head, updatedAt: 0 })),
    }),
  },
  {
    name: 'lists a thousand entities at most',
    breaks: 'lists and sweeps thousands',
    mutate: (sound) => ({
      listEntities: (filter) => sound.listEntities({ ...filter, limit: Math.min(filter.limit, 1_000) }),
    }),
  },
  {
    name: 'counts a negative bound from the end',
    breaks: 'reads nothing when the range ends before the first event',
    mutate: (sound) => ({
      readEvents: async (entity, range = {}) => {
        const end = await versionOf(sound, entity)
        const toSequence = range.toSequence ?? end
        return sound.readEvents(entity, {
          ...range,
          toSequence: toSequence < 0 ? end + toSequence : toSequence,
        })
      },
    }),
  },
  {
    name: 'takes a bound before the first event for part of the limit',
    breaks: 'reads from the first event when the range begins before it',
    mutate: (sound) => ({
      readEvents: (entity, { fromSequence = 1, limit = Infinity, ...rest } = {}) =>
        sound.readEvents(entity, { fromSequence, limit: limit + Math.min(fromSequence - 1, 0), ...rest }),
    }),
  },
]
