import { describe, expect, it } from 'vitest'
import { decide } from '../../../domain/eligibility/decide.js'
import type { Circumstances, Facts } from '../../../domain/eligibility/facts.js'
import { money } from '../../../domain/money.js'
import type { Clause, Survey } from '../../../domain/survey.js'
import { evaluateClause } from '../../../domain/targeting/clause.js'
import type { ExpandedProfile } from '../../../domain/targeting/expand.js'
import { age, knows, layer, quota, sex, survey } from '../targeting/surveys.js'
import { matchOf } from './facts.js'

const decided = (given: Survey, profile: ExpandedProfile = knows({}), changes: Partial<Facts> = {}) =>
  decide(matchOf(given, { profile, ...changes }), 'match')
const verdict = (given: Survey, profile?: ExpandedProfile, changes?: Partial<Facts>) =>
  decided(given, profile, changes).verdict

describe('a clause', () => {
  const postal = (...prefixes: string[]): Clause => ({ attribute: 'toluna:1001042', prefixes })
  it.each<[string, Clause, Record<string, string | string[]>, string]>([
    ['any value in answers', sex('1', '2'), { 'kantar:sex': ['9', '2'] }, 'yes'],
    ['no value in answers', sex('1'), { 'kantar:sex': '2' }, 'no'],
    ['unknown is no', sex('1'), {}, 'no'],
    ['unknown and routable is maybe', { ...sex('1'), routable: true }, {}, 'maybe'],
    ['known and wrong is no, routable or not', { ...sex('1'), routable: true }, { 'kantar:sex': '2' }, 'no'],
    ['the lower end', age(16, 40), { 'kantar:age': '16' }, 'yes'],
    ['the upper end', age(16, 40), { 'kantar:age': '40' }, 'yes'],
    ['past the upper end', age(16, 40), { 'kantar:age': '40.5' }, 'no'],
    ['answers or ranges', { ...age(16, 20), answers: ['99'] }, { 'kantar:age': '99' }, 'yes'],
    ['a prefix', postal('SW1'), { 'toluna:1001042': 'SW1A1AA' }, 'yes'],
    ['a prefix without regard to blanks and case', postal('SW1A1'), { 'toluna:1001042': 'sw1a 1aa' }, 'yes'],
    ['not a prefix', postal('SW1'), { 'toluna:1001042': 'W1A1AA' }, 'no'],
    ['a prefix longer than the value', postal('SW1A1AA2'), { 'toluna:1001042': 'SW1A1AA' }, 'no'],
    ['an empty prefix matches no panelist', postal(''), { 'toluna:1001042': 'SW1A1AA' }, 'no'],
    ['a miss on a cut list', { ...postal('SW1'), truncated: true }, { 'toluna:1001042': 'W1A1AA' }, 'maybe'],
    ['a hit on a cut list', { ...postal('SW1'), truncated: true }, { 'toluna:1001042': 'SW1A1AA' }, 'yes'],
    ['unknown on a cut list', { ...postal('SW1'), truncated: true }, {}, 'no'],
    ['a clause without values holds for no panelist', { attribute: 'kantar:sex' }, { 'kantar:sex': '1' }, 'no'],
  ])('%s', (_name, clause, profile, expected) => {
    expect(evaluateClause(clause, knows(profile))).toBe(expected)
  })
})

describe('the rules', () => {
  const later = { now: new Date('2025-06-15T12:00:00.001Z') }
  it.each<[string, Partial<Survey>, Partial<Circumstances> & { now?: Date; panel?: string }, string]>([
    ['another country', { country: 'GBR' }, {}, 'no'],
    ['another locale', { locale: 'es-US' }, { locale: 'en-US' }, 'no'],
    ['the same locale, written otherwise', { locale: 'en_us' }, { locale: 'en-US' }, 'yes'],
    ['the same language of another country', { locale: 'en-GB' }, { locale: 'en-US' }, 'no'],
    ['an unknown locale', { locale: 'es-US' }, {}, 'yes'],
    ['another device', { devices: ['desktop'] }, { device: 'mobile' }, 'no'],
    ['one of the devices', { devices: ['desktop', 'mobile'] }, { device: 'mobile' }, 'yes'],
    ['an unknown device', { devices: ['desktop'] }, {}, 'yes'],
    ['an empty list of devices', { devices: [] }, { device: 'mobile' }, 'yes'],
    ['before it finishes', { finishAt: '2025-06-15T12:00:00.001Z' }, {}, 'yes'],
    ['when it finishes', { finishAt: '2025-06-15T12:00:00.001Z' }, later, 'no'],
    ['an unreadable finish date', { finishAt: 'soon' }, {}, 'no'],
    ['no way in', { enterable: false }, {}, 'no'],
    ['paused', { status: 'paused' }, {}, 'no'],
    ['closed', { status: 'closed' }, {}, 'no'],
    ['nothing left', { availableCompletes: 0 }, {}, 'no'],
    ['a negative number left', { availableCompletes: -2 }, {}, 'no'],
    ['one left', { availableCompletes: 1 }, {}, 'yes'],
    ['one of its panels', { panels: ['toplife', 'lifepoints'] }, { panel: 'lifepoints' }, 'yes'],
    ['another panel', { panels: ['toplife'] }, { panel: 'lifepoints' }, 'no'],
    ['open to no panel', { panels: [] }, { panel: 'lifepoints' }, 'no'],
    ['no panel is given', { panels: ['toplife'] }, {}, 'yes'],
  ])('%s', (_name, changes, { now, panel, ...here }, expected) => {
    const facts = {
      circumstances: { country: 'USA', locale: null, device: null, ...here },
      panel: panel === undefined ? null : { id: panel, caps: null },
      ...(now === undefined ? {} : { now }),
    }
    expect(verdict(survey(changes), knows({}), facts)).toBe(expected)
  })

  it('name only the asking panel, and the panel rule only where there is one', () => {
    const rulesOf = (panels?: string[]) =>
      decided(survey(panels === undefined ? {} : { panels }), knows({}), { panel: { id: 'lifepoints', caps: null } })
        .trace.rules
    expect(rulesOf().map(({ rule }) => rule)).not.toContain('panel')
    const told = rulesOf(['toplife']).find(({ rule }) => rule === 'panel')
    expect(told).toEqual({ rule: 'panel', wanted: 'a panel that it is open to', given: 'lifepoints', holds: 'no' })
  })

  it('use the row’s status: withdrawn and unreadable surveys are not offered', () => {
    for (const status of ['withdrawn', 'unreadable'] as const) {
      expect(verdict(survey(), knows({}), { status })).toBe('no')
    }
  })
})

