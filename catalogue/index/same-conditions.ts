import type { Layer, Quota, Survey } from '../../domain/survey.js'
import type { CatalogueEntry } from '../entry.js'

/**
 * True when two versions of a survey have the same conditions, so that its slot stays in the same sets. Counts, states,
 * prices and dates may differ; they change with nearly every poll.
 */
export function sameConditions(one: CatalogueEntry, other: CatalogueEntry): boolean {
  return one.connection === other.connection && (one.survey === other.survey || sameTargeting(one.survey, other.survey))
}

function sameTargeting(one: Survey, other: Survey): boolean {
  return (
    one.locale === other.locale &&
    one.fullQuotaTerminates === other.fullQuotaTerminates &&
    one.quotas.length === other.quotas.length &&
    same(one.devices, other.devices) &&
    same(one.panels, other.panels) &&
    same(one.clauses, other.clauses) &&
    one.quotas.every((quota, position) => sameQuota(quota, other.quotas[position]))
  )
}

function sameQuota(one: Quota, other: Quota | undefined): boolean {
  if (one === other) return true
  if (other === undefined) return false
  if (one.additionalQualifications > 0 !== other.additionalQualifications > 0) return false
  return one.layers === other.layers || same(shape(one.layers), shape(other.layers))
}

/**
 * Layers without the counts of their sub-quotas: only whether a sub-quota is limited decides how a quota is checked.
 */
function shape(layers: readonly Layer[]): unknown {
  return layers.map(({ subQuotas }) => subQuotas.map(({ clauses, available }) => [clauses, available === null]))
}

/** Compares as JSON: equal data of one adapter has the same key order. */
function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
