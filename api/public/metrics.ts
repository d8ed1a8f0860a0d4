import type { RequestHandler } from 'express'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { countUnplaced, listUnknownWords, type UnknownWord } from '../../db/read-models/arrival-doubts.js'
import { type ConnectionOverview, readConnectionOverview } from '../../db/read-models/connection-overview.js'
import { type HeardParts, readHeardParts } from '../../db/read-models/heard-parts.js'
import { readVitalSigns, type VitalSigns } from '../../db/read-models/vital-signs.js'
import type { ApiDependencies } from '../dependencies.js'
import { standingOf, supplyOf } from '../ops/connections.js'
import { temporalAnswers, within } from './health.js'
import { httpRegistry } from './http-metrics.js'

/** The endpoint is unauthenticated: the database figures are cached this long. */
const DATABASE_EVERY_MS = 5_000
/** Timeout of a part, so that one part cannot make the scrape fail and hide the other figures. */
const PART_PATIENCE_MS = 3_000
const DAY_MS = 24 * 3_600_000

interface Seen {
  /** Time of reading, on the monotonic clock, in milliseconds. */
  readonly at: number
  readonly heard: HeardParts
  readonly connections: readonly ConnectionOverview[]
  readonly signs: VitalSigns
  readonly words: readonly UnknownWord[]
  readonly unplaced: readonly { readonly connection: string; readonly arrivals: number }[]
}

/** At most this many lines, so that providers cannot add more; an installation has fewer connections times words. */
const WORDS_SHOWN = 2_000

// process metrics: one registry per process, even when a test makes several apps
const processRegistry = new Registry()
collectDefaultMetrics({ register: processRegistry })

/** `GET /metrics` for Prometheus. No label holds personal data, a panelist or a session. */
export function metrics(deps: ApiDependencies): RequestHandler {
  const own = ownMetrics(deps)
  const all = Registry.merge([processRegistry, httpRegistry, own.registry])
  return async (_request, response) => {
    await own.refresh()
    response.setHeader('Cache-Control', 'no-store')
    response.type(all.contentType).send(await all.metrics())
  }
}

