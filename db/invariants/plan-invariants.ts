import type { Invariant } from './invariant.js'

/** SQL: live holds and provisional completes, which may become payable without a further check. */
const LIVE = `slot in ('held', 'provisional') and (held_until is null or held_until > now())`

/**
 * Invariants of the counting of our own survey plans (docs/buyers.md, Counting). A panel's cap is not one, because a
 * buyer may lower an allocation below the panel's completes.
 */
export const planInvariants: readonly Invariant[] = [
  {
    id: 'I30',
    promise: 'the counters of a plan, its quotas and its panels are its filled slots',
    sql: `with filled as (select plan_id, panel, quota_ids from plan_sessions where slot = 'filled'),
          counted as (
            select plan_id, 'plan' as what, '' as key, completes from survey_plans
            union all select plan_id, 'quota', quota_id, completes from plan_quotas
            union all select plan_id, 'panel', panel, completes from plan_panels),
          slots as (
            select plan_id, 'plan' as what, '' as key, count(*) as slots from filled group by plan_id
            union all select plan_id, 'quota', q.quota_id, count(*) from filled, unnest(quota_ids) as q(quota_id)
                       group by plan_id, q.quota_id
            union all select plan_id, 'panel', panel, count(*) from filled group by plan_id, panel)
          select plan_id, what, key, coalesce(completes, 0) as completes, coalesce(slots, 0) as slots
            from counted full join slots using (plan_id, what, key)
           where coalesce(completes, 0) <> coalesce(slots, 0)`,
  },
  {
    id: 'I31',
    promise: 'payable completes never pass target plus the agreed overage, of a plan and of each quota',
    sql: `select plan_id, '' as quota_id, completes, target_completes, overage from survey_plans
           where completes > target_completes + overage
          union all
          select q.plan_id, q.quota_id, q.completes, q.target_completes, p.overage
            from plan_quotas q join survey_plans p using (plan_id) where q.completes > q.target_completes + p.overage`,
  },
  {
    id: 'I32',
    promise: 'a session of our own plans is payable exactly when it has a filled slot',
    sql: `select s.session_id, s.payable, s.outcome, p.slot
            from sessions s join survey_plans v on v.survey_id = s.survey_id
            left join plan_sessions p on p.session_id = s.session_id and p.plan_id = v.plan_id
           where s.payable <> (coalesce(p.slot, 'none') = 'filled')
          union all
          select p.session_id, s.payable, s.outcome, p.slot
            from plan_sessions p join sessions s using (session_id) join survey_plans v using (plan_id)
           where p.slot = 'filled' and v.survey_id <> s.survey_id`,
  },
  {
    id: 'I33',
    promise: 'completes and live holds of a plan and of each quota stay within target plus overage',
    sql: `with live as (select plan_id, quota_ids from plan_sessions where ${LIVE}),
          taken as (
            select plan_id, '' as quota_id, count(*) as held from live group by plan_id
            union all
            select plan_id, q.quota_id, count(*) from live, unnest(quota_ids) as q(quota_id) group by plan_id, q.quota_id)
          select p.plan_id, '' as quota_id, p.completes, t.held, p.target_completes, p.overage
            from survey_plans p join taken t on t.plan_id = p.plan_id and t.quota_id = ''
           where p.completes + t.held > p.target_completes + p.overage
          union all
          select q.plan_id, q.quota_id, q.completes, t.held, q.target_completes, p.overage
            from plan_quotas q join survey_plans p using (plan_id) join taken t using (plan_id, quota_id)
           where q.completes + t.held > q.target_completes + p.overage`,
  },
  {
    id: 'I34',
    promise: 'a held or provisional slot belongs to a session that can still use it',
    sql: `select p.session_id, p.slot, s.state, s.outcome, s.provisional from plan_sessions p join sessions s using (session_id)
           where (p.slot = 'held' and s.state <> 'entered') or (p.slot = 'provisional' and not s.provisional)`,
  },
  {
    id: 'I35',
    promise: 'the profile for the survey platform is deleted once the session has ended',
    sql: `select p.session_id, s.state from plan_sessions p join sessions s using (session_id)
           where s.state = 'finished' and p.panelist_profile is not null`,
  },
  {
    id: 'I36',
    promise: 'a plan past its finish date is closed within fifteen minutes',
    sql: `select plan_id, status, plan ->> 'finishDate' as finish_date from survey_plans
           where deleted_at is null and status <> 'CLOSED'
             and (plan ->> 'finishDate')::timestamptz < now() - interval '15 minutes'`,
  },
]
