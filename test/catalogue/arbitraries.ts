import fc from 'fast-check'
import type { CatalogueEntry, OwnFigures } from '../../catalogue/entry.js'
import type { MatchQuery } from '../../catalogue/index/country-index.js'
import { money } from '../../domain/money.js'
import type { Clause, Grouping, Layer, ParticipationExclusion, Quota, Survey } from '../../domain/survey.js'
import { given } from '../../domain/targeting/expand.js'
import { NOON, survey } from '../domain/targeting/surveys.js'

// Few attributes with few answers: random surveys and panelists then meet often, at every edge.
const ATTRIBUTES = [
  'kantar:age',
  'kantar:sex',
  'toluna:1',
  'toluna:2',
  'kantar:postal_code',
  'rare:1',
  'rare:2',
  'rare:3',
]
const ANSWERS = ['1', '2', '3', '4', '5', '17', 'ab', 'abc']
const QUOTA_IDS = ['q1', 'q2', 'q3', 'q4']
export const CONNECTIONS = ['kantar-us', 'toluna-us', 'gateway']
export const PANELS = ['lifepoints', 'toplife', 'e-poll']
export const SURVEY_IDS = Array.from({ length: 14 }, (_, position) => `s${position}`)

/** One value far more often than the others, so that most surveys with many settings still match a panelist. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) })
}

const attribute = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ATTRIBUTES.slice(0, 5)) },
  { weight: 1, arbitrary: fc.constantFrom(...ATTRIBUTES.slice(5)) },
)
const answers = fc.subarray(ANSWERS, { minLength: 1, maxLength: 5 })
const bound = fc.constantFrom(0, 1, 2, 2.5, 3, 4, 5, 16, 17, 40)
const range = fc.tuple(bound, bound).map(([from, to]) => ({ from, to }))
const prefix = fc.constantFrom('a', 'A B', 'abc', '1', '17', '', 'x')

const mixedClause: fc.Arbitrary<Clause> = fc
  .record({
    attribute,
    answers: fc.option(answers, { nil: undefined, freq: 4 }),
    ranges: fc.option(fc.array(range, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 1 }),
    prefixes: fc.option(fc.array(prefix, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 1 }),
    routable: fc.constantFrom(true, undefined, undefined, undefined),
    truncated: fc.constantFrom(true, undefined, undefined, undefined),
  })
  .map(({ attribute: name, ...rest }) => ({
    attribute: name,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  }))

/** Plain clauses have code of their own in the index, so they must be frequent too. */
const clause: fc.Arbitrary<Clause> = fc.oneof(
  mixedClause,
  fc.record({ attribute, answers }),
  fc.record({ attribute, ranges: fc.tuple(range).map((only) => [...only]) }),
)

const clauses = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: clause.map((only) => [only]) },
  { weight: 1, arbitrary: fc.array(clause, { minLength: 2, maxLength: 3 }) },
)
const limit = mostly<number | null>(null, 0, 1, 7, 20)
const plainLayers: fc.Arbitrary<Layer[]> = clauses.map((list) =>
  list.map((one) => ({ subQuotas: [{ clauses: [one], available: null }] })),
)
const nestedLayers: fc.Arbitrary<Layer[]> = fc.array(
  fc.record({ subQuotas: fc.array(fc.record({ clauses, available: limit }), { maxLength: 3 }) }),
  { maxLength: 3 },
)
const price = fc
  .tuple(fc.constantFrom(50, 150, 151, 300), fc.constantFrom('USD', 'USD', 'GBP', 'JPY'))
  .map(([amount, currency]) => money(amount, currency))
const hidden = mostly(0, 2)

const quotas: fc.Arbitrary<Quota[]> = fc.subarray(QUOTA_IDS).chain((ids) =>
  fc.tuple(
    ...ids.map((quotaId) =>
      fc
        .record({
          status: mostly<'open' | 'paused'>('open', 'paused'),
          available: limit,
          price: fc.option(price, { nil: undefined }),
          layers: fc.oneof({ weight: 3, arbitrary: plainLayers }, { weight: 1, arbitrary: nestedLayers }),
          additionalQualifications: hidden,
        })
        .map(({ price: own, ...rest }) => ({ quotaId, ...rest, ...(own === undefined ? {} : { price: own }) })),
    ),
  ),
)

