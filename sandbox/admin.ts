import express, { Router } from 'express'
import { z } from 'zod'
import { type FaultBoard, FaultRule } from './faults.js'
import type { Journal } from './journal.js'

const Rules = z.record(z.string(), FaultRule.nullable())
const Query = z.object({
  after: z.coerce.number().int().min(0).optional(),
  kind: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
})

/** `/_sandbox`: the journal and the fault switches, for tests and for people with curl. */
export function createAdmin(journal: Journal, faults: FaultBoard): Router {
  const router = Router()
  router.use(express.json({ limit: '1mb' }))

  router.get('/journal', (request, response) => {
    const query = Query.safeParse(request.query)
    if (!query.success) return void response.status(400).json({ message: z.prettifyError(query.error) })
    const { after, kind, limit } = query.data
    const entries = journal.read({ limit, ...(after === undefined ? {} : { after }), ...(kind ? { kind } : {}) })
    response.json({ entries, next_after: entries.at(-1)?.seq ?? after ?? 0, dropped: journal.dropped })
  })

  const show = (response: express.Response) => response.json({ endpoints: faults.endpoints, faults: faults.all() })
  router.get('/faults', (_request, response) => void show(response))
  router.delete('/faults', (_request, response) => {
    faults.clear()
    show(response)
  })
  // PUT replaces all rules; PATCH adds to them, null removes one
  router.put('/faults', (request, response) => setRules(request, response, true))
  router.patch('/faults', (request, response) => setRules(request, response, false))

  function setRules(request: express.Request, response: express.Response, replace: boolean): void {
    const rules = Rules.safeParse(request.body)
    if (!rules.success) return void response.status(400).json({ message: z.prettifyError(rules.error) })
    const unknown = Object.keys(rules.data).find((endpoint) => !faults.endpoints.includes(endpoint))
    if (unknown !== undefined) {
      const message = `unknown endpoint "${unknown}"; known: ${faults.endpoints.join(', ')}`
      return void response.status(400).json({ message })
    }
    if (replace) faults.clear()
    for (const [endpoint, rule] of Object.entries(rules.data)) faults.set(endpoint, rule)
    show(response)
  }

  return router
}
