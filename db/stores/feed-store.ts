import { GATEWAY, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { type SurveyJson, surveyFromJson } from './survey-json.js'

/** Where a panel stands in the feed. Ids are revisions of the catalogue: they fit a JSON number. */
export interface FeedPosition {
  readonly ackedId: number
  readonly servedId: number
  /** The connections it read with; null = it has never been given anything. */
  readonly scope: readonly string[] | null
  /** The newest revision of the whole catalogue. */
  readonly head: number
}

/** A survey that changed, without its content. */
export interface FeedNews {
  readonly surveyId: string
  readonly revision: number
  /** Epoch milliseconds. */
  readonly changedMs: number
  readonly status: SurveyStatus
  /** It has changed again and waits for its next revision. */
  readonly dirty: boolean
  /** The panel has it. */
  readonly known: boolean
  /** The ack_id with which the panel was told that it is closed. */
  readonly closedRevision: number | null
  /** Its content, where it is so new that hardly anybody has read it yet. */
  readonly body: FeedBody | null
}

/** So many of the newest revisions come with their content: whoever asks first need not ask twice. */
const WITH_CONTENT = 150

/** The content of a survey, and the plan as its buyer posted it where it is one of our own. */
export interface FeedBody {
  readonly surveyId: string
  readonly connection: string
  readonly revision: number
  readonly changedMs: number
  readonly dirty: boolean
  readonly survey: Survey
  readonly plan: SurveyPlan | null
}

/** What a poll reads. */
export interface FeedReading {
  readonly at: FeedPosition
  readonly news: readonly FeedNews[]
}

/**
 * Where a panel stands, and what changed since and is of its connections, in the order of revisions, which is the order
 * of commits (design §5); of our own plans only those that target the panel. One statement: where nothing is new it reads
 * a cursor by its key and the end of an index.
 * @param after nothing up to here is for the panel: what the process remembers of it, else 0
 */
export async function readFeed(
  knex: Knex,
  { panel, connections, after }: { panel: string; connections: readonly string[]; after: number },
): Promise<FeedReading> {
  const { rows } = (await knex.raw(
    `select at.head, at.acked_id, at.served_id, at.scope, n.*
       from (select (select max(revision) from surveys) as head, c.acked_id, c.served_id, c.scope
               from (values (1)) one left join feed_cursors c on c.panel = :panel) at
       left join lateral (
         select s.survey_id, s.revision, s.status, s.dirty, (extract(epoch from s.changed_at) * 1000)::bigint as changed_ms,
                d.survey_id is not null as known, d.closed_revision, s.connection,
                case when s.revision > at.head - :withContent then s.survey end as survey,
                case when s.revision > at.head - :withContent and s.connection = :gateway
                     then (select plan from survey_plans own where own.survey_id = s.survey_id) end as plan
           from surveys s
           left join feed_deliveries d on d.panel = :panel and d.survey_id = s.survey_id
           left join plan_panels p
             on s.connection = :gateway and p.plan_id = s.provider_survey_id and p.panel = :panel
          -- the first figure is known when the statement is planned, so that the index is taken
          where s.revision > :after and s.revision > coalesce(at.acked_id, 0) and s.connection = any(:connections)
            and (s.connection <> :gateway or p.panel is not null)
       ) n on true
      order by n.revision`,
    { panel, after, connections: [...connections], gateway: GATEWAY, withContent: WITH_CONTENT },
  )) as { rows: (PositionRow & (NewsRow | { readonly survey_id: null }))[] }
  const [row] = rows
  return {
    at: {
      ackedId: Number(row?.acked_id ?? 0),
      servedId: Number(row?.served_id ?? 0),
      scope: row?.scope ?? null,
      head: Number(row?.head ?? 0),
    },
    news: rows.flatMap((one) => (one.survey_id === null ? [] : newsOf(one))),
  }
}

function newsOf(row: NewsRow): FeedNews {
  return {
    surveyId: row.survey_id,
    revision: Number(row.revision),
    changedMs: Number(row.changed_ms),
    status: row.status,
    dirty: row.dirty,
    known: row.known,
    closedRevision: row.closed_revision === null ? null : Number(row.closed_revision),
    body: row.survey === null ? null : bodyOf({ ...row, survey: row.survey }),
  }
}

interface PositionRow {
  readonly head: string | null
  readonly acked_id: string | null
  readonly served_id: string | null
  readonly scope: string[] | null
}

interface NewsRow {
  readonly survey_id: string
  readonly revision: string
  readonly status: SurveyStatus
  readonly dirty: boolean
  readonly changed_ms: string
  readonly known: boolean
  readonly closed_revision: string | null
  readonly connection: string
  readonly survey: SurveyJson | null
  readonly plan: SurveyPlan | null
}

/** The content of surveys; a few hundred at a time is a good size. */
export async function feedBodies(knex: Knex, surveyIds: readonly string[]): Promise<FeedBody[]> {
  const { rows } = (await knex.raw(
    `select s.survey_id, s.connection, s.revision, (extract(epoch from s.changed_at) * 1000)::bigint as changed_ms,
            s.dirty, s.survey, p.plan
       from surveys s left join survey_plans p on p.survey_id = s.survey_id
      where s.survey_id = any(?)`,
    [[...surveyIds]],
  )) as { rows: BodyRow[] }
  return rows.map(bodyOf)
}

const bodyOf = (row: BodyRow): FeedBody => ({
  surveyId: row.survey_id,
  connection: row.connection,
  revision: Number(row.revision),
  changedMs: Number(row.changed_ms),
  dirty: row.dirty,
  survey: surveyFromJson(row.survey),
  plan: row.plan,
})

interface BodyRow {
  readonly survey_id: string
  readonly connection: string
  readonly revision: string
  readonly changed_ms: string
  readonly dirty: boolean
  readonly survey: SurveyJson
  readonly plan: SurveyPlan | null
}

/** What a panel is about to be told. */
export interface FeedServing {
  readonly panel: string
  /** Where the panel stood when the answer was made. */
  readonly at: Pick<FeedPosition, 'ackedId' | 'servedId'>
  readonly scope: readonly string[]
  /** The highest ack_id of the answer; 0 when there is none. */
  readonly servedId: number
  /** Everything up to here was either acknowledged or is not for this panel: 0 = leave the cursor where it is. */
  readonly passedId: number
  /** Surveys told as open or paused which the panel does not have yet. */
  readonly opened: readonly string[]
  /** Surveys told as closed, with the ack_id of it. */
  readonly closed: readonly { readonly surveyId: string; readonly revision: number }[]
}

/**
 * Remembers what a panel is told, before it is told. Of two polls at once the later one may know better than the earlier:
 * where the panel has been told or has acknowledged something since, or reads with other connections, nothing is
 * remembered. Otherwise a survey could be told as open behind its closure, which then nobody tells.
 * @returns false when the answer is to be made again
 */
export async function rememberServing(knex: Knex, serving: FeedServing): Promise<boolean> {
  const { panel, opened, closed } = serving
  if (opened.length === 0 && closed.length === 0) return rememberIds(knex, serving)
  const { rows } = (await knex.raw(
    `with cursor as (
       ${MOVE_CURSOR} values (:panel, :passedId, :servedId, :scope) ${UNLESS_MOVED}
     ), opened as (
       insert into feed_deliveries (panel, survey_id)
       select c.panel, o.survey_id from cursor c, unnest(:opened::text[]) o(survey_id)
       on conflict (panel, survey_id) do update set closed_revision = null
     ), closed as (
       update feed_deliveries d set closed_revision = n.revision
         from cursor c, unnest(:closed::text[], :revisions::bigint[]) n(survey_id, revision)
        where d.panel = c.panel and d.survey_id = n.survey_id
     )
     select panel from cursor`,
    {
      ...cursorOf(serving),
      panel,
      opened: [...opened],
      closed: closed.map(({ surveyId }) => surveyId),
      revisions: closed.map(({ revision }) => revision),
    },
  )) as { rows: unknown[] }
  return rows.length > 0
}

const MOVE_CURSOR = 'insert into feed_cursors as c (panel, acked_id, served_id, scope)'
const UNLESS_MOVED = `on conflict (panel) do update set served_id = greatest(c.served_id, excluded.served_id),
         acked_id = greatest(c.acked_id, excluded.acked_id)
        where c.acked_id = :atAckedId and c.served_id = :atServedId and c.scope = excluded.scope
       returning c.panel`

function cursorOf({ at, scope, servedId, passedId }: FeedServing) {
  return { scope: [...scope], servedId, passedId, atAckedId: at.ackedId, atServedId: at.servedId }
}

/**
 * The panel has these surveys already: only the highest id is new. Nobody waits for the disk, for when PostgreSQL itself
 * dies within the next moment, all that happens is that an acknowledgement is refused and the same is given again.
 */
async function rememberIds(knex: Knex, serving: FeedServing): Promise<boolean> {
  const { rows } = (await knex.raw(
    `with quick as materialized (select set_config('synchronous_commit', 'off', true))
     ${MOVE_CURSOR} select :panel, :passedId::bigint, :servedId::bigint, :scope::text[] from quick ${UNLESS_MOVED}`,
    { ...cursorOf(serving), panel: serving.panel },
  )) as { rows: unknown[] }
  return rows.length > 0
}

/** The panel may use a connection that it could not use before: it reads from the beginning, and keeps what it has. */
export async function startFeedAgain(knex: Knex, panel: string, scope: readonly string[]): Promise<void> {
  await knex('feed_cursors')
    .where({ panel })
    .update({ acked_id: 0, scope: [...scope] })
}

/** The panel may use fewer connections than before; where it stands does not change. */
export async function narrowFeed(knex: Knex, panel: string, scope: readonly string[]): Promise<void> {
  await knex('feed_cursors')
    .where({ panel })
    .update({ scope: [...scope] })
}

/** `unknown`: the panel was never given such an id. */
export type Acknowledgement = 'moved' | 'kept' | 'unknown'

/**
 * Moves a panel's cursor, never back (seed 000, Confirm Receipt). What it was told is closed, and now knows, is forgotten.
 * @param ackId a whole number from 0
 */
export async function acknowledgeFeed(knex: Knex, panel: string, ackId: number): Promise<Acknowledgement> {
  const { rows } = (await knex.raw(
    `with moved as (
       update feed_cursors set acked_id = :ackId
        where panel = :panel and acked_id < :ackId and served_id >= :ackId returning panel
     ), forgotten as (
       delete from feed_deliveries d using moved where d.panel = moved.panel and d.closed_revision <= :ackId
     )
     select exists (select from moved) as moved,
            coalesce((select greatest(acked_id, served_id) from feed_cursors where panel = :panel), 0) >= :ackId as known`,
    { panel, ackId },
  )) as { rows: { moved: boolean; known: boolean }[] }
  const [row] = rows
  if (row?.moved === true) return 'moved'
  return row?.known === true ? 'kept' : 'unknown'
}
