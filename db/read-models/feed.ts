import { GATEWAY, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Survey, SurveyStatus } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'
import { type SurveyJson, surveyFromJson } from '../stores/survey-json.js'

/** A panel's cursor in the feed. Ids are revisions of the catalogue, which fit a JSON number. */
export interface FeedPosition {
  readonly ackedId: number
  readonly servedId: number
  /** The connections of its last read; null = it has never received anything. */
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
  /** True = it has changed again and waits for its next revision. */
  readonly dirty: boolean
  /** True = the panel has received it. */
  readonly known: boolean
  /** The ack_id that reported it to the panel as closed. */
  readonly closedRevision: number | null
  /** Its content, for the newest revisions only. */
  readonly body: FeedBody | null
}

/** Returns the content of this many of the newest revisions, so that the first readers need no second query. */
const WITH_CONTENT = 150

/** The content of a survey, and for our own plans the plan as posted. */
export interface FeedBody {
  readonly surveyId: string
  readonly connection: string
  readonly revision: number
  readonly changedMs: number
  readonly dirty: boolean
  readonly survey: Survey
  readonly plan: SurveyPlan | null
}

/** The result of reading the feed. */
export interface FeedReading {
  readonly at: FeedPosition
  readonly news: readonly FeedNews[]
}

/**
 * Reads a panel's cursor and the later changes of its connections, in the order of revisions, which is the order of
 * commits (docs/decisions/0003-one-stamper.md); of our own plans only those that target the panel. One statement:
 * without changes it reads one cursor by its key and the end of an index.
 * @param after a revision up to which no change is for the panel, from the process's cache; else 0
 */
export async function readFeed(
  knex: Knex,
  { panel, connections, after }: { panel: string; connections: readonly string[]; after: number },
): Promise<FeedReading> {
  const found = await rows<PositionRow & (NewsRow | { readonly survey_id: null })>(
    knex,
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
          -- the first bound is known at planning time, so that the planner uses the index
          where s.revision > :after and s.revision > coalesce(at.acked_id, 0) and s.connection = any(:connections)
            and (s.connection <> :gateway or p.panel is not null)
       ) n on true
      order by n.revision`,
    { panel, after, connections: [...connections], gateway: GATEWAY, withContent: WITH_CONTENT },
  )
  const [row] = found
  return {
    at: {
      ackedId: Number(row?.acked_id ?? 0),
      servedId: Number(row?.served_id ?? 0),
      scope: row?.scope ?? null,
      head: Number(row?.head ?? 0),
    },
    news: found.flatMap((one) => (one.survey_id === null ? [] : newsOf(one))),
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

/** The content of surveys; pass at most a few hundred ids per call. */
export async function feedBodies(knex: Knex, surveyIds: readonly string[]): Promise<FeedBody[]> {
  const bodies = await rows<BodyRow>(
    knex,
    `select s.survey_id, s.connection, s.revision, (extract(epoch from s.changed_at) * 1000)::bigint as changed_ms,
            s.dirty, s.survey, p.plan
       from surveys s left join survey_plans p on p.survey_id = s.survey_id
      where s.survey_id = any(?)`,
    [[...surveyIds]],
  )
  return bodies.map(bodyOf)
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
