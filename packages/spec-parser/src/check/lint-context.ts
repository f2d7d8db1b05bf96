import type { EntitySpec } from '@perdure/core'

import type { IssueList } from '../diagnostics/issue-list.ts'
import type { SpecSections } from '../sections/read-sections.ts'

/** What a lint looks at: a spec without errors beside the sections it came from, index by index. */
export interface LintContext {
  readonly spec: EntitySpec
  readonly sections: SpecSections
  readonly issues: IssueList
}
