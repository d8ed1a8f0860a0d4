import fc from 'fast-check'
import { expect } from 'vitest'
import { OFFER_TTL_MS } from '../../api/tokens/offer-token.js'
import { insertSession } from '../../db/statements/insert-session.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { type Decision, decide } from '../../domain/eligibility/decide.js'
import { type Facts, NOBODY, type PanelistFacts } from '../../domain/eligibility/facts.js'
import type { RuleName } from '../../domain/eligibility/rules.js'
import { type Money, money } from '../../domain/money.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { Quota } from '../../domain/survey.js'
import { SOON } from './patience.js'
import { as, type RouterApi } from './router-api.js'
import { aSession } from './sessions.js'

let drawn = 0

export const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

/** What a panelist may have behind them. */
export type Before = 'nothing' | 'completed' | 'under way' | 'blocked' | 'unwanted' | 'group'
const before = mostly<Before>('nothing', 'completed', 'under way', 'blocked', 'unwanted', 'group')
export const sex = mostly<string | null>('male', 'female', null)
export const age = mostly<number>(30, 12)
export const SEX = (prefix: string) => ({ attribute: `${prefix}:sex`, answers: ['male'] })
const quota = (quotaId: string, prefix: string, women: boolean): fc.Arbitrary<Quota> =>
  fc.record({
    quotaId: fc.constant(quotaId),
    status: mostly<Quota['status']>('open', 'paused'),
    available: mostly<number | null>(null, 0),
    price: fc.constantFrom(money(150, 'USD'), money(300, 'USD')),
    layers: fc.constant([
      {
        subQuotas: [
          { clauses: [women ? { attribute: `${prefix}:sex`, answers: ['female'] } : SEX(prefix)], available: null },
        ],
      },
    ]),
    additionalQualifications: mostly(0, 1),
  })
export const quotas = (prefix: string) =>
  fc.oneof(
    fc.constant([]),
    fc.tuple(quota('men', prefix, false), quota('women', prefix, true)).map((both) => [...both]),
    fc.tuple(quota('men', prefix, false), quota('men-too', prefix, false)).map((both) => [...both]),
  )
export const person = fc.record({ before, sex, age })

export const panelist = (
  who: string,
  { age: years, before: had }: { age: number; before: Before },
  ids: Ids,
): PanelistFacts => ({
  ...NOBODY,
  age: { age: years, minimumAge: 16, holds: years >= 16 },
  completed: new Set(had === 'completed' ? [ids.surveyId] : []),
  underWay: new Set(had === 'under way' ? [ids.surveyId] : []),
  unwanted: new Set(had === 'unwanted' ? [ids.surveyId] : []),
  blocked: new Set(had === 'blocked' ? [ids.connection] : []),
  taken:
    had === 'group'
      ? [
          {
            connection: ids.connection,
            providerSurveyId: `${ids.providerSurveyId}-other-${who}`,
            at: new Date(),
            grouping: { surveyIds: [ids.providerSurveyId], exclusionDays: 30 },
          },
        ]
      : [],
})

interface Ids {
  readonly surveyId: string
  readonly connection: string
  readonly providerSurveyId: string
}

/** Gives somebody their past, as the tables hold it. */
async function live(api: RouterApi, who: string, { before: had }: { before: Before }, ids: Ids): Promise<void> {
  const { knex } = api.database
  if (had === 'blocked' || had === 'unwanted') {
    await knex('panelist_blocks').insert({
      panel: 'lifepoints',
      panelist_id: who,
      connection: ids.connection,
      survey_id: had === 'blocked' ? '' : ids.surveyId,
      until: new Date(Date.now() + 3_600_000),
      reason: 'test',
      blocked_at: new Date(),
    })
    return
  }
  if (had === 'nothing') return
  const provider = ids.connection === GATEWAY ? GATEWAY : 'kantar'
  let { providerSurveyId } = ids
  if (had === 'group') {
    providerSurveyId = `${providerSurveyId}-other-${who}`
    if (ids.connection === GATEWAY) return
    await api.stock('kantar-us', {
      providerSurveyId,
      grouping: { surveyIds: [ids.providerSurveyId], exclusionDays: 30 },
    })
  }
  const session = aSession({
    ...ids,
    provider,
    providerSurveyId,
    surveyId: surveyIdOf(ids.connection, providerSurveyId),
    panelistId: who,
    createdAt: new Date(),
  })
  await insertSession(knex, session)
  if (had === 'under way') return
  await knex('sessions')
    .where({ session_id: session.sessionId })
    .update({ state: 'finished', outcome: 'COMPLETED', completed_at: new Date(), finished_at: new Date(), grade: 'E2' })
}

/** Waits until the index holds what was stored. */
async function followed(api: RouterApi): Promise<void> {
  await expect
    .poll(async () => {
      const { rows } = (await api.database.knex.raw(
        'select coalesce(max(revision), 0)::text as newest from surveys',
      )) as {
        rows: { newest: string }[]
      }
      return BigInt(api.deps.catalogue.state().revision) >= BigInt(rows[0]?.newest ?? 0)
    }, SOON)
    .toBe(true)
}

