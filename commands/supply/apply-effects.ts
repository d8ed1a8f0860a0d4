import type { Knex } from '../../db/connect.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { blockPanelist } from '../../db/stores/block-store.js'
import { noteAlarm } from '../../db/stores/connection-health-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import type { Logger } from '../../platform/logger.js'
import type { EffectEnd, RefusalEffect } from '../../providers/errors.js'
import { closeSupply } from './close-supply.js'
import { listIsFreshAt } from './list-is-fresh-at.js'

/** Dependencies of `applyEffects`. */
export interface EffectDependencies {
  readonly knex: Knex
  readonly clock: () => Date
  /** Logs what an operator must check. */
  readonly logger?: Pick<Logger, 'error'>
}

const DAY_MS = 24 * 60 * 60_000

/**
 * Stores the effects of a provider's refusal beyond this session: closed surveys and quotas, blocked panelists, alarms
 * for operators. Idempotent.
 * @param reason the provider's own words, without data of the respondent
 */
export async function applyEffects(
  deps: EffectDependencies,
  row: SessionRow,
  effects: readonly RefusalEffect[],
  reason: string,
): Promise<void> {
  const now = deps.clock()
  const ends = (until: EffectEnd) => endOf(deps, row.connection, until, now)
  for (const effect of effects) {
    switch (effect.kind) {
      case 'drop-quota':
      case 'drop-survey': {
        const quotaId = effect.kind === 'drop-quota' ? row.provider_quota_id : null
        const until = await ends(effect.until)
        const closure = { providerSurveyId: row.provider_survey_id, quotaId, reason, until }
        await closeSupply(deps.knex, row.connection, closure, now)
        await stampRevisions(deps.knex)
        break
      }
      case 'skip-survey':
      case 'block-panelist': {
        // the panelist was erased meanwhile
        if (row.panelist_id === null) break
        const { panel, panelist_id: panelistId, connection } = row
        const surveyId = effect.kind === 'skip-survey' ? row.survey_id : null
        const until = await ends(effect.kind === 'skip-survey' ? 'month' : effect.until)
        await blockPanelist(deps.knex, { panel, panelistId, connection, surveyId, reason, until }, now)
        break
      }
      case 'alarm':
        deps.logger?.error(
          { connection: row.connection, session: row.session_id, reason },
          'provider refused our account',
        )
        await noteAlarm(deps.knex, row.connection, reason, now)
        break
    }
  }
}

/** When an effect ends. */
export async function endOf(
  deps: Pick<EffectDependencies, 'knex'>,
  connection: string,
  until: EffectEnd,
  now: Date,
): Promise<Date> {
  switch (until) {
    case 'refresh':
      return listIsFreshAt(deps.knex, connection, now)
    case 'day':
      return new Date(now.getTime() + DAY_MS)
    case 'week':
      return new Date(now.getTime() + 7 * DAY_MS)
    case 'month':
      return new Date(now.getTime() + 30 * DAY_MS)
    case 'tomorrow':
      return midnightAfter(now, 1)
    case 'next-week':
      // Monday is 1: seven days on from a Monday, one from a Sunday
      return midnightAfter(now, ((7 - now.getUTCDay()) % 7) + 1)
  }
}

/** Midnight UTC, `days` days later. */
function midnightAfter(now: Date, days: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days))
}
