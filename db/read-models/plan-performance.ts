import { OUTCOMES, type Outcome } from '../../domain/outcome.js'
import type { Knex } from '../connect.js'

/** The outcomes of a plan's sessions (Kantar Gateway API, SurveyPerformance). */
export interface PlanPerformance {
  /** Payable completes: filled slots. */
  readonly completes: number
  /** Sessions that ended with another outcome than COMPLETED. */
  readonly failures: number
  /** Every outcome of every target panel, and of other panels with sessions. */
  readonly panels: ReadonlyMap<string, Readonly<Record<Outcome, number>>>
}

/**
 * Counts a plan's sessions by panel and outcome. A COMPLETED counts when it fills a slot: a provisional one not yet,
 * one beyond quota and overage never (docs/buyers.md, Counting).
 * @param targetPanels included even without sessions
 */
export async function planPerformance(
  knex: Knex,
  planId: string,
  targetPanels: readonly string[],
): Promise<PlanPerformance> {
  const rows: { panel: string; outcome: Outcome; sessions: number }[] = await knex('plan_sessions as p')
    .join('sessions as s', 's.session_id', 'p.session_id')
    .where({ 'p.plan_id': planId })
    .whereNotNull('s.outcome')
    .whereRaw("(s.outcome <> 'COMPLETED' or p.slot = 'filled')")
    .groupBy('p.panel', 's.outcome')
    .select('p.panel', 's.outcome', knex.raw('count(*)::int as sessions'))
  const panels = new Map<string, Record<Outcome, number>>()
  for (const panel of [...targetPanels, ...rows.map((row) => row.panel)]) panels.set(panel, nothingYet())
  let completes = 0
  let failures = 0
  for (const { panel, outcome, sessions } of rows) {
    const counts = panels.get(panel)
    if (counts !== undefined) counts[outcome] += sessions
    if (outcome === 'COMPLETED') completes += sessions
    else failures += sessions
  }
  return { completes, failures, panels }
}

const nothingYet = (): Record<Outcome, number> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>

/** The number of held or provisional slots of each plan; plans without any are absent. */
export async function respondentsInPlans(
  knex: Knex,
  planIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  if (planIds.length === 0) return new Map()
  const rows: { plan_id: string; sessions: number }[] = await knex('plan_sessions')
    .whereIn('plan_id', planIds)
    .whereIn('slot', ['held', 'provisional'])
    .whereRaw('(held_until is null or held_until > ?)', [now])
    .groupBy('plan_id')
    .select('plan_id', knex.raw('count(*)::int as sessions'))
  return new Map(rows.map(({ plan_id, sessions }) => [plan_id, sessions]))
}
