import { z } from 'zod'
import {
  CreatePlanAnswer,
  EditPlanAnswer,
  EditQuotaAnswer,
  EditStatusRequest,
  PlanAnswer,
  SurveyPlanRequest,
} from '../demand/plan-schemas.js'
import { PlansAnswer, PlansQuery, PolicyAnswer, PolicyRequest } from '../demand/policy-schemas.js'
import { TargetingAttributesAnswer, TargetingPanelsAnswer, TargetingQuery } from '../demand/targeting-schemas.js'
import type { Operation } from './operation.js'

const PlanPath = z.object({ id: z.string().meta({ description: 'The `id` of the answer that created it' }) })
const FAULTS = 'Every fault of the request, each with its field and constraint'
const NOT_YOURS = 'Survey plan not found: unknown, deleted, or another buyer’s'

const gateway = { tag: 'Survey plans', audience: 'demand_partner', errors: 'gateway' } as const

const creation = (path: string, summary: string): Operation => ({
  ...gateway,
  method: 'post',
  path,
  summary,
  description:
    'The plan is open, and offered to its panels, as soon as it is stored. A `finish_date` in the past is accepted; such a plan is closed immediately.',
  body: { schema: SurveyPlanRequest },
  answers: { 201: { description: 'The id of the plan, for all other requests', schema: CreatePlanAnswer } },
  problems: { 400: FAULTS, 413: 'The body is larger than 1 MB', 415: 'The body is not application/json' },
})

/** The operations for demand partners: the Kantar Gateway API's Demand API (docs/buyers.md). */
export const demandOperations: readonly Operation[] = [
  creation('/survey-plan', 'Launch a survey plan'),
  creation('/survey-plans', 'The same as POST /survey-plan'),
  {
    ...gateway,
    method: 'get',
    path: '/survey-plans/{id}',
    summary: 'A survey plan, its remaining completes, and how its sessions ended',
    params: PlanPath,
    answers: { 200: { description: 'The plan as it was posted, with its statuses and counts', schema: PlanAnswer } },
    problems: { 404: NOT_YOURS },
  },
  {
    ...gateway,
    method: 'patch',
    path: '/survey-plans/{id}',
    summary: 'Open, pause or close a survey plan',
    description: 'A plan that has all its completes, or whose finish date has passed, cannot be opened.',
    params: PlanPath,
    body: { schema: EditStatusRequest },
    answers: { 200: { description: 'Changed', schema: EditPlanAnswer } },
    problems: { 400: FAULTS, 404: NOT_YOURS },
  },
  {
    ...gateway,
    method: 'delete',
    path: '/survey-plans/{id}',
    summary: 'Delete a survey plan that is closed and has no session in progress',
    params: PlanPath,
    answers: { 204: { description: 'Deleted' } },
    problems: { 400: 'It is not CLOSED, or a session is in progress', 404: NOT_YOURS },
  },
  {
    ...gateway,
    method: 'patch',
    path: '/survey-plans/{id}/quotas/{quotaId}',
    summary: 'Open, pause or close a quota',
    params: PlanPath.extend({ quotaId: z.string().meta({ description: 'Your own id of the quota' }) }),
    body: { schema: EditStatusRequest },
    answers: { 200: { description: 'Changed; `id` is the survey plan’s', schema: EditQuotaAnswer } },
    problems: { 400: FAULTS, 404: NOT_YOURS },
  },
  {
    ...gateway,
    method: 'get',
    path: '/targeting-attributes',
    summary: 'The questions that a plan can target',
    query: TargetingQuery.pick({ country: true }),
    answers: { 200: { description: 'Those of the country; without one, all', schema: TargetingAttributesAnswer } },
    problems: { 400: FAULTS },
  },
  {
    ...gateway,
    method: 'get',
    path: '/targeting-panels',
    summary: 'The panels that a plan can target',
    query: TargetingQuery,
    answers: { 200: { description: 'Panel -> country -> locales and currency', schema: TargetingPanelsAnswer } },
    problems: { 400: FAULTS },
  },
  {
    method: 'get',
    path: '/v1/plans',
    tag: 'Survey plans',
    summary: 'Your survey plans, newest first',
    audience: 'demand_partner',
    query: PlansQuery,
    answers: { 200: { description: 'A page', schema: PlansAnswer } },
    problems: { 400: 'The query is malformed' },
  },
  {
    method: 'get',
    path: '/v1/plans/{id}/policy',
    tag: 'Survey plans',
    summary: 'The policy of a survey plan',
    audience: 'demand_partner',
    params: PlanPath,
    answers: { 200: { description: 'The policy', schema: PolicyAnswer } },
    problems: { 404: NOT_YOURS },
  },
  {
    method: 'put',
    path: '/v1/plans/{id}/policy',
    tag: 'Survey plans',
    summary: 'Set overage, unsigned outcomes, allocations, a soft launch',
    description:
      'Absent members stay as they are; `allocations` merge by panel. A panel may reach its allocation and `flexibility_percent` of the rest of the target.',
    audience: 'demand_partner',
    params: PlanPath,
    body: { schema: PolicyRequest },
    answers: { 200: { description: 'The whole policy after the change', schema: PolicyAnswer } },
    problems: { 400: 'The body is malformed, or its values are impossible for the plan', 404: NOT_YOURS },
  },
]
