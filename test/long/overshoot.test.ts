import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { persist, type Story, startStory } from '../support/story.js'

const BUYER = { 'x-api-key': 'dk_story' }
const PLATFORM = { 'x-api-key': 'pk_story' }
const ENTRIES = 500
const QUOTA = 50

let story: Story
beforeAll(async () => {
  story = await startStory({
    connections: () =>
      'demand_partners: [{ id: acme, api_key: "dk_story" }]\nsurvey_platforms: [{ id: DECIPHER, api_key: "pk_story" }]\n',
  })
}, 120_000)
afterAll(() => story?.close())

interface FeedItem {
  readonly ack_id: number
  readonly survey_session_creation_url: string
  readonly survey_plan: {
    readonly id: string
    readonly status: string
    readonly available_completes: number
    readonly quotas: readonly { readonly id: string; readonly status: string; readonly available_completes: number }[]
  }
}

const feedOf = async (planned: (item: FeedItem) => boolean): Promise<FeedItem> =>
  persist('the feed', async () => {
    const items = JSON.parse((await story.call('GET', '/surveys')).text) as FeedItem[]
    return items.find(planned) ?? null
  })

test(`${ENTRIES} entries for a quota of ${QUOTA}: ${QUOTA} enter and are paid`, async () => {
  const created = await story.call(
    'POST',
    '/survey-plan',
    {
      survey_id: 'overshoot',
      country: 'USA',
      survey_url: 'https://survey-platform.example/overshoot',
      type: 'interview',
      estimated_loi: 5,
      estimated_cr: 50,
      estimated_ir: 80,
      target_completes: 1_000,
      survey_platform: 'Decipher',
      target_panels: [{ name: 'lifepoints' }],
      pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
      quotas: [
        {
          id: 'young',
          qualifications: [{ question_id: 'age', qualifying_answers: [{ start: 16, end: 30 }] }],
          target_completes: QUOTA,
        },
      ],
      qualifications: [],
    },
    BUYER,
  )
  expect(created.status).toBe(201)
  const planId = String(created.body.id)
  const item = await feedOf(({ survey_plan }) => survey_plan.quotas.some(({ id }) => id === 'young'))

  const entries: string[] = []
  // sessions are created in batches; the clicks all come at the same time
  for (let at = 0; at < ENTRIES; at += 25) {
    const batch = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        persist('a session', async () => {
          const answer = await story.call('POST', item.survey_session_creation_url, {
            panelist_id: `p-${at + index}`,
            panelist_profile: { age: 22 },
          })
          return answer.status === 200 ? String(answer.body.url) : null
        }),
      ),
    )
    entries.push(...batch)
  }
  const clicks = await Promise.all(
    entries.map((url) =>
      persist('a click', async () => {
        const { location } = await story.call('GET', url)
        return location === '' ? null : location
      }),
    ),
  )
  const inside = clicks.filter((location) => location.startsWith('https://survey-platform.example/overshoot?t='))
  expect(inside).toHaveLength(QUOTA)

  const refused = await story.call('POST', item.survey_session_creation_url, {
    panelist_id: 'one-more',
    panelist_profile: { age: 22 },
  })
  expect(refused.status).toBe(400)

  const answers = await Promise.all(
    inside.map((location) =>
      story.call(
        'POST',
        '/panelist-outcome',
        { session_id: new URL(location).searchParams.get('t'), outcome: 'COMPLETED' },
        PLATFORM,
      ),
    ),
  )
  expect(answers.every(({ status }) => status === 200)).toBe(true)

  const filled = await feedOf(
    ({ survey_plan }) => survey_plan.quotas[0]?.id === 'young' && survey_plan.quotas[0].status === 'CLOSED',
  )
  expect(filled.survey_plan).toMatchObject({
    status: 'OPEN',
    available_completes: 950,
    quotas: [{ id: 'young', status: 'CLOSED', available_completes: 0 }],
  })
  const seen = await story.call('GET', `/survey-plans/${planId}`, undefined, BUYER)
  expect(seen.body).toMatchObject({
    available_completes: { survey: 950, quotas: { young: 0 } },
    survey_performance: { completes: QUOTA, failures: ENTRIES - QUOTA },
  })

  const posted = await persist('the ledger', async () => {
    const { rows } = (await story.database.knex.raw(
      `select count(*)::int as posted from sessions where connection = 'gateway' and payable`,
    )) as { rows: { posted: number }[] }
    return rows[0]?.posted === QUOTA ? rows[0].posted : null
  })
  expect(posted).toBe(QUOTA)
  // once every claim is applied and every message delivered, all invariants must hold
  await persist(
    'the sessions to finish',
    async () => {
      const waiting = await story.database.knex('outcome_claims').whereNull('applied_at').first('claim_id')
      const undelivered = await story.database.knex('postbacks').where({ state: 'pending' }).first('postback_id')
      return waiting === undefined && undelivered === undefined ? true : null
    },
    120_000,
  )
  expect(await checkInvariants(story.database.knex)).toEqual([])
}, 600_000)
