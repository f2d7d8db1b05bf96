// What bin/perdure.js is to the compiled tool: runs it in a process of its own, from its sources.
import { main } from '../../src/main.ts'

await main()
