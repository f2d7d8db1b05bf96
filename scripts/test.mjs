// `npm test`: installs and runs everything CI checks. The last line is the count of tests.
import { install, requireNode, run } from './lib/workspace.mjs'

await requireNode()
if (!(await install())) process.exit(1)
const { code } = await run('node', ['scripts/check.mjs'], { live: true })
process.exit(code)
