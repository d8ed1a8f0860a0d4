import type { SavedView } from '../../web/ops/ops-view.js'
import type { TemporalUi } from './temporal-ui.js'

const RUNNING = 'ExecutionStatus = "Running"'
const LOOPS = 'WorkflowType = "pollProvider"'
const PLANS = 'WorkflowType = "fieldPlan"'
const SESSIONS = 'WorkflowType = "respondentSession"'

/**
 * The saved searches for operators in the Temporal UI. The query language has no relative time, so that the timestamps
 * are those of the page.
 * @param providers names of the providers in use, each gets a view of its own
 * @param hasPlans whether buyers launch survey plans here
 */
export function savedViews(ui: TemporalUi, providers: readonly string[], hasPlans: boolean, now: Date): SavedView[] {
  const stamp = now.toISOString()
  const midnight = `${stamp.slice(0, 10)}T00:00:00Z`
  const hourAgo = new Date(now.getTime() - 3_600_000).toISOString()
  const views: [name: string, query: string][] = [
    ['Poll loops', `${LOOPS} AND ${RUNNING}`],
    ['Pollers not healthy', `${LOOPS} AND ${RUNNING} AND TributaryState != "healthy"`],
    ['Blocked: needs a person', `${LOOPS} AND ${RUNNING} AND TributaryState = "blocked"`],
    ['Failing 3 times or more', `${LOOPS} AND ${RUNNING} AND TributaryFailStreak >= 3`],
    ['Paused', `${LOOPS} AND ${RUNNING} AND TributaryState = "paused"`],
    ...(hasPlans ? [['Survey plans', `${PLANS} AND ${RUNNING}`] satisfies [string, string]] : []),
    ['Needs review', 'TributaryNeedsReview = true'],
    ['In field now', `${SESSIONS} AND ${RUNNING} AND TributaryState = "entered"`],
    ['Stuck opening', `${SESSIONS} AND ${RUNNING} AND TributaryState = "opening" AND StartTime < "${hourAgo}"`],
    [
      'Overdue sessions',
      `${SESSIONS} AND ${RUNNING} AND TributaryDeadline < "${stamp}" AND TributaryState IN ("opening", "created", "entered")`,
    ],
    ['Completed today', `${SESSIONS} AND TributaryOutcome = "COMPLETED" AND StartTime > "${midnight}"`],
    ['Quota full today', `${SESSIONS} AND TributaryOutcome = "QUOTA_FULL" AND StartTime > "${midnight}"`],
    ['News after the end', 'TributaryState = "adjusted"'],
    ['Code problems', 'TemporalReportedProblems IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")'],
    ...providers.map((provider): [string, string] => [
      `Provider ${provider}`,
      `TributaryProvider = "${provider}" AND ${RUNNING}`,
    ]),
  ]
  return views.map(([name, query]) => ({ name, query, url: ui.savedView(name, query) }))
}
