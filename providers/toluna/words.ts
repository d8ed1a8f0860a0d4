import type { ReportedOutcome } from '../../domain/outcome.js'
import type { Reason } from '../../domain/reason.js'
import type { Word } from '../kit/words.js'

/** docs.integratedpanel.toluna.com: the reasons of terminations, and the pages that a browser may end on. */
const NOTIFICATION = 'Member Status, Terminates: Reason'
const END_PAGE = 'End Pages, Events'
const SETTINGS = 'Get Settings, Example Response'
const BEST_PRACTICES = 'Best Practices, Pre-Start Rejections'
const ENHANCED = 'Enhanced Terminate Notifications'

const word = (code: string, outcome: ReportedOutcome, reason: Reason, source = NOTIFICATION): Word => ({
  code,
  outcome,
  reason,
  source,
})

/**
 * Every status word and reason of Toluna's public pages, compared without case. The partner writes the addresses of the
 * end pages, one per event, so the events' names are the words; if page and notification spell one differently (No
 * Cookies, NoCookie) both are here. A cap of the member is QUOTA_FULL: no respondent was refused.
 */
export const TOLUNA_WORDS: readonly Word[] = [
  word('Qualified', 'COMPLETED', 'completed', END_PAGE),
  word('Terminated', 'TERMINATED', 'screened_out'),
  word('QuotaFull', 'QUOTA_FULL', 'quota_full'),
  word('NotQualified', 'SCREENED_OUT', 'screened_out'),
  word('SurveyTaken', 'DISQUALIFIED', 'survey_taken'),
  word('SurveyNotAvailable', 'QUOTA_FULL', 'survey_closed'),
  word('NoSurveysAvailable', 'SCREENED_OUT', 'no_survey_left'),
  word('NoSurveys', 'SCREENED_OUT', 'no_survey_left', END_PAGE),
  word('MaxSurveysReached', 'QUOTA_FULL', 'frequency_cap'),
  word('MaxSurveyReached', 'QUOTA_FULL', 'frequency_cap', END_PAGE),
  word('NoCookie', 'SCREENED_OUT', 'cookies_off'),
  word('NoCookies', 'SCREENED_OUT', 'cookies_off', END_PAGE),
  word('FraudTerminate', 'DISQUALIFIED', 'fraud_suspected', END_PAGE),
  word('FraudTerminated', 'DISQUALIFIED', 'fraud_suspected', END_PAGE),
  word('DigitalFingerPrintingFailure', 'DISQUALIFIED', 'fraud_suspected', SETTINGS),
]

/** A RejectionID of a terminate: finer than its Reason, which still decides the outcome. */
interface Rejection {
  readonly id: number
  readonly name: string
  readonly reason: Reason
  readonly source: string
}

const rejection = (id: number, name: string, reason: Reason, source = BEST_PRACTICES): Rejection => ({
  id,
  name,
  reason,
  source,
})

/** The respondent rejection types that public pages name; a separate call returns the whole list (Rejection Types). */
export const REJECTIONS: readonly Rejection[] = [
  rejection(2, 'MaxDailySurveys', 'frequency_cap'),
  rejection(4, 'SurveyTaken', 'survey_taken'),
  rejection(10, 'RestartNotAllowed', 'survey_taken'),
  rejection(11, 'QuotaOnHold', 'survey_paused'),
  rejection(14, 'NotQualified', 'screened_out'),
  rejection(19, 'SubQuotaFull', 'quota_full'),
  rejection(23, 'ExcludedSurveyTaken', 'group_excluded'),
  rejection(57, 'AccountGroupSurveyTaken', 'survey_taken', ENHANCED),
  rejection(70, 'IncorrectRespondentCountry', 'country_mismatch'),
  rejection(96, 'DeviceTypeIDNotSupportForSurvey', 'device_mismatch'),
  rejection(97, 'VerificationFailed', 'fraud_suspected'),
  rejection(98, 'VerificationFailed', 'fraud_suspected'),
  rejection(103, 'NonQuotaDemographicRejection', 'screened_out', ENHANCED),
  rejection(123, 'NotQualified', 'screened_out'),
  rejection(124, 'NotQualified', 'screened_out'),
  rejection(163, 'SubQuotaFull', 'quota_full'),
]

/**
 * Why an arrival ended the session: by its RejectionID if that is known, else by its word.
 * @param word as it was spelled
 * @param rejectionId as text; null if the arrival has none
 */
export function tolunaReason(word: string, rejectionId: string | null): Reason | null {
  const byId = rejectionId === null ? undefined : REJECTIONS.find(({ id }) => String(id) === rejectionId.trim())
  const spelled = word.toLowerCase()
  return byId?.reason ?? TOLUNA_WORDS.find(({ code }) => code.toLowerCase() === spelled)?.reason ?? null
}
