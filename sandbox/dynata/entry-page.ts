import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { button } from '../../web/kit/form.js'
import { type Html, html } from '../../web/kit/html.js'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { sendPage } from '../pages/layout.js'
import { endUserOf, openPayload, type PublisherAccount } from './account.js'
import { LETTERS, type Letter } from './callbacks.js'
import type { Inventory } from './inventory.js'
import { DELIVERIES, type Delivery, type Participation, type Participations } from './sessions.js'

const MEANINGS: Record<Letter, string> = {
  C: 'complete',
  F: 'over quota',
  P: 'terminated',
  N: 'not qualified in the prescreener',
  R: 'quality',
  T: 'security',
}

const DELIVERY_MEANINGS: Record<Delivery, string> = {
  callback_first: 'callback, then back to the panel',
  redirect_first: 'back to the panel, callback a little later',
  callback_only: 'callback only, the browser stays here',
  redirect_only: 'back to the panel, no callback',
  twice: 'callback twice',
  reversed_later: 'callback, and a chargeback a little later',
}

const Choice = z.object({ outcome: z.enum(LETTERS), delivery: z.enum(DELIVERIES).default('callback_first') })
/** `&auto=C[&delivery=…]`: the choice of a person, for drivers. */
const Shortcut = z.object({ auto: z.enum(LETTERS), delivery: Choice.shape.delivery })
const Link = z.object({
  user_id: z.string(),
  iv: z.string(),
  payload: z.string(),
  sub_id: z.string().min(1).max(256),
})
const Content = z.object({ id: z.string(), user: z.string() })

/** The page behind a link: a person, or a driver, chooses how the survey ends. */
export function createEntryPage(parts: {
  accounts: readonly PublisherAccount[]
  participations: Participations
  inventory: Inventory
  faults: FaultBoard
  journal: Journal
}): Router {
  const { accounts, participations, inventory, faults, journal } = parts
  const router = Router()
  router.use(failing(faults, journal, 'dynata.entry', (status) => ({ message: `HTTP ${status}` })))

  router.get('/', async (request, response) => {
    const one = arrive(request, response)
    if (!one) return
    if (request.query.auto !== undefined) {
      const shortcut = Shortcut.safeParse(request.query)
      if (!shortcut.success) return refuse(response, 400, 'Unknown outcome', `One of ${LETTERS.join(', ')}`)
      return end(response, one, shortcut.data.auto, shortcut.data.delivery)
    }
    if (one.letter !== null) return sendPage(response, 200, { title: 'Survey over', body: overPage(one) })
    sendPage(response, 200, { title: 'A simulated survey', body: surveyPage(one) })
  })

  router.post('/', express.urlencoded({ extended: false }), async (request, response) => {
    const one = arrive(request, response)
    if (!one) return
    const choice = Choice.safeParse(request.body)
    if (!choice.success) return refuse(response, 400, 'Unknown outcome', `One of ${LETTERS.join(', ')}`)
    return end(response, one, choice.data.outcome, choice.data.delivery)
  })

  return router

  /** Strict about its own links: a changed link, or another user's, gives no entry. */
  function arrive(request: Request, response: Response): Participation | null {
    const link = Link.safeParse(request.query)
    if (!link.success) return refuse(response, 400, 'This link is incomplete', 'A tracking id belongs after sub_id=')
    const { user_id: userId, iv, payload, sub_id: subId } = link.data
    for (const account of accounts) {
      const endUser = endUserOf(userId, account)
      const content = endUser === null ? null : Content.safeParse(openPayload(iv, payload, account)).data
      if (endUser === null || !content || content.user !== endUser) continue
      const survey = inventory.find(content.id)
      if (survey && !survey.open) return refuse(response, 410, 'This survey is closed', 'Others are open')
      const one = participations.enter(subId, content.id, endUser, account)
      return one ?? refuse(response, 409, 'This tracking id was used', 'It belongs to another survey or user')
    }
    return refuse(response, 404, 'Unknown link', 'It was never issued, or it was changed')
  }

  async function end(response: Response, one: Participation, letter: Letter, delivery: Delivery): Promise<void> {
    if (one.letter !== null && one.letter !== letter)
      return sendPage(response, 409, { title: 'Survey over', body: overPage(one) })
    const url = await participations.finish(one, letter, delivery)
    if (url === null) return sendPage(response, 200, { title: 'Survey over', body: overPage(one) })
    response.redirect(303, url)
  }

  function surveyPage(one: Participation): Html {
    const survey = inventory.find(one.surveyId)
    return html`
<p class="soft">Sandbox of Dynata's publisher API: no real survey here.</p>
<h1>How does this survey end?</h1>
<div class="card"><dl>
  <dt>Survey</dt><dd><code>${one.surveyId}</code>${survey && html` · ${survey.country} · ${survey.loi} min`}</dd>
  <dt>User</dt><dd><code>${one.endUser}</code></dd>
  <dt>Tracking id</dt><dd><code>${one.subId}</code></dd>
</dl></div>
<form method="post">
  <p><label for="delivery">How the publisher is notified</label><br>
  <select id="delivery" name="delivery">${DELIVERIES.map((delivery) => html`<option value="${delivery}">${DELIVERY_MEANINGS[delivery]}</option>`)}</select></p>
  <div class="choices">${LETTERS.map((letter) =>
    button(html`${letter}<br><small>${MEANINGS[letter]}</small>`, {
      name: 'outcome',
      value: letter,
      quiet: letter !== 'C',
    }),
  )}</div>
</form>`
  }
}

function overPage(one: Participation): Html {
  const again =
    one.letter &&
    html`<form method="post"><button name="outcome" value="${one.letter}">Back to the panel again</button></form>`
  return html`<h1>This survey is over</h1>
<p><code>${one.subId}</code> ended as <strong>${one.letter}</strong>${one.reversed && ' and was charged back since'}.</p>${again}`
}

function refuse(response: Response, status: number, title: string, why: string): null {
  sendPage(response, status, { title, body: html`<h1>${title}</h1><p>${why}.</p>` })
  return null
}
