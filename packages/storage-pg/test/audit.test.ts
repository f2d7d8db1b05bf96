import type { VerifyFinding } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { Audit } from '../src/verify/audit.ts'
import type { Page } from '../src/verify/audit.ts'

const finding = (position: bigint): VerifyFinding => ({ kind: 'misplaced_position', position })

function page(last: number | undefined, ...findings: readonly VerifyFinding[]): Page<number> {
  return { rows: 10, last, findings }
}

describe('an audit', () => {
  it('reports only what a second look confirms, and goes on after the second', async () => {
    const audit = new Audit({})
    const pages = [page(1, finding(1n), finding(2n)), page(2, finding(2n), finding(3n)), page(undefined)]
    const asked: (number | undefined)[] = []
    await audit.walk<number>('events', async (after) => {
      asked.push(after)
      return pages.shift() ?? page(undefined)
    })
    expect(asked).toEqual([undefined, undefined, 2])
    expect(audit.report(0n)).toMatchObject({ findings: [finding(2n)], findingCount: 1, events: 20 })
  })

  it('looks once where nothing is wrong', async () => {
    const audit = new Audit({})
    let looks = 0
    await audit.walk<number>('blobs', async () => {
      looks++
      return page(undefined)
    })
    expect(looks).toBe(1)
  })
})
