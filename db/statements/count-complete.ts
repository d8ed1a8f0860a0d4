import type { Knex } from '../connect.js'
import type { PlanSession } from '../rows/plan-session.js'

/**
 * Changes the counters of a plan, of the session's quotas and of its panel by one complete, and closes the plan and the
 * quotas that it fills. One statement over `plan_quotas`, `plan_panels` and `survey_plans`, because other transactions
 * wait for the plan's lock.
 * @param by 1 = one more, -1 = one was reversed
 */
export async function countComplete(
  trx: Knex,
  { planId, quotaIds, panel }: Pick<PlanSession, 'planId' | 'quotaIds' | 'panel'>,
  by: number,
  now: Date,
): Promise<void> {
  await trx.raw(
    `with quotas as (
       update plan_quotas set completes = completes + :by,
         status = case when :by > 0 and completes + :by >= target_completes then 'CLOSED' else status end,
         status_reason = case when :by > 0 and completes + :by >= target_completes and status <> 'CLOSED' then 'filled'
                              else status_reason end
        where plan_id = :planId and quota_id = any(:quotaIds::text[])
     ), panels as (
       insert into plan_panels as p (plan_id, panel, completes) values (:planId, :panel, greatest(:by, 0))
       on conflict (plan_id, panel) do update set completes = p.completes + :by
     )
     update survey_plans set completes = completes + :by, updated_at = :now,
       status = case when :by > 0 and completes + :by >= target_completes then 'CLOSED' else status end,
       status_reason = case when :by > 0 and completes + :by >= target_completes and status <> 'CLOSED' then 'filled'
                            else status_reason end,
       soft_launch_reached_at = case when soft_launch is not null and completes + :by >= (soft_launch ->> 'completes')::int
                                     then coalesce(soft_launch_reached_at, :now) else soft_launch_reached_at end
      where plan_id = :planId`,
    { by, planId, quotaIds: [...quotaIds], panel, now },
  )
}
