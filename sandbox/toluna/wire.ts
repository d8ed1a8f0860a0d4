import { z } from 'zod'

/** Toluna External Sample, Get Quotas: the words of the document, as it spells them. */
export const QuestionAndAnswers = z.looseObject({
  QuestionID: z.number().int(),
  AnswerIDs: z.array(z.number().int()),
  AnswerValues: z.array(z.string()),
  IsRoutable: z.boolean().optional(),
})
const SubQuota = z.looseObject({
  SubQuotaID: z.number().int(),
  CurrentCompletes: z.number().int(),
  MaxTargetCompletes: z.number().int(),
  QuestionsAndAnswers: z.array(QuestionAndAnswers),
})
export const Quota = z.looseObject({
  QuotaID: z.number().int(),
  CompletesRequired: z.number().int(),
  EstimatedCompletesRemaining: z.number().int(),
  Layers: z.array(z.looseObject({ LayerID: z.number().int(), SubQuotas: z.array(SubQuota) })),
})
export const Survey = z.looseObject({
  SurveyID: z.number().int(),
  WaveID: z.number().int(),
  LOI: z.number().int(),
  IR: z.number().int(),
  StudyTypeID: z.number().int(),
  ScheduledCompletionDate: z.string(),
  Price: z.looseObject({ Amount: z.number(), CurrencyID: z.number().int() }),
  DeviceTypeIDs: z.array(z.number().int()),
  IsSurveyRecontact: z.boolean(),
  CompletesRequired: z.number().int(),
  EstimatedCompletesRemaining: z.number().int(),
  Quotas: z.array(Quota),
})
export type Survey = z.infer<typeof Survey>
export type Quota = z.infer<typeof Quota>
export type QuestionAndAnswers = z.infer<typeof QuestionAndAnswers>

/**
 * Toluna External Sample, "Bad Request" Result Codes: those that this sandbox returns by itself. Any other can be set
 * by hand.
 */
export const RESULTS = {
  PANEL_DOES_NOT_EXIST: 3,
  SURVEY_NOT_FOR_RECONTACT: 6,
  QUOTA_NOT_LIVE: 9,
  NO_QUOTA_ID: 10,
  NO_MEMBER_FOUND: 12,
  NON_QUOTA_DEMOGRAPHIC_REJECTION: 21,
  QUOTA_FULL: 28,
  SURVEY_TAKEN: 38,
  MEMBER_GID_NOT_AVAILABLE: 43,
} as const
export type ResultName = keyof typeof RESULTS

export const resultBody = (name: ResultName) => ({ Result: name, ResultCode: RESULTS[name] })

/**
 * How a survey ends at Toluna's end page (public documentation), and whether its redirect and notification are signed.
 */
export const ENDINGS = {
  Qualified: { says: 'answered to the end', signed: true },
  Terminated: { says: 'left out by the survey', signed: true },
  QuotaFull: { says: 'enough of these already', signed: false },
  NotQualified: { says: 'not the people wanted', signed: false },
  SurveyTaken: { says: 'took it before', signed: false },
  SurveyNotAvailable: { says: 'the survey is gone', signed: false },
  NoSurveysAvailable: { says: 'no survey is left for this member', signed: false },
  NoCookie: { says: 'the browser takes no cookies', signed: false },
  MaxSurveysReached: { says: 'the most surveys of a day', signed: false },
} as const
export type Ending = keyof typeof ENDINGS
export const ENDING_NAMES = Object.keys(ENDINGS) as [Ending, ...Ending[]]

export const DELIVERIES = [
  'notification_first',
  'redirect_first',
  'notification_only',
  'redirect_only',
  'both_twice',
] as const
export type Delivery = (typeof DELIVERIES)[number]
