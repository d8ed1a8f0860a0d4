import { describe, expect, test } from 'vitest'
import type { Survey } from '../../domain/survey.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import { readPage, type Suite, served } from './contract.js'
import { SURVEY } from './dynata/page.js'
import { suite as dynata } from './dynata/suite.js'
import { httpDouble } from './http-double.js'
import { pageOf as kantarPage } from './kantar/page.js'
import { suite as kantar } from './kantar/suite.js'
import { matchOf } from './match-cases.js'
import { pageOf as purespectrumPage } from './purespectrum/page.js'
import { suite as purespectrum } from './purespectrum/suite.js'
import { pageOf as tolunaPage } from './toluna/page.js'
import { suite as toluna } from './toluna/suite.js'

/** The values that writers use for "no value", in addition to leaving a member out. */
const NOTHING: readonly unknown[] = [null, {}, [], '']

/** Sets a member by its dotted path; undefined removes it. */
function withMember(record: unknown, path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(record)
  const names = path.split('.')
  const last = names.pop() ?? ''
  let place = copy as Record<string, unknown>
  for (const name of names) place = place[name] as Record<string, unknown>
  if (value === undefined) delete place[last]
  else place[last] = value
  return copy
}

async function offered<Config extends ConnectionBase>(suite: Suite<Config>, record: unknown): Promise<Survey | string> {
  const batches = await readPage(suite, served(suite, JSON.stringify([record])))
  const change = batches.flatMap(({ changes }) => changes)[0]
  if (change?.kind === 'offered') return change.survey
  return batches.flatMap(({ unreadable }) => unreadable)[0]?.reason ?? 'nothing was read'
}

/** Optional members: present and empty, null or blank is read as not there. Lists: empty in any spelling is `[]`. */
function check<Config extends ConnectionBase>(
  suite: Suite<Config>,
  record: unknown,
  { optional, lists }: { optional: readonly string[]; lists: readonly string[] },
): void {
  describe(`members without a value, of a survey of ${suite.adapter.name}`, () => {
    test.each(optional)('%s', async (path) => {
      const without = await offered(suite, withMember(record, path, undefined))
      expect(without).toBeTypeOf('object')
      for (const value of NOTHING)
        expect(await offered(suite, withMember(record, path, value)), String(value)).toEqual(without)
    })

    test.each(lists)('%s, a required list', async (path) => {
      const empty = await offered(suite, withMember(record, path, []))
      expect(empty).toBeTypeOf('object')
      for (const value of [null, {}]) expect(await offered(suite, withMember(record, path, value))).toEqual(empty)
      expect(await offered(suite, withMember(record, path, undefined))).toBeTypeOf('string')
    })
  })
}

const first = (page: string): unknown => (JSON.parse(page) as unknown[])[0]

check(kantar, first(kantarPage({})), {
  optional: [
    ...['version', 'survey_session_creation_url'],
    ...[
      'locale',
      'cr',
      'additional_qualification_count',
      'resume_allowed',
      'group_id',
      'project_id',
      'finish_date',
    ].map((name) => `survey_plan.${name}`),
    ...['survey_plan.device_requirements', 'survey_plan.tags', 'survey_plan.categories'],
    ...['available_completes', 'additional_qualification_count', 'pricing'].map(
      (name) => `survey_plan.quotas.0.${name}`,
    ),
  ],
  lists: ['survey_plan.quotas', 'survey_plan.qualifications', 'survey_plan.quotas.0.qualifications'],
})

check(
  toluna,
  first(tolunaPage({ surveys: [{ SurveyWaveExclusions: [{ SurveyID: 1, WaveID: 0, ParticipationStatusIDs: [9] }] }] })),
  {
    optional: [
      ...['ScheduledCompletionDate', 'DeviceTypeIDs', 'IsSurveyRecontact', 'CompletesRequired'],
      ...['EstimatedCompletesRemaining', 'SurveyWaveExclusions', 'SurveyWaveExclusions.0.WaveID'],
      ...['SurveyWaveExclusions.0.ParticipationStatusIDs', 'SurveyWaveExclusions.0.SurveyID'],
      ...['CompletesRequired', 'EstimatedCompletesRemaining', 'Layers', 'Layers.0.LayerID'].map(
        (name) => `Quotas.0.${name}`,
      ),
      ...['SubQuotaID', 'CurrentCompletes', 'MaxTargetCompletes', 'QuestionsAndAnswers.0.AnswerValues'].map(
        (name) => `Quotas.0.Layers.0.SubQuotas.0.${name}`,
      ),
      'Quotas.0.Layers.0.SubQuotas.0.QuestionsAndAnswers.1.AnswerIDs',
    ],
    lists: ['Quotas', 'Quotas.0.Layers.0.SubQuotas', 'Quotas.0.Layers.0.SubQuotas.0.QuestionsAndAnswers'],
  },
)

