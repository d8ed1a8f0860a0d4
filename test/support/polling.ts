import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { PollResult } from '../../activities/supply/poll-and-store.js'
import { createSupplyActivities } from '../../activities/supply.js'
import type { Knex } from '../../db/connect.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { createLogger } from '../../platform/logger.js'
import { adapterOf } from '../../providers/adapters.js'
import { kantarConnection } from '../../providers/kantar/config.js'
import { createProviderHttp } from '../../providers/provider-http.js'
import type { Upstream } from '../../providers/upstream.js'

export const CONNECTION = 'kantar-us'

/** The real adapter with a fake gateway. */
export function gatewayUpstream(supplyUrl: string): Upstream {
  const config = kantarConnection.parse({
    id: CONNECTION,
    provider: 'kantar',
    supply_url: supplyUrl,
    api_key: 'key',
    session_hosts: ['127.0.0.1'],
    panelist_ids: 'bare',
  })
  return {
    connection: CONNECTION,
    adapter: adapterOf('kantar'),
    config,
    vocabulary: adapterOf('kantar').vocabulary,
    http: createProviderHttp(createHttp({ allowPrivate: true })),
  }
}

/** The polling activities as the worker runs them, outside of a worker. */
export function polling(knex: Knex, supplyUrl: string) {
  const upstream = gatewayUpstream(supplyUrl)
  const activities = createSupplyActivities({
    knex,
    findUpstream: (connection) => (connection === CONNECTION ? upstream : null),
    clock: () => new Date(),
    logger: createLogger('test', 'silent'),
  })
  const poll = (env = anActivity()): Promise<PollResult> =>
    env.run<[{ connection: string }], PollResult, typeof activities.pollAndStore>(activities.pollAndStore, {
      connection: CONNECTION,
    })
  const acknowledge = (receipt: string): Promise<void> =>
    anActivity().run(activities.acknowledge, { connection: CONNECTION, receipt })
  return {
    poll,
    acknowledge,
    redrive: (quarantineId: string) => anActivity().run(activities.redrive, { quarantineId }),
    /** Poll and acknowledgement, as the loop does them. */
    cycle: async (): Promise<PollResult> => {
      const page = await poll()
      if (page.toAcknowledge !== null) await acknowledge(page.toAcknowledge)
      return page
    },
  }
}

/** An activity's environment; does not print the failures that tests provoke. */
export function anActivity(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => {}) })
}
