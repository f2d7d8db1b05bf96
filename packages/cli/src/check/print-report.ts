import type { SpecIssue } from '@perdure/core'
import { renderIssue } from '@perdure/spec-parser'
import type { ReadSpecsResult } from '@perdure/spec-parser'
import { countIssues } from '../specs/check-specs.ts'
import type { Painter } from '../terminal/paint.ts'
import { count, joinWords } from '../terminal/words.ts'

/** The report for people: a code frame for each issue, and one line that sums up. */
export function printReport(checked: ReadSpecsResult, shown: readonly SpecIssue[], paint: Painter): string {
  const texts = new Map(checked.files.map(({ file, text }) => [file, text]))
  const frames = shown.map((issue) => {
    const text = texts.get(issue.file ?? '')
    return `${renderIssue(issue, { color: paint.isColored, ...(text === undefined ? {} : { text }) })}\n`
  })
  return [...frames, summary(checked, shown, paint)].join('\n')
}

function summary({ files, issues }: ReadSpecsResult, shown: readonly SpecIssue[], paint: Painter): string {
  const { error, warning, info } = countIssues(issues)
  const found = [
    ...(error > 0 ? [paint.red(count(error, 'error'))] : []),
    ...(warning > 0 ? [paint.yellow(count(warning, 'warning'))] : []),
    ...(info > 0 && isAnyInfo(shown) ? [paint.cyan(count(info, 'info'))] : []),
  ]
  const mark = error > 0 ? paint.red('✗') : warning > 0 ? paint.yellow('!') : paint.green('✓')
  const verdict = found.length === 0 ? 'no problems' : joinWords(found)
  const rest = info > 0 && !isAnyInfo(shown) ? `; perdure lint has ${count(info, 'more remark')}` : ''
  return `${mark} ${verdict} in ${count(files.length, 'spec')}${rest}`
}

function isAnyInfo(shown: readonly SpecIssue[]): boolean {
  return shown.some(({ severity }) => severity === 'info')
}
