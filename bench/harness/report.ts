// A measurement as people read it (Markdown tables) and as programs do (plain data).
import { rateOf } from './benchmark.ts'
import type { Round, Target } from './benchmark.ts'
import type { Measurement } from './run-benchmark.ts'
import { quantile, spreadOf } from './statistics.ts'
import type { Spread } from './statistics.ts'

/** A target, judged. */
interface Verdict {
  readonly label: string
  readonly goal: Target['goal']
  readonly unit: string
  /** Undefined when a contender was left out. */
  readonly value: Spread | undefined
  readonly isReached: boolean | undefined
}

/** A contender's figures over all repeats. */
interface Standing {
  readonly contender: string
  readonly operationsARound: number
  readonly perSecond: Spread
  readonly p50Ms: Spread | undefined
  readonly p99Ms: Spread | undefined
  /** Processor time of this process an operation, microseconds. */
  readonly cpuUs: Spread
}

/** What a measurement says. */
export interface Report {
  readonly name: string
  readonly question: string
  readonly repeats: number
  readonly operations: string
  readonly standings: readonly Standing[]
  readonly verdicts: readonly Verdict[]
  readonly leftOut: Readonly<Record<string, string>>
}

/** Sums a measurement up. */
export function reportOf({ benchmark, repeats, leftOut }: Measurement): Report {
  const { name, question, operations, contenders, targets } = benchmark
  const standings = contenders.flatMap((contender) => {
    const rounds = repeats.flatMap((repeat) => repeat.get(contender.name) ?? [])
    return rounds.length === 0 ? [] : [standingOf(contender.name, rounds)]
  })
  const verdicts = targets.map((target) => judge(target, repeats))
  return {
    name,
    question,
    repeats: repeats.length,
    operations,
    standings,
    verdicts,
    leftOut: Object.fromEntries(leftOut),
  }
}

function standingOf(contender: string, rounds: readonly Round[]): Standing {
  return {
    contender,
    operationsARound: rounds[0]?.operations ?? 0,
    perSecond: spreadOf(rounds.map(rateOf)),
    p50Ms: latency(rounds, 0.5),
    p99Ms: latency(rounds, 0.99),
    cpuUs: spreadOf(rounds.map(({ cpuMs, operations }) => (cpuMs * 1000) / operations)),
  }
}

function latency(rounds: readonly Round[], share: number): Spread | undefined {
  const values = rounds.flatMap(({ latenciesMs }) => (latenciesMs ? [quantile(latenciesMs, share)] : []))
  return values.length === 0 ? undefined : spreadOf(values)
}

function judge({ label, goal, unit = '×', valueOf }: Target, repeats: Measurement['repeats']): Verdict {
  const values = repeats.flatMap((repeat) => valueOf(repeat) ?? [])
  if (values.length === 0) return { label, goal, unit, value: undefined, isReached: undefined }
  const value = spreadOf(values)
  const isReached = 'atLeast' in goal ? value.median >= goal.atLeast : value.median <= goal.atMost
  return { label, goal, unit, value, isReached }
}

/** The tables of a report, in Markdown. */
export function formatReport(report: Report): string {
  const lines = [
    `## ${report.name}: ${report.question}`,
    '',
    `Median of ${report.repeats} repeats (least–most).`,
    '',
    ...table(
      ['Contender', report.operations, `${report.operations}/s`, 'p50 ms', 'p99 ms', 'Node CPU µs each'],
      report.standings.map(({ contender, operationsARound, perSecond, p50Ms, p99Ms, cpuUs }) => [
        contender,
        number(operationsARound),
        spread(perSecond),
        p50Ms ? spread(p50Ms) : '–',
        p99Ms ? spread(p99Ms) : '–',
        spread(cpuUs),
      ]),
    ),
    '',
    ...table(['Ratio', 'To reach', 'Median (least–most)', ''], report.verdicts.map(verdictRow)),
    ...Object.entries(report.leftOut).map(([contender, reason]) => `\nLeft out: ${contender} (${reason}).`),
  ]
  return `${lines.join('\n')}\n`
}

function verdictRow({ label, goal, unit, value, isReached }: Verdict): string[] {
  const reach = 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  const mark = isReached === undefined ? 'not measured' : isReached ? '✓' : '✗'
  return [label, `${reach} ${unit}`, value ? spread(value) : '–', mark]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}

function spread({ median, min, max }: Spread): string {
  return `${number(median)} (${number(min)}–${number(max)})`
}

/** Three digits that matter, and no more. */
function number(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))))
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}