describe('a survey', () => {
  const woman30 = knows({ 'kantar:sex': '2', 'kantar:age': '30' })

  it('needs every clause, also two on one attribute', () => {
    expect(verdict(survey({ clauses: [sex('2'), age(16, 40)] }), woman30)).toBe('yes')
    expect(verdict(survey({ clauses: [age(16, 40), age(31, 50)] }), woman30)).toBe('no')
    expect(verdict(survey({ clauses: [age(16, 40), age(25, 35)] }), woman30)).toBe('yes')
  })

  it('is a maybe with hidden qualifications, and stays a no without the visible ones', () => {
    expect(verdict(survey({ additionalQualifications: 3 }), woman30)).toBe('maybe')
    expect(verdict(survey({ additionalQualifications: 3, clauses: [sex('1')] }), woman30)).toBe('no')
  })

  it('needs one open quota that fits, if it has quotas', () => {
    const men = quota('men', [sex('1')])
    const women = quota('women', [sex('2')])
    expect(decided(survey({ quotas: [men, women] }), woman30).quota?.quotaId).toBe('women')
    expect(verdict(survey({ quotas: [men] }), woman30)).toBe('no')
    expect(verdict(survey({ quotas: [men, { ...women, available: 0 }] }), woman30)).toBe('no')
    expect(verdict(survey({ quotas: [men, { ...women, status: 'paused' }] }), woman30)).toBe('no')
    expect(decided(survey(), woman30)).toMatchObject({ verdict: 'yes', quota: null })
  })

  it('respects both caps: the survey’s and the quota’s', () => {
    const women = quota('women', [sex('2')], { available: 50 })
    expect(verdict(survey({ availableCompletes: 0, quotas: [women] }), woman30)).toBe('no')
  })

  it('is offered at the quota that pays best, comparing currencies and the survey’s own price', () => {
    const quotas = [
      quota('as-the-survey', [sex('2')]),
      quota('more', [age(16, 40)], { price: money(200, 'USD') }),
      quota('full-and-most', [sex('2')], { price: money(900, 'USD'), available: 0 }),
      quota('pounds', [sex('2')], { price: money(180, 'GBP') }),
      quota('pounds-again', [sex('2')], { price: money(180, 'GBP') }),
      quota('not-hers', [sex('1')], { price: money(900, 'USD') }),
    ]
    const evaluation = decided(survey({ quotas }), woman30)
    expect(evaluation.quota?.quotaId).toBe('pounds')
    expect(evaluation.price).toEqual(money(180, 'GBP'))
  })

  it('prefers the certain quota to the better paid one', () => {
    const quotas = [
      quota('perhaps', [sex('2')], { price: money(900, 'USD'), additionalQualifications: 1 }),
      quota('surely', [sex('2')]),
    ]
    expect(decided(survey({ quotas }), woman30)).toMatchObject({
      verdict: 'yes',
      quota: { quotaId: 'surely' },
      price: money(150, 'USD'),
    })
    expect(decided(survey({ quotas: quotas.slice(0, 1) }), woman30).verdict).toBe('maybe')
  })

  it('counts our own sessions in flight at the rate they complete, against both caps', () => {
    const women = quota('women', [sex('2')], { available: 2 })
    const withInFlight = (sessions: number, inSurvey: number, available: number | null = null) =>
      verdict(survey({ quotas: [women], availableCompletes: available }), woman30, {
        figures: { inFlight: { survey: inSurvey, quotas: new Map([['women', sessions]]) }, conversionPercent: 25 },
      })
    expect(withInFlight(7, 7)).toBe('yes')
    expect(withInFlight(8, 8)).toBe('no')
    expect(withInFlight(0, 19, 5)).toBe('yes')
    expect(withInFlight(0, 20, 5)).toBe('no')
  })
})

