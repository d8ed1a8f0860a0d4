export const VISIBILITIES = ['own', 'default', 'shared'] as const
/**
 * own: visible to its owner; default: to every buyer; shared: to its owner and the named buyers (PureSpectrum Buy API,
 * Note).
 */
export type Visibility = (typeof VISIBILITIES)[number]

/** A template for surveys. */
export interface Template {
  readonly templateId: number
  /** The demand partner that owns it; null = the service. */
  readonly owner: string | null
  readonly folder: string
  readonly name: string
  readonly title: string
  readonly visibility: Visibility
  /** Buyer ids (the PureSpectrum Buy API's integers). */
  readonly sharedWith: readonly number[]
  /** As it was put, in the terms of the PureSpectrum Buy API. */
  readonly survey: Readonly<Record<string, unknown>>
}

/** A demand partner with its id in the PureSpectrum Buy API. */
export interface Buyer {
  readonly id: string
  readonly buyerId: number
}

/** Whether a buyer may use a template: own, default and shared ones (PureSpectrum Buy API, Note). */
export function mayUse(template: Pick<Template, 'owner' | 'visibility' | 'sharedWith'>, buyer: Buyer): boolean {
  return template.visibility === 'default' || template.owner === buyer.id || template.sharedWith.includes(buyer.buyerId)
}

/** The `sharedWith` list that a buyer sees: the owner all ids, others only their own. */
export function sharedWithAsSeenBy(template: Template, buyer: Buyer): readonly number[] {
  return template.owner === buyer.id ? template.sharedWith : template.sharedWith.filter((id) => id === buyer.buyerId)
}
