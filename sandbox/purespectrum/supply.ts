import { type RequestHandler, type Response, Router } from 'express'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import type { SurveyBook } from './survey-book.js'
import { failure, listed, STATUS, type SupplySurvey } from './wire.js'

export interface SupplyParts {
  readonly surveys: SurveyBook
  readonly faults: FaultBoard
  readonly journal: Journal
  readonly accessToken: string
  readonly supplierId: number
  /** This provider's address for other processes. */
  readonly url: () => string
}

const FILTERS = new Set(['survey_status', 'mod_on', 'reg'])

/** `/suppliers/v2`: the list, one survey, and the registration before an entry. */
export function createSupply(parts: SupplyParts): Router {
  const { surveys, faults, journal, accessToken, supplierId, url } = parts
  const registered = new Set<string>()
  const router = Router()
  router.use(authenticate(accessToken))

  router.get('/surveys', failing(faults, journal, 'purespectrum.list', failure), (request, response) => {
    const unknown = Object.keys(request.query).find((name) => !FILTERS.has(name))
    if (unknown !== undefined) return refuse(response, 400, `unknown filter "${unknown}"`)
    const status = Number(request.query.survey_status ?? STATUS.live)
    const since = Number(request.query.mod_on ?? 0)
    if (!Object.values<number>(STATUS).includes(status))
      return refuse(response, 400, 'survey_status must be 11, 22, 33 or 44')
    if (!Number.isSafeInteger(since)) return refuse(response, 400, 'mod_on must be a time in epoch milliseconds')
    const found = surveys
      .all()
      .filter((survey) => survey.survey_status === status && survey.mod_on >= since)
      .filter((survey) => request.query.reg !== 'true' || registered.has(String(survey.survey_id)))
    journal.record('purespectrum.listed', { status, mod_on: since || null, surveys: found.length })
    // an empty list is a success with a message, and without a list
    if (found.length === 0) return void response.json({ apiStatus: 'success', msg: 'No surveys found' })
    response.json({ apiStatus: 'success', msg: 'Surveys fetched successfully', surveys: found.map(listed) })
  })

  router.get('/surveys/:id', failing(faults, journal, 'purespectrum.survey', failure), (request, response) => {
    const id = String(request.params.id)
    const survey = surveys.get(id)
    if (!survey || survey.survey_status === STATUS.draft) return refuse(response, 404, 'Survey not found')
    journal.record('purespectrum.survey_read', { survey: id, mod_on: survey.mod_on })
    const raw = surveys.rawOf(id)
    if (raw !== undefined) return void response.type('application/json').send(raw)
    response.type('application/json').send(JSON.stringify(answerOf(survey)))
  })

  router.post(
    '/surveys/register/:id',
    failing(faults, journal, 'purespectrum.register', failure),
    (request, response) => {
      const id = String(request.params.id)
      const intents = Number(request.query.intent_count)
      if (!Number.isInteger(intents) || intents < 1)
        return refuse(response, 400, 'intent_count must be a count above 0')
      const survey = surveys.get(id)
      if (!survey || survey.survey_status === STATUS.draft) return refuse(response, 404, 'Survey not found')
      if (survey.survey_status !== STATUS.live) return refuse(response, 400, 'Survey is not live')
      registered.add(id)
      journal.record('purespectrum.registered', { survey: id, intents })
      response.json({
        apiStatus: 'success',
        msg: 'Survey registered successfully',
        // like their links: a query of their own after a fragment would also be valid
        survey_entry_url: `${url()}/surveydynamic?survey_id=${id}&supplier_id=${supplierId}`,
      })
    },
  )

  router.use((_request, response) => refuse(response, 404, 'Resource not found'))
  return router
}

function answerOf(survey: SupplySurvey): Record<string, unknown> {
  return { apiStatus: 'success', msg: 'Survey Quota and Qualification fetched successfully ', version: '2.0', survey }
}

/** Every call needs the access-token header (PureSpectrum Supply API, Request). */
function authenticate(accessToken: string): RequestHandler {
  return (request, response, next) => {
    if (request.get('access-token') === accessToken) return next()
    refuse(response, request.get('access-token') === undefined ? 401 : 403)
  }
}

function refuse(response: Response, status: number, msg?: string): void {
  response.status(status).json(failure(status, msg))
}
