import type { z } from 'zod'
import type { LedgerAnswer, TrialBalanceAnswer } from '../api/finance/schemas.js'
import type { PlansAnswer, PlansQuery } from '../api/ops/plan-schemas.js'
import type {
  ConnectionActionAnswer,
  ConnectionsAnswer,
  QuarantineAnswer,
  QuarantineQuery,
  RedriveAnswer,
} from '../api/ops/schemas.js'
import { type ClientOptions, path, Transport } from './http.js'

export interface CompletesFilter {
  /** A date, UTC: completed on or after. */
  readonly from?: string
  /** Completed before. */
  readonly to?: string
  readonly connection?: string
  readonly panel?: string
}

/** The API for operations and finance, with an operator's key. Throws as PanelClient does. */
export class OperatorClient {
  readonly #api: Transport

  constructor(options: ClientOptions) {
    this.#api = new Transport(options)
  }

  /** completes.csv as a stream, because a month may not fit into memory. */
  async completes(filter: CompletesFilter = {}): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#api.send('/v1/finance/completes.csv', { query: { ...filter } })
    return body ?? new Blob([]).stream()
  }

  ledger(filter: { period?: string; account?: string; cursor?: string; limit?: number } = {}): Promise<LedgerAnswer> {
    return this.#api.json('/v1/finance/ledger', { query: filter })
  }

  /** @param period YYYY-MM [all periods] */
  trialBalance(period?: string): Promise<TrialBalanceAnswer> {
    return this.#api.json('/v1/finance/trial-balance', { query: { period } })
  }

  connections(): Promise<ConnectionsAnswer> {
    return this.#api.json('/v1/ops/connections')
  }

  /** Stops polling and offering a connection. The reason is shown to operators. */
  pause(connection: string, reason?: string): Promise<ConnectionActionAnswer> {
    return this.#act(connection, 'pause', reason === undefined ? undefined : { reason })
  }

  resume(connection: string): Promise<ConnectionActionAnswer> {
    return this.#act(connection, 'resume')
  }

  /** Polls once now, even while paused. */
  poll(connection: string): Promise<ConnectionActionAnswer> {
    return this.#act(connection, 'poll')
  }

  /** Every buyer's survey plans with their completes, newest first. */
  plans(
    filter: {
      demand_partner?: string
      status?: z.output<typeof PlansQuery>['status']
      cursor?: string
      limit?: number
    } = {},
  ): Promise<PlansAnswer> {
    return this.#api.json('/v1/ops/plans', { query: filter })
  }

  quarantine(
    filter: {
      connection?: string
      state?: z.output<typeof QuarantineQuery>['state']
      cursor?: string
      limit?: number
    } = {},
  ): Promise<QuarantineAnswer> {
    return this.#api.json('/v1/ops/quarantine', { query: filter })
  }

  /** Reads a quarantined record again. */
  redrive(quarantineId: string): Promise<RedriveAnswer> {
    return this.#api.json(path`/v1/ops/quarantine/${quarantineId}/redrive`, { method: 'POST' })
  }

  #act(connection: string, action: string, body?: unknown): Promise<ConnectionActionAnswer> {
    return this.#api.json(path`/v1/ops/connections/${connection}/${action}`, { method: 'POST', body })
  }
}
