// Outages: what lies between the routers goes away and comes back; every request ends all the same.
import assert from 'node:assert/strict'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import type { RouterStage } from '../router-stage.ts'
import { answered, echoOf, never } from '../router-stage.ts'

function outageOf(stage: RouterStage): NonNullable<RouterStage['outage']> {
  assert.ok(stage.outage, 'routers whose network can fail are adopted with outage')
  return stage.outage
}

export const outageCases: readonly RouterCase[] = routerGroup(
  'outages',
  {
    'ends every request that an outage meets, and none as an answer that was not given': async (stage) => {
      const outage = outageOf(stage)
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', never)
      await stage.seat(right, 'fast')
      const waiting = Array.from({ length: 5 }, () => stage.send(left, 'b', '', { timeoutMs: 3_000 }))
      await stage.untilHanded(5)
      const rush = Array.from({ length: 50 }, (_, index) =>
        stage.send(left, 'fast', `${index}`, { timeoutMs: 3_000 }),
      )
      await outage.begin()
      const during = Array.from({ length: 5 }, () => stage.send(left, 'fast', '', { timeoutMs: 3_000 }))
      for (const one of waiting)
        assert.equal((await stage.within(one, 'a request that waits')).kind, 'unanswered')
      for (const [index, one] of rush.entries()) {
        const result = await stage.within(one, 'a request on its way')
        if (result.kind === 'answered') answered(result, echoOf('fast', `${index}`))
      }
      for (const one of during) {
        const result = await stage.within(one, 'a request during the outage')
        assert.notEqual(result.kind, 'answered')
      }
      await outage.end()
    },

    'says what is wrong during an outage, and mends itself': async (stage) => {
      const outage = outageOf(stage)
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b')
      answered(await stage.send(left, 'b', 'before'), echoOf('b', 'before'))
      for (let round = 0; round < 2; round++) {
        await outage.begin()
        for (const router of [left, right])
          await stage.eventually(() => router.trouble?.code === 'router_unavailable', 'trouble')
        await outage.end()
        for (const router of [left, right])
          await stage.eventually(() => router.trouble === undefined, 'the end of trouble')
        answered(
          await stage.within(stage.send(left, 'b', 'after'), 'a request after it'),
          echoOf('b', 'after'),
        )
      }
      answered(await stage.send(right, 'b', 'from the other'), echoOf('b', 'from the other'))
    },

    'is closed during an outage as at any time': async (stage) => {
      const outage = outageOf(stage)
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', never)
      const sent = stage.send(left, 'b', '', { timeoutMs: 3_000 })
      await stage.untilHanded(1)
      await outage.begin()
      await stage.within(Promise.all([left.close(), right.close()]), 'closing during an outage')
      assert.equal((await stage.within(sent, 'its request')).kind, 'unanswered')
      await outage.end()
    },
  },
  'outage',
)
