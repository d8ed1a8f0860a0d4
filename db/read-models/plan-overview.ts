import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'
import { type Keyset, pageOf, stampText } from './keyset.js'

/** A panel's completes and allocation of a plan. */
export interface PlanPanel {
  readonly panel: string
  /** Allocated completes; null = no allocation. */
  readonly allocation: number | null
  readonly completes: number
}

/** A buyer's plan for operators: its progress and the held slots. */
export interface PlanOverview {
  readonly planId: string
  readonly demandPartner: string
  /** The id that panels see. */
  readonly surveyId: string
  /** The buyer's own id. */
  readonly buyerSurveyId: string
  readonly country: string
  readonly status: PlanStatus
  readonly statusReason: 'buyer' | 'filled' | 'finish_date'
  readonly target: number
  readonly overage: number
  /** Payable ones. */
  readonly completes: number
  /** Held and provisional slots. */
  readonly held: number
  /** By name. */
  readonly panels: readonly PlanPanel[]
  readonly finishDate: string | null
  readonly createdAt: Date
}

export interface PlanFilter {
  readonly demandPartner: string | null
  readonly status: PlanStatus | null
}

/** All buyers' plans, newest first, without deleted ones. */
export async function listPlans(
  knex: Knex,
  filter: PlanFilter,
  after: Keyset | null,
  limit: number,
  now: Date,
): Promise<{ rows: readonly PlanOverview[]; next: Keyset | null }> {
  const found = await rows<Omit<PlanOverview, 'panels'> & { panels: PlanPanel[] | null; keysetAt: string }>(
    knex,
    `with page as (
       select * from survey_plans
        where deleted_at is null
          and (:partner::text is null or demand_partner = :partner)
          and (:status::text is null or status = :status)
          and (:afterAt::timestamptz is null or (created_at, plan_id) < (:afterAt::timestamptz, :afterId::text))
        order by created_at desc, plan_id desc limit :limit
     )
     select p.plan_id as "planId", p.demand_partner as "demandPartner", p.survey_id as "surveyId",
            p.plan ->> 'surveyId' as "buyerSurveyId", p.plan ->> 'country' as country, p.status,
            p.status_reason as "statusReason", p.target_completes as target, p.overage, p.completes,
            (select count(*)::int from plan_sessions s where s.plan_id = p.plan_id and s.slot in ('held', 'provisional')
                and (s.held_until is null or s.held_until > :now)) as held,
            (select json_agg(json_build_object('panel', one.panel, 'allocation', one.allocation, 'completes', one.completes)
                             order by one.panel)
               from plan_panels one where one.plan_id = p.plan_id) as panels,
            p.plan ->> 'finishDate' as "finishDate", p.created_at as "createdAt",
            ${stampText('p.created_at')} as "keysetAt"
       from page p order by p.created_at desc, p.plan_id desc`,
    {
      partner: filter.demandPartner,
      status: filter.status,
      afterAt: after?.at ?? null,
      afterId: after?.id ?? null,
      limit: limit + 1,
      now,
    },
  )
  return pageOf(
    found.map(({ keysetAt, ...row }) => ({
      ...row,
      panels: row.panels ?? [],
      keyset: { at: keysetAt, id: row.planId },
    })),
    limit,
  )
}
