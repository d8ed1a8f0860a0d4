import { z } from 'zod'
import { arrivalConfig } from '../arrival-config.js'
import {
  absent,
  baseUrl,
  Complaint,
  code,
  connectionSettings,
  duration,
  flag,
  fromEnvironment,
  integer,
  number,
  SHORTEST_POLL_MS,
  secret,
  section,
  textField,
} from '../connection-config.js'

/** Dynata's callback letters (Peanut Labs publisher guide). */
const postbacks = arrivalConfig({
  fields: {
    session: 'sub_id',
    outcome: 'status',
    amount: 'amt',
    offer: 'offerInvitationId',
    transaction: 'transactionId',
  },
  outcomes: {
    C: 'COMPLETED',
    F: 'QUOTA_FULL',
    P: 'TERMINATED',
    N: 'SCREENED_OUT',
    R: 'REJECTED',
    T: 'DISQUALIFIED',
  },
})

/** An AES key in hex. The seed's sample of eight digits is a placeholder, too short for AES. */
const securityKey = textField({ example: fromEnvironment('DYNATA_SECURITY_KEY'), secret: true }, (value) =>
  /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(value)
    ? value.toLowerCase()
    : new Complaint('must be the hex of 16, 24 or 32 bytes'),
)

/** A caller never waits shorter than this for a live match. */
const SHORTEST_TIMEOUT_MS = 50

/** One publisher account at Dynata, which matches panelists on its side (seed 001). */
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
  postbacks: absent(postbacks),
})
