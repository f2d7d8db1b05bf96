import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'

describe('residency', () => {
  it('lets idle entities go when there are too many, and gives them back whole when asked for', async () => {
    const { host, task } = await startHost({ maxResidents: 10 })
    for (let index = 0; index < 50; index++) await (await task(`t-${index}`)).ask('Start')
    expect(host.residents).toBe(10)
    for (let index = 0; index < 50; index++) {
      const state = await host.entity('Task', `t-${index}`).state()
      expect(state).toMatchObject({ status: 'Busy', version: 2 })
    }
    expect(host.residents).toBe(10)
  })

  it('keeps what is not committed, whatever the bound, and comes back to it afterwards', async () => {
    const { host, storage, task } = await startHost({ maxResidents: 3 })
    const tasks = await Promise.all(Array.from({ length: 8 }, (_, index) => task(`t-${index}`)))
    const held = storage.hold('commit')
    const asked = tasks.map((each) => each.ask('Start'))
    await held.arrived
    expect(host.residents).toBe(8)
    held.release()
    const outcomes = await Promise.all(asked)
    expect(outcomes.map(({ state }) => state.status)).toEqual(tasks.map(() => 'Busy'))
    for (let index = 0; index < 8; index++) await host.entity('Task', `t-${index}`).state()
    expect(host.residents).toBe(3)
  })

  it('keeps an entity whose actor somebody holds', async () => {
    const { host, task } = await startHost({ maxResidents: 2 })
    const held = (await task('held')).actor
    for (let index = 0; index < 20; index++) await task(`t-${index}`)
    expect(held.getSnapshot().status).toBe('active')
    expect(host.entity('Task', 'held').actor).toBe(held)
    expect(host.passivate('Task', 'held')).toBe(true)
    expect(held.getSnapshot().status).toBe('stopped')
  })

  it('lets go of who was not asked for in a while, and of nobody else', async () => {
    const { host, clock, task } = await startHost({ passivateAfterMs: 60_000 })
    const [busy] = [await task('busy'), await task('idle')]
    await clock.advance(60_000)
    await busy.state()
    expect(host.residents).toBe(2)
    await clock.advance(60_000)
    expect(host.residents).toBe(1)
    await clock.advance(120_000)
    expect(host.residents).toBe(0)
    expect((await busy.state()).version).toBe(1)
  })

  it('refuses a bound that is none', async () => {
    await expect(startHost({ maxResidents: 0 })).rejects.toMatchObject({ code: 'invalid_option' })
    await expect(startHost({ passivateAfterMs: 0.5 })).rejects.toMatchObject({ code: 'invalid_option' })
  })
})
