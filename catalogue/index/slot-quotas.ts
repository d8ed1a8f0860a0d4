import { chooseQuota } from '../../domain/eligibility/choose-quota.js'
import type { TracedQuota } from '../../domain/eligibility/trace.js'
import { mayTakePart, type PastSession } from '../../domain/participation.js'
import { payForComparison } from '../../domain/ranking.js'
import type { Clause, Quota, Survey } from '../../domain/survey.js'
import type { ExpandedProfile } from '../../domain/targeting/expand.js'
import { evaluateQuota } from '../../domain/targeting/quota.js'
import { quotaRemaining } from '../../domain/targeting/remaining.js'
import { anyOf, strength } from '../../domain/targeting/verdict.js'
import type { IndexedSurvey, OwnFigures } from '../entry.js'
import { IntegerList, NumberList } from './lists.js'
import { MAYBE, NO, type Predicates, YES } from './predicates.js'

/** A slot without quotas: the survey's own conditions decide. */
const NO_QUOTAS = -1
/** A slot whose quotas are layered, or end sessions when full: `chooseByEvaluation` decides. */
export const BY_EVALUATION = -2

/** The quotas of all slots, read only for slots whose survey already matches the panelist. */
export class SlotQuotas {
  /** Per slot: the index of its first quota, or one of the two constants above. */
  private readonly starts: Int32Array
  private readonly counts: Int32Array
  /** Per slot: 1 when all quotas pay the same, so that the first one that certainly fits wins. */
  private readonly alike: Uint8Array
  private readonly remaining = new NumberList()
  private readonly pays = new NumberList()
  private readonly hidden = new IntegerList()
  /** Per quota: the index of its first predicate in `predicateIds`, and how many it has. */
  private readonly clauseStarts = new IntegerList()
  private readonly clauseCounts = new IntegerList()
  private readonly predicateIds = new IntegerList()
  /** The quota that `choose` chose last, by its index in the survey; -1 = none. */
  chosen = -1

  constructor(
    capacity: number,
    private readonly predicates: Predicates,
    private readonly numberOf: (attribute: string) => number,
  ) {
    this.starts = new Int32Array(capacity).fill(NO_QUOTAS)
    this.counts = new Int32Array(capacity)
    this.alike = new Uint8Array(capacity)
  }

  place(slot: number, survey: Survey, figures: OwnFigures, conversionPercent: number): void {
    if (survey.quotas.length === 0) return
    const flat = survey.fullQuotaTerminates ? null : survey.quotas.map(flatClauses)
    if (flat === null || flat.some((clauses) => clauses === null)) {
      this.starts[slot] = BY_EVALUATION
      return
    }
    this.starts[slot] = this.remaining.length
    this.counts[slot] = survey.quotas.length
    this.alike[slot] = samePay(survey) ? 1 : 0
    for (const [position, quota] of survey.quotas.entries()) {
      const clauses = flat[position] ?? []
      this.remaining.push(quotaRemaining(quota, figures.inFlight, conversionPercent))
      this.pays.push(payForComparison(quota.price ?? survey.price))
      this.hidden.push(quota.additionalQualifications > 0 ? 1 : 0)
      this.clauseStarts.push(this.predicateIds.length)
      this.clauseCounts.push(clauses.length)
      for (const clause of clauses) {
        this.predicateIds.push(this.predicates.intern(this.numberOf(clause.attribute), clause))
      }
    }
  }

  /** Updates the counts, states and prices of quotas whose conditions are unchanged. */
  refresh(slot: number, survey: Survey, figures: OwnFigures, conversionPercent: number): void {
    const start = this.starts[slot] ?? NO_QUOTAS
    if (start < 0) return
    this.alike[slot] = samePay(survey) ? 1 : 0
    for (const [position, quota] of survey.quotas.entries()) {
      this.remaining.replace(start + position, quotaRemaining(quota, figures.inFlight, conversionPercent))
      this.pays.replace(start + position, payForComparison(quota.price ?? survey.price))
    }
  }

  /**
   * Chooses the quota as `chooseQuota` does: the more certain, then the better paid, then the first.
   * @returns NO, MAYBE or YES, with the quota in `chosen`; or BY_EVALUATION
   */
  choose(slot: number): number {
    this.chosen = -1
    const start = this.starts[slot] ?? NO_QUOTAS
    if (start === NO_QUOTAS) return YES
    if (start === BY_EVALUATION) return BY_EVALUATION
    const end = start + (this.counts[slot] ?? 0)
    const alike = this.alike[slot] === 1
    let best = NO
    let bestPay = 0
    for (let quota = start; quota < end; quota++) {
      if (this.remaining.at(quota) <= 0) continue
      const fits = this.fits(quota)
      if (fits < best || fits === NO) continue
      const pay = this.pays.at(quota)
      if (fits === best && pay <= bestPay) continue
      best = fits
      bestPay = pay
      this.chosen = quota - start
      if (best === YES && alike) break
    }
    return best
  }

  private fits(quota: number): number {
    let weakest = this.hidden.at(quota) === 1 ? MAYBE : YES
    const start = this.clauseStarts.at(quota)
    const end = start + this.clauseCounts.at(quota)
    for (let position = start; position < end; position++) {
      const verdict = this.predicates.evaluate(this.predicateIds.at(position))
      if (verdict === NO) return NO
      if (verdict < weakest) weakest = verdict
    }
    return weakest
  }
}

/**
 * Chooses the quota with `evaluateQuota` and `chooseQuota`: for layered quotas, those that end sessions when full, and
 * surveys that allow one quota per panelist.
 * @param past the panelist's earlier sessions
 */
export function chooseByEvaluation(
  { entry: { survey, connection }, figures, conversionPercent }: IndexedSurvey,
  profile: ExpandedProfile,
  past: readonly PastSession[],
): { fits: number; chosen: number } {
  const traces = survey.quotas.map((quota): TracedQuota => {
    const trace = evaluateQuota(quota, profile, quotaRemaining(quota, figures.inFlight, conversionPercent))
    const takes = trace.open && (past.length === 0 || mayTakePart(survey, connection, quota.quotaId, past))
    return { ...trace, rules: [], holds: takes ? trace.fits : 'no' }
  })
  const shut = survey.fullQuotaTerminates ? anyOf(traces.filter(({ open }) => !open).map(({ fits }) => fits)) : 'no'
  const { quota } = chooseQuota(traces, { kind: 'best' }, survey.price)
  const chosen = traces.find((trace) => trace.quota === quota)
  if (shut === 'yes' || chosen === undefined) return { fits: NO, chosen: -1 }
  return { fits: shut === 'maybe' ? MAYBE : strength(chosen.holds), chosen: traces.indexOf(chosen) }
}

function samePay({ price, quotas }: Survey): boolean {
  return quotas.every((quota) => quota.price === undefined || payForComparison(quota.price) === payForComparison(price))
}

/**
 * A quota's clauses when it is a plain AND of clauses; null when a layer has several sub-quotas, or a limit of its own.
 */
function flatClauses(quota: Quota): Clause[] | null {
  const clauses: Clause[] = []
  for (const { subQuotas } of quota.layers) {
    const [only] = subQuotas
    if (only === undefined || subQuotas.length > 1 || only.available !== null) return null
    clauses.push(...only.clauses)
  }
  return clauses
}
