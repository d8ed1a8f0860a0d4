import express, { Router } from 'express'
import { z } from 'zod'
import type { Endings } from './endings.js'
import { type Inventory, keyOf } from './inventory.js'
import type { MemberBook } from './members.js'
import { DELIVERIES, ENDING_NAMES, Survey } from './wire.js'

export interface TolunaAdminParts {
  readonly inventories: ReadonlyMap<string, Inventory>
  readonly members: MemberBook
  readonly endings: Endings
  readonly tick: () => unknown
}

const QuotaBody = z.strictObject({
  live: z.boolean(),
  tell: z.boolean().default(true),
  at: z.iso.datetime().optional(),
})
const MembersBody = z.strictObject({ members: z.array(z.string()).max(100_000) })
const RefusalBody = z.strictObject({ key: z.string().min(1), code: z.number().int().nullable() })
const FinishBody = z.strictObject({ ending: z.enum(ENDING_NAMES), delivery: z.enum(DELIVERIES).optional() })

/** The controls of the simulated Toluna: surveys, quotas, members, refusals and time. */
export function createTolunaAdmin({ inventories, members, endings, tick }: TolunaAdminParts): Router {
  const router = Router()
  router.use(express.json({ limit: '8mb' }))
  const inventoryOf = (guid: unknown) => inventories.get(String(guid).toLowerCase())
  const missing = (response: express.Response) => void response.status(404).json({ message: 'not found' })

  router.get('/surveys', (_request, response) => {
    const panels = [...inventories.values()].map((inventory) => ({
      panel: inventory.panel.guid,
      surveys: inventory.all().map((survey) => ({ key: keyOf(survey), ...survey })),
    }))
    response.json({ panels })
  })
  router.put('/panels/:guid/surveys', (request, response) => {
    const inventory = inventoryOf(request.params.guid)
    const survey = Survey.safeParse(request.body)
    if (!inventory) return missing(response)
    if (!survey.success) return void response.status(400).json({ message: z.prettifyError(survey.error) })
    inventory.put(survey.data)
    response.json({ key: keyOf(survey.data) })
  })
  router.delete('/panels/:guid/surveys/:key', (request, response) => {
    const removed = inventoryOf(request.params.guid)?.remove(request.params.key)
    return removed ? void response.status(204).end() : missing(response)
  })
  // closes or opens a quota; notifies the partner unless `tell` is false
  router.post('/quotas/:quota/live', (request, response) => {
    const body = QuotaBody.safeParse(request.body)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    for (const inventory of inventories.values()) {
      const change = inventory.setLive(Number(request.params.quota), body.data.live)
      if (!change) continue
      if (body.data.tell) void endings.broadcast(change, body.data.at ? new Date(body.data.at) : undefined)
      return void response.json({ quota: change.quota.QuotaID, live: change.live })
    }
    missing(response)
  })
  router.put('/quotas/:quota/members', (request, response) => {
    const body = MembersBody.safeParse(request.body)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    members.name(Number(request.params.quota), body.data.members)
    response.json({ members: members.named(Number(request.params.quota)).length })
  })
  // a member code or a quota id -> the result code that refuses its next invites; null removes it
  router.put('/refusals', (request, response) => {
    const body = RefusalBody.safeParse(request.body)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    if (body.data.code === null) members.refusals.delete(body.data.key)
    else members.refusals.set(body.data.key, body.data.code)
    response.json({ refusals: Object.fromEntries(members.refusals) })
  })
  router.get('/invites', (_request, response) => void response.json({ invites: members.all() }))
  router.post('/invites/:id/finish', async (request, response) => {
    const invite = members.get(String(request.params.id))
    const body = FinishBody.safeParse(request.body)
    if (!invite) return missing(response)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    const { ending, delivery = 'notification_first' } = body.data
    response.json({ redirect_url: await endings.finish(invite, ending, delivery) })
  })
  // any ending, even one that contradicts how the survey ended
  router.post('/invites/:id/notify', (request, response) => {
    const invite = members.get(String(request.params.id))
    const body = FinishBody.safeParse(request.body)
    if (!invite) return missing(response)
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    void endings.notify(invite, body.data.ending)
    response.status(202).json(invite)
  })
  router.post('/tick', (_request, response) => void response.json(tick()))
  return router
}
