import { z } from 'zod'
import { arrivalConfig } from '../kit/arrival-config.js'
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
} from '../kit/connection-config.js'
import { outcomesOf } from '../kit/words.js'
import { PURESPECTRUM_WORDS } from './words.js'

const WORDS = outcomesOf(PURESPECTRUM_WORDS)

const returns = arrivalConfig({
  fields: { outcome: 'ps_rstatus', session: 'ps_supplier_sid' },
  outcomes: WORDS,
  named: [['session']],
})

/** Server to server. The postback itself means COMPLETED: it carries no word. */
const complete = arrivalConfig({
  fields: { session: 'transactionId', member: 'memberId', price: 'cpi', loi: 'survey_LOI', survey: 'surveyID' },
  named: [['session']],
})

const reversal = arrivalConfig({
  fields: { outcome: 'ps_rstatus', previous: 'oldStatus', session: 'supSid', price: 'supCpi' },
  outcomes: WORDS,
  named: [['session']],
})

/** One supplier account at PureSpectrum (PureSpectrum Supply API). */
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
