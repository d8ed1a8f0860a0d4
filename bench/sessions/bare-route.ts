import express from 'express'
import pg from 'pg'

/** The baseline for a click: a bare Express route that runs one indexed UPDATE, in a separate process. */
async function main(): Promise<void> {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
  await pool.query(
    'drop table if exists bench_bare; create table bench_bare (id text primary key, hits integer not null default 0)',
  )
  await pool.query("insert into bench_bare (id) select 'b' || n from generate_series(0, 9999) n")
  const app = express()
  app.get('/u/:id', async (request, response) => {
    await pool.query('update bench_bare set hits = hits + 1 where id = $1', [request.params.id])
    response.redirect(302, 'https://entry.example/')
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
