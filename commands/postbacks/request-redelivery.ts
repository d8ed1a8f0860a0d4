import type { Knex } from '../../db/connect.js'
import { makeDueAgain } from '../../db/stores/postback-store.js'

/** The lease of the workflow that redelivers; after it the janitor takes the message over. */
const REDELIVERY_LEASE_MS = 60_000

/** The form of `enqueuePostback`'s ids. Other texts may hold a NUL, which PostgreSQL cannot read. */
const POSTBACK_ID = /^msg_[\w-]{1,64}$/

export interface RequestedRedelivery {
  readonly postbackId: string
  /** The number of redelivery requests so far. */
  readonly redelivery: number
  readonly sessionId: string
}

/**
 * Makes a message due again, delivered or dead, from the start of its schedule and with the same webhook-id. The caller
 * starts the delivery after the commit.
 * @param panel the panel that must own the message; null = any (for operators)
 * @returns null = message not found
 */
export async function requestRedelivery(
  deps: { readonly knex: Knex; readonly clock: () => Date },
  { postbackId, panel }: { readonly postbackId: string; readonly panel: string | null },
): Promise<RequestedRedelivery | null> {
  if (!POSTBACK_ID.test(postbackId)) return null
  const ownedUntil = new Date(deps.clock().getTime() + REDELIVERY_LEASE_MS)
  const asked = await makeDueAgain(deps.knex, postbackId, panel, ownedUntil)
  return asked === null ? null : { postbackId, ...asked }
}
