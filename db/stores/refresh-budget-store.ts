import type { Knex } from '../connect.js'
import { affected } from '../raw.js'

/**
 * Takes one token from a connection's rate limit for refreshes (a token bucket that all processes share).
 * @param perSecond tokens per second; also the burst, which is at least 1
 * @returns false when there is no token now
 */
export async function takeRefresh(knex: Knex, connection: string, perSecond: number, now: Date): Promise<boolean> {
  const burst = Math.max(1, perSecond)
  const taken = await affected(
    knex,
    `insert into refresh_budgets as b (connection, tokens, counted_at) values (:connection, :burst - 1, :now)
     on conflict (connection) do update set
       tokens = least(:burst, b.tokens + greatest(0, extract(epoch from :now::timestamptz - b.counted_at)) * :perSecond) - 1,
       counted_at = greatest(b.counted_at, :now)
     where least(:burst, b.tokens + greatest(0, extract(epoch from :now::timestamptz - b.counted_at)) * :perSecond) >= 1`,
    { connection, burst, perSecond, now },
  )
  return taken === 1
}
