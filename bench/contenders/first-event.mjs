// A process of its own, as an application starts: opens a storage, creates a host, stores one event. Run by b10 as it is, for
// a compiler on the way would be most of the time. Prints how many events are stored once the first of its own has committed.
import { createHost } from '@perdure/actors'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'

const [url = '', id = ''] = process.argv.slice(2)
const { spec } = parseSpec(`
  [automaton]
  name = "Note"
  states = ["Open"]
  initial = "Open"
`)
const host = await createHost({ specs: [spec], storage: await openStorage(url) })
const note = await host.spawn('Note', { id })
process.stdout.write(`${(await note.state()).version}\n`)
await host.stop()
