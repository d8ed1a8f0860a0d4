import type { OwnOutcomes } from '../domain/ranking.js'
import { type InFlight, NOTHING_IN_FLIGHT } from '../domain/targeting/remaining.js'
import { NO_FIGURES, type OwnFigures } from './entry.js'
import type { SessionsInFlight, SurveyOutcomes } from './source.js'

/** Our own figures by survey id. The `replace` methods return the surveys that changed. */
export class OwnFiguresBook {
  private inFlight = new Map<string, InFlight>()
  private outcomes = new Map<string, OwnOutcomes>()

  of(surveyId: string): OwnFigures {
    const outcomes = this.outcomes.get(surveyId) ?? null
    const inFlight = this.inFlight.get(surveyId)
    if (inFlight === undefined && outcomes === null) return NO_FIGURES
    return { inFlight: inFlight ?? NOTHING_IN_FLIGHT, outcomes }
  }

  /** @returns ids of the surveys whose count changed */
  replaceInFlight(counts: readonly SessionsInFlight[]): string[] {
    const next = new Map<string, { survey: number; quotas: Map<string, number> }>()
    for (const { surveyId, quotaId, sessions } of counts) {
      const counted = next.get(surveyId) ?? { survey: 0, quotas: new Map<string, number>() }
      counted.survey += sessions
      if (quotaId !== null) counted.quotas.set(quotaId, (counted.quotas.get(quotaId) ?? 0) + sessions)
      next.set(surveyId, counted)
    }
    const changed = changedKeys(this.inFlight, next, sameInFlight)
    this.inFlight = next
    return changed
  }

  /** @returns ids of the surveys whose outcomes changed */
  replaceOutcomes(outcomes: readonly SurveyOutcomes[]): string[] {
    const next = new Map(
      outcomes.map(({ surveyId, sessions, completes }) => [surveyId, { sessions, completes }] as const),
    )
    const changed = changedKeys(this.outcomes, next, (one, other) => {
      return one.sessions === other.sessions && one.completes === other.completes
    })
    this.outcomes = next
    return changed
  }
}

function changedKeys<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  same: (one: T, other: T) => boolean,
): string[] {
  const changed = [...before.keys()].filter((key) => !after.has(key))
  for (const [key, value] of after) {
    const old = before.get(key)
    if (old === undefined || !same(old, value)) changed.push(key)
  }
  return changed
}

function sameInFlight(one: InFlight, other: InFlight): boolean {
  if (one.survey !== other.survey || one.quotas.size !== other.quotas.size) return false
  return [...one.quotas].every(([quotaId, sessions]) => other.quotas.get(quotaId) === sessions)
}
