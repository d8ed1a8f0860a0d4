import { z } from 'zod'
import type { ReportedOutcome } from '../../domain/outcome.js'
import { arrivalConfig } from '../arrival-config.js'
import {
  absent,
  baseUrl,
  connectionSettings,
  duration,
  flag,
  fromEnvironment,
  headerKey,
  integer,
  SHORTEST_POLL_MS,
  section,
} from '../connection-config.js'

/** PureSpectrum's public list of ps_rstatus codes; a code not in it is never COMPLETED. */
const WORDS: Record<string, ReportedOutcome> = {
  21: 'COMPLETED',
  ...codes([12, 17, 22, 23, 24, 25], 'QUOTA_FULL'),
  ...codes([13, 18, 28], 'TERMINATED'),
  ...codes([15, 20, 29, 30, 31, 32], 'DISQUALIFIED'),
  33: 'REJECTED',
}

function codes(numbers: readonly number[], outcome: ReportedOutcome): Record<string, ReportedOutcome> {
  return Object.fromEntries(numbers.map((code) => [String(code), outcome]))
}

const returns = arrivalConfig({
  fields: { outcome: 'ps_rstatus', session: 'ps_supplier_sid' },
  outcomes: WORDS,
  named: [['session']],
})

/** Server to server, and a COMPLETED by being there: it carries no word. */
const complete = arrivalConfig({
  fields: { session: 'transactionId', member: 'memberId', price: 'cpi', loi: 'survey_LOI', survey: 'surveyID' },
  named: [['session']],
})

const reversal = arrivalConfig({
  fields: { outcome: 'ps_rstatus', previous: 'oldStatus', session: 'supSid', price: 'supCpi' },
  outcomes: WORDS,
  named: [['session']],
})

/** One supplier account at PureSpectrum (seed 004). */
export const purespectrumConnection = section({
  ...connectionSettings,
  provider: z.literal('purespectrum'),
  base_url: baseUrl('https://ps.example'),
  access_token: headerKey(fromEnvironment('PURESPECTRUM_ACCESS_TOKEN')),
  supplier_id: integer(1, 2_147_483_647, '49'),
  poll: duration(SHORTEST_POLL_MS, '60s').prefault('60s'),
  register: flag().prefault(true),
  returns: absent(returns),
  postbacks: section({ complete: absent(complete), reversal: absent(reversal) }).prefault({}),
})

export type PureSpectrumConnection = z.output<typeof purespectrumConnection>
