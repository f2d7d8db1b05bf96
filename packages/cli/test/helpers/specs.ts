// Small specs, each with one thing to see.

/** Sound, with no remark to make. */
export const lamp = `[automaton]
name = "Lamp"
states = ["Off", "On", "Broken"]
initial = "Off"
terminal = ["Broken"]

[[state]]
name = "switched"
type = "counter"

[[action]]
name = "Switch"
kind = "input"
from = ["Off"]
to = "On"
effect = "switched += 1"

[[action]]
name = "Switch"
kind = "input"
from = ["On"]
to = "Off"
effect = "switched += 1"

[[action]]
name = "Break"
kind = "input"
from = ["Off", "On"]
to = "Broken"
guard = "switched > 0"
params = [{ name = "cause", required = true }]

[[invariant]]
name = "OnWasSwitched"
when = ["On"]
assert = "switched > 0"
`

/** One error, on line 4 at column 11. */
export const broken = lamp.replace('initial = "Off"', 'initial = "Of"')

/** No error, one warning: nothing leads to `Lost`. */
export const withWarning = lamp
  .replaceAll('"Broken"]', '"Broken", "Lost"]')
  .replace('name = "Lamp"', 'name = "Torch"')

/** No error, no warning, one info: an action that stays. */
export const withInfo = lamp.replace('from = ["On"]\nto = "Off"', 'from = ["On"]')

/** In the older dialect. */
export const legacy = `# a counter of the older dialect
[automaton]
name = "Tally"
states = ["Open", "Closed"]
initial = "Open"

[[state]]
name = "count"
type = "counter"
initial = "0"

[[action]]
name = "Count" # one more
from = ["Open"]
effect = "increment count"

[[action]]
name = "Close"
from = ["Open"]
to = "Closed"
guard = "min count 1"
`

/** More states than a minute is enough for: five counters, each told apart up to 99. */
export const vast = `[automaton]
name = "Vast"
states = ["Open"]
initial = "Open"
allow_indefinite_states = ["Open"]
${Array.from({ length: 5 }, (_, index) => counting(`n${index}`)).join('')}`

function counting(name: string): string {
  return `
[[state]]
name = "${name}"
type = "counter"

[[action]]
name = "Add_${name}"
effect = "${name} += 1"

[[invariant]]
name = "Asks_${name}"
assert = "${name} != 98 || status == 'Open'"
`
}
