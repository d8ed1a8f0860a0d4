import type { Knex } from '../../db/connect.js'
import { moveAcknowledged } from '../../db/statements/move-acknowledged.js'

/** `unknown`: the panel was never given such an id. */
export type Acknowledgement = 'moved' | 'kept' | 'unknown'

/**
 * Moves a panel's cursor, never back (Kantar Gateway API, Confirm Receipt). What it was told is closed, and now knows,
 * is forgotten.
 * @param ackId a whole number from 0
 */
export async function acknowledgeFeed(knex: Knex, panel: string, ackId: number): Promise<Acknowledgement> {
  const { moved, known } = await moveAcknowledged(knex, panel, ackId)
  if (moved) return 'moved'
  return known ? 'kept' : 'unknown'
}
