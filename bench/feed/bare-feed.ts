import express from 'express'
import pg from 'pg'

/**
 * The baseline for a poll of the feed: a bare Express route that answers the rows of one indexed SELECT, as many and as
 * large as a panel's changes, in a separate process on the same PostgreSQL.
 */
async function main(): Promise<void> {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
  const [rows, bytes] = [Number(process.env.BARE_ROWS), Number(process.env.BARE_BYTES)]
  await pool.query(
    'drop table if exists bench_feed; create table bench_feed (revision bigint primary key, body text not null)',
  )
  await pool.query('insert into bench_feed select n, repeat($1, $2::int) from generate_series(1, $3::int) n', [
    'x',
    bytes,
    rows,
  ])
  await pool.query('analyze bench_feed')
  const app = express()
  app.disable('etag')
  app.get('/feed', async (request, response) => {
    const { rows: news } = await pool.query(
      'select revision, body from bench_feed where revision > $1 order by revision',
      [request.query.after],
    )
    response.json(news)
  })
  const server = app.listen(Number(process.env.BARE_PORT), '127.0.0.1', () => process.send?.({ event: 'ready' }))
  process.on('SIGTERM', () => {
    server.close()
    server.closeAllConnections()
    void pool.end().then(() => process.exit(0))
  })
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
})