export const anySurvey: fc.Arbitrary<Survey> = fc
  .record({
    country: mostly('USA', 'GBR'),
    locale: mostly<string | null>(null, 'en-US', 'es_US'),
    devices: fc.constantFrom(null, null, ['desktop' as const], ['mobile' as const, 'tablet' as const], []),
    finishAt: mostly<string | null>(null, NOON.toISOString(), '2025-06-16T00:00:00Z'),
    panels: mostly<string[] | undefined>(undefined, [], PANELS.slice(0, 1), PANELS.slice(1), PANELS),
    groupId: fc.constantFrom(null, 'g1', 'g2'),
    enterable: mostly(true, false),
    availableCompletes: limit,
    loiMinutes: fc.constantFrom(0, 5, 10),
    irPercent: fc.constantFrom(0, 40, 80),
    conversionPercent: fc.constantFrom(null, 25, 50),
    price,
    clauses,
    quotas,
    additionalQualifications: hidden,
    fullQuotaTerminates: mostly(false, true),
    membersOnly: mostly(false, true),
    oneQuotaPerPanelist: mostly(false, true),
    exclusions: mostly<ParticipationExclusion[]>(
      [],
      [{ providerSurveyId: 'their-s1', projectId: 'p1', participations: ['started'] }],
      [{ providerSurveyId: null, projectId: 'p1', participations: ['completed', 'terminated'] }],
    ),
    grouping: mostly<Grouping | null>(null, { surveyIds: ['their-s0', 'their-s1', 'their-s2'], exclusionDays: 30 }),
  })
  .map(({ panels, membersOnly, oneQuotaPerPanelist, exclusions, grouping, ...changes }) =>
    survey({
      ...changes,
      ...(panels === undefined ? {} : { panels }),
      ...(membersOnly ? { membersOnly } : {}),
      ...(oneQuotaPerPanelist ? { oneQuotaPerPanelist } : {}),
      ...(exclusions.length === 0 ? {} : { exclusions }),
      ...(grouping === null ? {} : { grouping }),
    }),
  )

const outcome = fc.constantFrom(
  null,
  'COMPLETED' as const,
  'TERMINATED' as const,
  'QUOTA_FULL' as const,
  'ERROR' as const,
)

/** What a panelist did before. */
export const anyHistory = fc.record({
  past: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(
        fc.record({
          connection: fc.constantFrom(...CONNECTIONS),
          providerSurveyId: fc.constantFrom('their-s0', 'their-s1', 'their-s2', 'their-s3', 'their-s4'),
          projectId: fc.constantFrom(null, 'p1'),
          quotaId: fc.constantFrom(null, ...QUOTA_IDS),
          entered: fc.boolean(),
          outcome,
        }),
        { maxLength: 4 },
      ),
    },
  ),
  taken: fc.array(
    fc.record({
      connection: fc.constantFrom(...CONNECTIONS),
      providerSurveyId: fc.constantFrom('their-s0', 'their-s1', 'their-s9'),
      at: fc.constantFrom(NOON, new Date('2025-05-20T12:00:00Z'), new Date('2025-01-01T00:00:00Z')),
      grouping: fc.constantFrom(null, { surveyIds: ['their-s3', 'their-s4'], exclusionDays: 7 }),
    }),
    { maxLength: 2 },
  ),
  invitations: fc
    .array(fc.tuple(fc.constantFrom(...SURVEY_IDS), fc.subarray(QUOTA_IDS, { minLength: 1 })), { maxLength: 8 })
    .map((named) => new Map(named.map(([surveyId, ids]) => [surveyId, new Set(ids)] as const))),
})

export const anyFigures: fc.Arbitrary<OwnFigures> = fc.record({
  inFlight: fc.record({
    survey: fc.integer({ min: 0, max: 12 }),
    quotas: fc
      .dictionary(fc.constantFrom(...QUOTA_IDS), fc.integer({ min: 1, max: 12 }))
      .map((counts) => new Map(Object.entries(counts))),
  }),
  outcomes: fc.option(fc.record({ sessions: fc.constantFrom(10, 100), completes: fc.constantFrom(0, 1, 10) })),
})

export function entryOf(surveyId: string, connection: string, described: Survey, status?: CatalogueEntry['status']) {
  const entry: CatalogueEntry = {
    surveyId,
    connection,
    provider: connection.split('-')[0] ?? connection,
    providerSurveyId: `their-${surveyId}`,
    status: status ?? described.status,
    survey: { ...described, providerSurveyId: `their-${surveyId}` },
  }
  return entry
}

export const anyQuery: fc.Arbitrary<MatchQuery> = fc
  .record({
    country: mostly('USA', 'GBR', 'DEU'),
    locale: mostly<string | null>('EN-us', null, 'es-US', 'de-DE'),
    device: fc.constantFrom(null, 'desktop' as const, 'mobile' as const),
    panel: fc.constantFrom(null, 'lifepoints', 'lifepoints', 'toplife', 'unheard-of'),
    answers: fc.record(
      Object.fromEntries(
        ATTRIBUTES.map((name) => [
          name,
          fc.array(fc.constantFrom(...ANSWERS, '2.5', '-1', '16', 'a b'), { minLength: 0, maxLength: 4 }),
        ]),
      ),
      { requiredKeys: ATTRIBUTES.slice(0, 3) },
    ),
    connections: mostly<string[] | null>(
      null,
      CONNECTIONS,
      CONNECTIONS.slice(0, 2),
      CONNECTIONS.slice(2),
      ['other'],
      [],
    ),
    excludedSurveys: fc.subarray(SURVEY_IDS, { maxLength: 3 }).map((ids) => new Set(ids)),
    excludedGroups: fc.subarray(['kantar-us\ng1', 'toluna-us\ng2']).map((groups) => new Set(groups)),
  })
  .map(({ answers: answered, ...rest }) => ({
    ...rest,
    now: NOON,
    profile: new Map(Object.entries(answered).map(([name, values]) => [name, given(values)])),
  }))
