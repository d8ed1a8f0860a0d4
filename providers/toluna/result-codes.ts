import type { Reason } from '../../domain/reason.js'
import type { RefusalEffect } from '../errors.js'

/**
 * What a result code is about, which decides its effects: config = our account or its settings, alert an operator;
 * quota / survey = it is gone, full or not for us; member = Toluna does not admit this panelist; pairing = this
 * panelist cannot take this survey; cap = the panelist has reached a limit; register = the panelist is unknown there;
 * retry = their error, retry; throttled = too fast.
 */
export type ResultClass =
  | 'config'
  | 'quota'
  | 'survey'
  | 'member'
  | 'pairing'
  | 'cap'
  | 'register'
  | 'retry'
  | 'throttled'

export interface ResultCode {
  readonly name: string
  readonly class: ResultClass
  readonly reason: Reason
  /** Stored effects, so that no other respondent is sent the same way. */
  readonly effects: readonly RefusalEffect[]
}

const dropQuota: RefusalEffect = { kind: 'drop-quota', until: 'refresh' }
const dropSurvey: RefusalEffect = { kind: 'drop-survey', until: 'refresh' }
/** The feed still lists it, and the answer stays the same: try again the next day. */
const excludeSurvey: RefusalEffect = { kind: 'drop-survey', until: 'day' }
const skipSurvey: RefusalEffect = { kind: 'skip-survey' }
const blockMember: RefusalEffect = { kind: 'block-panelist', until: 'month' }
const alarm: RefusalEffect = { kind: 'alarm' }

/**
 * The public documentation's "400 Response Codes", all 42 of them (7, 11 and 44 are not there). Add a new code as a new
 * line.
 */
