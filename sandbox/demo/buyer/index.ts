import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { html } from '../../../web/kit/html.js'
import { Policy, type TemplateFolders } from '../../buyer/answers.js'
import { type BuyerClient, Refused } from '../../buyer/client.js'
import type { Buyers } from '../../buyer/index.js'
import type { Clock } from '../../clock.js'
import { type Fieldwork, MOST_RESPONDENTS } from '../../fieldwork/index.js'
import { problemBlock } from '../../pages/exchange.js'
import { sendPage } from '../../pages/layout.js'
import type { Exchange } from '../../tributary.js'
import { planBodyOf } from './launch-body.js'
import { launchPage } from './launch-page.js'
import { launchFromTemplate } from './launch-template.js'
import { buyerCrumbs, buyerPath, planPath } from './parts.js'
import { planPage } from './plan-page.js'
import { plansPage } from './plans-page.js'
import { asWanted, policyOf, policyPage } from './policy-page.js'

export interface BuyerViewSurroundings {
  clock: Clock
  buyers: Buyers
  field: Fieldwork
  platformUrl: () => string
}

const Status = z.object({ status: z.enum(['OPEN', 'PAUSED', 'CLOSED']) })
/** Longer than a run, so that its history has no gap even when no page is open. */
const FIELD_WATCHED_FOR_MS = 120_000
const Field = z.object({ sessions: z.coerce.number().int().min(1).max(MOST_RESPONDENTS) })

/** `/demo/buyer`: a buyer's view of the same Tributary. */
export function createBuyerRoutes({ clock, buyers, field, platformUrl }: BuyerViewSurroundings): Router {
  const router = Router()
  const readForm = express.urlencoded({ extended: false, limit: '20kb' })
  const accounts = buyers.clients.map(({ account }) => account)

  router.get('/', (_request, response) => {
    const [first] = buyers.clients
    return first ? showPlans(first, response) : sendUnknown(response, 'buyer')
  })

  router.param('buyer', (_request, response, next, id) => {
    const client = buyers.clients.find(({ account }) => account.id === id)
    if (!client) return sendUnknown(response, 'buyer')
    response.locals.client = client
    next()
  })

  router.get('/:buyer', (_request, response) => showPlans(clientOf(response), response))

  router.get('/:buyer/launch', async (_request, response) => {
    const client = clientOf(response)
    const [{ value: panels }, templates] = await Promise.all([client.panels(), templatesOf(client)])
    sendPage(response, 200, launchPage({ buyer: client.account.id, panels, templates }))
  })

  router.post('/:buyer/launch', readForm, async (request, response) => {
    const client = clientOf(response)
    const buyer = client.account.id
    const { value: panels } = await client.panels()
    const body = planBodyOf(request.body, { panels, platformUrl: platformUrl(), now: clock.now() })
    if (!body) return sendUnknown(response, 'form')
    try {
      const { value } = await client.launch(body)
      response.redirect(303, planPath(buyer, value.id))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const templates = await templatesOf(client)
      sendPage(
        response,
        400,
        launchPage({ buyer, panels, templates, filled: textsOf(request.body), refused: error.exchange }),
      )
    }
  })

  router.post('/:buyer/launch/template', readForm, async (request, response) => {
    const client = clientOf(response)
    const id = await launchFromTemplate(client, request.body, platformUrl())
    if (id === undefined) return sendUnknown(response, 'form')
    response.redirect(303, planPath(client.account.id, id))
  })

  router.get('/:buyer/plans/:plan', async (request, response) => {
    const client = clientOf(response)
    const { plan: id } = request.params
    const [{ value: view, exchange }, policy, summary] = await Promise.all([
      client.plan(id),
      client.raw.get(policyPath(id)),
      client.summary(id),
    ])
    buyers.progress.note(view)
    buyers.progress.follow(id, async () => (await client.plan(id)).value)
    const run = field.latest(id)
    const live = request.query.live === '1' || (request.query.live === 'run' && run?.state === 'running')
    const facts = {
      buyer: client.account.id,
      view,
      summary,
      policy: Policy.safeParse(policy.body).data,
      run,
      live,
      exchange,
    }
    sendPage(response, 200, planPage({ ...facts, progress: buyers.progress.of(id) }))
  })

  router.post('/:buyer/plans/:plan/status', readForm, (request, response) =>
    change(request, response, Status, (client, id, { status }) => client.setStatus(id, status)),
  )
  router.post('/:buyer/plans/:plan/quotas/:quota/status', readForm, (request, response) =>
    change(request, response, Status, (client, id, { status }) =>
      client.setQuotaStatus(id, String(request.params.quota), status),
    ),
  )
  router.post('/:buyer/plans/:plan/delete', async (request, response) => {
    const client = clientOf(response)
    await client.remove(request.params.plan)
    response.redirect(303, buyerPath(client.account.id))
  })

  router.get('/:buyer/plans/:plan/policy', async (request, response) => {
    const client = clientOf(response)
    const { plan: id } = request.params
    const [{ value: view }, { value: policy }] = await Promise.all([client.plan(id), client.policy(id)])
    sendPage(response, 200, policyPage(client.account.id, view, policy))
  })
  router.post('/:buyer/plans/:plan/policy', readForm, async (request, response) => {
    const client = clientOf(response)
    const id = String(request.params.plan)
    const wanted = policyOf(request.body)
    if (!wanted) return sendUnknown(response, 'form')
    try {
      await client.setPolicy(id, wanted)
      response.redirect(303, planPath(client.account.id, id))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { value: view } = await client.plan(id)
      sendPage(response, 400, policyPage(client.account.id, view, asWanted(wanted), error.exchange))
    }
  })

  router.post('/:buyer/plans/:plan/field', readForm, async (request, response) => {
    const client = clientOf(response)
    const form = Field.safeParse(request.body)
    if (!form.success) return sendUnknown(response, 'form')
    const id = String(request.params.plan)
    const [{ value }, summary] = await Promise.all([client.plan(id), client.summary(id)])
    const { survey_url: surveyUrl, target_panels } = value.survey_plan
    const panels = target_panels.map(({ name }) => name)
    const panelSurveyId = summary?.panel_survey_id ?? ''
    buyers.progress.follow(id, async () => (await client.plan(id)).value, FIELD_WATCHED_FOR_MS)
    field.start({ planId: id, panelSurveyId, surveyUrl, panels, sessions: form.data.sessions })
    response.redirect(303, `${planPath(client.account.id, id)}?live=run`)
  })

  router.use((_request, response) => sendUnknown(response, 'page'))
  router.use(showRefused)

  async function showPlans(client: BuyerClient, response: Response): Promise<void> {
    const { value, exchange } = await client.plans()
    sendPage(response, 200, plansPage(client.account, accounts, value, exchange))
  }

  async function change<Form>(
    request: Request,
    response: Response,
    schema: z.ZodType<Form>,
    work: (client: BuyerClient, planId: string, form: Form) => Promise<Exchange>,
  ): Promise<void> {
    const form = schema.safeParse(request.body)
    if (!form.success) return sendUnknown(response, 'form')
    const client = clientOf(response)
    const id = String(request.params.plan)
    await work(client, id, form.data)
    response.redirect(303, planPath(client.account.id, id))
  }

  return router
}

