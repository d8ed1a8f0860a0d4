import type { Money } from '../../domain/money.js'
import type { Survey } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { rows } from '../raw.js'
import type { MatchKey, OwnPartnerOffer, OwnSurvey, PartnerOfferJson } from '../rows/panelist-match.js'
import { type SurveyJson, surveyFromJson } from '../stores/survey-json.js'

export interface StoredMatch {
  readonly surveys: readonly OwnSurvey[]
  readonly offers: readonly OwnPartnerOffer[]
  readonly notice: string | null
  readonly refreshedAt: Date
}

/** The state of a connection for one panelist, before a refresh. */
export interface PanelistMatchStanding {
  readonly connection: string
  readonly stored: StoredMatch | null
  /** Why this panelist must not be refreshed; null = allowed. */
  readonly blockedFor: string | null
  /** Why no panelist can be refreshed now; null = allowed. */
  readonly heldFor: string | null
}

interface StandingRow {
  connection: string
  surveys: Record<string, SurveyJson> | null
  offers: Record<string, PartnerOfferJson> | null
  notice: string | null
  refreshed_at: Date | null
  blocked_for: string | null
  held_for: string | null
}

/** A panelist's stored matches at some connections, with the reasons against a refresh; one statement, by keys. */
export async function readPanelistMatches(
  knex: Knex,
  connections: readonly string[],
  who: Omit<MatchKey, 'connection'> & { readonly panel: string; readonly panelistId: string },
  now: Date,
): Promise<PanelistMatchStanding[]> {
  const standings = await rows<StandingRow>(
    knex,
    `select k.connection, m.surveys, m.offers, m.notice, m.refreshed_at, b.reason as blocked_for,
            case when c.fail_streak > 0 and c.next_poll_at > :now then coalesce(c.reason, 'held') end as held_for
       from unnest(:connections::text[]) as k(connection)
       left join panelist_matches m on m.connection = k.connection and m.panelist_key = :panelistKey
            and m.circumstances = :circumstances
       left join panelist_blocks b on b.connection = k.connection and b.panel = :panel and b.panelist_id = :panelistId
            and b.survey_id = '' and b.until > :now
       left join connections c on c.connection = k.connection`,
    { ...who, connections: [...connections], now },
  )
  return standings.map((row) => ({
    connection: row.connection,
    stored: row.refreshed_at === null ? null : storedOf(row, row.refreshed_at),
    blockedFor: row.blocked_for,
    heldFor: row.held_for,
  }))
}

function storedOf(row: StandingRow, refreshedAt: Date): StoredMatch {
  return {
    surveys: Object.entries(row.surveys ?? {}).map(([surveyId, json]) => ({ surveyId, survey: surveyFromJson(json) })),
    offers: Object.entries(row.offers ?? {}).map(([surveyId, { survey, ...shown }]) => ({
      ...shown,
      surveyId,
      survey: surveyFromJson(survey),
    })),
    notice: row.notice,
    refreshedAt,
  }
}

/** One stored survey (or partner offer) of a panelist, and its connection. */
export interface FoundOwnSurvey {
  readonly connection: string
  readonly survey: Survey
  readonly price: Money
  readonly refreshedAt: Date
}

/** Finds a stored survey of a panelist in some circumstances. @returns null = not found or expired */
export async function findOwnSurvey(
  knex: Knex,
  key: Omit<MatchKey, 'connection'>,
  surveyId: string,
  now: Date,
): Promise<FoundOwnSurvey | null> {
  const [row] = await rows<{ connection: string; survey: SurveyJson; refreshed_at: Date }>(
    knex,
    `select m.connection, coalesce(m.surveys -> :surveyId::text, m.offers -> :surveyId::text -> 'survey') as survey, m.refreshed_at
       from panelist_matches m
      where m.panelist_key = :panelistKey and m.circumstances = :circumstances
        and coalesce(m.surveys -> :surveyId::text, m.offers -> :surveyId::text -> 'survey') is not null
        and not exists (select 1 from panelist_blocks b where b.connection = m.connection and b.panel = m.panel
                         and b.panelist_id = m.panelist_id and b.survey_id = '' and b.until > :now)`,
    { surveyId, panelistKey: key.panelistKey, circumstances: key.circumstances, now },
  )
  if (row === undefined) return null
  const survey = surveyFromJson(row.survey)
  return { connection: row.connection, survey, price: survey.price, refreshedAt: row.refreshed_at }
}
