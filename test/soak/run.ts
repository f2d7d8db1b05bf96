// `pnpm test:soak [name …] [--minutes n] [--faults n] [--seed s] [--json]`: runs campaigns against a server of its own, each
// until its faults were brought about or its minutes are over, says how they go on stderr and what they came to on stdout.
// Exit code 1 when a promise was broken.
import { parseArgs } from 'node:util'
import { startServer } from '../setup/server.ts'
import type { CampaignResult } from './campaign.ts'
import { campaigns } from './campaigns.ts'
import { runCampaign } from './run-campaign.ts'

interface Line {
  readonly name: string
  readonly about: string
  readonly seconds: number
  readonly result?: CampaignResult
  readonly error?: string
  readonly whyNot?: string
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    faults: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(performance.timeOrigin) % 1_000_000) },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const unknown = positionals.filter((name) => !campaigns.some((campaign) => campaign.name === name))
const chosen = campaigns.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (values.list || unknown.length > 0) {
  for (const name of unknown) say(`there is no campaign ${name}`)
  for (const { name, about } of campaigns) say(`${name.padEnd(16)} ${about}`)
  process.exit(unknown.length > 0 ? 2 : 0)
}

const seed = Number(values.seed)
const server = await startServer()
const lines: Line[] = []
for (const campaign of chosen) {
  const { name, about } = campaign
  say(`${name}: ${about} (seed ${seed})`)
  const begun = performance.now()
  const faults = values.faults === undefined ? campaign.long : Number(values.faults)
  const minutes = values.minutes === undefined ? {} : { minutes: Number(values.minutes) }
  const options = { serverUrl: server.url, seed, faults, ...minutes }
  const seconds = (): number => Math.round((performance.now() - begun) / 100) / 10
  const whyNot = await campaign.whyNot?.()
  if (whyNot !== undefined) {
    say(`  not run: ${whyNot}`)
    lines.push({ name, about, seconds: 0, whyNot })
    continue
  }
  try {
    const result = await runCampaign(campaign, { ...options, say: (text) => say(`  ${text}`) })
    lines.push({ name, about, seconds: seconds(), result })
  } catch (error) {
    say(`  ${error instanceof Error ? error.message : String(error)}`)
    lines.push({ name, about, seconds: seconds(), error: String(error) })
  }
}
await server.stop()
process.stdout.write(values.json ? `${JSON.stringify({ seed, lines }, undefined, 2)}\n` : table(lines))
process.exit(lines.every(({ error }) => error === undefined) ? 0 : 1)

function table(rows: readonly Line[]): string {
  const cells = rows.map(({ name, seconds, result, whyNot }) => [
    name,
    result !== undefined ? 'kept' : (whyNot ?? 'BROKEN'),
    ...[result?.faults, result?.tried, result?.acknowledged, result?.events].map((count) =>
      String(count ?? ''),
    ),
    `${seconds} s`,
    Object.entries(result?.notes ?? {})
      .map(([what, count]) => `${what}: ${count}`)
      .join(', '),
  ])
  const head = ['campaign', 'promises', 'faults', 'tried', 'acknowledged', 'events', 'time', 'notes']
  return `${[head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`
}
