export const VISIBILITIES = ['own', 'default', 'shared'] as const
/** own: its buyer's alone; default: every buyer's; shared: its buyer's and those named (PureSpectrum Buy API, Note). */
export type Visibility = (typeof VISIBILITIES)[number]

/** A survey to begin from. */
export interface Template {
  readonly templateId: number
  /** The demand partner whose it is; null = the service's own. */
  readonly owner: string | null
  readonly folder: string
  readonly name: string
  readonly title: string
  readonly visibility: Visibility
  /** Buyer ids (the PureSpectrum Buy API's integers). */
  readonly sharedWith: readonly number[]
  /** As it was put, in the PureSpectrum Buy API's own words. */
  readonly survey: Readonly<Record<string, unknown>>
}

/** A demand partner as the PureSpectrum Buy API knows it. */
export interface Buyer {
  readonly id: string
  readonly buyerId: number
}

/** Whether a buyer may begin surveys from a template: own, default and shared ones (PureSpectrum Buy API, Note). */
export function mayUse(template: Pick<Template, 'owner' | 'visibility' | 'sharedWith'>, buyer: Buyer): boolean {
  return template.visibility === 'default' || template.owner === buyer.id || template.sharedWith.includes(buyer.buyerId)
}

/** Whom a buyer sees a template shared with: the owner everybody, others only themselves. */
export function sharedWithAsSeenBy(template: Template, buyer: Buyer): readonly number[] {
  return template.owner === buyer.id ? template.sharedWith : template.sharedWith.filter((id) => id === buyer.buyerId)
}
