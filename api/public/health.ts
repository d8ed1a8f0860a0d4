import type { RequestHandler } from 'express'
import { isMigrated } from '../../db/migrate.js'
import { type HeardParts, readHeardParts } from '../../db/read-models/heard-parts.js'
import { pingServer } from '../../db/read-models/server-facts.js'
import type { ApiDependencies } from '../dependencies.js'
import { janitorStanding, type PartStanding, queuesOf, workersStanding } from '../parts.js'
import type { HealthAnswer, ReadyAnswer } from './schemas.js'

/** Timeout after which a part counts as not ready; probes time out soon after. */
const PART_DEADLINE_MS = 3_000
/** The endpoint is unauthenticated: an answer is cached this long, so that many requests cost one check. */
const ANSWER_LASTS_MS = 1_000

/** `GET /healthz`: the process is up. It checks nothing else, because a restart would not repair other parts. */
export const health: RequestHandler = (_request, response) => {
  response.setHeader('Cache-Control', 'no-store')
  const answer: HealthAnswer = { status: 'ok' }
  response.json(answer)
}

type Part = ReadyAnswer['parts'][keyof ReadyAnswer['parts']]

/**
 * `GET /readyz`: 200 when PostgreSQL, its migrations and the index are ready, else 503. Temporal, the workers or the
 * janitor away or silent is `degraded`: matches are still served, outcomes still accepted (docs/api.md, Operations).
 */
export function readiness(deps: ApiDependencies): RequestHandler {
  const look = looker(deps)
  let latest: { at: number; answer: Promise<ReadyAnswer> } | null = null
  return async (_request, response) => {
    const now = performance.now()
    if (latest === null || now - latest.at > ANSWER_LASTS_MS) latest = { at: now, answer: look() }
    const answer = await latest.answer
    response.setHeader('Cache-Control', 'no-store')
    if (answer.status === 'unavailable') response.setHeader('Retry-After', '2')
    response.status(answer.status === 'unavailable' ? 503 : 200).json(answer)
  }
}

function looker(deps: ApiDependencies): () => Promise<ReadyAnswer> {
  const database = part('PostgreSQL does not answer', async () => {
    await pingServer(deps.knex)
    return OK
  })
  const migrations = part('migrations are missing: npm run migrate', async () => ({ ok: await isMigrated(deps.knex) }))
  const temporal = part(TEMPORAL_AWAY, async () => ({ ok: await temporalAnswers(deps) }))
  const hearing = oneAtATime(() => readHeardParts(deps.knex))
  return async () => {
    const [databaseFound, temporalFound] = await Promise.all([database(), temporal()])
    // skip further queries when the server does not answer
    const [migrated, heard] = databaseFound.ok
      ? await Promise.all([migrations(), within(PART_DEADLINE_MS, hearing()).catch(() => null)])
      : [null, null]
    const standing = (of: (heard: HeardParts) => PartStanding): Part =>
      heard === null ? { ok: false, detail: 'its last heartbeat cannot be read' } : shown(of(heard))
    const parts = {
      database: databaseFound,
      migrations: migrated ?? { ok: false, detail: 'PostgreSQL does not answer' },
      temporal: temporalFound,
      workers: standing((all) => workersStanding(all, queuesOf(deps))),
      janitor: standing(janitorStanding),
    }
    const catalogue: Part = deps.catalogue.state().ready ? OK : { ok: false, detail: 'the index is still loading' }
    const usable = parts.database.ok && parts.migrations.ok && catalogue.ok
    const whole = parts.temporal.ok && parts.workers.ok && parts.janitor.ok
    return {
      status: !usable ? 'unavailable' : whole ? 'ready' : 'degraded',
      parts: { ...parts, catalogue },
    }
  }
}

const OK: Part = { ok: true }
const TEMPORAL_AWAY = 'Temporal does not answer; sessions open later, outcomes are kept'

const shown = ({ ok, detail }: PartStanding): Part => (detail === null ? { ok } : { ok, detail })

/** True when Temporal's frontend answers within three seconds, including connecting, which has no deadline itself. */
export async function temporalAnswers({ temporal }: Pick<ApiDependencies, 'temporal'>): Promise<boolean> {
  const asked = temporal.connection
    .withDeadline(Date.now() + PART_DEADLINE_MS, () => temporal.connection.workflowService.getSystemInfo({}))
    .then(
      () => true,
      () => false,
    )
  return (await within(PART_DEADLINE_MS, asked)) ?? false
}

/** The result of some work; null when it takes longer than `milliseconds`. */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A check with a deadline.
 * @param otherwise the detail when the check fails: never the error's own message, which may hold addresses
 */
function part(otherwise: string, check: () => Promise<Part>): () => Promise<Part> {
  const ask = oneAtATime(check)
  return async () => {
    const found = await within(PART_DEADLINE_MS, ask()).catch(() => null)
    return found?.ok ? found : { ok: false, detail: otherwise }
  }
}

/**
 * Runs at most one check at a time: callers during a running check wait for its result, so that checks of a frozen
 * server do not fill the pool.
 */
function oneAtATime<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let underWay: Promise<Result> | null = null
  return () => {
    underWay ??= ask().finally(() => {
      underWay = null
    })
    return underWay
  }
}
