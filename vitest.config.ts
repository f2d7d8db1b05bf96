// One project a cost: pure tests, property tests, database tests. Tests run on sources through '@perdure/source'.
import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['@perdure/source', 'node'] }
const ssr = { resolve: { conditions: ['@perdure/source', 'node'] } }

/** A project that holds every test file with this suffix. */
const project = (name: string, suffix: string, extra: object = {}) => ({
  resolve,
  ssr,
  test: {
    name,
    include: [
      `packages/*/test/**/*.${suffix}.ts`,
      `examples/*/test/**/*.${suffix}.ts`,
      `test/**/*.${suffix}.ts`,
    ],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/*.soak.test.ts',
      ...(name === 'unit' ? ['**/*.{prop,db}.test.ts'] : []),
    ],
    setupFiles: ['test/setup/fast-check.ts'],
    ...extra,
  },
})

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', 'test', { testTimeout: 30_000 }),
      project('prop', 'prop.test', { testTimeout: 180_000 }),
      project('db', 'db.test', {
        testTimeout: 240_000,
        hookTimeout: 240_000,
        globalSetup: ['test/setup/postgres.ts'],
      }),
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
    },
  },
})