const RESULT_CODES: Readonly<Record<number, ResultCode>> = {
  3: { name: 'PANEL_DOES_NOT_EXIST', class: 'config', reason: 'setup_error', effects: [alarm] },
  4: { name: 'PANEL_NOT_ES_ENABLED', class: 'config', reason: 'setup_error', effects: [alarm] },
  5: { name: 'SURVEY_DOES_NOT_EXIST', class: 'survey', reason: 'survey_closed', effects: [dropSurvey] },
  6: { name: 'SURVEY_NOT_FOR_RECONTACT', class: 'survey', reason: 'setup_error', effects: [dropSurvey] },
  8: { name: 'QUOTA_NOT_ES_ENABLED', class: 'quota', reason: 'setup_error', effects: [dropQuota] },
  9: { name: 'QUOTA_NOT_LIVE', class: 'quota', reason: 'survey_closed', effects: [dropQuota] },
  10: { name: 'NO_QUOTA_ID', class: 'quota', reason: 'survey_closed', effects: [dropQuota] },
  12: {
    name: 'NO_MEMBER_FOUND',
    class: 'register',
    reason: 'unknown_member',
    effects: [{ kind: 'block-panelist', until: 'day' }],
  },
  13: { name: 'MEMBER_NOT_ROUTABLE', class: 'member', reason: 'blocked_member', effects: [blockMember] },
  14: { name: 'MEMBER_BLOCKED', class: 'member', reason: 'blocked_member', effects: [blockMember] },
  15: { name: 'SURVEY_NOT_ENABLED_FOR_IP_ES', class: 'config', reason: 'setup_error', effects: [alarm, excludeSurvey] },
  16: { name: 'MEMBER_DOES_NOT_MATCH_QUOTA', class: 'pairing', reason: 'screened_out', effects: [skipSurvey] },
  17: { name: 'NO_RECONTACT_GID', class: 'retry', reason: 'technical_error', effects: [] },
  18: { name: 'NO_PANEL_GUID', class: 'config', reason: 'setup_error', effects: [alarm] },
  19: { name: 'NO_MEMBER_CODE', class: 'config', reason: 'setup_error', effects: [alarm] },
  20: { name: 'PANEL_INVALID_ES_REQUEST', class: 'config', reason: 'setup_error', effects: [alarm] },
  21: { name: 'NON_QUOTA_DEMOGRAPHIC_REJECTION', class: 'pairing', reason: 'screened_out', effects: [skipSurvey] },
  22: { name: 'MEMBER_NOT_ACTIVE', class: 'member', reason: 'blocked_member', effects: [blockMember] },
  23: { name: 'SURVEY_STUDY_TYPE_EXCLUDED', class: 'survey', reason: 'group_excluded', effects: [excludeSurvey] },
  24: { name: 'SURVEY_CUSTOMER_EXCLUDED', class: 'survey', reason: 'group_excluded', effects: [excludeSurvey] },
  25: { name: 'SURVEY_EXCLUDED', class: 'survey', reason: 'group_excluded', effects: [excludeSurvey] },
  26: { name: 'ACCOUNT_GROUP_SURVEY_TAKEN', class: 'pairing', reason: 'survey_taken', effects: [skipSurvey] },
  27: { name: 'INTERVALLIC_QUOTA_NOTAVAILBLE', class: 'quota', reason: 'quota_full', effects: [dropQuota] },
  28: { name: 'QUOTA_FULL', class: 'quota', reason: 'quota_full', effects: [dropQuota] },
  29: { name: 'IP_EXTERNAL_RESPONDENTTYPE_FULL', class: 'survey', reason: 'allocation_full', effects: [dropSurvey] },
  30: { name: 'EXCLUDED_SURVEY_TAKEN', class: 'pairing', reason: 'group_excluded', effects: [skipSurvey] },
  31: {
    name: 'DEVICETYPE_NOT_SUPPORTED_FOR_SURVEY',
    class: 'pairing',
    reason: 'device_mismatch',
    effects: [skipSurvey],
  },
  32: { name: 'SURVEY_LOI_MISMATCH', class: 'pairing', reason: 'targeting_error', effects: [skipSurvey] },
  33: { name: 'IP_PROVIDER_COST_NOMATCH', class: 'config', reason: 'price_error', effects: [alarm, excludeSurvey] },
  34: {
    name: 'SURVEY_VERIFICATION_LEVEL_FAILED',
    class: 'member',
    reason: 'fraud_suspected',
    effects: [{ kind: 'block-panelist', until: 'week' }],
  },
  35: { name: 'PREVIOUSLY_TERMINATED_SCREENER', class: 'pairing', reason: 'screened_out', effects: [skipSurvey] },
  36: { name: 'TECHNICAL_ERROR', class: 'retry', reason: 'technical_error', effects: [] },
  37: { name: 'UNABLE_TO_GET_GID', class: 'retry', reason: 'technical_error', effects: [] },
  38: { name: 'SURVEY_TAKEN', class: 'pairing', reason: 'survey_taken', effects: [skipSurvey] },
  39: {
    name: 'MAX_DAILY_EXCEEDED',
    class: 'cap',
    reason: 'frequency_cap',
    effects: [{ kind: 'block-panelist', until: 'tomorrow' }],
  },
  40: {
    name: 'MAX_WEEKLY_EXCEEDED',
    class: 'cap',
    reason: 'frequency_cap',
    effects: [{ kind: 'block-panelist', until: 'next-week' }],
  },
  41: { name: 'SUB_QUOTA_FULL', class: 'quota', reason: 'quota_full', effects: [dropQuota] },
  42: {
    name: 'SURVEY_NOT_AVAILABLE_FOR_PARTNER',
    class: 'survey',
    reason: 'allocation_full',
    effects: [excludeSurvey],
  },
  43: {
    name: 'MEMBER_GID_NOT_AVAILABLE',
    class: 'pairing',
    reason: 'prior_participation_missing',
    effects: [skipSurvey],
  },
  45: { name: 'STARTS_THRESHOLD_ACHIEVED', class: 'throttled', reason: 'throttled', effects: [] },
  46: { name: 'SURVEY_COMPLETES_CAP_ACHIEVED', class: 'quota', reason: 'allocation_full', effects: [dropQuota] },
  47: {
    name: 'SURVEY_IPPARTNER_COMPLETES_ALLOCATION_ACHIEVED',
    class: 'survey',
    reason: 'allocation_full',
    effects: [dropSurvey],
  },
}

/** A code that is not in the table: no respondent enters, an operator is alerted, and it is tried again later. */
const UNKNOWN: ResultCode = { name: 'UNKNOWN', class: 'quota', reason: 'no_reason', effects: [alarm, dropQuota] }

/** What a result code means; an unknown code admits no respondent and alerts an operator. */
export function resultCode(code: number): ResultCode {
  return Object.hasOwn(RESULT_CODES, code) ? (RESULT_CODES[code] ?? UNKNOWN) : UNKNOWN
}

/** Every known code, ascending: for the documentation's test. */
export const KNOWN_RESULT_CODES: readonly number[] = Object.keys(RESULT_CODES).map(Number)
