import express, { Router } from 'express'
import { z } from 'zod'
import { LETTERS } from './callbacks.js'
import { CODES } from './errors.js'
import type { Inventory } from './inventory.js'
import type { People } from './people.js'
import { DELIVERIES, type Participations } from './sessions.js'

const Finish = z.strictObject({ outcome: z.enum(LETTERS), delivery: z.enum(DELIVERIES).default('callback_first') })
const Tell = z.strictObject({ outcome: z.enum(LETTERS) })
const Tick = z.strictObject({ times: z.number().int().min(1).max(1_000).optional() })
const Ban = z.strictObject({ banned: z.boolean() })
const Force = z.strictObject({
  code: z.number().int().nullable(),
  count: z.number().int().min(1).optional(),
})
const Survey = z.strictObject({
  open: z.boolean().optional(),
  cpiCents: z.number().int().min(0).nullable().optional(),
  loi: z.number().int().min(0).optional(),
  ir: z.number().int().min(0).max(100).optional(),
})

/** The controls of the simulated match API. */
export function createDynataAdmin(parts: {
  inventory: Inventory
  people: People
  participations: Participations
  force: (code: number | null, count: number) => void
  tick: () => unknown[]
}): Router {
  const { inventory, people, participations } = parts
  const router = Router()
  router.use(express.json({ limit: '1mb' }))

  router.get('/surveys', (_request, response) => void response.json({ surveys: inventory.surveys }))
  router.patch('/surveys/:id', (request, response) => {
    const survey = inventory.find(request.params.id)
    const changes = Survey.safeParse(request.body)
    if (!survey) return void response.status(404).json({ message: 'survey not found' })
    if (!changes.success) return void response.status(400).json({ message: z.prettifyError(changes.error) })
    response.json(Object.assign(survey, changes.data))
  })
  router.post('/tick', (request, response) => {
    const body = Tick.safeParse(request.body ?? {})
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    response.json({ changes: Array.from({ length: body.data.times ?? 1 }, () => parts.tick()).flat() })
  })

  router.get('/users', (_request, response) => void response.json({ users: people.all() }))
  router.put('/users/:id', (request, response) => {
    const body = Ban.safeParse(request.body)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    people.ban(request.params.id, body.data.banned)
    response.json({ user: request.params.id, ...body.data })
  })
  router.delete('/users/:id', (request, response) => {
    people.forget(request.params.id)
    response.status(204).end()
  })

  // the next answers have this code, for any request
  router.put('/answer', (request, response) => {
    const body = Force.safeParse(request.body)
    if (!body.success || (body.data.code !== null && !CODES[body.data.code] && body.data.code < 100))
      return void response.status(400).json({ message: 'code: 1 to 12, from 100 an unknown one, or null' })
    parts.force(body.data.code, body.data.count ?? Number.POSITIVE_INFINITY)
    response.json(body.data)
  })

  router.get('/sessions', (_request, response) => {
    response.json({
      sessions: participations.all().map(({ account, ...one }) => ({ ...one, publisher: account.pubId })),
    })
  })
  router.post('/sessions/:id/:action', async (request, response) => {
    const one = participations.get(request.params.id)
    if (!one) return void response.status(404).json({ message: 'session not found' })
    switch (request.params.action) {
      case 'finish': {
        const body = Finish.safeParse(request.body)
        if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
        const url = await participations.finish(one, body.data.outcome, body.data.delivery)
        return void response.json({ redirect_url: url })
      }
      // any letter, even one that contradicts its end
      case 'tell': {
        const body = Tell.safeParse(request.body)
        if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
        void participations.tell(one, body.data.outcome)
        return void response.status(202).json({ told: body.data.outcome })
      }
      case 'reverse':
        if (one.letter !== 'C' || one.reversed)
          return void response.status(409).json({ message: 'only a complete can be charged back, and only once' })
        void participations.reverse(one)
        return void response.status(202).json({ reversed: true })
      default:
        return void response.status(404).json({ message: 'unknown action: use /finish, /tell or /reverse' })
    }
  })
  return router
}
