import { createHmac } from 'node:crypto'
import { requestRefresh } from '../../commands/supply/request-refresh.js'
import type { Knex } from '../../db/connect.js'
import {
  type PanelistMatchStanding,
  readPanelistMatches,
  type StoredMatch,
} from '../../db/read-models/panelist-matches.js'
import type { RefreshInputs } from '../../db/rows/refresh-inputs.js'
import type { Panelist } from '../../domain/panelist.js'
import type { Device } from '../../domain/survey.js'
import { expandProfile, type Vocabulary } from '../../domain/targeting/expand.js'
import type { MatchingTerms } from '../../providers/adapter.js'
import type { RefreshDriver } from '../refresh-driver.js'
import { deviceClassOf } from './device-class.js'

/** A connection whose provider matches on its side. */
export interface LiveConnection {
  readonly id: string
  readonly provider: string
  readonly terms: MatchingTerms
  readonly vocabulary: Vocabulary
  /** A result older than this is never offered, in milliseconds. */
  readonly staleAfterMs: number
}

/** One panelist's request for surveys, and where it comes from. */
export interface LiveQuestion {
  readonly panel: string
  readonly panelist: Panelist
  readonly device: Device | null
  readonly userIp: string | null
  readonly userAgent: string | null
  /** How long the caller waits, in milliseconds. */
  readonly waitMs: number
  /** The id which the provider of a connection sees. */
  readonly providerPanelistId: (connection: string) => string
}

/** The status of a connection in one match, in the fields of the panel's answer. */
export interface LiveStatus {
  readonly id: string
  readonly status: 'ok' | 'stale' | 'timeout' | 'error' | 'paused'
  /** Age of its result; null without a result. */
  readonly age_seconds: number | null
  readonly error?: string | undefined
}

/** The answer of one connection. */
export interface LiveAnswer {
  readonly connection: LiveConnection
  readonly status: LiveStatus
  /** Null when nothing may be offered. */
  readonly match: StoredMatch | null
}

/** The answers, and the keyed hash that an offer carries to find its result again. */
export interface LiveAnswers {
  readonly answers: readonly LiveAnswer[]
  readonly circumstances: string
}

/**
 * Finds surveys for one panelist at the providers that match on their side. Answers from PostgreSQL while the result is
 * fresh; otherwise calls the provider through a workflow, and waits at most as long as configuration and caller allow.
 */
export class LiveMatches {
  readonly #byId: ReadonlyMap<string, LiveConnection>

  constructor(
    private readonly parts: {
      readonly knex: Knex
      readonly driver: Pick<RefreshDriver, 'ask'>
      readonly connections: readonly LiveConnection[]
      /** The key of this installation; the same in every process. */
      readonly secret: Buffer
      readonly clock: () => Date
    },
  ) {
    this.#byId = new Map(parts.connections.map((connection) => [connection.id, connection]))
  }

  /** True for a connection that is asked about one panelist at a time. */
  has(connection: string): boolean {
    return this.#byId.has(connection)
  }

  /** The key under which a panelist's results are stored: a keyed hash, which does not identify the panelist. */
  panelistKey(panel: string, panelistId: string): string {
    return this.#keyed('panelist', panel, panelistId)
  }

