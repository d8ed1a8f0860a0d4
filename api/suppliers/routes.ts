import { once } from 'node:events'
import { Router } from 'express'
import { mayUse } from '../../commands/access/usable-connections.js'
import {
  findSupplierSurvey,
  listSupplierSurveys,
  type SupplierScope,
  type SupplierSurvey,
} from '../../db/read-models/supplier-surveys.js'
import type { VocabularyMapping } from '../../domain/mapping.js'
import type { SurveyStatus } from '../../domain/survey.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { adapterOf } from '../../providers/adapters.js'
import type { ApiDependencies } from '../dependencies.js'
import { connectionFactsOf } from '../eligibility/gather-facts.js'
import { unknownRoute } from '../http/errors.js'
import { clientOnly, supplierOf } from '../http/gateway-auth.js'
import { notFound } from '../http/problem.js'
import { parse } from '../http/validate.js'
import { CriteriaSpeaker } from './criteria.js'
import { SurveysQuery } from './schemas.js'
import { supplierErrors } from './supplier-errors.js'
import { type Showing, STATUS, statusOf, surveyText } from './survey-answer.js'

const ID = /^sv_[0-9a-f]{24}$/
const SAME_NAMES: VocabularyMapping = { identity: true, attributes: {} }
/** The stored statuses of rows that may now have a status: a survey stored as open may be paused or over by now. */
const STORED: Readonly<Record<number, readonly SurveyStatus[]>> = {
  [STATUS.live]: ['open'],
  [STATUS.paused]: ['open', 'paused', 'unreadable'],
  [STATUS.closed]: ['open', 'paused', 'unreadable', 'closed', 'withdrawn'],
}

/** The PureSpectrum Supply API: the surveys that a panel may use, and its allocations in them. */
export function supplierRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const panelOnly = clientOnly('panel', deps, 'access-token')
  const view = new SupplierView(deps)

  router.get('/suppliers/v2/surveys', panelOnly, async (request, response) => {
    const { survey_status: status, mod_on: since } = parse(SurveysQuery, request.query)
    const panel = supplierOf(response)
    const changedSince = since === undefined ? null : new Date(since)
    const now = deps.clock()
    const pages = listSupplierSurveys(deps.knex, view.scopeOf(panel), STORED[status] ?? [], changedSince, now)
    const texts = inStatus(pages, status, (found) => view.showing(found, panel, now))
    // read the first page before sending anything, so that an unreachable database is still a 503
    let page = await texts.next()
    response.type('application/json')
    response.write('{"apiStatus":"success","msg":"Surveys fetched successfully","surveys":[')
    for (let separator = ''; !page.done && !response.destroyed; page = await texts.next()) {
      if (page.value === '') continue
      if (!response.write(separator + page.value))
        await Promise.race([once(response, 'drain'), once(response, 'close')])
      separator = ','
    }
    response.end(']}')
  })

  router.get('/suppliers/v2/surveys/:surveyId', panelOnly, async (request, response) => {
    const panel = supplierOf(response)
    const surveyId = String(request.params.surveyId)
    const now = deps.clock()
    const found = ID.test(surveyId) ? await findSupplierSurvey(deps.knex, view.scopeOf(panel), surveyId, now) : null
    if (found === null) throw notFound('Survey not found')
    const survey = surveyText(found, view.showing(found, panel, now))
    response
      .type('application/json')
      .send(
        `{"apiStatus":"success","msg":"Survey Quota and Qualification fetched successfully ","version":"2.0","survey":${survey}}`,
      )
  })

  // answers unknown routes and wrong methods at these addresses in the document's format too
  router.use('/suppliers/v2', unknownRoute)
  router.use('/suppliers/v2', supplierErrors(deps.logger))
  return router
}

/** The surveys of each page that have the status, as JSON texts joined by commas; '' for a page without any. */
async function* inStatus(
  pages: AsyncGenerator<SupplierSurvey[]>,
  status: number,
  showing: (found: SupplierSurvey) => Showing,
): AsyncGenerator<string> {
  for await (const page of pages) {
    yield page
      .flatMap((found) => {
        const shown = showing(found)
        return statusOf(found, shown) === status ? [surveyText(found, shown)] : []
      })
      .join(',')
  }
}

/** What configuration adds to a stored survey. */
class SupplierView {
  readonly #speaker = new CriteriaSpeaker(adapterOf('purespectrum').vocabulary)
  readonly #buyers: ReadonlyMap<string, number>

  constructor(private readonly deps: ApiDependencies) {
    this.#buyers = new Map(deps.config.demandPartners.map(({ id, buyerId }) => [id, buyerId]))
  }

  scopeOf(panel: PanelConfig): SupplierScope {
    const connections = this.deps.config.connections.map(({ id }) => id).filter((id) => mayUse(panel, id))
    return { panel: panel.id, connections }
  }

  showing({ connection, survey, plan }: SupplierSurvey, panel: PanelConfig, now: Date): Showing {
    return {
      panel: panel.id,
      now,
      connection: connectionFactsOf(this.deps, panel, { id: connection, caps: null }),
      buyerId: plan === null ? 0 : (this.#buyers.get(plan.demandPartner) ?? 0),
      locale: panel.markets[survey.country]?.locales[0] ?? null,
      vocabulary: this.deps.findUpstream(connection)?.vocabulary ?? SAME_NAMES,
      speaker: this.#speaker,
    }
  }
}
