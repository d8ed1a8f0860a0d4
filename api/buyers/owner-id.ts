import type { Buyer, Template } from '../../domain/template/template.js'

/** The service itself, in the place of a buyer id. */
export const SERVICE_BUYER_ID = 0

/** The buyer id of a template's owner; the service's where it has none, or one that is no longer configured. */
export function ownerIdOf(template: Pick<Template, 'owner'>, buyers: readonly Buyer[]): number {
  return buyers.find(({ id }) => id === template.owner)?.buyerId ?? SERVICE_BUYER_ID
}