/** What the session router answers to a rule (docs/router.md, "Creating a session"). */
const ROUTER: Readonly<Partial<Record<RuleName, string>>> = {
  minimum_age: 'minimum_age panelist_id',
  taken: 'unique panelist_id',
  status: 'status token',
  enterable: 'status token',
  panel: 'status token',
  finish_date: 'status token',
  available_completes: 'status token',
  blocked: 'qualification panelist_id',
  unwanted: 'qualification panelist_id',
  group: 'unique panelist_id',
  full_quota: 'available_completes target_quota_id',
  quota_qualifications: 'quota panelist_profile',
  quota_status: 'status target_quota_id',
  quota_completes: 'available_completes target_quota_id',
}
function routerFault({ reason, trace }: Decision, answer: string | null): string | undefined {
  if (reason === null) return undefined
  const need = answer === null ? 'required panelist_profile.sex' : 'qualification panelist_profile.sex'
  if (reason.rule === 'qualifications') return need
  const shut = trace.quotas.find(({ open, fits }) => !open && fits !== 'no')
  if (reason.rule === 'full_quota' && shut?.quota.status !== 'open') return ROUTER.quota_status
  return ROUTER[reason.rule]
}

/** An explanation without the moment at which it was asked for. */
const timeless = ({ rules, ...rest }: { rules: { rule: string; given: string }[] }) => ({
  ...rest,
  rules: rules.map((one) => (one.rule === 'finish_date' ? { ...one, given: '' } : one)),
})

/** What a booking answers to a rule; `offer_gone` to every other one. */
const BOOKING: Readonly<Partial<Record<RuleName, string>>> = { minimum_age: 'below_minimum_age' }

/** Asks the doors in turn and holds each to the decision over the same facts. */
export async function holdDoors(
  api: RouterApi,
  ids: Ids,
  facts: (changes: Partial<Facts>, who: string) => Facts,
  someone: { before: Before; sex: string | null; age: number },
): Promise<Decision> {
  const profile = { age: someone.age, ...(someone.sex === null ? {} : { sex: someone.sex }) }
  const [matched, routed] = [`m-${++drawn}`, `r-${drawn}`]
  for (const who of [matched, routed]) await live(api, who, someone, ids)
  await followed(api)
  const panel = as(api, 'lifepoints')
  await panel.put(`/v1/panelists/${matched}`, { country: 'USA', locale: 'en-US', profile }).expect(200)

  // the match, and its explanation
  const atMatch = decide(
    facts({ circumstances: { country: 'USA', locale: 'en-US', device: null }, plan: null }, matched),
    'match',
  )
  const { body: match } = await panel.post('/v1/surveys/match', { panelist_id: matched, limit: 200, explain: true })
  const offer = match.offers.find((one: { survey_id: string }) => one.survey_id === ids.surveyId)
  expect(offer?.match ?? 'no').toBe(atMatch.verdict)
  expect(offer?.provider_quota_id ?? null).toBe(atMatch.quota?.quotaId ?? null)
  const explained = await panel.get(`/v1/surveys/${ids.surveyId}/explain?panelist_id=${matched}`)
  expect(explained.body.verdict).toBe(atMatch.verdict)
  const broken = explained.body.rules.find(({ holds }: { holds: unknown }) => holds === false)
  const said = atMatch.trace.rules.find(
    ({ rule, quotaId, holds }) => holds === 'no' && rule !== 'qualifications' && quotaId === undefined,
  )
  expect(broken?.rule).toBe(said?.rule)
  if (offer !== undefined) expect(timeless(offer.explanation)).toEqual(timeless(explained.body))

  // the booking of an offer that was made before
  const chosen = facts({}, matched).survey.quotas[0] ?? null
  const quotaIds = chosen === null ? [] : [chosen.quotaId]
  const atBooking = decide(facts({ profile: null, quota: { kind: 'these', quotaIds } }, matched), 'book')
  const price: Money = chosen?.price ?? facts({}, matched).survey.price
  const terms = {
    panel: 'lifepoints',
    surveyId: ids.surveyId,
    quotaId: chosen?.quotaId ?? null,
    price,
    circumstances: null,
  }
  const offerId = api.deps.offers.issue({ ...terms, expiresAt: new Date(Date.now() + OFFER_TTL_MS) }, matched)
  const booked = await panel.post('/v1/sessions', { offer_id: offerId, panelist_id: matched })
  const exists = atBooking.reason?.rule === 'taken' && someone.before === 'under way'
  const code =
    atBooking.reason === null ? undefined : exists ? 'session_exists' : (BOOKING[atBooking.reason.rule] ?? 'offer_gone')
  expect([booked.status, booked.body.code]).toEqual(code === undefined ? [201, undefined] : [409, code])

  // the session router
  const atRouter = decide(facts({ quota: { kind: 'first' } }, routed), 'book')
  const created = await panel.post(api.creationPath(ids.surveyId), { panelist_id: routed, panelist_profile: profile })
  const inside = someone.before === 'under way'
  const malformed = someone.age < 15
  if (malformed) expect(created.body.details[0]).toMatchObject({ constraint: 'minimum', field: 'panelist_profile.age' })
  else if (!inside) {
    const [first] = created.body.details ?? []
    expect(first === undefined ? undefined : `${first.constraint} ${first.field}`).toBe(
      routerFault(atRouter, someone.sex),
    )
    expect(created.status).toBe(atRouter.verdict === 'no' ? 400 : 200)
    if (created.status === 200) {
      const row = await api.database
        .knex('sessions')
        .where({ panelist_id: routed, survey_id: ids.surveyId, state: 'created' })
        .first()
      expect(row?.provider_quota_id ?? null).toBe(atRouter.quota?.quotaId ?? null)
    }
  }

  // how it is shown in the feed
  const shown = decide(
    facts({ profile: null, quota: { kind: 'these', quotaIds: [] }, plan: null, panelist: NOBODY }, matched),
    'show',
  )
  const feed = await panel.get('/surveys')
  const told = feed.body.find((one: { survey_plan: { id: string } }) => one.survey_plan.id === ids.surveyId)
  expect(told?.survey_plan.status === 'OPEN').toBe(shown.verdict !== 'no')
  return atMatch
}
