import type { Knex } from '../../db/connect.js'
import { type FeedPosition, type FeedReading, readFeed } from '../../db/read-models/feed.js'
import { narrowFeed, startFeedAgain } from '../../db/stores/feed-cursor-store.js'

/** Up to which revision nothing is for a panel that it has not acknowledged, and where it stood then. */
export interface PassedOver extends Pick<FeedPosition, 'ackedId' | 'servedId'> {
  readonly upTo: number
}

/**
 * What changed for a panel since it last acknowledged, and where it stands. A panel that may use a connection for the
 * first time reads from the beginning; its scope is written down.
 * @param connections the ones that the panel may use now, sorted
 * @param passed what this process remembers of the panel; null = nothing
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
    // a panel that may use a new connection reads from the beginning: what was there before is new to it
    await startFeedAgain(knex, panel, connections)
    return readFeed(knex, { panel, connections, after: 0 })
  }
  if (scope !== null && connections.length < scope.length) await narrowFeed(knex, panel, connections)
  // what the process remembers holds behind where the panel stood, not behind where another process put it back to;
  // nor does it hold for what another process told the panel
  if (passed !== null && (ackedId < passed.ackedId || servedId !== passed.servedId))
    return readFeed(knex, { panel, connections, after: 0 })
  return reading
}
