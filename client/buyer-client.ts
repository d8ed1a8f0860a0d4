import type { z } from 'zod'
import type { BuyerSurvey } from '../api/buyers/survey-schemas.js'
import type { FolderList, Template, TemplatesAnswer } from '../api/buyers/template-schemas.js'
import type {
  CreatePlanAnswer,
  EditPlanAnswer,
  EditQuotaAnswer,
  PlanAnswer,
  Status,
  SurveyPlanRequest,
} from '../api/demand/plan-schemas.js'
import type { ListedPlan, PlansAnswer, PolicyAnswer, PolicyRequest } from '../api/demand/policy-schemas.js'
import type { TargetingAttributesAnswer, TargetingPanelsAnswer } from '../api/demand/targeting-schemas.js'
import type { BuyerSurveyRequest, TemplateFields } from './buyer-types.js'
import { type ClientOptions, path, Transport } from './http.js'

type PlanStatus = z.output<typeof Status>

/**
 * The API for a demand partner: survey plans (Kantar Gateway API), their policies, and surveys from templates
 * (PureSpectrum Buy API). Every method throws TributaryError when the call fails.
 */
export class BuyerClient {
  readonly #api: Transport

  constructor(options: ClientOptions) {
    this.#api = new Transport(options)
  }

  /** The questions that a plan can target. @param country ISO 3166-1 alpha-3 [all] */
  targetingAttributes(country?: string): Promise<z.output<typeof TargetingAttributesAnswer>> {
    return this.#api.json('/targeting-attributes', { query: { country } })
  }

  /** The panels that a plan can target, with their markets. */
  targetingPanels(filter: { country?: string; panel?: string } = {}): Promise<z.output<typeof TargetingPanelsAnswer>> {
    return this.#api.json('/targeting-panels', { query: filter })
  }

  /** Launches a plan: it is open, and offered to its panels, immediately. */
  createPlan(plan: z.input<typeof SurveyPlanRequest>): Promise<z.output<typeof CreatePlanAnswer>> {
    return this.#api.json('/survey-plan', { method: 'POST', body: plan })
  }

  /** A plan as it was posted, its available completes, and the outcomes of its sessions. */
  getPlan(planId: string): Promise<z.output<typeof PlanAnswer>> {
    return this.#api.json(path`/survey-plans/${planId}`)
  }

  setPlanStatus(planId: string, status: PlanStatus): Promise<z.output<typeof EditPlanAnswer>> {
    return this.#api.json(path`/survey-plans/${planId}`, { method: 'PATCH', body: { status } })
  }

  setQuotaStatus(planId: string, quotaId: string, status: PlanStatus): Promise<z.output<typeof EditQuotaAnswer>> {
    return this.#api.json(path`/survey-plans/${planId}/quotas/${quotaId}`, { method: 'PATCH', body: { status } })
  }

  /** Deletes a plan that is CLOSED and has no session in progress. */
  async deletePlan(planId: string): Promise<void> {
    await this.#api.send(path`/survey-plans/${planId}`, { method: 'DELETE' })
  }

  /** One page of plans, newest first. @param cursor `next_cursor` of the page before */
  listPlans(cursor?: string, limit?: number): Promise<PlansAnswer> {
    return this.#api.json('/v1/plans', { query: { cursor, limit } })
  }

  /** All plans, newest first, fetched page by page as they are read. */
  async *plans(): AsyncGenerator<ListedPlan> {
    let cursor: string | undefined
    do {
      const page = await this.listPlans(cursor)
      yield* page.plans
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
  }

  getPolicy(planId: string): Promise<PolicyAnswer> {
    return this.#api.json(path`/v1/plans/${planId}/policy`)
  }

  /** Changes the given members and keeps the others. @returns the whole policy */
  putPolicy(planId: string, policy: z.input<typeof PolicyRequest>): Promise<PolicyAnswer> {
    return this.#api.json(path`/v1/plans/${planId}/policy`, { method: 'PUT', body: policy })
  }

  /** One page of the templates that the caller may manage. */
  listTemplates(cursor?: string, limit?: number): Promise<TemplatesAnswer> {
    return this.#api.json('/v1/templates', { query: { cursor, limit } })
  }

  /** Stores a template; replaces an existing one with the same id. */
  putTemplate(templateId: number, template: TemplateFields): Promise<Template> {
    return this.#api.json(path`/v1/templates/${String(templateId)}`, { method: 'PUT', body: template })
  }

  getTemplate(templateId: number): Promise<Template> {
    return this.#api.json(path`/v1/templates/${String(templateId)}`)
  }

  async deleteTemplate(templateId: number): Promise<void> {
    await this.#api.send(path`/v1/templates/${String(templateId)}`, { method: 'DELETE' })
  }

  /** The templates that the caller may use, by folder. @param forPage 1: with owner and sharing, for a page */
  templateFolders(forPage: 0 | 1 = 0): Promise<FolderList> {
    return this.#api.json('/buyers/v2/templates', { query: { UI: forPage }, keyHeader: 'access-token' })
  }

  /** Creates a draft, from a template when `template_id` names one. */
  createSurvey(survey: BuyerSurveyRequest): Promise<BuyerSurvey> {
    return this.#api.json('/buyers/v2/surveys', { method: 'POST', body: survey, keyHeader: 'access-token' })
  }

  /** Edits a survey. `ps_survey_status: 22`, with `live_url`, `offer_price`, `currency` and `panels`, launches it. */
  putSurvey(surveyId: number, survey: BuyerSurveyRequest): Promise<BuyerSurvey> {
    const address = path`/buyers/v2/surveys/${String(surveyId)}`
    return this.#api.json(address, { method: 'PUT', body: survey, keyHeader: 'access-token' })
  }

  getSurvey(surveyId: number): Promise<BuyerSurvey> {
    return this.#api.json(path`/buyers/v2/surveys/${String(surveyId)}`, { keyHeader: 'access-token' })
  }
}
