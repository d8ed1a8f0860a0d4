import type { Knex } from '../../db/connect.js'
import { makeDueAgain } from '../../db/stores/postback-store.js'

/** How long the workflow that redelivers has before the janitor takes the message over. */
const REDELIVERY_LEASE_MS = 60_000

/** The ids that `enqueuePostback` makes. Anything else may be a text that PostgreSQL cannot even read (a NUL). */
const POSTBACK_ID = /^msg_[\w-]{1,64}$/

export interface RequestedRedelivery {
  readonly postbackId: string
  /** How many times it has been asked for. */
  readonly redelivery: number
  readonly sessionId: string
}

/**
 * Makes a message due once more, delivered or dead, from the beginning of its schedule and under the same webhook-id.
 * Starting its delivery is left to the caller, after the commit.
 * @param panel whose message it must be; null for an operator, who may send any
 * @returns null when there is no such message
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
