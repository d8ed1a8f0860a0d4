import type { Knex } from '../connect.js'

export interface UnplacedArrival {
  readonly connection: string
  readonly route: 'return' | 'postback'
  readonly fingerprint: string
  readonly memberCode: string
  readonly providerSurveyId: string
  /** The arrival, as JSON text. */
  readonly raw: string
}

/** The most rows per connection; later arrivals are counted in one row `(more)`. */
const KEPT_A_CONNECTION = 1_000
const RAW_LENGTH = 4_000

/**
 * Stores an authentic arrival about a known member that fits none of their sessions, because it may be payable. Counts
 * repeats.
 */
export async function keepUnplaced(knex: Knex, arrival: UnplacedArrival, now: Date): Promise<void> {
  await knex.raw(
    `insert into unplaced_arrivals as u
       (connection, fingerprint, route, member_code, provider_survey_id, raw, first_seen_at, last_seen_at)
     select :connection, case when full_up then '(more)' else :fingerprint end, :route,
            case when full_up then '' else :memberCode end, :providerSurveyId, case when full_up then '' else :raw end,
            :now, :now
       from (select count(*) >= :limit as full_up from unplaced_arrivals
              where connection = :connection and fingerprint <> :fingerprint) as kept
     on conflict (connection, fingerprint) do update set arrivals = u.arrivals + 1, last_seen_at = excluded.last_seen_at`,
    { ...arrival, raw: arrival.raw.slice(0, RAW_LENGTH), limit: KEPT_A_CONNECTION, now },
  )
}
