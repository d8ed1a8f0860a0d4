import express, { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { failing, faultOf } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { inShare } from '../random.js'
import type { Inventory } from './inventory.js'
import type { MemberBook } from './members.js'
import { type ResultName, resultBody } from './wire.js'

export interface PartnerApiParts {
  readonly apiAuthKey: string
  /** By PanelGUID in lower case. */
  readonly inventories: ReadonlyMap<string, Inventory>
  readonly members: MemberBook
  readonly faults: FaultBoard
  readonly journal: Journal
  readonly url: () => string
  /** A new id for an invite's link. */
  readonly newId: () => string
}

const DEFAULT_RESULTS = 10_000
const Registration = z.object({ PartnerGUID: z.string(), MemberCode: z.string().min(1).max(256) })
const errorBody = (status: number) => ({ Result: `HTTP_${status}`, Message: 'simulated failure' })

/**
 * Toluna External Sample, API Documentation: quotas, invites, recontact members, quota status; and the registration of
 * members.
 */
export function createPartnerApi(parts: PartnerApiParts): Router {
  const { apiAuthKey, inventories, members, faults, journal, url } = parts
  const router = Router({ caseSensitive: false })
  const striking = (endpoint: string): RequestHandler => failing(faults, journal, endpoint, errorBody)
  const refuse = (response: express.Response, name: ResultName): void => {
    journal.record('toluna.refused', { result: name })
    response.status(400).json(resultBody(name))
  }

  // 403: invalid api auth key (Responses)
  router.use((request, response, next) => {
    if (request.get('API_AUTH_KEY') === apiAuthKey) return next()
    journal.record('toluna.forbidden', { path: request.path })
    response.status(403).json({ Result: 'FORBIDDEN', Message: 'invalid API_AUTH_KEY' })
  })

  const panelOf = (guid: unknown, response: express.Response): Inventory | undefined => {
    const inventory = inventories.get(String(guid).toLowerCase())
    if (!inventory) refuse(response, 'PANEL_DOES_NOT_EXIST')
    return inventory
  }
  const quotaOf = (inventory: Inventory, id: unknown, response: express.Response) => {
    const placed = /^\d{1,15}$/.test(String(id)) ? inventory.find(Number(id)) : undefined
    if (!placed) refuse(response, 'NO_QUOTA_ID')
    return placed
  }

  router.get('/ExternalSample/:guid/Quotas', striking('toluna.quotas'), (request, response) => {
    const inventory = panelOf(request.params.guid, response)
    if (!inventory) return
    const fault = faultOf(response)
    let text = inventory.list()
    if (fault?.drift !== undefined) text = drifted(text, fault.drift)
    journal.record('toluna.polled', {
      panel: request.params.guid,
      bytes: text.length,
      routables: /includeRoutables/i.test(request.url),
    })
    response.type('application/json').send(text)
  })

  router.get('/ExternalSample/:guid/QuotaStatus/:quota', striking('toluna.quota_check'), (request, response) => {
    const inventory = panelOf(request.params.guid, response)
    const placed = inventory && quotaOf(inventory, request.params.quota, response)
    if (!inventory || !placed) return
    const { quota } = placed
    journal.record('toluna.quota_checked', { quota: quota.QuotaID })
    if (quota.EstimatedCompletesRemaining <= 0) return refuse(response, 'QUOTA_FULL')
    if (!inventory.isLive(quota.QuotaID)) return refuse(response, 'QUOTA_NOT_LIVE')
    response.json({ ...quota, CountryID: inventory.panel.countryId })
  })

  router.get('/ExternalSample/:guid/:member/Invite/:quota', striking('toluna.invite'), (request, response) => {
    const { guid, member } = request.params as { guid: string; member: string }
    const inventory = panelOf(guid, response)
    if (!inventory) return
    const byHand = members.refusals.get(member) ?? members.refusals.get(String(request.params.quota))
    if (byHand !== undefined) {
      journal.record('toluna.refused', { code: byHand })
      return void response.status(400).json({ Result: 'SET_BY_HAND', ResultCode: byHand })
    }
    const placed = quotaOf(inventory, request.params.quota, response)
    if (!placed) return
    const { survey, quota } = placed
    const panel = inventory.panel.guid
    if (!members.isKnown(panel, member)) return refuse(response, 'NO_MEMBER_FOUND')
    if (quota.EstimatedCompletesRemaining <= 0) return refuse(response, 'QUOTA_FULL')
    if (!inventory.isLive(quota.QuotaID)) return refuse(response, 'QUOTA_NOT_LIVE')
    if (survey.IsSurveyRecontact && !members.named(quota.QuotaID).includes(member))
      return refuse(response, 'MEMBER_GID_NOT_AVAILABLE')
    const before = members.of(panel, member, survey.SurveyID, survey.WaveID)
    if (before.some(({ ending }) => ending !== undefined)) return refuse(response, 'SURVEY_TAKEN')
    // a member is targeted for only one quota of a survey (Sampling Rules)
    if (before.some(({ quotaId }) => quotaId !== quota.QuotaID))
      return refuse(response, 'NON_QUOTA_DEMOGRAPHIC_REJECTION')
    const id = parts.newId()
    const amount = survey.Price.Amount
    members.add({
      id,
      panel,
      member,
      surveyId: survey.SurveyID,
      waveId: survey.WaveID,
      quotaId: quota.QuotaID,
      partnerAmount: amount,
    })
    journal.record('toluna.invited', { invite: id, survey: survey.SurveyID, quota: quota.QuotaID })
    response.json({
      SurveyID: survey.SurveyID,
      WaveID: survey.WaveID,
      QuotaID: quota.QuotaID,
      MemberAmount: 0,
      PartnerAmount: amount,
      URL: `${url()}/survey?i=${id}`,
      LOI: survey.LOI,
      IR: survey.IR,
    })
  })

  router.get('/ExternalSample/:guid/Recontact/:quota/MemberCodes', striking('toluna.members'), (request, response) => {
    const inventory = panelOf(request.params.guid, response)
    const placed = inventory && quotaOf(inventory, request.params.quota, response)
    if (!placed) return
    if (!placed.survey.IsSurveyRecontact) return refuse(response, 'SURVEY_NOT_FOR_RECONTACT')
    const limit = Number(request.query.maxResults ?? DEFAULT_RESULTS)
    const last = request.query.lastMemberCodeReceived
    const all = members.named(placed.quota.QuotaID)
    const from = typeof last === 'string' ? all.findIndex((code) => code > last) : 0
    const rest = from < 0 ? [] : all.slice(from)
    const codes = rest.slice(0, Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_RESULTS)
    journal.record('toluna.members_read', { quota: placed.quota.QuotaID, from: last ?? null, count: codes.length })
    response.json({
      MaxResults: codes.length,
      HasAdditionalMembers: rest.length > codes.length,
      MemberCodes: codes,
    })
  })

  // public documentation, Adding a Member (POST)
  router.post(
    '/IntegratedPanelService/api/Respondent',
    striking('toluna.register'),
    express.json({ limit: '100kb' }),
    (request, response) => {
      const body = Registration.safeParse(request.body)
      const known = body.success && inventories.get(body.data.PartnerGUID.toLowerCase())
      if (!body.success || !known) return void response.status(400).json({ Message: 'PartnerGUID or MemberCode' })
      const isNew = members.register(known.panel.guid, body.data.MemberCode)
      journal.record('toluna.registered', { panel: known.panel.guid, is_new: isNew })
      response.status(isNew ? 201 : 409).json(body.data)
    },
  )

  return router
}

/** Changes a share of the surveys to an undocumented shape. */
function drifted(text: string, share: number): string {
  const list = JSON.parse(text) as { Surveys: Record<string, unknown>[] }
  const surveys = list.Surveys.map((survey, at) => {
    if (!inShare('drift', String(survey.SurveyID), share)) return survey
    return at % 3 === 0
      ? { ...survey, Price: undefined }
      : at % 3 === 1
        ? { ...survey, Quotas: 'see attachment' }
        : { ...survey, LOI: 'long' }
  })
  return JSON.stringify({ ...list, Surveys: surveys })
}
