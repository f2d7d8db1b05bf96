// `npm run demo`: installs, builds and tells the story of examples/agent-session. Needs only Node and npm.
import { build, install, requireNode, run } from './lib/workspace.mjs'

await requireNode()
if (!(await install()) || !(await build())) process.exit(1)
const { code } = await run('node', ['examples/agent-session/dist/main.js'], { live: true })
process.exit(code)
