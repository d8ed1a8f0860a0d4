import { setImmediate as nextTurn } from 'node:timers/promises'
import { mayUse } from '../../commands/access/usable-connections.js'
import { type PassedOver, readPanelFeed } from '../../commands/supply/read-panel-feed.js'
import { rememberServing } from '../../commands/supply/remember-serving.js'
import type { FeedNews, FeedPosition } from '../../db/read-models/feed.js'
import type { ConnectionFacts } from '../../domain/eligibility/facts.js'
import { type ShownRule, whyNotShownOpen } from '../../domain/eligibility/show.js'
import { wordsOf } from '../../domain/feed/translate-clause.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { Problem } from '../http/problem.js'
import { type FeedItem, FeedItems, versionOf } from './feed-items.js'
import type { SupplierStatus } from './supplier-plan.js'

/** After skipping this many revisions that are not for the panel, store the cursor; with fewer, keep it in memory only. */
const PASS_AT = 500
const TURN = 1_000
/** Try an answer at most this many times while other polls of the same panel commit first. */
const MOST_ATTEMPTS = 10

/** One survey as the feed sends it to a panel. */
interface Told {
  readonly news: FeedNews
  readonly item: FeedItem
  readonly status: SupplierStatus
}

/**
 * The feed of changes since a panel's last acknowledgement (Kantar Gateway API, Retrieve Survey Updates; docs/feed.md).
 */
export class Feed {
  readonly #items: FeedItems
  /** Panel -> the revision up to which nothing is left for it to acknowledge, and its position at that time. */
  readonly #empty = new Map<string, PassedOver>()

  constructor(private readonly deps: ApiDependencies) {
    const words = new Map(
      deps.config.connections.flatMap(({ id }) => {
        const upstream = deps.findUpstream(id)
        // no feed contains surveys that a provider has for one panelist only
        if (upstream === null || upstream.adapter.live !== undefined) return []
        return [[id, wordsOf(upstream.vocabulary ?? upstream.adapter.vocabulary, deps.config.targetingAttributes)]]
      }),
    )
    this.#items = new FeedItems(deps.knex, (connection) => words.get(connection) ?? null)
  }

