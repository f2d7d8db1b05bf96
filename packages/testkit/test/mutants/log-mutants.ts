// Mutants that read the log wrongly, or keep its news to themselves.
import type { LogPage, LogRange } from '@perdure/core'
import type { Mutant } from './mutant.ts'

type Mutate = NonNullable<Mutant['mutate']>

/** The sound pages, changed. */
function reading(change: (page: LogPage, range: LogRange) => LogPage): Mutate {
  return (sound) => ({ readLog: async (range) => change(await sound.readLog(range), range) })
}

const deaf: Mutate = (sound) => ({
  watchLog: async () => {
    const watch = await sound.watchLog()
    return {
      ...watch,
      close: () => watch.close(),
      changed: (_after, signal) => watch.changed(2n ** 63n, signal),
    }
  },
})

export const logMutants: readonly Mutant[] = [
  {
    name: 'skips a position at the end of each page',
    breaks: 'reads the same log whatever the size of its pages',
    mutate: reading((page, { limit }) =>
      page.entries.length === limit ? { ...page, seenUpTo: page.seenUpTo + 1n } : page,
    ),
  },
  {
    name: 'shows the last event of a page again on the next',
    breaks: 'shows a reader each event once while commits run at once',
    mutate: reading((page) =>
      page.entries.length > 1 ? { ...page, seenUpTo: page.entries.at(-2)?.position ?? 0n } : page,
    ),
  },
  {
    name: 'takes the head of a later moment for what a page has seen',
    breaks: 'shows a reader each event once while commits run at once',
    mutate: (sound) => ({
      readLog: async (range) => {
        const page = await sound.readLog(range)
        await new Promise((resolve) => setImmediate(resolve))
        const { head } = await sound.readLog({ after: 0n, limit: 0 })
        return { ...page, head, seenUpTo: page.seenUpTo === page.head ? head : page.seenUpTo }
      },
      commit: async (units) => {
        await new Promise((resolve) => setImmediate(resolve))
        return sound.commit(units)
      },
    }),
  },
  {
    name: 'reads the log entity by entity',
    breaks: 'reads the log in order of position, every event as it was committed',
    mutate: reading((page) => ({
      ...page,
      entries: page.entries.toSorted((left, right) => (left.event.id < right.event.id ? -1 : 1)),
    })),
  },
  {
    name: 'filters a page and takes its reader to the end of the log',
    breaks: 'takes its reader past what a filter leaves out',
    mutate: reading((page, { types, tenant }) =>
      types === undefined && tenant === undefined ? page : { ...page, seenUpTo: page.head },
    ),
  },
  {
    name: 'takes no reader past what a filter leaves out',
    breaks: 'takes its reader past what a filter leaves out',
    mutate: reading((page, { after }) => ({ ...page, seenUpTo: page.entries.at(-1)?.position ?? after })),
  },
  {
    name: 'takes an empty list of types for no filter',
    breaks: 'takes its reader past what a filter leaves out',
    mutate: (sound) => ({
      readLog: ({ types, ...range }) =>
        sound.readLog({ ...range, ...(types === undefined || types.length === 0 ? {} : { types }) }),
    }),
  },
  {
    name: 'moves a reader that is ahead back to the head',
    breaks: 'has nothing behind the head, and moves no reader back',
    mutate: reading((page) => (page.seenUpTo > page.head ? { ...page, seenUpTo: page.head } : page)),
  },
  {
    name: 'fills a page whatever its events take',
    breaks: 'ends a page before its events take too many bytes',
    mutate: (sound) => ({ readLog: (range) => sound.readLog({ ...range, maxBytes: Infinity }) }),
  },
  {
    name: 'never tells that the log has grown',
    breaks: 'wakes a watch when events are committed',
    mutate: deaf,
  },
  {
    name: 'tells of commits only those who are waiting just then',
    breaks: 'wakes a watch for what was committed before it began to wait',
    mutate: (sound) => ({
      watchLog: async () => {
        let watch = await sound.watchLog()
        return {
          changed: async (after, signal) => {
            watch.close()
            watch = await sound.watchLog()
            return watch.changed(after, signal)
          },
          close: () => watch.close(),
        }
      },
    }),
  },
  {
    name: 'lets a watch wait on when it is closed',
    breaks: 'ends the wait of a watch when its signal fires, when it is closed, and when the storage is',
    mutate: (sound) => ({
      watchLog: async () => {
        const watch = await sound.watchLog()
        return { changed: (after, signal) => watch.changed(after, signal), close: () => {} }
      },
    }),
  },
  {
    name: 'hears nothing of the commits of others',
    breaks: 'wakes a watch for what another opening commits',
    mutate: deaf,
  },
]
