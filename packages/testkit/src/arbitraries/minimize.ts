// Making a failing run small: first large parts are left out, then one item at a time, until nothing can be left out.
// Source of the first half: Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
import type { Run } from './run-step.ts'

/** Says whether what is left still fails, for the same reason. */
type StillFails<Item> = (items: readonly Item[]) => Promise<boolean>

/** How much a minimisation may cost. */
export interface MinimizeOptions {
  /** Runs that may be tried; after them the smallest so far is good enough. @defaultValue 1000 */
  readonly maxTries?: number
}

/**
 * Leaves out items as long as the rest still fails; afterwards no single one can be left out (it is 1-minimal), unless
 * `stillFails` answers differently for the same items.
 */
export async function minimizeList<Item>(
  items: readonly Item[],
  stillFails: StillFails<Item>,
): Promise<readonly Item[]> {
  let rest = items
  for (let size = Math.ceil(rest.length / 2); size >= 1 && rest.length > 0;) {
    const smaller = await withoutOnePart(rest, size, stillFails)
    if (smaller !== undefined) rest = smaller
    else if (size === 1) break
    else size = Math.ceil(size / 2)
    size = Math.min(size, Math.max(rest.length, 1))
  }
  return rest
}

/** The items without one part of this size, the last first: what comes late matters to fewer others. */
async function withoutOnePart<Item>(
  items: readonly Item[],
  size: number,
  stillFails: StillFails<Item>,
): Promise<readonly Item[] | undefined> {
  for (let end = items.length; end > 0; end -= size) {
    const candidate = [...items.slice(0, Math.max(end - size, 0)), ...items.slice(end)]
    if (await stillFails(candidate)) return candidate
  }
  return undefined
}

/** Makes a failing run 1-minimal: its steps, then its faults, and again until neither changes. */
export async function minimizeRun(
  run: Run,
  stillFails: (run: Run) => Promise<boolean>,
  { maxTries = 1_000 }: MinimizeOptions = {},
): Promise<Run> {
  let triesLeft = maxTries
  const attempt = async (candidate: Run): Promise<boolean> => triesLeft-- > 0 && stillFails(candidate)
  let smallest = run
  for (;;) {
    const before = smallest
    const steps = await minimizeList(before.steps, (some) => attempt({ ...before, steps: some }))
    const faults = await minimizeList(before.faults, (some) => attempt({ ...before, steps, faults: some }))
    smallest = await withEarlierFaults({ ...before, steps, faults }, attempt)
    const isSmaller = steps.length < before.steps.length || faults.length < before.faults.length
    const hasMoved = smallest.faults.some(({ at }, index) => at !== faults[index]?.at)
    if ((!isSmaller && !hasMoved) || triesLeft <= 0) return smallest
  }
}

/** How early a fault is tried: calls are few when steps are. */
const earlyCalls = 12

/**
 * Moves faults to earlier calls. A fault names its call by a number, which the calls before it hold up: once it strikes an
 * early one, the steps that made them can be left out.
 */
async function withEarlierFaults(run: Run, stillFails: (run: Run) => Promise<boolean>): Promise<Run> {
  let moved = run
  for (const [index, planned] of run.faults.entries()) {
    for (let earlier = 1; earlier < Math.min(planned.at, earlyCalls); earlier++) {
      const faults = moved.faults.with(index, { ...planned, at: earlier })
      if (!(await stillFails({ ...moved, faults }))) continue
      moved = { ...moved, faults }
      break
    }
  }
  return moved
}
