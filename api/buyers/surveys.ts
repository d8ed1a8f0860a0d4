import type { Request, RequestHandler } from 'express'
import { z } from 'zod'
import { SurveyEditRefused } from '../../commands/buyer-surveys/apply-to-plan.js'
import { draftSurvey } from '../../commands/buyer-surveys/draft.js'
import { editBuyerSurvey } from '../../commands/buyer-surveys/edit.js'
import { findBuyerSurvey } from '../../db/read-models/buyer-survey.js'
import { fieldingOf } from '../../db/read-models/buyer-survey-fielding.js'
import { findTemplate } from '../../db/read-models/templates.js'
import type { BuyerSurveyRecord } from '../../db/rows/buyer-survey.js'
import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import { NEEDED, type SurveyRequest } from '../../domain/template/buyer-survey.js'
import { editedSurvey, newSurvey } from '../../domain/template/inherit.js'
import { mayUse } from '../../domain/template/template.js'
import type { DemandPartnerConfig } from '../../platform/config/load.js'
import { drivePlan } from '../demand/drive-plan.js'
import { wireFaults } from '../demand/wire-faults.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import type { FieldFault } from '../http/problem.js'
import { MOST_LISTED, parseBody } from '../http/validate.js'
import { editRefused } from './edit-refusal.js'
import { anotherTemplate, featureOff, malformed, noSurvey, noTemplate, templateTooLate } from './errors.js'
import { planOfSurvey } from './plan-of-survey.js'
import { quotaIds, randomText } from './quota-ids.js'
import { surveyAnswer } from './survey-answer.js'
import { SurveyBody } from './survey-schemas.js'
import { requestOf, requestOfTemplate, WIRE_NAMES } from './survey-wire.js'

const Members = z.looseObject({})
type Members = z.output<typeof Members>
const LARGEST_ID = 2_147_483_647

/**
 * `POST /buyers/v2/surveys`: a draft from a template, from the request, or from both (PureSpectrum Buy API). Returns
 * 200, as the document's answers name no other status.
 */
export function createSurvey(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response)
    const body = parseBody(Members, request, MOST_LISTED)
    const named = await templateNamed(deps, partner, body)
    const read = SurveyBody.safeParse(body)
    const missing = missingFaults(body, named?.survey ?? {})
    if (!read.success) throw malformed([...faultsOf(read.error, body), ...missing])
    const { ps_survey_status: wanted = 11, ...fields } = read.data
    if (wanted !== 11) {
      missing.push({ field: 'ps_survey_status', message: 'must be 11: a survey begins as a draft; launch it with PUT' })
    }
    const survey = newSurvey(requestOf(fields), named?.survey ?? null, quotaIds)
    if (survey === null || missing.length > 0) throw malformed(missing)
    const draft = { demandPartner: partner.id, templateId: named?.templateId ?? null, survey, linkToken: linkToken() }
    const record = await draftSurvey(deps, draft)
    response.json(surveyAnswer(record, null, deps.publicUrl))
  }
}

/** `PUT /buyers/v2/surveys/{id}`: edits a survey; put live it becomes a survey plan (docs/templates.md, The launch). */
export function editSurvey(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response)
    const body = parseBody(Members, request, MOST_LISTED)
    const named = await templateNamed(deps, partner, body)
    const record = await editBuyerSurvey(deps, {
      demandPartner: partner.id,
      psSurveyId: surveyIdOf(request),
      edit: (before) => {
        if (named !== null && before.templateId === null) throw templateTooLate()
        if (named !== null && before.templateId !== named.templateId) throw anotherTemplate()
        const read = SurveyBody.safeParse(body)
        if (!read.success) throw malformed(faultsOf(read.error, body))
        const survey = editedSurvey(before.survey, requestOf(read.data), named?.survey ?? null, quotaIds)
        return { survey, wanted: wantedOf(read.data.ps_survey_status) }
      },
      planOf: planOfSurvey(deps),
    }).catch((error: unknown) => {
      throw error instanceof SurveyEditRefused ? editRefused(error.refusal) : error
    })
    if (record === null) throw noSurvey()
    if (record.launched !== null) drivePlan(deps, record.launched.planId)
    response.json(await answerOf(deps, record))
  }
}

/** `GET /buyers/v2/surveys/{id}`, with the status of the plan that it became. */
export function readSurvey(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const record = await findBuyerSurvey(deps.knex, partnerOf(response).id, surveyIdOf(request))
    if (record === null) throw noSurvey()
    response.json(await answerOf(deps, record))
  }
}

async function answerOf(deps: ApiDependencies, record: BuyerSurveyRecord) {
  const fielding = record.launched === null ? null : await fieldingOf(deps.knex, record.launched.planId)
  return surveyAnswer(record, fielding, deps.publicUrl)
}

/** `ps_survey_status` of the buyers' API -> the status that the plan gets. */
const WANTED = { 11: 'draft', 22: 'OPEN', 33: 'PAUSED', 44: 'CLOSED' } as const satisfies Readonly<
  Record<number, 'draft' | PlanStatus>
>

const wantedOf = (status: keyof typeof WANTED | undefined) => (status === undefined ? undefined : WANTED[status])

/**
 * Finds the template that a request names, before the rest of the request is checked: first checks that the buyer has
 * the feature, then that they may use the template.
 * @returns null when the request names none
 */
async function templateNamed(
  { knex }: ApiDependencies,
  partner: DemandPartnerConfig,
  { template_id: id }: Members,
): Promise<{ readonly templateId: number; readonly survey: SurveyRequest } | null> {
  if (id === undefined || id === null) return null
  if (!partner.templates) throw featureOff()
  // the schema reports an id that is not an integer with the other faults
  if (typeof id !== 'number' || !Number.isInteger(id)) return null
  const template = Math.abs(id) > LARGEST_ID ? null : await findTemplate(knex, id)
  if (template === null || !mayUse(template, partner)) throw noTemplate()
  return { templateId: template.templateId, survey: requestOfTemplate(template) }
}

/** One fault for each required setting that neither the request nor the template has. */
function missingFaults(body: Members, template: SurveyRequest): FieldFault[] {
  return NEEDED.filter((name) => template[name] === undefined && (body[WIRE_NAMES[name]] ?? null) === null).map(
    (name) => ({ field: WIRE_NAMES[name], message: 'is required, here or in the template' }),
  )
}

const faultsOf = (error: z.ZodError, body: Members): FieldFault[] =>
  wireFaults(error, body).map(({ field, message }) => ({ field, message }))

/** @throws BuyerError 404 for text that cannot be an id */
function surveyIdOf(request: Request): number {
  const text = String(request.params.survey_id)
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : LARGEST_ID + 1
  if (id > LARGEST_ID) throw noSurvey()
  return id
}

const linkToken = (): string => randomText(6, 'abcdefghijklmnopqrstuvwxyz0123456789')
