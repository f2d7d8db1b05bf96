// Docs contain only code that runs: every block that follows `<!-- snippet: path -->` equals that file, and every promise
// in docs/promises.md names a test that exists. `--write` brings the blocks up to date; `--self-test` proves that the
// checks can fail.
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { root } from './lib/workspace.mjs'

const snippet = /<!-- snippet: (\S+) -->\n\n```(\w+)\n([\s\S]*?)```/g
const marker = /<!-- snippet: /g
/** `text` → `file`, as rows of docs/promises.md have it: | promise | test name | file | */
const promiseRow = /^\|(?!\s*(?:Promise|-))[^|]*\|\s*`([^`]+)`\s*\|\s*`([^`]+)`\s*\|/gm

const problems = process.argv.includes('--self-test')
  ? await selfTest()
  : await check(process.argv.includes('--write'))
for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)

async function check(isWriting) {
  await expectSelfTest()
  const pages = await markdownFiles(root)
  const found = await Promise.all(pages.map((page) => checkSnippets(page, isWriting)))
  return [...found.flat(), ...(await checkPromises(await readFile(join(root, 'docs/promises.md'), 'utf8')))]
}

async function checkSnippets(page, isWriting) {
  const text = await readFile(page, 'utf8')
  const checked = await compareSnippets(text, (path) => readFile(join(root, path), 'utf8'))
  if (isWriting && checked.text !== text) await writeFile(page, checked.text)
  return isWriting
    ? []
    : checked.stale.map(
        (path) =>
          `${relative(root, page)}: the block of ${path} is stale; run node scripts/check-docs.mjs --write`,
      )
}

async function compareSnippets(text, read) {
  const stale = []
  let fresh = text
  let found = 0
  for (const [block, path, language, code] of text.matchAll(snippet)) {
    found++
    const source = await read(path)
    if (source === code) continue
    stale.push(path)
    fresh = fresh.replace(block, () => `<!-- snippet: ${path} -->\n\n\`\`\`${language}\n${source}\`\`\``)
  }
  // A marker that no block follows would never be checked.
  if (found !== (text.match(marker) ?? []).length) stale.push('a marker without a block')
  return { text: fresh, stale }
}

async function checkPromises(page) {
  const problems = []
  let count = 0
  for (const [, test, file] of page.matchAll(promiseRow)) {
    count++
    const source = await readFile(join(root, file), 'utf8').catch(() => undefined)
    if (source === undefined) problems.push(`docs/promises.md: ${file} does not exist`)
    else if (!source.includes(test)) problems.push(`docs/promises.md: no test "${test}" in ${file}`)
  }
  return count === 0 ? ['docs/promises.md: no promise found'] : problems
}

async function markdownFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && !['node_modules', 'dist', 'coverage'].includes(name))
      .map(async (entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return markdownFiles(path)
        return entry.name.endsWith('.md') ? [path] : []
      }),
  )
  return found.flat()
}

/** A check that cannot fail proves nothing: each is shown something wrong first. */
async function expectSelfTest() {
  const problems = await selfTest()
  if (problems.length === 0) return
  for (const problem of problems) console.error(problem)
  process.exit(1)
}

async function selfTest() {
  const stale = await compareSnippets('<!-- snippet: a -->\n\n```ts\nold\n```', async () => 'new\n')
  const lost = await compareSnippets('<!-- snippet: a -->\nno block', async () => '')
  const missing = await checkPromises('| It flies | `no such test` | `README.md` |')
  const empty = await checkPromises('')
  return [
    ...(stale.stale.length === 1 && stale.text.includes('new')
      ? []
      : ['self-test: a stale snippet went unnoticed']),
    ...(lost.stale.length === 1 ? [] : ['self-test: a marker without a block went unnoticed']),
    ...(missing.length === 1 ? [] : ['self-test: a promise without a test went unnoticed']),
    ...(empty.length === 1 ? [] : ['self-test: an empty page of promises went unnoticed']),
  ]
}
