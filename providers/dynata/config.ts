import { z } from 'zod'
import { arrivalConfig } from '../kit/arrival-config.js'
import {
  absent,
  baseUrl,
  Complaint,
  code,
  connectionSettings,
  duration,
  fieldNotes,
  flag,
  fromEnvironment,
  integer,
  number,
  SHORTEST_POLL_MS,
  secret,
  section,
  textField,
} from '../kit/connection-config.js'
import { outcomesOf } from '../kit/words.js'
import { DYNATA_WORDS } from './words.js'

const LETTERS = outcomesOf(DYNATA_WORDS)

/** The callback, server to server. */
const postbacks = arrivalConfig({
  fields: {
    session: 'sub_id',
    outcome: 'status',
    amount: 'amt',
    offer: 'offerInvitationId',
    transaction: 'transactionId',
  },
  outcomes: LETTERS,
  // A transaction belongs to the session of its first arrival, so a signature over it also covers the session.
  named: [['session'], ['transaction']],
})

/** The browser's return; the publisher guide has no signature for it, so it proves nothing. */
const returns = arrivalConfig({
  fields: { session: 'sub_id', outcome: 'status' },
  outcomes: LETTERS,
  named: [['session']],
})

/** An AES key in hex. The seed's sample of eight digits is a placeholder, too short for AES. */
const securityKey = textField({ example: fromEnvironment('DYNATA_SECURITY_KEY'), secret: true }, (value) =>
  /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(value)
    ? value.toLowerCase()
    : new Complaint('must be the hex of 16, 24 or 32 bytes'),
)

/** The price of a complete if the answer has no cpi. */
const assumedPrice = textField({ example: '"0.75"' }, (value) =>
  /^\d{1,6}(?:\.\d{1,4})?$/.test(value) && /[1-9]/.test(value)
    ? value
    : new Complaint('must be a decimal amount above 0 in quotes'),
)

const SHORTEST_BAN_MS = 60_000

/** The shortest that a caller waits for a live match. */
const SHORTEST_TIMEOUT_MS = 50

/** One publisher account at Dynata, which matches panelists on its side (Dynata Match API). */
export const dynataConnection = section({
  ...connectionSettings,
  provider: z.literal('dynata'),
  base_url: baseUrl('https://matchapi.example'),
  pub_id: integer(1, 2_147_483_647, '123'),
  application_key: secret(fromEnvironment('DYNATA_APPLICATION_KEY')),
  security_key: securityKey,
  program_id: absent(code('points')),
  send: section({
    cpi: flag().prefault(true),
    offers: flag().prefault(false),
    profile: flag().prefault(true),
  }).prefault({}),
  cache: duration(SHORTEST_POLL_MS, '60s').prefault('60s'),
  timeout: duration(SHORTEST_TIMEOUT_MS, '800ms').prefault('800ms'),
  max_refreshes_per_second: number({ min: 0.01, max: 10_000, whole: false, example: '20' }).prefault(20),
  // A survey without a cpi has no price: it is left out, or offered at this price.
  price_without_cpi: absent(assumedPrice).register(fieldNotes, { otherwise: 'a survey without a cpi is not offered' }),
  // Code 3: how long not to ask about a banned panelist.
  ban_for: duration(SHORTEST_BAN_MS, '30d').prefault('30d'),
  returns: absent(returns),
  postbacks: absent(postbacks),
})

export type DynataConnection = z.output<typeof dynataConnection>
