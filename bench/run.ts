// `pnpm bench`: finds the benchmarks (b*.ts beside this file), runs those asked for, prints what they came to.
import { readdir } from 'node:fs/promises'
import { help, readArguments } from './harness/arguments.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { Databases } from './harness/databases.ts'
import { thisMachine } from './harness/machine.ts'
import { formatReport, reportOf } from './harness/report.ts'
import type { Report } from './harness/report.ts'
import { runBenchmark } from './harness/run-benchmark.ts'

// Peers that log, log less.
process.env['NODE_ENV'] ??= 'production'
process.env['LOG_LEVEL'] ??= 'error'

const given = readArguments(process.argv.slice(2))
if (given.wantsHelp) {
  process.stdout.write(help)
} else {
  const benchmarks = await findBenchmarks(given.names)
  if (given.wantsList) {
    for (const { name, question } of benchmarks) process.stdout.write(`${name}: ${question}\n`)
  } else {
    await runAll(benchmarks)
  }
}

async function findBenchmarks(names: readonly string[]): Promise<readonly Benchmark[]> {
  const files = (await readdir(import.meta.dirname)).filter((file) => /^b\d\d-.*\.ts$/.test(file)).sort()
  for (const name of names) {
    if (!files.some((file) => file.startsWith(name)))
      throw new Error(`there is no benchmark ${name}; there are ${files.join(', ')}`)
  }
  const wanted = files.filter((file) => names.length === 0 || names.some((name) => file.startsWith(name)))
  const modules = await Promise.all(wanted.map((file) => import(`./${file}`)))
  return modules.map(({ benchmark }: { benchmark: Benchmark }) => benchmark)
}

async function runAll(benchmarks: readonly Benchmark[]): Promise<void> {
  const { isQuick, isJson, repeats, only } = given
  const progress = (text: string): void => void process.stderr.write(`${text}\n`)
  await using databases = new Databases()
  const machine = { ...thisMachine(), postgres: await databases.version() }
  const reports: Report[] = []
  for (const benchmark of benchmarks) {
    const report = reportOf(await runBenchmark(benchmark, { isQuick, repeats, only, databases, progress }))
    reports.push(report)
    if (!isJson) process.stdout.write(`\n${formatReport(report)}\n`)
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ machine, isQuick, reports }, undefined, 2)}\n`)
  else process.stdout.write(`${JSON.stringify(machine)}\n`)
}
