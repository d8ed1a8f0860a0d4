/** A survey as in the PureSpectrum Supply API's sample response: every member of it, and no other. */
export interface SupplySurvey {
  survey_id: number
  survey_name: string
  /** 11 draft, 22 live, 33 paused, 44 closed. */
  survey_status: 11 | 22 | 33 | 44
  surveyLocalization: string
  /** Major units with two decimals, written as a JSON number: 2.50. */
  cpi: number
  price_type: number
  pii: boolean
  buyer_message: string
  buyer_id: number
  incl_excl: number
  click_balancing: 0 | 1
  category: string
  category_code: number
  soft_launch: boolean
  survey_grouping?: { survey_ids: number[]; exclusion_period: number }
  survey_performance: { overall: Performance; last_block: Performance }
  /** Present only when a minimum is guaranteed to the supplier, or its count is limited. */
  supplier_completes?: SupplierCompletes
  qualifications: Criterion[]
  quotas: SupplyQuota[]
  crtd_on: number
  mod_on: number
  last_complete_date: number | null
  field_end_date: number
}

export interface Performance {
  ir: number
  loi: number
}

export interface SupplierCompletes {
  needed: number
  achieved: number
  remaining: number
  guaranteed_allocation?: number
  guaranteed_allocation_remaining?: number
}

export interface Criterion {
  qualification_code: number
  condition_codes?: string[]
  range_sets?: { from: number; to: number; units: number }[]
}

export interface SupplyQuota {
  quota_id: string
  quantities: { currently_open: number; remaining: number; achieved: number }
  criteria: Criterion[]
  crtd_on: number
  mod_on: number
  last_complete_date: number | null
}

/** A survey as in the list: without its targeting. */
export function listed({ qualifications: _q, quotas: _quotas, ...rest }: SupplySurvey): Record<string, unknown> {
  return rest
}

export const STATUS = { draft: 11, live: 22, paused: 33, closed: 44 } as const

/** `{apiStatus: "failure", msg}`, with any status. */
export function failure(status: number, msg = MESSAGES[status] ?? 'the request failed'): Record<string, unknown> {
  return { apiStatus: 'failure', msg }
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'access-token is missing or wrong',
  403: 'access-token is missing or wrong',
  404: 'Survey not found',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
}
