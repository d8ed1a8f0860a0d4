import { upsertSearchAttributes } from '@temporalio/workflow'
import type { Outcome } from '../domain/outcome.js'
import { searchAttribute } from '../domain/visibility.js'

/** The search attributes of sessions in the Temporal UI. Written on change only. */
export function showSession(shown: {
  state: string
  outcome?: Outcome | null
  needsReview?: boolean
  deadline?: Date
  connection?: string
  panel?: string
  session?: string
}): void {
  upsertSearchAttributes([
    { key: searchAttribute('TributaryState'), value: shown.state },
    ...(shown.outcome ? [{ key: searchAttribute('TributaryOutcome'), value: shown.outcome }] : []),
    ...(shown.needsReview ? [{ key: searchAttribute('TributaryNeedsReview'), value: true }] : []),
    ...(shown.connection ? [{ key: searchAttribute('TributaryConnection'), value: shown.connection }] : []),
    ...(shown.panel ? [{ key: searchAttribute('TributaryPanel'), value: shown.panel }] : []),
    ...(shown.session ? [{ key: searchAttribute('TributarySession'), value: shown.session }] : []),
    ...(shown.deadline ? [{ key: searchAttribute('TributaryDeadline'), value: shown.deadline }] : []),
  ])
}
