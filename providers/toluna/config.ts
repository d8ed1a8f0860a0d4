import { z } from 'zod'
import { arrivalConfig } from '../kit/arrival-config.js'
import {
  absent,
  baseUrl,
  code,
  connectionSettings,
  country,
  currency,
  duration,
  flag,
  fromEnvironment,
  headerKey,
  integer,
  locale,
  oneOf,
  SHORTEST_POLL_MS,
  section,
  someOf,
  text,
  webUrl,
} from '../kit/connection-config.js'
import { outcomesOf } from '../kit/words.js'
import { TOLUNA_WORDS } from './words.js'

const WORDS = outcomesOf(TOLUNA_WORDS)

const returns = arrivalConfig({
  fields: { outcome: 'status', member: 'MemberCode', survey: 'SurveyID', wave: 'WaveID', rejection: 'rejectionID' },
  outcomes: WORDS,
  wordsIgnoreCase: true,
  // Only completes and terminates are signed.
  unsigned: 'not_completed',
  named: [['member', 'survey', 'wave']],
})

const memberStatus = arrivalConfig({
  fields: {
    member: 'UniqueCode',
    survey: 'SurveyId',
    wave: 'WaveId',
    revenue: 'Revenue',
    outcome: 'Reason',
    rejection: 'RejectionID',
  },
  outcomes: WORDS,
  wordsIgnoreCase: true,
  unsigned: 'not_completed',
  named: [['member', 'survey', 'wave']],
})

/** About a quota, not a session; applied only after `checkQuota` confirms it. */
const quotaStatus = arrivalConfig({
  fields: { quota: 'QuotaID', survey: 'SurveyID', wave: 'WaveID', live: 'IsLive', updated: 'UpdateDateTimeUTC' },
})

const DEVICES = ['desktop', 'mobile', 'tablet'] as const

/** One panel GUID of Toluna's External Sample: one account in one culture (Toluna External Sample). */
export const tolunaConnection = section({
  ...connectionSettings,
  provider: z.literal('toluna'),
  base_url: baseUrl('https://toluna.example/IPExternalSamplingService'),
  api_auth_key: headerKey(fromEnvironment('TOLUNA_API_AUTH_KEY')),
  panel_guid: text('"00000000-0000-0000-0000-000000000000"'),
  market: section({ country: country(), locale: locale() }),
  currencies: z.record(z.string().regex(/^\d+$/, 'must be a CurrencyID'), currency()).prefault({}),
  devices: z
    .record(z.string().regex(/^\d+$/, 'must be a DeviceTypeID'), oneOf(DEVICES))
    .prefault({ 1: 'desktop', 2: 'mobile', 3: 'tablet' }),
  min_poll: duration(SHORTEST_POLL_MS, '30s').prefault('30s'),
  include_routables: flag().prefault(false),
  member_code: oneOf(['panelist_id', 'hashed']).prefault('panelist_id'),
  registration_url: absent(webUrl('"https://toluna.example/register"')),
  // Questions whose AnswerValues are postal codes, matched by their prefix (Get Quotas, AnswerValues).
  postal_questions: someOf(code('1001042')).prefault(['1001042']),
  // How many member codes of a recontact quota to request per page; the document advises less than 10,000.
  recontact_page: integer(1, 10_000, '5000').prefault(5_000),
  returns: absent(returns),
  postbacks: section({ member_status: absent(memberStatus), quota_status: absent(quotaStatus) }).prefault({}),
})

export type TolunaConnection = z.output<typeof tolunaConnection>
