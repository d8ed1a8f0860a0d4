import express, { Router } from 'express'
import { z } from 'zod'
import { button } from '../../web/kit/form.js'
import { type Html, html } from '../../web/kit/html.js'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { sendPage } from '../pages/layout.js'
import type { Endings } from './endings.js'
import type { Invite, MemberBook } from './members.js'
import { DELIVERIES, type Delivery, ENDING_NAMES, ENDINGS, type Ending } from './wire.js'

export interface EntryPageParts {
  readonly members: MemberBook
  readonly endings: Endings
  readonly faults: FaultBoard
  readonly journal: Journal
}

const Choice = z.object({ ending: z.enum(ENDING_NAMES), delivery: z.enum(DELIVERIES).default('notification_first') })
/** `&auto=Qualified[&delivery=…]`: the choice of a person, for drivers. Reads `COMPLETED` as Qualified. */
const Shortcut = z.object({
  auto: z
    .string()
    .transform((word) => (word.toUpperCase() === 'COMPLETED' ? 'Qualified' : word))
    .pipe(z.enum(ENDING_NAMES)),
  delivery: Choice.shape.delivery,
})

const DELIVERY_MEANINGS: Record<Delivery, string> = {
  notification_first: 'notification, then redirect',
  redirect_first: 'redirect, notification a little later',
  notification_only: 'notification only, the browser stays here',
  redirect_only: 'redirect only, no notification',
  both_twice: 'everything twice',
}

/** The simulated survey behind an invite's link: a person, or a driver, chooses how it ends. */
export function createEntryPage({ members, endings, faults, journal }: EntryPageParts): Router {
  const router = Router()
  router.use(
    '/survey',
    failing(faults, journal, 'toluna.entry', () => ({ Result: 'ERROR' })),
  )
  const inviteOf = (request: express.Request) => members.get(String(request.query.i ?? ''))

  router.get('/survey', async (request, response) => {
    const invite = inviteOf(request)
    if (!invite) return sendPage(response, 404, { title: 'Unknown invite', body: unknown() })
    if (!invite.startedAt) journal.record('toluna.entered', { invite: invite.id })
    invite.startedAt ??= new Date().toISOString()
    if (request.query.auto !== undefined) {
      const shortcut = Shortcut.safeParse(request.query)
      if (!shortcut.success) return sendPage(response, 400, { title: 'Unknown ending', body: unknown() })
      return end(response, invite, shortcut.data.auto, shortcut.data.delivery)
    }
    sendPage(response, 200, invite.ending ? over(invite) : survey(invite))
  })

  router.post('/survey', express.urlencoded({ extended: false }), async (request, response) => {
    const invite = inviteOf(request)
    if (!invite) return sendPage(response, 404, { title: 'Unknown invite', body: unknown() })
    const choice = Choice.safeParse(request.body)
    if (!choice.success) return sendPage(response, 400, { title: 'Unknown ending', body: unknown() })
    return end(response, invite, choice.data.ending, choice.data.delivery)
  })

  async function end(response: express.Response, invite: Invite, ending: Ending, delivery: Delivery): Promise<void> {
    if (invite.ending !== undefined && invite.ending !== ending) return sendPage(response, 409, over(invite))
    const address = await endings.finish(invite, ending, delivery)
    if (address === null) sendPage(response, 200, over(invite))
    else response.redirect(303, address)
  }

  return router
}

function survey(invite: Invite): { title: string; body: Html } {
  return {
    title: 'A simulated survey',
    body: html`
<p class="soft">Sandbox of Toluna’s External Sample: no real survey here.</p>
<h1>How does this survey end?</h1>
<div class="card"><dl>
  <dt>Survey</dt><dd><code>${invite.surveyId}</code>, wave <code>${invite.waveId}</code></dd>
  <dt>Quota</dt><dd><code>${invite.quotaId}</code></dd>
  <dt>Member</dt><dd><code>${invite.member}</code></dd>
  <dt>Pays</dt><dd>${invite.partnerAmount}</dd>
</dl></div>
<form method="post">
  <p><label for="delivery">How the partner is notified</label><br>
  <select id="delivery" name="delivery">${DELIVERIES.map((one) => html`<option value="${one}">${DELIVERY_MEANINGS[one]}</option>`)}</select></p>
  <div class="choices">${ENDING_NAMES.map((one) =>
    button(html`${one}<br><small>${ENDINGS[one].says}</small>`, {
      name: 'ending',
      value: one,
      quiet: one !== 'Qualified',
    }),
  )}</div>
</form>`,
  }
}

function over(invite: Invite): { title: string; body: Html } {
  return {
    title: 'Survey over',
    body: html`<h1>This survey is over</h1><p>It ended as <strong>${invite.ending}</strong>.</p>
${invite.ending && html`<form method="post"><button name="ending" value="${invite.ending}">Back to the panel again</button></form>`}`,
  }
}

const unknown = (): Html =>
  html`<h1>Unknown invite or ending</h1><p>A survey ends as one of ${ENDING_NAMES.join(', ')}.</p>`
