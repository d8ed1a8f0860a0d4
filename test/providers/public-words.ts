import { PENDING, type ReportedOutcome } from '../../domain/outcome.js'

/**
 * The words of the providers' public pages, copied from the pages and not from our tables: word -> outcome.
 * Null = public, but without a meaning for a session: ERROR that needs review.
 */
export type PublicWords = Readonly<Record<string, ReportedOutcome | null>>

const all = <Meaning>(codes: readonly number[], meaning: Meaning): Record<string, Meaning> =>
  Object.fromEntries(codes.map((code) => [String(code), meaning]))
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at)

/** purespectrum.atlassian.net, Survey Status Codes (296550422) and Minimizing Clickwaste with ps_rstatus (33605134). */
export const PURESPECTRUM: PublicWords = {
  ...all([21], 'COMPLETED'),
  ...all([12, 17, 22, 23, 24, 25, 36, 37, 47, 48, 57, 58, 88], 'QUOTA_FULL'),
  ...all([34, 35], 'SCREENED_OUT'),
  ...all([13, 18, 28, 45, 46, 49, 50], 'TERMINATED'),
  ...all([15, 20, 29, 30, 31, 32, 38, 40, 41, 42, 43, ...from(60, 87)], 'DISQUALIFIED'),
  ...all([33], 'REJECTED'),
  ...all([11, 14, 16, 19, 26], PENDING),
  ...all([27, 44, 51, 52, 55, 56, 59], null),
}

/** docs.integratedpanel.toluna.com: Member Status (Terminates, Reason), End Pages (Events), Get Settings. */
export const TOLUNA: PublicWords = {
  Qualified: 'COMPLETED',
  Terminated: 'TERMINATED',
  QuotaFull: 'QUOTA_FULL',
  NotQualified: 'SCREENED_OUT',
  SurveyTaken: 'DISQUALIFIED',
  SurveyNotAvailable: 'QUOTA_FULL',
  NoSurveysAvailable: 'SCREENED_OUT',
  NoSurveys: 'SCREENED_OUT',
  MaxSurveysReached: 'QUOTA_FULL',
  MaxSurveyReached: 'QUOTA_FULL',
  NoCookie: 'SCREENED_OUT',
  NoCookies: 'SCREENED_OUT',
  FraudTerminate: 'DISQUALIFIED',
  FraudTerminated: 'DISQUALIFIED',
  DigitalFingerPrintingFailure: 'DISQUALIFIED',
}

/** docs.integratedpanel.toluna.com: Best Practices (Pre-Start Rejections), Enhanced Terminate Notifications. */
export const TOLUNA_REJECTIONS = [2, 4, 10, 11, 14, 19, 23, 57, 70, 96, 97, 98, 103, 123, 124, 163]

/** docs.integratedpanel.toluna.com, 400 Response Codes. */
export const TOLUNA_RESULT_CODES = [...from(3, 6), 8, 9, 10, ...from(12, 43), 45, 46, 47]

/** Peanut Labs publisher guide: the status letters of a callback. */
export const DYNATA: PublicWords = {
  C: 'COMPLETED',
  F: 'QUOTA_FULL',
  P: 'TERMINATED',
  N: 'SCREENED_OUT',
  R: 'REJECTED',
  T: 'DISQUALIFIED',
}

/** Peanut Labs match API, Error Response Codes. */
export const DYNATA_ERROR_CODES = from(1, 12).map(String)

/** Profiles Partner Gateway, PanelistSurveyOutcome: the eight outcomes. */
export const KANTAR: PublicWords = Object.fromEntries(
  (
    ['COMPLETED', 'TERMINATED', 'DISQUALIFIED', 'SCREENED_OUT', 'REJECTED', 'QUOTA_FULL', 'ERROR', 'TIMEOUT'] as const
  ).map((word) => [word, word]),
)

/** The words with an outcome, for the shared suite. */
export function meaningful(words: PublicWords): Record<string, ReportedOutcome> {
  return Object.fromEntries(
    Object.entries(words).flatMap(([word, outcome]) => (outcome === null ? [] : [[word, outcome]])),
  )
}
