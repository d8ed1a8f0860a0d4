import type { Knex } from '../../db/connect.js'
import { moveAcknowledged } from '../../db/statements/move-acknowledged.js'

/** `unknown`: the panel never received this id. */
export type Acknowledgement = 'moved' | 'kept' | 'unknown'

/**
 * Moves a panel's cursor forward only (Kantar Gateway API, Confirm Receipt). Deletes the deliveries of closed surveys
 * that the panel has now acknowledged.
 * @param ackId a whole number from 0
 */
export async function acknowledgeFeed(knex: Knex, panel: string, ackId: number): Promise<Acknowledgement> {
  const { moved, known } = await moveAcknowledged(knex, panel, ackId)
  if (moved) return 'moved'
  return known ? 'kept' : 'unknown'
}
