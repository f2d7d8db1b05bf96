// What would be published, as a stranger gets it: each package is packed, its tarball linted (publint, are the types
// wrong), and all are installed into a scratch project in which the README's example runs.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pnpm, root, run } from './lib/workspace.mjs'

const scratch = await mkdtemp(join(tmpdir(), 'perdure-packages-'))
try {
  const tarballs = await packAll()
  for (const { name, tarball } of tarballs) {
    await expectSuccess(
      `publint of ${name}`,
      run('node', ['node_modules/publint/src/cli.js', tarball, '--strict']),
    )
    const attw = ['node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only']
    await expectSuccess(`types of ${name}`, run('node', attw))
  }
  await useThem(tarballs)
} finally {
  await rm(scratch, { recursive: true, force: true })
}

async function packAll() {
  const folders = await readdir(join(root, 'packages'))
  const tarballs = []
  for (const folder of folders) {
    const path = join(root, 'packages', folder)
    const { name } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))
    const before = new Set(await readdir(scratch))
    await expectSuccess(`packing ${name}`, pnpm('--dir', path, 'pack', '--pack-destination', scratch))
    const [file] = (await readdir(scratch)).filter((entry) => !before.has(entry))
    tarballs.push({ name, tarball: join(scratch, file) })
  }
  return tarballs
}

/** Installs the tarballs into a project that has never seen this repository, and runs the README's example there. */
async function useThem(tarballs) {
  const project = join(scratch, 'project')
  await mkdir(project)
  const packages = Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const manifest = {
    name: 'scratch',
    private: true,
    type: 'module',
    dependencies: packages,
    pnpm: { overrides: packages },
  }
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
  await cp(join(root, 'examples/quick-start/order.ioa.toml'), join(project, 'order.ioa.toml'))
  await cp(join(root, 'examples/quick-start/dist/main.js'), join(project, 'main.js'))
  await expectSuccess(
    'installing the tarballs',
    pnpm('--dir', project, 'install', '--prefer-offline', '--ignore-workspace'),
  )
  const { stdout } = await promisify(execFile)('node', ['main.js'], { cwd: project })
  if (!stdout.includes('o-1 is Placed at version 3'))
    throw new Error(`the README's example printed:\n${stdout}`)
}

async function expectSuccess(what, running) {
  const { code, output } = await running
  if (code === 0) return
  console.error(`${what} failed:\n${output}`)
  process.exit(1)
}
