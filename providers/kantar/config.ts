import { z } from 'zod'
import { type ArrivalDefaults, arrivalConfig } from '../kit/arrival-config.js'
import {
  absent,
  baseUrl,
  connectionSettings,
  duration,
  fieldNotes,
  fromEnvironment,
  headerKey,
  hostAndPort,
  oneOf,
  SHORTEST_POLL_MS,
  section,
  someOf,
} from '../kit/connection-config.js'
import { outcomesOf } from '../kit/words.js'
import { KANTAR_WORDS } from './words.js'

/**
 * The outcome token, of both returns and postbacks. The Kantar Gateway API names session_id, outcome and metadata
 * (Panelist Survey Outcome); if a token also names a panelist or a survey, they must match the session.
 */
const token: ArrivalDefaults<'session' | 'outcome' | 'metadata' | 'panelist' | 'survey'> = {
  fields: {
    session: 'session_id',
    outcome: 'outcome',
    metadata: 'metadata',
    panelist: 'panelist_id',
    survey: 'survey_id',
  },
  outcomes: outcomesOf(KANTAR_WORDS),
  named: [['session']],
  // The fields that may echo our own id (`readArrival`); a token signs all of them.
  echoes: ['metadata', 'custom_panel_data'],
}

/** One supplier account at a gateway that speaks the Kantar Gateway API's Supply API. */
export const kantarConnection = section({
  ...connectionSettings,
  provider: z.literal('kantar'),
  supply_url: baseUrl('https://supply.example'),
  api_key: headerKey(fromEnvironment('KANTAR_API_KEY')),
  auth_header: oneOf(['x-api-key', 'authorization']).prefault('x-api-key'),
  session_hosts: absent(someOf(hostAndPort('router.example'))).register(fieldNotes, { otherwise: "supply_url's" }),
  // The Kantar Gateway API asks for a poll every 10 to 15 seconds.
  poll: duration(SHORTEST_POLL_MS, '12s').prefault('12s'),
  returns: absent(arrivalConfig(token)),
  postbacks: absent(arrivalConfig(token)),
}).transform((given) => ({ ...given, sessionHosts: given.sessionHosts ?? [new URL(given.supplyUrl).host] }))

export type KantarConnection = z.output<typeof kantarConnection>
