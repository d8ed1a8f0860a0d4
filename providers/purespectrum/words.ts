import { PENDING, type ReportedOutcome } from '../../domain/outcome.js'
import type { Reason } from '../../domain/reason.js'
import type { Word } from '../kit/words.js'

/** purespectrum.atlassian.net, Survey Status Codes. */
const CODES = 'wiki 296550422'
/** purespectrum.atlassian.net, Minimizing Clickwaste with ps_rstatus, and the codes that came later. */
const CLICKWASTE = 'wiki 33605134'

const word = (
  code: number,
  name: string | null,
  outcome: ReportedOutcome | null,
  reason: Reason,
  source = CLICKWASTE,
): Word => ({ code: String(code), ...(name === null ? {} : { name }), outcome, reason, source })

/**
 * Every `ps_rstatus` that PureSpectrum's public pages name. 11, 14, 16, 19 and 26 are not final: the respondent is in
 * the survey, or only loaded the redirect again, and the final word is still to come (or has come already). Their
 * redirect types decide the rest: Overquota is QUOTA_FULL, Termination is TERMINATED, Quality and Security are
 * DISQUALIFIED.
 */
export const PURESPECTRUM_WORDS: readonly Word[] = [
  word(11, 'PS_Drop', PENDING, 'abandoned', CODES),
  word(12, 'PS_QuotaFull_Core', 'QUOTA_FULL', 'quota_full', CODES),
  word(13, 'PS_Termination_Core', 'TERMINATED', 'screened_out', CODES),
  word(14, 'PS_Side_In_Progress', PENDING, 'in_progress', CODES),
  word(15, 'PS_Quality', 'DISQUALIFIED', 'duplicate_respondent', CODES),
  word(16, 'Buyer_side_In_Progress', PENDING, 'in_progress', CODES),
  word(17, 'Buyer_QuotaFull', 'QUOTA_FULL', 'quota_full', CODES),
  word(18, 'Buyer_Termination', 'TERMINATED', 'screened_out', CODES),
  word(19, 'Buyer_Drop', PENDING, 'abandoned', CODES),
  word(20, 'Buyer_Quality_Termination', 'DISQUALIFIED', 'quality_other', CODES),
  word(21, 'Complete', 'COMPLETED', 'completed', CODES),
  word(22, 'PS_Survey_Closed_Termination', 'QUOTA_FULL', 'survey_closed', CODES),
  word(23, 'PS_Survey_Paused_Termination', 'QUOTA_FULL', 'survey_paused', CODES),
  word(24, 'PS_Unopened_Quota_Term', 'QUOTA_FULL', 'throttled', CODES),
  word(25, 'PS_Supplier_Allocation_Full', 'QUOTA_FULL', 'allocation_full', CODES),
  word(26, 'PS_Past_Participation_Fail', PENDING, 'page_reloaded', CODES),
  // "Currently Not In Use": if it arrives, it needs review
  word(27, 'PS_Supplier_Quota_Allocation_Full', null, 'allocation_full', CODES),
  word(28, 'PS_Invalid_Survey', 'TERMINATED', 'setup_error', CODES),
  word(29, 'PS_LOI_Threshold_Failure', 'DISQUALIFIED', 'speeding', CODES),
  word(30, 'Buyer_Security', 'DISQUALIFIED', 'duplicate_respondent', CODES),
  word(31, 'Buyer_Hash_Failure', 'DISQUALIFIED', 'tampered_link', CODES),
  word(32, 'PS_Grouping_Termination', 'DISQUALIFIED', 'group_excluded', CODES),
  word(33, 'Buyer_Reconciliation_Reject', 'REJECTED', 'client_rejected', CODES),
  word(34, null, 'SCREENED_OUT', 'screened_out'),
  word(35, 'PS_No_Matched_Quotas', 'SCREENED_OUT', 'screened_out'),
  word(36, 'PS_Max_IP_Throttling_Termination', 'QUOTA_FULL', 'throttled'),
  word(37, 'PS_Quota_Throttling_Termination', 'QUOTA_FULL', 'throttled'),
  word(38, 'PS_PSID_Geo_Termination', 'DISQUALIFIED', 'country_mismatch'),
  word(40, 'PS_GeoIP_Fail', 'DISQUALIFIED', 'country_mismatch'),
  word(41, 'PS_Bot_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(42, 'PS_BlackList_Fail', 'DISQUALIFIED', 'blocked_member'),
  word(43, 'PS_Anonymous_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(44, 'PS_Include_Fail', null, 'screened_out'),
  word(45, 'PS_Termination_Extended', 'TERMINATED', 'screened_out'),
  word(46, 'PS_Termination_Custom', 'TERMINATED', 'screened_out'),
  word(47, 'PS_QuotaFull_Extended', 'QUOTA_FULL', 'quota_full'),
  word(48, 'PS_QuotaFull_Custom', 'QUOTA_FULL', 'quota_full'),
  word(49, 'PS_Include_Fail', 'TERMINATED', 'group_excluded'),
  word(50, 'PS_Exclude_Fail', 'TERMINATED', 'group_excluded'),
  word(51, 'Invalid_Supplier', null, 'setup_error'),
  word(52, 'PSID_Service_Fail', null, 'technical_error'),
  word(55, 'PS_Unique_Link_Termination', null, 'setup_error'),
  word(56, 'Unauthorized_Augment', null, 'setup_error'),
  word(57, 'PS_Supplier_QuotaFull', 'QUOTA_FULL', 'allocation_full'),
  word(58, 'PS_Supplier_Quota_Throttling_Termination', 'QUOTA_FULL', 'throttled'),
  word(59, 'Buyer_Config_Error', null, 'setup_error'),
  word(60, 'PS_Js_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(61, null, 'DISQUALIFIED', 'quality_other'),
  word(62, 'PS_NoPureScore', 'DISQUALIFIED', 'quality_other'),
  word(63, 'PS_Blacklist_Data_Quality', 'DISQUALIFIED', 'quality_other'),
  word(64, 'PS_Blacklist_Data_Quality_2', 'DISQUALIFIED', 'quality_other'),
  word(65, null, 'DISQUALIFIED', 'quality_other'),
  word(66, null, 'DISQUALIFIED', 'quality_other'),
  word(67, 'PS_SC_Fraudster_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(68, 'PS_SC_Threat_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(69, 'PS_TC_Termination', 'DISQUALIFIED', 'quality_other'),
  word(70, 'PS_DF_Dupe', 'DISQUALIFIED', 'duplicate_respondent'),
  word(71, 'PS_SC_Hash_Fail', 'DISQUALIFIED', 'tampered_link'),
  word(72, null, 'DISQUALIFIED', 'quality_other'),
  word(73, 'PS_Transaction_Fraud', 'DISQUALIFIED', 'fraud_suspected'),
  word(74, 'PS_Respondent_Redirect_Fail', 'DISQUALIFIED', 'duplicate_respondent'),
  word(75, 'PS_Blacklist_Data_Quality_4', 'DISQUALIFIED', 'quality_other'),
  word(76, 'PS_DQ_Screener_Invalid', 'DISQUALIFIED', 'inconsistent_answers'),
  word(77, 'PS_Supply_Inbound_Hash_Security', 'DISQUALIFIED', 'tampered_link'),
  word(78, 'PS_DQ_Honeypot_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(79, 'PS_PureText_Dedupe_Fail', 'DISQUALIFIED', 'poor_open_ends'),
  word(80, 'PS_AI_Text_Fail', 'DISQUALIFIED', 'poor_open_ends'),
  word(81, 'PS_PureText_Language_Fail', 'DISQUALIFIED', 'poor_open_ends'),
  word(82, 'PS_Survey_Signature_Fail', 'DISQUALIFIED', 'tampered_link'),
  word(83, 'PS_Browser_Manipulation_Fail', 'DISQUALIFIED', 'fraud_suspected'),
  word(84, 'Buyer_PS_API_Fail', 'DISQUALIFIED', 'quality_other'),
  word(85, 'PS_RD_Predupe', 'DISQUALIFIED', 'duplicate_respondent'),
  word(86, 'PS_DF_Dupe_Grouping', 'DISQUALIFIED', 'duplicate_respondent'),
  word(87, 'PS_Supplier_Invalid_Bbsec', 'DISQUALIFIED', 'tampered_link'),
  word(88, 'PS_Supplier_Allocation_Throttle', 'QUOTA_FULL', 'throttled'),
]