check(purespectrum, first(purespectrumPage({})), {
  optional: [
    ...['survey_grouping', 'survey_grouping.survey_ids', 'survey_grouping.exclusion_period', 'incl_excl'],
    ...['supplier_completes', 'survey_performance', 'survey_performance.overall', 'survey_performance.last_block'],
    ...['field_end_date', 'soft_launch', 'survey_entry_url', 'mod_on', 'buyer_message'],
    ...['needed', 'achieved', 'remaining', 'guaranteed_allocation', 'guaranteed_allocation_remaining'].map(
      (name) => `supplier_completes.${name}`,
    ),
    ...['qualifications.0.range_sets', 'qualifications.1.condition_codes', 'qualifications.1.range_sets.0.units'],
    ...['quotas.0.quantities.currently_open', 'quotas.0.quantities.achieved'],
  ].map((name) => `survey.${name}`),
  lists: ['survey.qualifications', 'survey.quotas', 'survey.quotas.0.criteria'],
})

describe('members without a value, of a survey of dynata', () => {
  const read = async (survey: unknown) =>
    (await matchOf(dynata, httpDouble({ body: { surveys: [survey] } }))).surveys[0]

  test.each(['average_loi', 'incidence_rate', 'title', 'topics'])('%s', async (name) => {
    const without = await read(withMember(SURVEY, name, undefined))
    expect(without).toBeDefined()
    for (const value of NOTHING) expect(await read(withMember(SURVEY, name, value)), String(value)).toEqual(without)
  })

  test('cpi: without a price the survey is left out and counted', async () => {
    for (const value of NOTHING) {
      const match = await matchOf(dynata, httpDouble({ body: { surveys: [withMember(SURVEY, 'cpi', value)] } }))
      expect(match).toMatchObject({ surveys: [], unpriced: 1, unreadable: [] })
    }
  })
})

describe('a clause without answers makes the record unreadable', () => {
  test.each([
    ['kantar', kantar, first(kantarPage({})), 'survey_plan.qualifications.0.qualifying_answers'],
    ['purespectrum', purespectrum, first(purespectrumPage({})), 'survey.qualifications.0.condition_codes'],
    ['toluna', toluna, first(tolunaPage({})), 'Quotas.0.Layers.0.SubQuotas.0.QuestionsAndAnswers.0.AnswerIDs'],
  ] as const)('%s', async (_name, suite, record, path) => {
    for (const value of [...NOTHING, undefined]) {
      expect(await offered(suite as Suite<ConnectionBase>, withMember(record, path, value)), String(value)).toBeTypeOf(
        'string',
      )
    }
  })
})

describe('numbers in quotes and lists with numeric keys are read', () => {
  test.each([
    ['kantar', kantar, first(kantarPage({})), { 'survey_plan.loi': '5', 'survey_plan.pricing.cpi': '150' }],
    ['kantar', kantar, first(kantarPage({})), { 'survey_plan.device_requirements': { 0: 'desktop', 2: 'mobile' } }],
    [
      'toluna',
      toluna,
      first(tolunaPage({})),
      { LOI: '12', IR: '78.0', CompletesRequired: '10', DeviceTypeIDs: { 0: 1 } },
    ],
    [
      'purespectrum',
      purespectrum,
      first(purespectrumPage({})),
      { 'survey.survey_status': '33', 'survey.cpi': '2.50', 'survey.soft_launch': 'true', 'survey.incl_excl': '0' },
    ],
  ] as const)('%s %#', async (_name, suite, record, spelled) => {
    const plain = await offered(suite as Suite<ConnectionBase>, record)
    expect(plain).toBeTypeOf('object')
    const other = Object.entries(spelled).reduce((one, [path, value]) => withMember(one, path, value), record)
    expect(await offered(suite as Suite<ConnectionBase>, other)).toEqual(plain)
  })
})
