// A new project runs, tests itself and compiles: with the packages of this repository linked where npm would install them.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { sourceFlags } from './helpers/spawn-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const timeout = 120_000

async function newProject(): Promise<string> {
  const cwd = await makeWorkspace({})
  await runCli(['init', '.'], { cwd })
  const modules = path.join(cwd, 'node_modules')
  await mkdir(path.join(modules, '@perdure'), { recursive: true })
  await mkdir(path.join(modules, '@types'))
  for (const name of await readdir(path.join(root, 'packages'))) {
    await symlink(path.join(root, 'packages', name), path.join(modules, '@perdure', name), 'junction')
  }
  for (const name of ['vitest', 'typescript', '@types/node']) {
    await symlink(path.join(root, 'node_modules', name), path.join(modules, name), 'junction')
  }
  return cwd
}

const run = (cwd: string, ...argv: readonly string[]) =>
  promisify(execFile)(process.execPath, [...argv], { cwd })

it(
  'a new project runs, and what it stored can be looked at with the tool',
  async () => {
    const cwd = await newProject()
    const { stdout } = await run(cwd, ...sourceFlags, 'src/main.ts')
    expect(stdout).toContain('Place is not possible now: items > 0 was false: items = 0')
    expect(stdout).toMatch(/order \S+ is Shipped since event 4\n1 Created → Draft\n2 AddItem → Draft\n/)
    const { exitCode, stdout: listed } = await runCli(['entities', 'Order', '--json'], { cwd })
    expect(exitCode).toBe(0)
    const { id } = JSON.parse(listed) as { readonly id: string }
    expect((await runCli(['history', 'Order', '--', id], { cwd })).stdout).toMatch(
      /4 .+ Ship +Placed → Shipped +carrier="bicycle"/,
    )
    expect((await runCli(['state', 'Order', '--field', 'note', '--', id], { cwd })).stdout).toBe(
      'by Friday, please',
    )
  },
  timeout,
)

it(
  'the tests of a new project pass',
  async () => {
    const cwd = await newProject()
    const conditions = `['@perdure/source', 'node']`
    await writeFile(
      path.join(cwd, 'vitest.config.mjs'),
      `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } } }\n`,
    )
    const { stdout } = await run(cwd, path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--no-color')
    expect(stdout).toMatch(/Tests {2}2 passed/)
  },
  timeout,
)

it(
  'a new project compiles, and a misspelt action in it does not',
  async () => {
    const cwd = await newProject()
    const tsc = [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      '--customConditions',
      '@perdure/source',
      '--lib',
      'es2023,es2024.string,esnext.disposable',
    ]
    // Sources bring a declaration that the compiled packages do not need.
    const declaration = 'packages/storage-pg/src/connect/fs-native-extensions.d.ts'
    await copyFile(path.join(root, declaration), path.join(cwd, 'src/fs-native-extensions.d.ts'))
    await run(cwd, ...tsc)
    await writeFile(
      path.join(cwd, 'src/typo.ts'),
      `import type { Host } from '@perdure/actors'
import type { EntityTypes } from './entities.ts'

export const place = (host: Host<EntityTypes>) => host.entity('Order', 'o-1').ask('Plaec')
`,
    )
    await expect(run(cwd, ...tsc)).rejects.toMatchObject({
      stdout: expect.stringMatching(/src\/typo\.ts.+'"Plaec"'.+not assignable/) as string,
    })
  },
  timeout,
)
