import type { RequestHandler } from 'express'
import { isMigrated } from '../../db/migrate.js'
import type { ApiDependencies } from '../dependencies.js'
import type { HealthAnswer, ReadyAnswer } from './schemas.js'

/** A part that does not answer in this time is not ready; probes give up soon after. */
const PART_DEADLINE_MS = 2_000
/** Anybody may ask, so that many askers cost one look. */
const ANSWER_LASTS_MS = 1_000

/** `GET /healthz`: the process is up. Nothing else is looked at, so that a restart is never asked for in vain. */
export const health: RequestHandler = (_request, response) => {
  response.setHeader('Cache-Control', 'no-store')
  const answer: HealthAnswer = { status: 'ok' }
  response.json(answer)
}

type Part = ReadyAnswer['parts'][keyof ReadyAnswer['parts']]

/**
 * `GET /readyz`: 200 when PostgreSQL, its migrations and the index are ready, else 503. Temporal away is `degraded`:
 * matches are still served, outcomes still accepted (contract §6).
 */
export function readiness(deps: ApiDependencies): RequestHandler {
  let latest: { at: number; answer: Promise<ReadyAnswer> } | null = null
  return async (_request, response) => {
    const now = performance.now()
    if (latest === null || now - latest.at > ANSWER_LASTS_MS) latest = { at: now, answer: look(deps) }
    const answer = await latest.answer
    response.setHeader('Cache-Control', 'no-store')
    if (answer.status === 'unavailable') response.setHeader('Retry-After', '2')
    response.status(answer.status === 'unavailable' ? 503 : 200).json(answer)
  }
}

async function look(deps: ApiDependencies): Promise<ReadyAnswer> {
  const [database, migrations, temporal] = await Promise.all([
    part('PostgreSQL does not answer', async () => {
      await deps.knex.raw('select 1')
      return true
    }),
    part('migrations are missing: npm run migrate', () => isMigrated(deps.knex)),
    part('Temporal does not answer; sessions open later, outcomes are kept', async () => {
      await deps.temporal.connection.withDeadline(Date.now() + PART_DEADLINE_MS, () =>
        deps.temporal.connection.workflowService.getSystemInfo({}),
      )
      return true
    }),
  ])
  const { ready } = deps.catalogue.state()
  const catalogue: Part = ready ? { ok: true } : { ok: false, detail: 'the index is still loading' }
  const usable = database.ok && migrations.ok && catalogue.ok
  return {
    status: !usable ? 'unavailable' : temporal.ok ? 'ready' : 'degraded',
    parts: { database, migrations, catalogue, temporal },
  }
}

/** @param otherwise what is said when it is not well: never the error's own words, which may hold addresses */
async function part(otherwise: string, check: () => Promise<boolean>): Promise<Part> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PART_DEADLINE_MS)
  })
  try {
    const ok = await Promise.race([check(), late])
    return ok ? { ok } : { ok, detail: otherwise }
  } catch {
    return { ok: false, detail: otherwise }
  } finally {
    clearTimeout(timer)
  }
}