function ownMetrics(deps: ApiDependencies): { registry: Registry; refresh: () => Promise<void> } {
  const registry = new Registry()
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> =>
    new Gauge({ name: `tributary_${name}`, help, labelNames, registers: [registry] })

  const databaseUp = gauge('database_up', '1 when the figures below could be read from PostgreSQL, else 0.')
  const sessions = gauge('sessions_last_day', 'Sessions created in the last 24 hours, by their current state.', [
    'connection',
    'state',
    'outcome',
  ])
  const claims = gauge('claims_pending', 'Outcome claims that no workflow has applied yet.')
  const postbacks = gauge('postbacks_pending', 'Messages to panels that are neither delivered nor dead letters.')
  const states = gauge('connection_state', '1 for the current state of a connection.', [
    'connection',
    'provider',
    'state',
  ])
  const success = gauge('connection_last_success_timestamp_seconds', 'Time at which the last good poll ended.', [
    'connection',
  ])
  const streak = gauge('connection_fail_streak', 'Polls that failed since the last good one.', ['connection'])
  const open = gauge('connection_surveys_open', 'Open surveys in the catalogue.', ['connection'])
  const quarantined = gauge('connection_quarantined', 'Records that could not be read.', ['connection'])
  const silent = gauge(
    'connection_silent_seconds',
    'Since the last good poll of a polled connection; grows also while the database is away.',
    ['connection'],
  )
  const worker = gauge('worker_last_heard_seconds', 'Seconds since the last heartbeat of a worker on the queue.', [
    'queue',
  ])
  const janitor = gauge('janitor_last_heard_seconds', 'Seconds since the last reported round of the janitor.')
  const temporalUp = gauge('temporal_up', '1 when the Temporal server answers, else 0.')
  const words = gauge('unknown_outcome_words', 'Authentic arrivals by an outcome word that no outcome table holds.', [
    'connection',
    'word',
  ])
  const unplaced = gauge('unplaced_arrivals', 'Authentic arrivals about a member that fit none of their sessions.', [
    'connection',
  ])
  const revision = gauge('catalogue_revision', 'The newest revision this process holds.')
  const age = gauge('catalogue_age_seconds', 'Seconds since this process was last known to hold every change.')
  const held = gauge('catalogue_surveys', 'Surveys this process holds.')
  new Counter({
    name: 'tributary_eligibility_checks_total',
    help: 'Matches of this process that were decided a second time, by what the index had answered.',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      const { same, different } = deps.checks.counts()
      this.reset()
      this.inc({ result: 'same' }, same)
      this.inc({ result: 'different' }, different)
    },
  })

  const show = ({ connections, signs, ...doubts }: Seen): void => {
    for (const one of [sessions, success, streak, open, quarantined, words, unplaced]) one.reset()
    for (const { connection, word, arrivals } of doubts.words) words.inc({ connection, word }, arrivals)
    for (const { connection, arrivals } of doubts.unplaced) unplaced.set({ connection }, arrivals)
    for (const { connection, state, outcome, count } of signs.sessions)
      sessions.set({ connection, state, outcome: outcome ?? '' }, count)
    claims.set(signs.claimsPending)
    postbacks.set(signs.postbacksPending)
    for (const row of connections) {
      const { connection } = row
      if (row.lastSuccessAt !== null) success.set({ connection }, row.lastSuccessAt.getTime() / 1_000)
      streak.set({ connection }, row.failStreak)
      open.set({ connection }, row.surveysOpen)
      quarantined.set({ connection }, row.quarantined)
    }
  }

  /** Recomputes durations up to now, so that the last reading before a database failure does not look fresh. */
  const showSilence = ({ at, connections, heard }: Seen): void => {
    for (const one of [states, silent, worker]) one.reset()
    const elapsed = performance.now() - at
    const queues = new Map([...heard.queues].map(([queue, silentMs]) => [queue, silentMs + elapsed]))
    for (const [queue, silentMs] of queues) worker.set({ queue }, silentMs / 1_000)
    // no round yet = infinite
    janitor.set(heard.janitorSilentMs === null ? Number.POSITIVE_INFINITY : (heard.janitorSilentMs + elapsed) / 1_000)
    const now = deps.clock()
    for (const row of connections) {
      const { connection, provider } = row
      const polled = supplyOf(deps, connection) === 'polled' && row.state !== 'removed'
      const state = row.state === 'removed' ? row.state : standingOf(deps, row, queues, now).state
      states.set({ connection, provider, state }, 1)
      if (polled && row.lastSuccessAt !== null)
        silent.set({ connection }, Math.max(0, now.getTime() - row.lastSuccessAt.getTime()) / 1_000)
    }
  }

  let seen: Seen | null = null
  const look = async (): Promise<'looked'> => {
    try {
      const since = new Date(deps.clock().getTime() - DAY_MS)
      const [connections, heard, signs, words, unplaced] = await Promise.all([
        readConnectionOverview(deps.knex),
        readHeardParts(deps.knex),
        readVitalSigns(deps.knex, [...deps.panels.keys()], since),
        listUnknownWords(deps.knex, WORDS_SHOWN),
        countUnplaced(deps.knex),
      ])
      seen = { at: performance.now(), connections, heard, signs, words, unplaced }
      show(seen)
      databaseUp.set(1)
    } catch (error) {
      // keep the last figures, because a failed scrape would hide the others too
      databaseUp.set(0)
      deps.logger.debug({ err: error }, 'metrics without the database')
    }
    return 'looked'
  }

  const lookInTime = async (): Promise<void> => {
    if ((await within(PART_PATIENCE_MS, look())) === null) databaseUp.set(0)
  }
  const lookAtTemporal = async (): Promise<void> => {
    temporalUp.set((await temporalAnswers(deps)) ? 1 : 0)
  }

  let latest: { at: number; done: Promise<unknown> } | null = null
  return {
    registry,
    refresh: async () => {
      const now = performance.now()
      if (latest === null || now - latest.at > DATABASE_EVERY_MS)
        latest = { at: now, done: Promise.all([lookInTime(), lookAtTemporal()]) }
      await latest.done
      if (seen !== null) showSilence(seen)
      const state = deps.catalogue.state()
      revision.set(Number(state.revision))
      age.set(state.ageMs / 1_000)
      held.set(state.surveys)
    },
  }
}
