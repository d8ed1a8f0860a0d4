import { randomUUID } from 'node:crypto'
import { persist, type Story } from './story.js'

/**
 * One respondent from a match to the redirect home, with the requests of panel, browser and provider: each retries
 * while one of our processes is down. The panel repeats its create with the same Idempotency-Key.
 */
export async function takeSurvey(story: Story, panelistId: string, outcome = 'COMPLETED'): Promise<string> {
  const profile = { age: 34, sex: 'female', pets: '1|2' }
  const key = randomUUID()
  const offerId = await persist(`match of ${panelistId}`, async () => {
    const { status, body } = await story.call('POST', '/v1/surveys/match', {
      panelist_id: panelistId,
      country: 'USA',
      profile,
      limit: 5,
    })
    const offers = (body.offers ?? []) as { offer_id: string }[]
    return status === 200 ? (offers[0]?.offer_id ?? null) : null
  })
  const session = await persist(`create of ${panelistId}`, async () => {
    const { status, body, text } = await story.call(
      'POST',
      '/v1/sessions',
      { offer_id: offerId, panelist_id: panelistId, profile },
      { 'idempotency-key': key },
    )
    if (status >= 400 && status < 500 && status !== 409) throw new Error(text)
    return status === 201 ? (body as { session_id: string; entry_url: string }) : null
  })
  const survey = await persist(`click of ${panelistId}`, async () => {
    const { status, location } = await story.call('GET', session.entry_url)
    return status === 302 ? location : null
  })
  const home = await persist(`survey of ${panelistId}`, async () => {
    const { location } = await story.call('GET', `${survey}?auto=${outcome}&delivery=postback_first`)
    return location === '' ? null : location
  })
  await persist(`return of ${panelistId}`, async () => {
    const { status, location } = await story.call('GET', home)
    return status === 302 ? location : null
  })
  return session.session_id
}

/** Waits for the messages about a session at the panel's own endpoint. */
export async function toldOf(
  story: Story,
  sessionId: string,
  forMs = 90_000,
): Promise<readonly { webhookId: string; outcome: string }[]> {
  return persist(
    `postback of ${sessionId}`,
    async () => {
      const messages = story.told.filter((message) => message.sessionId === sessionId)
      return messages.length > 0 ? messages : null
    },
    forMs,
  )
}
