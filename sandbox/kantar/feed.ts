import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { failing, faultOf } from '../fault-middleware.js'
import type { FaultBoard, FaultRule } from '../faults.js'
import type { Journal } from '../journal.js'
import { inShare, textHash } from '../random.js'
import { type Account, accountOf } from './accounts.js'
import { driftedJson, isDrifting } from './drift.js'
import { gatewayError } from './errors.js'
import type { PlanBook, StoredPlan } from './plans.js'

export interface FeedParts {
  plans: PlanBook
  faults: FaultBoard
  journal: Journal
  /** The address of the session router for suppliers. */
  routerUrl: () => string
}

const Ack = z.object({ ack_id: z.number().int() })

/** `GET /surveys` and `POST /surveys/ack` of the Supply API (Kantar Gateway API). Requires an authenticated account. */
export function createFeed({ plans, faults, journal, routerUrl }: FeedParts): Router {
  const router = Router()
  const drifted = new Set<string>()

  // removing the fault of a feed sends the affected rows again
  faults.onLifted((endpoint) => {
    if (endpoint !== 'kantar.feed') return
    for (const id of drifted) plans.reissue(id)
    drifted.clear()
  })

  router.get('/surveys', failing(faults, journal, 'kantar.feed', gatewayError), async (_request, response) => {
    const account = accountOf(response)
    const fault = faultOf(response)
    const updates = inDisorder(plans.since(account.cursor, account.panelId), fault)
    journal.record('kantar.polled', {
      connection: account.connection,
      cursor: account.cursor,
      items: updates.length,
      highest_ack_id: updates.reduce((highest, { ackId }) => Math.max(highest, ackId), 0),
      ...(updates.length <= 50 ? { plans: updates.map(({ plan }) => plan.id) } : {}),
    })
    for (const update of updates) if (isDrifting(update, fault)) drifted.add(update.plan.id)
    const items = updates.map((update) => () => envelopeText(update, account, fault))
    await send(response, items)
  })

  router.post('/surveys/ack', failing(faults, journal, 'kantar.ack', gatewayError), (request: Request, response) => {
    const account = accountOf(response)
    const body = Ack.safeParse(request.body)
    const problem = body.success
      ? body.data.ack_id > plans.lastAckId && 'ack_id is higher than any update that was sent'
      : 'ack_id must be an integer'
    if (problem || !body.success) {
      journal.record('kantar.ack_refused', { connection: account.connection, body: request.body })
      return void response.status(400).json(gatewayError(400, problem || undefined))
    }
    const before = account.cursor
    account.cursor = Math.max(before, body.data.ack_id)
    journal.record('kantar.acked', {
      connection: account.connection,
      ack_id: body.data.ack_id,
      before,
      cursor: account.cursor,
    })
    response.status(204).end()
  })

  function envelopeText(update: StoredPlan, account: Account, fault: FaultRule | undefined): string {
    const { version, ackId, token, enterable, envelopeExtras } = update
    const head = JSON.stringify({
      version,
      ack_id: ackId,
      ...(enterable
        ? { survey_session_creation_url: `${routerUrl()}/panels/${account.panelId}/session/${token}` }
        : {}),
      ...envelopeExtras,
    })
    const plan = fault && isDrifting(update, fault) ? driftedJson(update, fault) : plans.jsonOf(update)
    return `${head.slice(0, -1)},"survey_plan":${plan}}`
  }

  return router
}

/** The items with the faults of the board: some twice, or in another order (the same each time). */
function inDisorder(updates: StoredPlan[], fault: FaultRule | undefined): StoredPlan[] {
  const share = fault?.duplicates ?? 0
  const all =
    share > 0 ? updates.flatMap((one) => (inShare('twice', one.plan.id, share) ? [one, one] : [one])) : updates
  if (!fault?.reorder) return all
  const place = (one: StoredPlan) => textHash(`order/${one.plan.id}`)
  return all.toSorted((one, other) => place(one) - place(other))
}

/** Streams a JSON array in pieces of about 64 KiB, no faster than the client reads. */
async function send(response: Response, items: (() => string)[]): Promise<void> {
  function* pieces() {
    let piece = '['
    for (const [at, item] of items.entries()) {
      piece += at === 0 ? item() : `,${item()}`
      if (piece.length > 65_536) {
        yield Buffer.from(piece)
        piece = ''
      }
    }
    yield Buffer.from(`${piece}]`)
  }
  response.type('application/json')
  try {
    await pipeline(Readable.from(pieces(), { objectMode: false }), response)
  } catch {
    // the reader went away: it will poll again
  }
}
