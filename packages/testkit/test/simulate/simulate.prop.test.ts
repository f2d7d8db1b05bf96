import { runOfSeed, simulate, simulateEveryFault, simulateRun, timeFaults } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { describe, expect, it } from 'vitest'
import { sessionSpec } from '../arbitraries/specs.ts'
import { retryAppliedTwice } from './planted/cycle-bugs.ts'

const specs = [sessionSpec]
const options = { specs, counterexamples: false as const }
/** Runs where somebody may have more time than a commit: FC_NUM_RUNS deepens the campaign. */
const seeds = Number(process.env['FC_NUM_RUNS'] ?? 300)
/** What a commit waits for: each 300 seeds two minutes at most, however busy the machine. */
const withinMs = (120_000 * seeds) / 300

it(
  'hundreds of seeds keep every promise, and reach what a campaign must reach',
  { timeout: withinMs },
  async () => {
    const report = await simulate({ ...options, seed: 1, seeds })
    expect(report).toHold()
    for (const point of [
      'answered: acked',
      'answered: guard_failed',
      'answered: idempotency_key_reused',
      'answered: not_json',
      'answered: unavailable',
      'commit: conflict',
      'commit: repeated',
      'commit: several entities',
      'commit: several events of an entity',
      'content put back',
      'crash with commands on their way',
      'crashAfter of commit',
      'crashBefore of commit',
      'crashDuring of commit',
      'duplicate of commit',
      'failAfter of commit',
      'failBefore of load',
      'load: from a snapshot',
      'pause with commands on their way',
      'sweep with commands on their way',
      'sweep: deleted',
    ])
      expect(report.reached.get(point) ?? 0, point).toBeGreaterThan(0)
  },
)

it.each(['reorder', 'clockJump'] as const)('a campaign of %s alone keeps every promise', async (kind) => {
  const faults = timeFaults.filter((fault) => fault.kind === kind)
  const report = await simulate({ ...options, seed: 1, seeds: 80, faults })
  expect(report).toHold()
  expect(report.reached.get(`${kind} of commit`) ?? 0).toBeGreaterThan(0)
})

describe('a seed', () => {
  it('is the same run every time, to the last call', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const first = await simulate({ ...options, seed })
      const again = await simulate({ ...options, seed })
      expect(again.traceHash).toBe(first.traceHash)
    }
  })

  it('is another run than its neighbours', async () => {
    const hashes = new Set<string>()
    for (let seed = 1; seed <= 60; seed++) hashes.add((await simulate({ ...options, seed })).traceHash)
    expect(hashes.size).toBe(60)
  })

  it('takes hardly any time for hours of it', async () => {
    const start = performance.now()
    const { virtualMs } = await simulate({ ...options, seed: 1, seeds: 50 })
    expect(virtualMs / (performance.now() - start)).toBeGreaterThan(100)
  })

  it('comes from the environment, if it names one, and then stands for one run', async () => {
    process.env['PERDURE_SEED'] = '7'
    try {
      expect(await simulate({ ...options, seeds: 100 })).toMatchObject({ seed: 7, runs: 1 })
    } finally {
      delete process.env['PERDURE_SEED']
    }
  })
})

describe('a run as data', () => {
  it('is carried out as its seed was, once the faults that struck are written down', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const seen = await simulateRun(runOfSeed(seed, options), options)
      const again = await simulateRun(seen.run, options)
      expect(again.traceHash).toBe(seen.traceHash)
    }
  })

  it('is tried with every single fault at every call', async () => {
    const run = runOfSeed(4, { ...options, steps: 12 })
    const report = await simulateEveryFault(run, options)
    expect(report).toHold()
    expect(report.runs).toBeGreaterThan(20)
  })

  it(
    'of five different scripts is tried with every single fault at every call',
    { timeout: 60_000 },
    async () => {
      let runs = 0
      for (const seed of [1, 4, 5, 6, 7]) {
        const report = await simulateEveryFault(runOfSeed(seed, { ...options, steps: 20 }), options)
        expect(report).toHold()
        runs += report.runs
      }
      expect(runs).toBeGreaterThan(400)
    },
  )

  it('shows by exhaustive faults what no run without faults shows', async () => {
    const planted = { ...options, startHost: retryAppliedTwice.startHost }
    const run = runOfSeed(4, { ...options, steps: 12 })
    expect((await simulateRun(run, planted)).violation).toBeUndefined()
    const report = await simulateEveryFault(run, planted)
    expect(report).not.toHold()
    if (report.kind === 'fails') expect(report.error.message).toMatch(/happened twice[^]*repro: /)
  })
})