const clientOf = (response: Response): BuyerClient => response.locals.client as BuyerClient
const policyPath = (id: string): string => `/v1/plans/${encodeURIComponent(id)}/policy`

/** The templates that a buyer may use, or why it has none. */
async function templatesOf(client: BuyerClient): Promise<TemplateFolders | string> {
  try {
    return (await client.templates()).value
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { body, status } = error.exchange
    const told = z.object({ ps_api_response_message: z.string() }).safeParse(body)
    return told.success
      ? told.data.ps_api_response_message
      : `Tributary answered ${status} to the request for templates.`
  }
}

/** The texts of a form, to show it again. */
function textsOf(form: unknown): Record<string, string> {
  const fields = z.record(z.string(), z.unknown()).safeParse(form).data ?? {}
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

function sendUnknown(response: Response, what: string): void {
  const body = html`<nav class="soft"><a href="/demo">Demo panel app</a> · <a href="/demo/buyer">Buyer's view</a></nav>
<h1>Unknown ${what}</h1><p>Start again from <a href="/demo/buyer">the buyer's plans</a>.</p>`
  sendPage(response, what === 'form' ? 400 : 404, { title: `Unknown ${what}`, body })
}

/** Shows Tributary's refusal unchanged: another buyer's plan is as unknown as a missing one. */
const showRefused: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof Refused) || response.headersSent) return next(error)
  const { client } = response.locals as { client?: BuyerClient }
  const { exchange } = error
  sendPage(response, exchange.status === 404 ? 404 : 502, {
    title: 'Refused',
    body: html`${client && buyerCrumbs(client.account.id)}<h1>Tributary refused</h1>${problemBlock(exchange)}`,
  })
}
