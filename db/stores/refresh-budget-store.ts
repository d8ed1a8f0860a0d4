import type { Knex } from '../connect.js'
import { affected } from '../raw.js'

/**
 * Takes one refresh from a connection's allowance (a token bucket that all processes share).
 * @param perSecond how many there are a second; as many, and at least one, may come at once
 * @returns false when there is none left now
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