describe('layers and sub-quotas (Toluna External Sample)', () => {
  // one quota, two layers of three sub-quotas: (A1 or A2 or A3) and (B1 or B2 or B3)
  const band = (from: number, to: number) => [age(from, to)]
  const layered = (full: { available: number | null } = { available: null }) =>
    survey({
      quotas: [
        quota('layered', [], {
          layers: [
            layer(band(18, 24), { clauses: band(25, 34), available: full.available }, band(35, 44)),
            layer([sex('1'), age(18, 30)], [sex('2')], [{ attribute: 'kantar:region', answers: ['north'] }]),
          ],
        }),
      ],
    })
  it.each([
    ['first and first', { 'kantar:age': '20', 'kantar:sex': '1' }, 'yes'],
    ['second and second', { 'kantar:age': '30', 'kantar:sex': '2' }, 'yes'],
    ['third and third', { 'kantar:age': '40', 'kantar:sex': '1', 'kantar:region': 'north' }, 'yes'],
    ['two questions of one sub-quota are AND', { 'kantar:age': '40', 'kantar:sex': '1' }, 'no'],
    ['the first layer fails', { 'kantar:age': '50', 'kantar:sex': '2' }, 'no'],
    ['the second layer fails', { 'kantar:age': '20', 'kantar:sex': '3' }, 'no'],
    ['nothing known', {}, 'no'],
  ])('%s', (_name, profile, expected) => {
    expect(verdict(layered(), knows(profile))).toBe(expected)
  })

  it('skips a sub-quota that is full', () => {
    const woman30 = knows({ 'kantar:age': '30', 'kantar:sex': '2' })
    expect(verdict(layered({ available: 0 }), woman30)).toBe('no')
    expect(verdict(layered({ available: 1 }), woman30)).toBe('yes')
  })

  it('is a maybe when only a routable sub-quota may hold, and a no when none can', () => {
    const routable: Clause = { attribute: 'toluna:7', answers: ['1'], routable: true }
    const either = quota('q', [], { layers: [layer([sex('1')], [routable])] })
    expect(verdict(survey({ quotas: [either] }), knows({ 'kantar:sex': '2' }))).toBe('maybe')
    expect(verdict(survey({ quotas: [either] }), knows({ 'kantar:sex': '1' }))).toBe('yes')
    expect(verdict(survey({ quotas: [either] }), knows({ 'kantar:sex': '2', 'toluna:7': '2' }))).toBe('no')
  })

  it('holds for all panelists without layers, for none in a layer without sub-quotas', () => {
    expect(verdict(survey({ quotas: [quota('open')] }))).toBe('yes')
    expect(verdict(survey({ quotas: [quota('none', [], { layers: [{ subQuotas: [] }] })] }))).toBe('no')
  })
})

describe('a full quota that terminates (PureSpectrum Supply API, currently_open 0)', () => {
  const full = (...clauses: Clause[]) => quota('full', clauses, { available: 0 })
  const offered = quota('open', [age(16, 99)])
  const terminating = (fullQuota = full(sex('2'))) =>
    survey({ fullQuotaTerminates: true, quotas: [fullQuota, offered] })

  it('excludes the panelists in it, and only those', () => {
    expect(verdict(terminating(), knows({ 'kantar:sex': '2', 'kantar:age': '30' }))).toBe('no')
    expect(verdict(terminating(), knows({ 'kantar:sex': '1', 'kantar:age': '30' }))).toBe('yes')
    expect(
      verdict(survey({ quotas: [full(sex('2')), offered] }), knows({ 'kantar:sex': '2', 'kantar:age': '30' })),
    ).toBe('yes')
  })

  it('is a maybe for panelists who may be in it', () => {
    const routable: Clause = { attribute: 'purespectrum:9', answers: ['1'], routable: true }
    expect(verdict(terminating(full(routable)), knows({ 'kantar:age': '30' }))).toBe('maybe')
  })
})

describe('the trace', () => {
  it('has every clause, quota and rule, also after the first that fails', () => {
    const given = survey({
      country: 'GBR',
      clauses: [sex('1'), age(16, 40)],
      quotas: [quota('q1', [sex('1')]), quota('q2', [], { available: 0 })],
    })
    const decision = decided(given, knows({ 'kantar:sex': '2', 'kantar:age': '30' }))
    expect(decision.verdict).toBe('no')
    expect(decision.quota).toBeNull()
    expect(decision.trace.rules.filter(({ holds }) => holds === 'no').map(({ rule }) => rule)).toEqual([
      'country',
      'qualifications',
      'quota_completes',
    ])
    expect(decision.reason).toEqual({ rule: 'country', wanted: 'GBR', given: 'USA', holds: 'no' })
    expect(decision.trace.clauses.map((clause) => clause.verdict)).toEqual(['no', 'yes'])
    expect(decision.trace.quotas.map(({ fits, open }) => ({ fits, open }))).toEqual([
      { fits: 'no', open: true },
      { fits: 'yes', open: false },
    ])
  })
})