  /**
   * Everything that changed for a panel since its last acknowledgement, each survey once in its newest version, in the
   * order in which it is acknowledged. A repeated poll without an acknowledgement gets the same answer.
   * @returns the answer as JSON text
   */
  async poll(panel: PanelConfig, now: Date): Promise<string> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const answer = await this.#answer(panel, now)
      if (answer !== null) return answer
    }
    throw new Problem(503, 'unavailable', 'Other polls of this panel are under way: send the request again', {
      retryAfterSeconds: 1,
    })
  }

  /** @returns null when the panel meanwhile received another answer or sent an acknowledgement */
  async #answer(panel: PanelConfig, now: Date): Promise<string | null> {
    const connections = this.#connectionsOf(panel)
    const { at, news } = await readPanelFeed(this.deps.knex, panel.id, connections, this.#empty.get(panel.id) ?? null)
    const told = await this.#toldOf(panel.id, news, at.ackedId, now)
    const passed = (told[0]?.news.revision ?? at.head + 1) - 1
    if (!(await this.#remember(panel.id, connections, at, told, passed, now))) return null
    const servedId = Math.max(at.servedId, told.at(-1)?.news.revision ?? 0)
    this.#empty.set(panel.id, { ackedId: at.ackedId, servedId, upTo: passed })
    return this.#written(panel.id, told)
  }

  #connectionsOf(panel: PanelConfig): string[] {
    return this.deps.config.connections
      .filter(({ id }) => mayUse(panel, id))
      .map(({ id }) => id)
      .sort()
  }

  async #toldOf(panel: string, news: readonly FeedNews[], ackedId: number, now: Date): Promise<Told[]> {
    // skip closed surveys that the panel does not have
    const possible = news.filter((one) => isOffered(one) || hasItOpen(one, ackedId))
    const items = await this.#items.of(possible)
    return possible.flatMap((one) => {
      const item = items.get(one.surveyId)
      if (item === undefined) return []
      const status = statusFor(panel, one, item, now)
      return status === 'CLOSED' && !hasItOpen(one, ackedId) ? [] : [{ news: one, item, status }]
    })
  }

  async #remember(
    panel: string,
    scope: readonly string[],
    at: FeedPosition,
    told: readonly Told[],
    passed: number,
    now: Date,
  ): Promise<boolean> {
    const servedId = told.at(-1)?.news.revision ?? 0
    const opened = told.filter(
      ({ news, status }) => status !== 'CLOSED' && (!news.known || news.closedRevision !== null),
    )
    const closed = told.filter((one) => isSettled(one, now) && one.news.closedRevision !== one.news.revision)
    const passedId = passed - at.ackedId >= PASS_AT ? passed : 0
    if (servedId <= at.servedId && opened.length === 0 && closed.length === 0 && passedId === 0) return true
    return rememberServing(this.deps.knex, {
      panel,
      at,
      scope,
      servedId,
      passedId,
      opened: opened.map(({ news }) => news.surveyId),
      closed: closed.map(({ news }) => ({ surveyId: news.surveyId, revision: news.revision })),
    })
  }

  async #written(panel: string, told: readonly Told[]): Promise<string> {
    const start = JSON.stringify(`${this.deps.publicUrl}/panels/${encodeURIComponent(panel)}/session/`).slice(0, -1)
    const parts: string[] = []
    for (const { news, item, status } of told) {
      // yield, so that a panel with a long answer does not delay the others
      if (parts.length % TURN === TURN - 1) await nextTurn()
      const token = this.deps.sessionTokens.issue(panel, news.surveyId)
      parts.push(
        `{"version":"${versionOf(news)}","ack_id":${news.revision},"survey_session_creation_url":${start}${token}","survey_plan":${item.plan},"status":"${status}"}}`,
      )
    }
    return `[${parts.join(',')}]`
  }
}

const isOffered = ({ status }: FeedNews): boolean => status === 'open' || status === 'paused'

/** The panel has the survey, and has not yet received or not acknowledged its closure. */
const hasItOpen = ({ known, closedRevision }: FeedNews, ackedId: number): boolean =>
  known && (closedRevision === null || closedRevision > ackedId)

/**
 * Closed under an ack_id that was never sent with another status. A survey that has just closed and waits for its
 * revision, or has just reached its finish date, may have been sent as open under the same ack_id. A panel that
 * acknowledges this id may mean the open survey, so the feed must still send the closure.
 */
const isSettled = ({ news, item, status }: Told, now: Date): boolean =>
  status === 'CLOSED' &&
  !news.dirty &&
  item.version === versionOf(news) &&
  (!isOffered(news) || item.finishTime > now.getTime() || item.finishTime <= news.changedMs)

/**
 * Rule that refuses -> status sent to the panel. The rules on polls always hold here, because a poll makes no revision.
 */
const TOLD: Readonly<Record<ShownRule, (news: FeedNews) => SupplierStatus>> = {
  connection: () => 'OPEN',
  fresh: () => 'OPEN',
  status: ({ status }) => (status === 'paused' ? 'PAUSED' : 'CLOSED'),
  enterable: () => 'CLOSED',
  panel: () => 'CLOSED',
  finish_date: () => 'CLOSED',
  invitation: () => 'CLOSED',
}
const FEED: Omit<ConnectionFacts, 'id'> = { usable: true, status: 'ok', running: true, fresh: true, caps: null }

function statusFor(panel: string, news: FeedNews, { carried, survey }: FeedItem, now: Date): SupplierStatus {
  if (!carried) return 'CLOSED'
  const { surveyId, status } = news
  const connection = { id: GATEWAY, ...FEED }
  const told = whyNotShownOpen({ surveyId, survey, status, connection, panel, now }).map((rule) => TOLD[rule](news))
  return told.includes('CLOSED') ? 'CLOSED' : told.includes('PAUSED') ? 'PAUSED' : 'OPEN'
}
