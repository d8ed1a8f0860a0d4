import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import type { SupplierPlan } from '../../sandbox/kantar/wire.js'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server.js'

export const KEY = { 'x-api-key': 'kantar-sandbox-key' }

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A sandbox on a free port that ends with the test; its clock is stopped unless the options set a speed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox & { base: string }> {
  const sandbox = createSandbox({
    apiUrl: 'http://127.0.0.1:9',
    ...options,
    clock: options.clock ?? { start: new Date('2026-11-01T12:00:00Z'), speed: 0 },
    kantar: { plans: 30, ...options.kantar },
  })
  const { url } = await sandbox.listen()
  closers.push(() => sandbox.close())
  return Object.assign(sandbox, { base: url })
}

export interface FeedItem {
  version: string
  ack_id: number
  survey_session_creation_url?: string
  survey_plan: SupplierPlan
}

export async function poll(base: string, headers: Record<string, string> = KEY): Promise<FeedItem[]> {
  const response = await fetch(`${base}/kantar/supply/surveys`, { headers })
  if (response.status !== 200) throw new Error(`the feed answered ${response.status}`)
  return (await response.json()) as FeedItem[]
}

export async function acknowledge(
  base: string,
  ackId: unknown,
  headers: Record<string, string> = KEY,
): Promise<number> {
  const response = await postJson(`${base}/kantar/supply/surveys/ack`, { ack_id: ackId }, headers)
  await response.text()
  return response.status
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = KEY): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    redirect: 'manual',
  })
}

/** The plan as the feed has it now, acknowledged or not. */
export function planUrl(sandbox: Sandbox, planId: string, panel = 'lifepoints'): string {
  const stored = sandbox.kantar.plans.get(planId)
  if (!stored) throw new Error(`there is no plan ${planId}`)
  return `${sandbox.url()}/kantar/router/panels/${panel}/session/${stored.token}`
}

export const OPEN_PLAN: SupplierPlan = {
  id: 'by-hand',
  country: 'USA',
  type: 'interview',
  loi: 5,
  cr: 40,
  ir: 50,
  available_completes: 3,
  pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
  status: 'OPEN',
  quotas: [],
  qualifications: [],
}

export async function openSession(sandbox: Sandbox, body: object = {}, planId = OPEN_PLAN.id): Promise<string> {
  const response = await postJson(planUrl(sandbox, planId), { panelist_id: 'p-1', ...body })
  if (response.status !== 200) throw new Error(`session creation answered ${response.status}: ${await response.text()}`)
  return ((await response.json()) as { url: string }).url
}

export interface Heard {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A server that answers as configured and records its requests. */
export async function startListener(
  answer: (heard: Heard, count: number) => Answer | Promise<Answer>,
): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') }
    heard.push(one)
    const { status, body, headers: more = {} } = await answer(one, heard.length)
    response.writeHead(status, { 'content-type': 'application/json', ...more })
    response.end(body === undefined ? '' : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard }
}

/** Waits until `condition` returns a value. */
export async function eventually<T>(condition: () => T | undefined | false, milliseconds = 60_000): Promise<T> {
  const end = Date.now() + milliseconds
  for (;;) {
    const found = condition()
    if (found) return found
    if (Date.now() > end) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
