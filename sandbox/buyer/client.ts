import type { z } from 'zod'
import { createTributaryClient, type Exchange, type TributaryClient } from '../tributary.js'
import type { BuyerAccount } from './accounts.js'
import {
  CreatedPlan,
  PlanList,
  type PlanSummary,
  PlanView,
  Policy,
  TargetingPanels,
  TemplateFolders,
} from './answers.js'

/** Tributary did not return the documented answer; the exchange has the answer. */
export class Refused extends Error {
  constructor(readonly exchange: Exchange) {
    super(`${exchange.method} ${exchange.path} answered ${exchange.status}`)
  }
}

/** The request, the answer, and its parsed value. */
export interface Read<Value> {
  value: Value
  exchange: Exchange
}

/**
 * One buyer's client of Tributary's Demand API (Kantar Gateway API) and of related routes. Every call throws Refused
 * for an answer that is not the documented one, and Unreachable for none.
 */
export interface BuyerClient {
  readonly account: BuyerAccount
  /** All plans of this buyer, newest first; at most a thousand. */
  plans(): Promise<Read<PlanSummary[]>>
  plan(id: string): Promise<Read<PlanView>>
  /** One plan as in the list; undefined when it is not among the buyer's newest thousand. */
  summary(id: string): Promise<PlanSummary | undefined>
  launch(body: unknown): Promise<Read<{ id: string }>>
  setStatus(id: string, status: string): Promise<Exchange>
  setQuotaStatus(id: string, quotaId: string, status: string): Promise<Exchange>
  remove(id: string): Promise<Exchange>
  policy(id: string): Promise<Read<Policy>>
  setPolicy(id: string, policy: unknown): Promise<Exchange>
  panels(): Promise<Read<TargetingPanels>>
  templates(): Promise<Read<TemplateFolders>>
  hasTemplate(id: number): Promise<boolean>
  putTemplate(id: number, template: unknown): Promise<Exchange>
  /** For routes that have no method here: sends the key as the PureSpectrum Buy API requires, in `access-token`. */
  readonly withAccessToken: Pick<TributaryClient, 'get' | 'post' | 'put'>
  readonly raw: TributaryClient
  close(): Promise<void>
}

const MOST_PAGES = 10

export function createBuyerClient(account: BuyerAccount, apiUrl: () => string): BuyerClient {
  const raw = createTributaryClient(apiUrl, account.apiKey)
  const token = { 'access-token': account.apiKey }
  const planPath = (id: string) => `/survey-plans/${encodeURIComponent(id)}`
  const policyPath = (id: string) => `/v1/plans/${encodeURIComponent(id)}/policy`

  async function plans(): Promise<Read<PlanSummary[]>> {
    const found: PlanSummary[] = []
    let cursor = ''
    for (let page = 1; ; page++) {
      const { value, exchange } = read(await raw.get(`/v1/plans?limit=100${cursor}`), PlanList)
      found.push(...value.plans)
      if (!value.next_cursor || page === MOST_PAGES) return { value: found, exchange }
      cursor = `&cursor=${encodeURIComponent(value.next_cursor)}`
    }
  }

  return {
    account,
    raw,
    plans,
    summary: async (id) => (await plans()).value.find((plan) => plan.id === id),
    plan: async (id) => read(await raw.get(planPath(id)), PlanView),
    launch: async (body) => read(await raw.post('/survey-plan', body), CreatedPlan, 201),
    setStatus: async (id, status) => good(await raw.patch(planPath(id), { status })),
    setQuotaStatus: async (id, quotaId, status) =>
      good(await raw.patch(`${planPath(id)}/quotas/${encodeURIComponent(quotaId)}`, { status })),
    remove: async (id) => good(await raw.delete(planPath(id))),
    policy: async (id) => read(await raw.get(policyPath(id)), Policy),
    setPolicy: async (id, policy) => good(await raw.put(policyPath(id), policy)),
    panels: async () => read(await raw.get('/targeting-panels'), TargetingPanels),
    templates: async () => read(await raw.get('/buyers/v2/templates?UI=0', token), TemplateFolders),
    async hasTemplate(id) {
      const exchange = await raw.get(`/v1/templates/${id}`)
      if (exchange.status === 404) return false
      return good(exchange).status === 200
    },
    putTemplate: async (id, template) => good(await raw.put(`/v1/templates/${id}`, template)),
    withAccessToken: {
      get: (path) => raw.get(path, token),
      post: (path, body) => raw.post(path, body, token),
      put: (path, body) => raw.put(path, body, token),
    },
    close: () => raw.close(),
  }
}

function good(exchange: Exchange): Exchange {
  if (exchange.status < 200 || exchange.status > 299) throw new Refused(exchange)
  return exchange
}

function read<Schema extends z.ZodType>(exchange: Exchange, schema: Schema, status = 200): Read<z.infer<Schema>> {
  const body = schema.safeParse(exchange.body)
  if (exchange.status !== status || !body.success) throw new Refused(exchange)
  return { value: body.data, exchange }
}
