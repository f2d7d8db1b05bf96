// Values that no host may take in, by name: a run is JSON, and these are what JSON cannot say.

/** What a hostile value is called. */
export type HostileKind =
  | 'NaN'
  | 'Infinity'
  | 'undefined'
  | 'bigint'
  | 'function'
  | 'symbol'
  | 'date'
  | 'map'
  | 'cycle'
  | 'hole'
  | 'deep'
  | 'accessor'
  | 'throwing'

const makers: Readonly<Record<HostileKind, () => unknown>> = {
  NaN: () => NaN,
  Infinity: () => Infinity,
  undefined: () => undefined,
  bigint: () => 1n,
  function: () => () => 1,
  symbol: () => Symbol('s'),
  date: () => new Date(0),
  map: () => new Map([['a', 1]]),
  cycle: () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    return cycle
  },
  // oxlint-disable-next-line no-sparse-arrays -- the hole is the point
  hole: () => [1, , 3],
  deep: () => {
    let value: unknown = 1
    for (let depth = 0; depth < 5_000; depth++) value = [value]
    return value
  },
  accessor: () => ({
    get trap(): never {
      throw new Error('a hostile getter was called')
    },
  }),
  throwing: () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('a hostile proxy was looked into')
        },
      },
    ),
}

/** Every hostile value there is. */
export const hostileKinds: readonly HostileKind[] = Object.keys(makers) as HostileKind[]

/** Makes the value anew, so that runs share nothing. */
export function hostileValue(kind: HostileKind): unknown {
  return makers[kind]()
}
