import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { button } from '../../web/kit/form.js'
import { html } from '../../web/kit/html.js'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { sendPage } from '../pages/layout.js'
import { CODE_LIST, CODES, type Code, DELIVERIES, DELIVERY_MEANINGS } from './codes.js'
import type { Outcomes } from './outcomes.js'
import type { SessionBook, Visit } from './session-book.js'
import type { SurveyBook } from './survey-book.js'
import { failure, STATUS, type SupplySurvey } from './wire.js'

export interface EntryPageParts {
  readonly surveys: SurveyBook
  readonly sessions: SessionBook
  readonly outcomes: Outcomes
  readonly faults: FaultBoard
  readonly journal: Journal
  readonly supplierId: number
}

const id = z.string().min(1).max(256)
/** The required parameters of an entry link; every other one is a known qualification, `code=value,value`. */
const Entry = z.object({
  supplier_id: z.string().regex(/^\d+$/),
  survey_id: id,
  ps_supplier_respondent_id: id,
  ps_supplier_sid: id,
})
const code = z.coerce.number().refine((value): value is Code => CODE_LIST.includes(value as Code))
const Choice = z.object({ code, delivery: z.enum(DELIVERIES).default('callback_first') })
const NOT_ANSWERS = new Set([...Object.keys(Entry.shape), 'auto', 'delivery', 'bsec', 'ps_redirect_test'])

/** The simulated survey: a person, or a driver with `&auto=21`, chooses how it ends. */
export function createEntryPage(parts: EntryPageParts): Router {
  const { surveys, sessions, outcomes, faults, journal, supplierId } = parts
  const router = Router()
  router.use('/surveydynamic', failing(faults, journal, 'purespectrum.entry', failure))

  router.get('/surveydynamic', async (request, response) => {
    const entry = Entry.safeParse(request.query)
    if (!entry.success || Number(entry.data.supplier_id) !== supplierId) {
      journal.record('purespectrum.entry_refused', { query: Object.keys(request.query) })
      return sendPage(response, 400, {
        title: 'Invalid link',
        body: html`<h1>This link is invalid</h1>
<p>It lacks ${entry.success ? 'our supplier_id' : entry.error.issues.map(({ path }) => path.join('.')).join(', ')}.</p>`,
      })
    }
    const known = answersIn(request)
    if (known === null)
      return sendPage(response, 400, { title: 'Invalid link', body: html`<h1>A parameter is not a qualification</h1>` })
    const before = sessions.get(entry.data.ps_supplier_sid)
    const visit =
      before ??
      sessions.enter({
        supplierSid: entry.data.ps_supplier_sid,
        surveyId: entry.data.survey_id,
        respondentId: entry.data.ps_supplier_respondent_id,
        known,
      })
    if (!before) journal.record('purespectrum.entered', { ...visit })
    const survey = surveys.get(visit.surveyId)
    const refused = visit.ended === null ? atTheDoor(survey, visit) : null
    if (refused !== null) return void response.redirect(303, (await outcomes.finish(visit, refused)) ?? '/')
    const auto =
      request.query.auto === undefined ? null : Choice.safeParse({ ...request.query, code: request.query.auto })
    if (auto?.success === false)
      return sendPage(response, 400, { title: 'Unknown code', body: html`<h1>Unknown code</h1>` })
    if (auto?.success) return end(response, visit, auto.data)
    sendPage(response, 200, { title: 'A simulated survey', body: page(visit, survey) })
  })

  router.post('/surveydynamic', express.urlencoded({ extended: false }), async (request, response) => {
    const visit = sessions.get(String(request.query.ps_supplier_sid))
    const choice = Choice.safeParse(request.body)
    if (!visit || !choice.success)
      return sendPage(response, 400, { title: 'Unknown', body: html`<h1>Unknown visit or code</h1>` })
    return end(response, visit, choice.data)
  })

  /**
   * The checks of their own entry: the survey is live, no group excludes the respondent, no quota of theirs is closed.
   */
  function atTheDoor(survey: SupplySurvey | undefined, visit: Visit): Code | null {
    if (!survey || survey.survey_status !== STATUS.live) return 22
    const { survey_ids: group = [], exclusion_period: days = 0 } = survey.survey_grouping ?? {}
    if (sessions.completedOneOf(visit.respondentId, group.map(String), days)) return 32
    const closed = survey.quotas.some(
      ({ quantities, criteria }) => quantities.currently_open === 0 && criteria.every((one) => belongs(one, visit)),
    )
    return closed ? 12 : null
  }

  async function end(response: Response, visit: Visit, choice: z.infer<typeof Choice>): Promise<void> {
    const address = await outcomes.finish(visit, choice.code, choice.delivery)
    if (address !== null) return response.redirect(303, address)
    sendPage(response, 200, {
      title: 'Survey over',
      body: html`<h1>This survey is over</h1><p>It ended as ${visit.code}.</p>`,
    })
  }

  return router
}

/** Null when a parameter is neither ours nor the code of a qualification. */
function answersIn({ query }: Request): Record<string, string[]> | null {
  const answers: Record<string, string[]> = {}
  for (const [name, value] of Object.entries(query)) {
    if (NOT_ANSWERS.has(name)) continue
    if (!/^\d+$/.test(name) || typeof value !== 'string' || value === '') return null
    answers[name] = value.split(',')
  }
  return answers
}

function belongs(criterion: SupplySurvey['qualifications'][number], visit: Visit): boolean {
  const given = visit.known[String(criterion.qualification_code)] ?? []
  if (criterion.condition_codes?.some((code) => given.includes(code))) return true
  return (
    criterion.range_sets?.some(({ from, to }) => given.some((value) => Number(value) >= from && Number(value) <= to)) ??
    false
  )
}

function page(visit: Visit, survey: SupplySurvey | undefined) {
  const known = Object.entries(visit.known).map(
    ([name, values]) => html`<span class="tag">${name}: ${values.join(', ')}</span>`,
  )
  return html`
<p class="soft">Sandbox of PureSpectrum's supplier side: no real survey here.</p>
<h1>How does this survey end?</h1>
<div class="card"><dl>
  <dt>Survey</dt><dd><code>${visit.surveyId}</code>${survey && html` · ${survey.surveyLocalization} · ${survey.survey_name}`}</dd>
  <dt>Respondent</dt><dd><code>${visit.respondentId}</code></dd>
  <dt>Supplier's id</dt><dd><code>${visit.supplierSid}</code></dd>
  <dt>Known answers</dt><dd>${known.length === 0 ? 'none' : known}</dd>
</dl></div>
<form method="post">
  <p><label for="delivery">How the supplier is notified</label><br>
  <select id="delivery" name="delivery">${DELIVERIES.map((one) => html`<option value="${one}">${DELIVERY_MEANINGS[one]}</option>`)}</select></p>
  <div class="choices">${[21, ...CODE_LIST.filter((one) => one !== 21)].map((one) =>
    button(html`${one}<br><small>${CODES[one as Code]}</small>`, { name: 'code', value: one, quiet: one !== 21 }),
  )}</div>
</form>`
}
