import { createRandom, type Random } from '../random.js'
import type { QuestionAndAnswers, Quota, Survey } from './wire.js'

/** One culture-specific panel of the partner's (Toluna External Sample: one PanelGUID, one culture). */
export interface PanelSource {
  readonly guid: string
  readonly countryId: number
  readonly currencyId: number
  /** Postal prefixes of its country. */
  readonly postal: readonly string[]
}

const GENDER = 1001007
const AGE = 1001538
const POSTAL = 1001042
const EMPLOYMENT = 1001033

/** Makes survey number `index` of a panel: mostly easy to match, with every form of the document in some survey. */
export function generateSurvey(seed: string, panel: PanelSource, index: number, now: Date): Survey {
  const random = createRandom(`${seed}/toluna/${panel.guid}/${index}`)
  const base = (panel.countryId % 1000) * 100_000 + index * 10
  const recontact = index % 17 === 16
  const quotas = Array.from({ length: random.int(1, 3) }, (_, at) => generateQuota(random, panel, base + at))
  const wanted = quotas.reduce((sum, quota) => sum + quota.EstimatedCompletesRemaining, 0)
  // the survey's own limit may be below the sum of its quotas
  const remaining = random.chance(0.3) ? Math.max(1, Math.floor(wanted * 0.7)) : wanted
  return {
    SurveyID: 40_000 + base,
    WaveID: 50_000 + base,
    LOI: random.int(3, 28),
    IR: random.int(10, 95),
    StudyTypeID: 2031,
    ScheduledCompletionDate: zoneless(new Date(now.getTime() + random.int(2, 30) * 86_400_000)),
    Price: { Amount: random.int(40, 600) / 100, CurrencyID: panel.currencyId },
    DeviceTypeIDs: random.pick([[1], [1, 2], [1, 2, 3], [2, 3]]),
    IsSurveyRecontact: recontact,
    CompletesRequired: remaining + random.int(0, 20),
    EstimatedCompletesRemaining: remaining,
    Quotas: quotas,
    ...(random.chance(0.1)
      ? { SurveyWaveExclusions: [{ SurveyID: 40_000 + base - 10, WaveID: 0, ParticipationStatusIDs: [9] }] }
      : {}),
    ...(random.chance(0.05) ? { SurveyTopic: 'groceries', IsTqsSurvey: false } : {}),
  }
}

function generateQuota(random: Random, panel: PanelSource, id: number): Quota {
  const remaining = random.int(5, 200)
  const layers: Quota['Layers'] = []
  const layer = (questions: QuestionAndAnswers[][]) => {
    layers.push({
      LayerID: id * 10 + layers.length,
      SubQuotas: questions.map((each, at) => {
        const target = random.int(5, 120)
        return {
          QuestionsAndAnswers: each,
          SubQuotaID: id * 100 + layers.length * 10 + at,
          CurrentCompletes: random.chance(0.1) ? target : random.int(0, target - 1),
          MaxTargetCompletes: target,
        }
      }),
    })
  }
  if (random.chance(0.75)) {
    layer(random.chance(0.6) ? [[gender([2000246])], [gender([2000247])]] : [[gender([2000246, 2000247])]])
  }
  if (random.chance(0.8))
    layer(random.chance(0.5) ? [[age([`${random.int(16, 25)}-${random.int(55, 130)}`])]] : bands())
  if (random.chance(0.15)) layer([[postal(panel.postal)]])
  if (random.chance(0.12)) layer([[{ ...answers(EMPLOYMENT, [2000441, 2000449]), IsRoutable: true }]])
  return {
    QuotaID: 30_000 + id,
    CompletesRequired: remaining + random.int(0, 30),
    EstimatedCompletesRemaining: remaining,
    Layers: layers,
  }
}

const answers = (question: number, ids: number[]): QuestionAndAnswers => ({
  QuestionID: question,
  AnswerIDs: ids,
  AnswerValues: [],
})
const gender = (ids: number[]) => answers(GENDER, ids)
const age = (values: string[]): QuestionAndAnswers => ({ QuestionID: AGE, AnswerIDs: [], AnswerValues: values })
const postal = (prefixes: readonly string[]): QuestionAndAnswers => ({
  QuestionID: POSTAL,
  AnswerIDs: [],
  AnswerValues: [prefixes.join(',')],
})
const bands = (): QuestionAndAnswers[][] => [
  [answers(AGE, [2006358, 2006359, 2006360, 2006361])],
  [answers(AGE, [2006355, 2006356, 2006357])],
  [answers(AGE, [2006352, 2006353, 2006354])],
]

/** The document's own samples have no zone. */
export function zoneless(instant: Date): string {
  return instant.toISOString().replace('Z', '')
}
