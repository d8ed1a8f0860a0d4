import type { Knex } from '../connect.js'

/** The advisory lock for numbering the ledger. */
const NUMBER_LOCK = 7_411_005
const CHUNK = 5_000

/**
 * Numbers every committed posting (docs/decisions/0003). A lock, released after the commit is visible, serializes this,
 * so that numbers become visible in order and a reader that follows `number > last` misses nothing, in whatever order
 * postings commit. Within a chunk the order is that of posting, so a complete has a lower number than its reversal,
 * which is posted later.
 * @returns how many were numbered
 */
export async function numberPostings(knex: Knex, chunk = CHUNK): Promise<number> {
  let numbered = 0
  for (;;) {
    const count = await numberChunk(knex, chunk)
    numbered += count
    if (count < chunk) return numbered
  }
}

async function numberChunk(knex: Knex, chunk: number): Promise<number> {
  const waiting = await knex('ledger_transactions').select(knex.raw('1')).whereNull('number').first()
  if (waiting === undefined) return 0
  return knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [NUMBER_LOCK])
    const { rowCount } = (await trx.raw(
      `update ledger_transactions t set number = n.number
         from (select transaction_id,
                      (select coalesce(max(number), 0) from ledger_transactions)
                        + row_number() over (order by posted) as number
                 from (select transaction_id, posted from ledger_transactions
                        where number is null order by posted limit ?) waiting) n
        where n.transaction_id = t.transaction_id`,
      [chunk],
    )) as { rowCount: number }
    return rowCount
  })
}
