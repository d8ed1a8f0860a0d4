import type { Buyer, Template } from '../../domain/template/template.js'

/** The buyer id that stands for the service itself. */
export const SERVICE_BUYER_ID = 0

/** The buyer id of a template's owner; the service's id where it has no owner, or one that is no longer configured. */
export function ownerIdOf(template: Pick<Template, 'owner'>, buyers: readonly Buyer[]): number {
  return buyers.find(({ id }) => id === template.owner)?.buyerId ?? SERVICE_BUYER_ID
}
