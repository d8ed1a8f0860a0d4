/**
 * Why a session ended, in one vocabulary for all providers. The tables in `providers/<name>/words.ts` map their words,
 * codes and rejection ids to these (docs/providers/README.md, Words and reasons).
 */
export const REASONS = [
  // the session itself
  'completed',
  'in_progress',
  'abandoned',
  'page_reloaded',
  'timed_out',
  // no fault: the survey does not match this respondent, or no longer
  'screened_out',
  'quota_full',
  'allocation_full',
  'throttled',
  'survey_closed',
  'survey_paused',
  'no_survey_left',
  'survey_taken',
  'group_excluded',
  'frequency_cap',
  'prior_participation_missing',
  'device_mismatch',
  'country_mismatch',
  'cookies_off',
  // quality and security: what the respondent did, or is suspected of
  'fraud_suspected',
  'duplicate_respondent',
  'speeding',
  'straight_lining',
  'poor_open_ends',
  'inconsistent_answers',
  'ghost_complete',
  'client_rejected',
  'tampered_link',
  'blocked_member',
  'quality_other',
  // caused by the buyer, the provider or us
  'quota_over_filled',
  'setup_error',
  'price_error',
  'targeting_error',
  'bulk_termination',
  'unknown_member',
  'technical_error',
  'no_reason',
] as const

export type Reason = (typeof REASONS)[number]
