import type { PlanStatus, SoftLaunch, SurveyPlan } from '../../domain/plan/survey-plan.js'

/** Why a plan or a quota has its status. */
export type StatusReason = 'buyer' | 'filled' | 'finish_date'

/** One row of `survey_plans`. */
export interface PlanRow {
  readonly planId: string
  readonly demandPartner: string
  /** Its id in the catalogue, which panels see. */
  readonly surveyId: string
  readonly plan: SurveyPlan
  readonly targetCompletes: number
  readonly status: PlanStatus
  readonly statusReason: StatusReason
  readonly completes: number
  readonly overage: number
  readonly acceptUnsigned: boolean
  readonly flexibilityPercent: number
  readonly softLaunch: SoftLaunch | null
  readonly softLaunchReachedAt: Date | null
  readonly fullyLaunchedAt: Date | null
  /** Set exactly while a workflow runs the plan. */
  readonly workflowStartedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly deletedAt: Date | null
}

/** Property names of `PlanRow` -> columns of `survey_plans`. */
export const PLAN_COLUMNS = {
  planId: 'plan_id',
  demandPartner: 'demand_partner',
  surveyId: 'survey_id',
  plan: 'plan',
  targetCompletes: 'target_completes',
  status: 'status',
  statusReason: 'status_reason',
  completes: 'completes',
  overage: 'overage',
  acceptUnsigned: 'accept_unsigned',
  flexibilityPercent: 'flexibility_percent',
  softLaunch: 'soft_launch',
  softLaunchReachedAt: 'soft_launch_reached_at',
  fullyLaunchedAt: 'fully_launched_at',
  workflowStartedAt: 'workflow_started_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  deletedAt: 'deleted_at',
} as const satisfies Readonly<Record<keyof PlanRow, string>>
