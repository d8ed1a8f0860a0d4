/**
 * Why a session ended as it did, in one language for every provider: their words, codes and rejection ids are mapped
 * here by the tables in `providers/<name>/words.ts` (docs/providers/README.md, Words and reasons).
 */
export const REASONS = [
  // the session itself
  'completed',
  'in_progress',
  'abandoned',
  'page_reloaded',
  'timed_out',
  // nobody's fault: the survey and this respondent do not go together, or not any more
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
  // quality and security: what the respondent did, or is taken to have done
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
  // the buyer's, the provider's or our own doing
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
