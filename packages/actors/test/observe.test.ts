import { readFile } from 'node:fs/promises'
import { ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { noTelemetry } from '@perdure/core'
import type { Attributes, Telemetry } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { InspectionEvent } from '../src/index.ts'
import { instruments, openTelemetry } from '../src/otel/index.ts'
import { startReporting } from './snippets/observability.ts'
import { startHost } from './helpers/start-host.ts'
import { specOf } from './helpers/task-spec.ts'

const secret = 'correct horse battery staple'

const vaultSpec = specOf(`
[automaton]
name = "Vault"
states = ["Open", "Shut"]
initial = "Open"
terminal = ["Shut"]
snapshot_every = 2

[[state]]
name = "code"
sensitive = true

[[state]]
name = "tries"
type = "counter"

[[state]]
name = "notes"
overflow_inline_max_bytes = 8

[[action]]
name = "SetCode"
from = ["Open"]
params = ["code", "notes"]
effect = "tries += 1"

[[action]]
name = "TakeFrom"
from = ["Open"]
params = ["given"]
effect = "code = params.given"

[[action]]
name = "Shut"
from = ["Open"]
to = "Shut"
guard = "tries > 0 && code != ''"
`)

/** A port that writes down what it is told. */
function recorder() {
  const told: { readonly name: string; readonly attributes: Attributes; outcome?: object }[] = []
  const telemetry: Telemetry = {
    start: (name, attributes = {}) => {
      const entry: (typeof told)[number] = { name, attributes }
      told.push(entry)
      return { end: (outcome = {}) => void (entry.outcome = outcome) }
    },
    count: (name, by, attributes = {}) =>
      void told.push({ name, attributes: { ...attributes, by }, outcome: {} }),
    gauge: (name, value, attributes = {}) =>
      void told.push({ name, attributes: { ...attributes, value }, outcome: {} }),
  }
  return { told, telemetry }
}

describe('telemetry', () => {
  it('reports every operation of a command, from the call to the commit, under the names in the list', async () => {
    const { told, telemetry } = recorder()
    const { host, clock } = await startHost({ specs: [vaultSpec], telemetry })
    const vault = await host.spawn('Vault', { id: 'v-1' })
    await vault.ask('SetCode', { code: secret, notes: 'longer than eight' })
    await vault.ask('Shut').catch(() => {})
    const consumer = host.consume({
      name: 'c',
      retry: { maxAttempts: 1 },
      batch: 1,
      handler: ([entry]) => {
        if (entry?.event.action === 'Shut') throw new Error('no')
      },
    })
    await clock.advance(0)
    await consumer.stop()
    host.passivate('Vault', 'v-1')
    await vault.state({ hydrate: true })
    const names = new Set(told.map(({ name }) => name))
    const expected = Object.values(instruments).map(({ name }) => name)
    // These take another host.
    const ofSeveral = ['perdure.conflicts', 'perdure.forward', 'perdure.takeovers']
    expect([...names].sort()).toEqual(expected.filter((name) => !ofSeveral.includes(name)).sort())
    expect(told.filter(({ outcome }) => outcome === undefined)).toEqual([])
  })

  it('says what went wrong by its code', async () => {
    const { told, telemetry } = recorder()
    const { host } = await startHost({ specs: [vaultSpec], telemetry })
    const vault = await host.spawn('Vault', { id: 'v-1' })
    await vault.tryAsk('Shut')
    const refused = told.findLast(({ name }) => name === 'perdure.ask')
    expect(refused?.outcome).toEqual({ error: 'guard_failed' })
  })

  it('counts what consumers handle and fail at, and measures how far behind they are', async () => {
    const { told, telemetry } = recorder()
    const { host, clock } = await startHost({ specs: [vaultSpec], telemetry })
    for (const id of ['v-1', 'v-2', 'v-3']) await host.spawn('Vault', { id })
    await clock.advance(2_000)
    const handler = ([entry]: readonly { readonly position: bigint }[]): void => {
      if (entry?.position === 3n) throw new Error('no')
    }
    host.consume({ name: 'c', batch: 1, retry: { maxAttempts: 2, baseMs: 10 }, handler })
    await clock.advance(1_000)
    const of = (name: string) =>
      told.filter((one) => one.name === name).map(({ attributes }) => attributes['by'] ?? attributes['value'])
    expect(of('perdure.consumer.events')).toEqual([1, 1])
    expect(of('perdure.consumer.failures')).toEqual([1, 1])
    expect(of('perdure.consumer.blocks')).toEqual([1])
    expect(of('perdure.consumer.lag')).toEqual(expect.arrayContaining([3, 2, 1]))
    expect(of('perdure.consumer.lag').at(-1)).toBe(1)
    expect(of('perdure.consumer.lag_ms')).toEqual(expect.arrayContaining([2_000]))
    const batches = told.filter(({ name }) => name === 'perdure.consume')
    expect(batches.map(({ outcome }) => outcome)).toEqual([
      {},
      {},
      { error: 'handler_failed' },
      { error: 'handler_failed' },
    ])
  })

  it('counts a conflict with another host', async () => {
    const { told, telemetry } = recorder()
    const first = await startHost({ specs: [vaultSpec], telemetry })
    const here = await first.host.spawn('Vault', { id: 'v-1' })
    const second = await first.another()
    await second.host.entity('Vault', 'v-1').ask('SetCode', { code: 'a' })
    await here.ask('SetCode', { code: 'b' })
    expect(told.filter(({ name }) => name === 'perdure.conflicts')).toHaveLength(1)
  })

  it('is not asked for anything when there is none', async () => {
    const { host } = await startHost({ specs: [vaultSpec] })
    await host.spawn('Vault', { id: 'v-1' })
    expect(noTelemetry.start('perdure.ask')).toBe(noTelemetry.start('perdure.load'))
  })

  it('becomes spans and metrics of OpenTelemetry', async () => {
    const spans = new InMemorySpanExporter()
    const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
    const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 3_600_000 })
    const metering = new MeterProvider({ readers: [reader] })
    onTestFinished(async () => {
      await metering.shutdown()
    })
    const telemetry = openTelemetry({ tracer: tracing.getTracer('t'), meter: metering.getMeter('m') })
    const { host, clock } = await startHost({ specs: [vaultSpec], telemetry })
    const vault = await host.spawn('Vault', { id: 'v-1' })
    await vault.tryAsk('Shut')
    const consumer = host.consume({ name: 'c', handler: () => {} })
    await clock.advance(0)
    await consumer.stop()
    await reader.forceFlush()

    const asks = spans.getFinishedSpans().filter(({ name }) => name === 'perdure.ask')
    expect(asks.map(({ attributes }) => attributes)).toEqual([
      { 'perdure.type': 'Vault', 'perdure.action': 'Created' },
      { 'perdure.type': 'Vault', 'perdure.action': 'Shut', error: 'guard_failed' },
    ])
    const [scope] = exported.getMetrics().at(-1)?.scopeMetrics ?? []
    const metricNames = scope?.metrics.map(({ descriptor }) => descriptor.name) ?? []
    expect(metricNames).toContain('perdure.ask.duration')
    expect(metricNames).toContain('perdure.events')
    expect(metricNames).toContain('perdure.consumer.lag')
    const duration = scope?.metrics.find(({ descriptor }) => descriptor.name === 'perdure.ask.duration')
    expect(duration?.descriptor).toMatchObject({ unit: 'ms', valueType: ValueType.DOUBLE })
  })

  it('starts as the guide says', async () => {
    const storage = openMemoryStorage()
    const lines: unknown[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((...line) => void lines.push(line))
    await using host = await startReporting({ specs: [vaultSpec], storage })
    await host.spawn('Vault', { id: 'v-1' })
    log.mockRestore()
    expect(lines).toContainEqual(['committed', 'Vault', 'v-1'])
  })

  it('is described, all of it, in the guide', async () => {
    const guide = await readFile(new URL('../../../docs/guides/observability.md', import.meta.url), 'utf8')
    for (const { name, description } of Object.values(instruments)) {
      expect(guide).toContain(`\`${name}\``)
      expect(guide).toContain(description)
    }
  })
})

