import { ApplicationFailure, Context } from '@temporalio/activity'
import { endOf } from '../commands/supply/apply-effects.js'
import { closeSupply } from '../commands/supply/close-supply.js'
import { reopenQuota } from '../commands/supply/reopen-quota.js'
import { takeQuotaQuestion } from '../commands/supply/take-quota-question.js'
import { settleQuotaNews } from '../db/stores/quota-news-store.js'
import { stampRevisions } from '../db/stores/stamper.js'
import { FAILURE_TYPES } from '../domain/failure-types.js'
import { toTemporalFailure } from './failures.js'
import type { SessionDependencies } from './session-dependencies.js'

export interface QuotaInput {
  readonly connection: string
  readonly quotaId: string
}

/**
 * A notification said that a quota closed or opened: calls the provider, and only its answer counts
 * (docs/providers/toluna.md, What comes back).
 * @returns how long to wait before the next check is due, in milliseconds; null when none is
 */
export async function confirmQuota(
  deps: SessionDependencies,
  { connection, quotaId }: QuotaInput,
): Promise<number | null> {
  const upstream = deps.findUpstream(connection)
  const quotas = upstream?.adapter.quotas
  if (upstream === null || quotas === undefined) {
    throw ApplicationFailure.nonRetryable(
      `connection ${connection} has no quotas to check`,
      FAILURE_TYPES.notConfigured,
    )
  }
  const now = deps.clock()
  const question = await takeQuotaQuestion(deps.knex, connection, quotaId, now)
  if (question.kind !== 'ask') return question.kind === 'wait' ? question.waitMs : null
  const { config, http } = upstream
  try {
    const call = { config, http, now, signal: Context.current().cancellationSignal }
    const standing = await quotas.check(call, quotaId)
    const { providerSurveyId } = question
    if (standing.live) {
      await reopenQuota(deps.knex, connection, { providerSurveyId, quotaId })
    } else {
      for (const effect of standing.effects) {
        if (effect.kind !== 'drop-quota' && effect.kind !== 'drop-survey') continue
        const until = await endOf(deps, connection, effect.until, now)
        const closed = effect.kind === 'drop-quota' ? quotaId : null
        await closeSupply(
          deps.knex,
          connection,
          { providerSurveyId, quotaId: closed, reason: standing.reason, until },
          now,
        )
      }
    }
    await stampRevisions(deps.knex)
    await settleQuotaNews(deps.knex, connection, quotaId, question.saidAt)
  } catch (error) {
    throw toTemporalFailure(error)
  }
  // a notification that came meanwhile is not due yet, so this only returns how long to wait
  const next = await takeQuotaQuestion(deps.knex, connection, quotaId, deps.clock())
  return next.kind === 'nothing' ? null : next.kind === 'wait' ? next.waitMs : 250
}
