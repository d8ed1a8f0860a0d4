import type { Knex } from '../../db/connect.js'
import { type FeedPosition, type FeedReading, readFeed } from '../../db/read-models/feed.js'
import { narrowFeed, startFeedAgain } from '../../db/stores/feed-cursor-store.js'

/** A revision up to which the feed has no unacknowledged change for a panel, with the panel's cursor at that time. */
export interface PassedOver extends Pick<FeedPosition, 'ackedId' | 'servedId'> {
  readonly upTo: number
}

/**
 * Reads a panel's cursor and its changes since the last acknowledgement. A panel that may use a new connection reads
 * from the beginning; stores its scope.
 * @param connections the connections that the panel may use now, sorted
 * @param passed what this process has cached for the panel; null = nothing
 */
export async function readPanelFeed(
  knex: Knex,
  panel: string,
  connections: readonly string[],
  passed: PassedOver | null,
): Promise<FeedReading> {
  const reading = await readFeed(knex, { panel, connections, after: passed?.upTo ?? 0 })
  const { ackedId, servedId, scope } = reading.at
  if (scope !== null && connections.some((id) => !scope.includes(id))) {
    // a panel that may use a new connection reads from the beginning, because all of its surveys are new to the panel
    await startFeedAgain(knex, panel, connections)
    return readFeed(knex, { panel, connections, after: 0 })
  }
  if (scope !== null && connections.length < scope.length) await narrowFeed(knex, panel, connections)
  // the cache is invalid when another process moved the panel's cursor back, or served the panel since
  if (passed !== null && (ackedId < passed.ackedId || servedId !== passed.servedId))
    return readFeed(knex, { panel, connections, after: 0 })
  return reading
}