describe('inspection', () => {
  it('tells who comes, what is asked, what comes of it and who goes, in order', async () => {
    const { host } = await startHost({ specs: [vaultSpec] })
    const seen: InspectionEvent[] = []
    const end = host.inspect((event) => seen.push(event))
    const vault = await host.spawn('Vault', { id: 'v-1' })
    await vault.tryAsk('Shut')
    host.passivate('Vault', 'v-1')
    end()
    await vault.state()
    expect(seen.map(({ kind, entity }) => `${kind} ${entity.id}`)).toEqual([
      'asked v-1',
      'activated v-1',
      'committed v-1',
      'asked v-1',
      'refused v-1',
      'passivated v-1',
    ])
  })

  it('goes on when an inspector fails, and says so in the log', async () => {
    const { host, log } = await startHost({ specs: [vaultSpec] })
    const seen: string[] = []
    host.inspect(() => {
      throw new Error('looked too closely')
    })
    host.inspect(({ kind }) => seen.push(kind))
    await host.spawn('Vault', { id: 'v-1' })
    expect(seen).toEqual(['asked', 'activated', 'committed'])
    expect(log.filter(({ message }) => message === 'an inspector failed')).toHaveLength(3)
  })
})

describe('values of sensitive fields', () => {
  it('are in no log line, no span, no inspection event and no error', async () => {
    const { told, telemetry } = recorder()
    const { host, log } = await startHost({ specs: [vaultSpec], telemetry })
    const seen: InspectionEvent[] = []
    host.inspect((event) => seen.push(event))
    const errors: unknown[] = []
    const vault = await host.spawn('Vault', { id: 'v-1', fields: { code: secret } })
    await vault.ask('SetCode', { code: secret })
    await vault.ask('TakeFrom', { given: secret })
    for (const params of [{ code: [secret] }, { code: { [secret]: secret } }]) {
      const result = await vault.tryAsk('SetCode', params)
      if (!result.ok) errors.push(result.error.message, result.error.details)
    }
    vault.tell('Shut', { code: secret })
    await vault.ask('Shut').catch((error: unknown) => errors.push(error))
    await host.flush()
    expect(seen.length).toBeGreaterThan(10)
    expect(JSON.stringify(seen)).toContain('•••')
    expect(JSON.stringify([told, log, seen, errors])).not.toContain(secret)
  })
})
