import { acknowledgedBeforeCommit } from '../simulate/planted/cycle-bugs.ts'
import { work } from './worker.ts'

await work({ startHost: acknowledgedBeforeCommit.startHost })