  /** @param connections ids of live connections whose surveys may be offered now */
  async ask(question: LiveQuestion, connections: readonly string[]): Promise<LiveAnswers> {
    const circumstances = this.#circumstances(question)
    const panelistKey = this.panelistKey(question.panel, question.panelist.panelistId)
    const asked = connections.flatMap((id) => this.#byId.get(id) ?? [])
    if (asked.length === 0) return { answers: [], circumstances }
    if (question.userIp === null) {
      return { circumstances, answers: asked.map((connection) => refused(connection, 'user_ip is needed')) }
    }
    const standings = await this.#standings(question, asked, panelistKey, circumstances)
    const answers = await Promise.all(
      asked.map((connection) => {
        const standing = standings.get(connection.id)
        return this.#answer(connection, standing, {
          question,
          panelistKey,
          circumstances,
          userIp: question.userIp ?? '',
        })
      }),
    )
    return { answers, circumstances }
  }

  async #answer(
    connection: LiveConnection,
    standing: PanelistMatchStanding | undefined,
    asking: Asking,
  ): Promise<LiveAnswer> {
    const stored = standing?.stored ?? null
    const old = (status: 'timeout' | 'error', error?: string) => this.#withOld(connection, stored, status, error)
    if (standing?.blockedFor) return refused(connection, standing.blockedFor)
    if (stored !== null && stored.notice === null && this.#ageMs(stored) < connection.terms.cacheMs) {
      return this.#fresh(connection, stored)
    }
    if (standing?.heldFor) return old('error', 'the provider currently refuses this connection')
    const now = this.parts.clock()
    const { refreshesPerSecond, timeoutMs } = connection.terms
    // beyond the account's rate limit, do not call the provider and do not answer with an old result
    const refreshId = await requestRefresh(this.parts.knex, connection.id, refreshesPerSecond, now, () =>
      this.#question(connection, asking, now),
    )
    if (refreshId === null) return { connection, match: null, status: statusOf(connection, 'timeout', null) }
    const { panel } = asking.question
    const answer = await this.parts.driver.ask(
      { refreshId, connection: connection.id, provider: connection.provider, panel, panelistKey: asking.panelistKey },
      Math.min(timeoutMs, asking.question.waitMs),
    )
    if (answer.state === 'late') return old('timeout')
    if (answer.state === 'away') return old('error', 'the provider could not be called')
    if (answer.state === 'failed') return old('error', 'the provider did not answer')
    const standings = await this.#standings(asking.question, [connection], asking.panelistKey, asking.circumstances)
    const renewed = standings.get(connection.id)?.stored ?? null
    return renewed === null ? old('error', 'the provider did not answer') : this.#fresh(connection, renewed)
  }

  #fresh(connection: LiveConnection, match: StoredMatch): LiveAnswer {
    if (match.notice !== null) return refused(connection, match.notice)
    return { connection, match, status: statusOf(connection, 'ok', this.#ageMs(match)) }
  }

  /** Answers with a result that is no longer fresh until `staleAfterMs`: the status is stale instead of timeout. */
  #withOld(
    connection: LiveConnection,
    stored: StoredMatch | null,
    status: 'timeout' | 'error',
    error?: string,
  ): LiveAnswer {
    const usable = stored !== null && stored.notice === null && this.#ageMs(stored) < connection.staleAfterMs
    if (!usable) return { connection, match: null, status: statusOf(connection, status, null, error) }
    const said = status === 'timeout' ? 'stale' : status
    return { connection, match: stored, status: statusOf(connection, said, this.#ageMs(stored), error) }
  }

  async #standings(
    { panel, panelist }: LiveQuestion,
    connections: readonly LiveConnection[],
    panelistKey: string,
    circumstances: string,
  ): Promise<Map<string, PanelistMatchStanding>> {
    const rows = await readPanelistMatches(
      this.parts.knex,
      connections.map(({ id }) => id),
      { panelistKey, circumstances, panel, panelistId: panelist.panelistId },
      this.parts.clock(),
    )
    return new Map(rows.map((row) => [row.connection, row]))
  }

  #question(
    { id, vocabulary }: LiveConnection,
    { question, panelistKey, circumstances, userIp }: Asking,
    now: Date,
  ): RefreshInputs {
    const { panel, panelist, userAgent, providerPanelistId } = question
    const prefix = `${vocabulary.prefix}:`
    const words = [...expandProfile(panelist, now, [vocabulary])].map(([attribute, { values }]) => [
      attribute.startsWith(prefix) ? attribute.slice(prefix.length) : attribute,
      values,
    ])
    return {
      connection: id,
      panel,
      panelistId: panelist.panelistId,
      panelistKey,
      circumstances,
      providerPanelistId: providerPanelistId(id),
      country: panelist.country,
      dateOfBirth: birthOf(panelist),
      profile: Object.fromEntries(words),
      userIp,
      userAgent,
    }
  }

  /** Hashes address and device class: other surveys are open to the same person elsewhere or on another device. */
  #circumstances({ userIp, device, userAgent }: LiveQuestion): string {
    return this.#keyed('circumstances', userIp ?? '', device ?? '', deviceClassOf(userAgent))
  }

  #keyed(...parts: readonly string[]): string {
    return createHmac('sha256', this.parts.secret).update(parts.join('\0')).digest('base64url').slice(0, 22)
  }

  #ageMs({ refreshedAt }: StoredMatch): number {
    return Math.max(0, this.parts.clock().getTime() - refreshedAt.getTime())
  }
}

interface Asking {
  readonly question: LiveQuestion
  readonly panelistKey: string
  readonly circumstances: string
  readonly userIp: string
}

function birthOf({ dateOfBirth, profile }: Panelist): string | null {
  const inProfile = profile.date_of_birth
  return typeof inProfile === 'string' ? inProfile : dateOfBirth
}

function refused(connection: LiveConnection, error: string): LiveAnswer {
  return { connection, match: null, status: statusOf(connection, 'error', null, error) }
}

function statusOf(
  { id }: LiveConnection,
  status: LiveStatus['status'],
  ageMs: number | null,
  error?: string,
): LiveStatus {
  const age_seconds = ageMs === null ? null : Math.floor(ageMs / 1_000)
  return { id, status, age_seconds, ...(error === undefined ? {} : { error }) }
}
