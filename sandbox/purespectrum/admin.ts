import express, { Router } from 'express'
import { z } from 'zod'
import { CODE_LIST, type Code, DELIVERIES } from './codes.js'
import type { Outcomes } from './outcomes.js'
import type { SessionBook } from './session-book.js'
import type { SurveyBook } from './survey-book.js'
import type { SupplySurvey } from './wire.js'

export interface AdminParts {
  readonly surveys: SurveyBook
  readonly sessions: SessionBook
  readonly outcomes: Outcomes
  readonly tick: () => readonly unknown[]
}

const code = z.number().refine((value): value is Code => CODE_LIST.includes(value as Code))
const Finish = z.strictObject({ code, delivery: z.enum(DELIVERIES).optional() })
const Reverse = z.strictObject({ code: z.number().int().min(1).max(999) })
const Tick = z.strictObject({ times: z.number().int().min(1).max(1_000).optional() })

/** The controls of the simulated provider: change surveys, visits and time. */
export function createPureSpectrumAdmin({ surveys, sessions, outcomes, tick }: AdminParts): Router {
  const router = Router()
  router.use(express.json({ limit: '1mb' }), express.text({ limit: '1mb', type: 'text/plain' }))

  router.get('/surveys', (_request, response) => void response.json({ surveys: surveys.all() }))
  router.get('/surveys/:id', (request, response) => {
    const survey = surveys.get(request.params.id)
    if (!survey) return void response.status(404).json({ message: 'survey not found' })
    response.json(survey)
  })
  // fields of a survey, or a new one; ?raw=1 sends the text unchanged instead of the survey, even if it is broken
  router.put('/surveys/:id', (request, response) => {
    const { id } = request.params
    if (!/^\d{1,15}$/.test(id)) return void response.status(400).json({ message: 'survey_id must be a number' })
    if (request.query.raw !== undefined) surveys.spoil(id, String(request.body))
    else {
      surveys.spoil(id, null)
      surveys.change(id, request.body as Partial<SupplySurvey>)
    }
    response.json(surveys.get(id))
  })
  router.delete('/surveys/:id', (request, response) => {
    surveys.remove(request.params.id)
    response.status(204).end()
  })

  router.post('/tick', (request, response) => {
    const body = Tick.safeParse(request.body ?? {})
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    response.json({ changes: Array.from({ length: body.data.times ?? 1 }, tick).flat() })
  })

  router.get('/sessions', (_request, response) => void response.json({ sessions: sessions.all() }))
  router.post('/sessions/:sid/finish', async (request, response) => {
    const visit = sessions.get(request.params.sid)
    const body = Finish.safeParse(request.body)
    if (!visit) return void response.status(404).json({ message: 'no visit entered with this ps_supplier_sid' })
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    response.json({ redirect_url: await outcomes.finish(visit, body.data.code, body.data.delivery) })
  })
  // another status for an ended visit; the callback may be retried for long, so the answer does not wait for it
  router.post('/sessions/:sid/reverse', (request, response) => {
    const visit = sessions.get(request.params.sid)
    const body = Reverse.safeParse(request.body)
    if (!visit?.ended) return void response.status(409).json({ message: 'no visit ended with this ps_supplier_sid' })
    if (!body.success) return void response.status(400).json({ message: z.prettifyError(body.error) })
    void outcomes.reverse(visit, body.data.code)
    response.status(202).json(visit)
  })

  return router
}
