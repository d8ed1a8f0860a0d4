import express, { Router } from 'express'
import { z } from 'zod'
import { DELIVERIES, OUTCOMES } from './outcome-words.js'
import { AlreadyFinished, type Outcomes } from './outcomes.js'
import type { PlanBook, StoredPlan } from './plans.js'
import type { SessionBook } from './sessions.js'
import type { Signer } from './signing.js'
import type { Ticker } from './ticker.js'
import { SupplierPlan } from './wire.js'

export interface KantarAdminParts {
  plans: PlanBook
  sessions: SessionBook
  outcomes: Outcomes
  signer: Signer
  ticker: Ticker
}

const Finish = z.strictObject({ outcome: z.enum(OUTCOMES), delivery: z.enum(DELIVERIES).optional() })
const Post = z.strictObject({ outcome: z.enum(OUTCOMES) })
const Rotate = z.strictObject({ forget: z.boolean().optional() })
const Tick = z.strictObject({ times: z.number().int().min(1).max(1000).optional() })

/** The controls of the simulated gateway: change plans, sessions, keys and time. */
export function createKantarAdmin({ plans, sessions, outcomes, signer, ticker }: KantarAdminParts): Router {
  const router = Router()
  router.use(express.json({ limit: '1mb' }))

  router.get('/plans', (_request, response) => void response.json({ plans: plans.all().map(summary) }))

  router.get('/plans/:id', (request, response) => {
    const stored = plans.get(request.params.id)
    if (!stored) return void response.status(404).json({ message: `plan "${request.params.id}" not found` })
    response.json(stored)
  })

  // fields of a plan, or a whole new one; ?raw=1 sends the body as it is, however broken
  router.put('/plans/:id', (request, response) => {
    const { id } = request.params
    const before = plans.get(id)
    if (request.query.raw !== undefined) {
      const stand = before?.plan ?? minimalPlan(id)
      return void response.json(summary(plans.put(stand, { raw: request.body })))
    }
    const plan = SupplierPlan.safeParse({ ...(before?.plan ?? minimalPlan(id)), ...asObject(request.body), id })
    if (!plan.success) return void response.status(400).json({ message: z.prettifyError(plan.error) })
    response.json(summary(plans.put(plan.data)))
  })

  router.post('/plans/:id/reissue', (request, response) => {
    const stored = plans.reissue(request.params.id)
    if (!stored) return void response.status(404).json({ message: `plan "${request.params.id}" not found` })
    response.json(summary(stored))
  })

  router.post('/tick', (request, response) => {
    const body = Tick.safeParse(request.body ?? {})
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    const changes = Array.from({ length: body.data.times ?? 1 }, () => ticker.tick()).flat()
    response.json({ changes, last_ack_id: plans.lastAckId })
  })

  router.get('/sessions', (_request, response) => void response.json({ sessions: sessions.all() }))

  router.get('/sessions/:id', (request, response) => {
    const session = sessions.get(request.params.id)
    if (!session) return void response.status(404).json({ message: 'session not found' })
    response.json(session)
  })

  // the same as the entry page, for drivers without a browser
  router.post('/sessions/:id/finish', async (request, response) => {
    const session = sessions.get(request.params.id)
    if (!session) return void response.status(404).json({ message: 'session not found' })
    const body = Finish.safeParse(request.body)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    try {
      const { redirectUrl } = await outcomes.finish(session, body.data.outcome, body.data.delivery)
      response.json({ redirect_url: redirectUrl })
    } catch (error) {
      if (!(error instanceof AlreadyFinished)) throw error
      response.status(409).json({ message: error.message })
    }
  })

  router.post('/sessions/:id/reverse', (request, response) => {
    const session = sessions.get(request.params.id)
    if (!session) return void response.status(404).json({ message: 'session not found' })
    if (session.outcome !== 'COMPLETED' || session.reversedAt)
      return void response.status(409).json({ message: 'only a COMPLETED can be taken back, and only once' })
    // the postback may be retried for hours, so the answer does not wait for it; the journal has the result
    void outcomes.reverse(session)
    response.status(202).json(session)
  })

  // any outcome, even one that contradicts how the session ended
  router.post('/sessions/:id/post', (request, response) => {
    const session = sessions.get(request.params.id)
    if (!session) return void response.status(404).json({ message: 'session not found' })
    const body = Post.safeParse(request.body)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    void outcomes.post(session, body.data.outcome)
    response.status(202).json(session)
  })

  router.post('/keys/rotate', async (request, response) => {
    const body = Rotate.safeParse(request.body ?? {})
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    response.json({ kid: await signer.rotate({ forget: body.data.forget ?? false }) })
  })

  return router
}

function summary({ plan, ackId, version, enterable, raw }: StoredPlan): Record<string, unknown> {
  const { id, country, status, available_completes, pricing } = plan
  return {
    id,
    country,
    status,
    available_completes,
    pricing,
    ack_id: ackId,
    version,
    enterable,
    raw: raw !== undefined,
  }
}

function asObject(body: unknown): object {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
}

/** The defaults of a plan put by hand, for fields that its body omits. */
function minimalPlan(id: string): SupplierPlan {
  return {
    id,
    country: 'USA',
    locale: 'en-US',
    type: 'interview',
    loi: 5,
    cr: 50,
    ir: 60,
    available_completes: 100,
    pricing: { cpi: 200, unit: 'fractional', currency: 'USD' },
    status: 'OPEN',
    quotas: [],
    qualifications: [],
  }
}
