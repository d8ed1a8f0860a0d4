import express, { Router } from 'express'
import { z } from 'zod'
import { button } from '../../web/kit/form.js'
import { type Html, html } from '../../web/kit/html.js'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { OUTCOME_MEANINGS } from '../outcome-words.js'
import { sendPage } from '../pages/layout.js'
import { gatewayError } from './errors.js'
import { DELIVERIES, type Delivery, OUTCOMES, type Outcome } from './outcome-words.js'
import { AlreadyFinished, type Outcomes } from './outcomes.js'
import type { PlanBook, StoredPlan } from './plans.js'
import type { Session, SessionBook } from './sessions.js'

export interface EntryPageParts {
  plans: PlanBook
  sessions: SessionBook
  outcomes: Outcomes
  faults: FaultBoard
  journal: Journal
}

const Choice = z.object({ outcome: z.enum(OUTCOMES), delivery: z.enum(DELIVERIES).default('postback_first') })
/** `?auto=COMPLETED[&delivery=…]`: the choice of a person, for drivers. */
const Shortcut = z.object({ auto: z.string().toUpperCase().pipe(z.enum(OUTCOMES)), delivery: Choice.shape.delivery })

const DELIVERY_MEANINGS: Record<Delivery, string> = {
  postback_first: 'postback, then redirect',
  redirect_first: 'redirect, postback a little later',
  postback_only: 'postback only, the browser stays here',
  redirect_only: 'redirect only, no postback',
  both_twice: 'everything twice',
  reversed_later: 'COMPLETED, taken back (REJECTED) a little later',
}

/** The simulated survey at `/sessions/start/{session}`: a person, or a driver, chooses how it ends. */
export function createEntryPage({ plans, sessions, outcomes, faults, journal }: EntryPageParts): Router {
  const router = Router()
  const path = '/sessions/start/:session'
  router.use('/sessions/start', failing(faults, journal, 'kantar.entry', gatewayError))

  router.get(path, async (request, response) => {
    const session = sessions.get(request.params.session)
    if (!session) return sendPage(response, 404, { title: 'Unknown session', body: unknownSession() })
    if (!session.startedAt) journal.record('kantar.entered', { session: session.id })
    sessions.markStarted(session)
    if (request.query.auto !== undefined) {
      const shortcut = Shortcut.safeParse(request.query)
      if (!shortcut.success) return sendPage(response, 400, { title: 'Unknown outcome', body: unknownOutcome() })
      return end(response, session, shortcut.data.auto, shortcut.data.delivery)
    }
    if (session.outcome) return sendPage(response, 200, { title: 'Survey over', body: overPage(session) })
    sendPage(response, 200, { title: 'A simulated survey', body: surveyPage(session, plans.get(session.planId)) })
  })

  router.post(path, express.urlencoded({ extended: false }), async (request, response) => {
    const session = sessions.get(String(request.params.session))
    if (!session) return sendPage(response, 404, { title: 'Unknown session', body: unknownSession() })
    const choice = Choice.safeParse(request.body)
    if (!choice.success) return sendPage(response, 400, { title: 'Unknown outcome', body: unknownOutcome() })
    sessions.markStarted(session)
    return end(response, session, choice.data.outcome, choice.data.delivery)
  })

  async function end(
    response: express.Response,
    session: Session,
    outcome: Outcome,
    delivery: Delivery,
  ): Promise<void> {
    try {
      const { redirectUrl } = await outcomes.finish(session, outcome, delivery)
      if (redirectUrl) response.redirect(303, redirectUrl)
      else sendPage(response, 200, { title: 'Survey over', body: overPage(session) })
    } catch (error) {
      if (!(error instanceof AlreadyFinished)) throw error
      sendPage(response, 409, { title: 'Survey over', body: overPage(session) })
    }
  }

  return router
}

function surveyPage(session: Session, stored: StoredPlan | undefined): Html {
  const plan = stored?.plan
  return html`
<p class="soft">Sandbox of the Profiles Partner Gateway: no real survey here.</p>
<h1>How does this survey end?</h1>
<div class="card"><dl>
  <dt>Survey plan</dt><dd><code>${session.planId}</code>${plan && html` · ${plan.country} · ${plan.loi} min`}</dd>
  <dt>Panelist</dt><dd><code>${session.panelistId}</code></dd>
  <dt>Quota</dt><dd>${session.quotaId ?? 'none'}</dd>
  <dt>Session</dt><dd><code>${session.id}</code></dd>
</dl></div>
<form method="post">
  <p><label for="delivery">How the supplier is notified</label><br>
  <select id="delivery" name="delivery">${DELIVERIES.map((one) => html`<option value="${one}">${DELIVERY_MEANINGS[one]}</option>`)}</select></p>
  <div class="choices">${OUTCOMES.map((one) =>
    button(html`${one}<br><small>${OUTCOME_MEANINGS[one]}</small>`, {
      name: 'outcome',
      value: one,
      quiet: one !== 'COMPLETED',
    }),
  )}</div>
</form>`
}

function overPage(session: Session): Html {
  const again =
    session.outcome &&
    html`<form method="post"><button name="outcome" value="${session.outcome}">Back to the panel again</button></form>`
  return html`
<h1>This survey is over</h1>
<p>Session <code>${session.id}</code> ended as <strong>${session.outcome}</strong>${session.reversedAt && ' and was taken back since'}.</p>
${again}`
}

function unknownSession(): Html {
  return html`<h1>Unknown session</h1><p>This link was never issued, or the sandbox was restarted since.</p>`
}

function unknownOutcome(): Html {
  return html`<h1>Unknown outcome</h1><p>A survey ends as one of ${OUTCOMES.join(', ')}; delivery is one of ${DELIVERIES.join(', ')}.</p>`
}
