// Every campaign, run short; `pnpm test:soak` runs them long.
import { expect, inject, it } from 'vitest'
import { campaigns } from './campaigns.ts'
import { probePoints } from './probe-points.ts'
import { runCampaign } from './run-campaign.ts'

const seed = Number(process.env['PERDURE_SEED'] ?? 1)

for (const campaign of campaigns) {
  it(`loses nothing, stores nothing twice and keeps order through ${campaign.about}`, async ({ skip }) => {
    const whyNot = await campaign.whyNot?.()
    if (whyNot !== undefined) skip(whyNot)
    const options = { serverUrl: inject('postgresUrl'), seed, faults: campaign.short }
    const { faults, acknowledged } = await runCampaign(campaign, options)
    expect(faults).toBeGreaterThanOrEqual(campaign.short)
    expect(acknowledged).toBeGreaterThan(0)
  })
}

it('knows the named points of the sources', async () => {
  const some = ['cycle.before_commit', 'entity.before_restore', 'storage.commit.written']
  expect(await probePoints()).toEqual(expect.arrayContaining(some))
})
