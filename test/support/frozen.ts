import { readdirSync, readFileSync } from 'node:fs'
import type { Story } from './story.js'

/** A process and its descendants, itself first: PostgreSQL's backends are children of its postmaster. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // ended meanwhile
    }
  }
  const family = [pid]
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child)
  return family
}

function signalAll(pids: readonly number[], signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // ended meanwhile
    }
  }
}

/** Does work while a process and its descendants are stopped with SIGSTOP: they exist and never answer. */
export async function whileFrozen(pid: number, work: () => Promise<void>): Promise<void> {
  // the parent first, so that it starts no new children
  signalAll([pid], 'SIGSTOP')
  signalAll(familyOf(pid), 'SIGSTOP')
  try {
    await work()
  } finally {
    signalAll(familyOf(pid), 'SIGCONT')
  }
}

export interface Asked {
  readonly name: string
  readonly status: number
  readonly ms: number
  readonly body: Record<string, unknown>
  readonly text: string
}

/** A request of one kind of client. */
export interface Question {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

const OPERATOR = { 'x-api-key': 'ok_story' }

/** Requests of every kind that need no preparation: pages, probes, panels, operators, finance, providers. */
export const QUESTIONS: readonly Question[] = [
  ...['/healthz', '/readyz', '/metrics', '/docs', '/openapi.json', '/.well-known/jwks.json', '/ops', '/finance'].map(
    (path): Question => ({ name: path, method: 'GET', path }),
  ),
  ...['/v1/sessions', '/v1/panelists/ann', '/v1/surveys/sv_nothing/explain?panelist_id=ann', '/surveys'].map(
    (path): Question => ({ name: path, method: 'GET', path }),
  ),
  {
    name: 'match',
    method: 'POST',
    path: '/v1/surveys/match',
    body: { panelist_id: 'ann', country: 'USA', profile: { age: 34, sex: 'female' } },
  },
  { name: 'panelist', method: 'PUT', path: '/v1/panelists/ann', body: { country: 'USA', profile: {} } },
  ...[
    '/v1/ops/connections',
    '/v1/ops/quarantine',
    '/v1/finance/completes.csv',
    '/v1/finance/ledger',
    '/v1/finance/trial-balance',
  ].map((path): Question => ({ name: path, method: 'GET', path, headers: OPERATOR })),
  { name: 'poll', method: 'POST', path: '/v1/ops/connections/kantar-sandbox/poll', headers: OPERATOR },
  { name: 'unknown click', method: 'GET', path: '/e/nobody' },
  { name: 'forged return', method: 'GET', path: '/returns/kantar-sandbox?jws=x' },
]

/** Sends all requests at the same time. Throws when one takes longer than 25 s. */
export function askAll(story: Story, questions: readonly Question[], base = ''): Promise<Asked[]> {
  return Promise.all(
    questions.map(async ({ name, method, path, body, headers }) => {
      const began = performance.now()
      const url = path.startsWith('http') ? path : `${base}${path}`
      const answer = await story.call(method, url, body, headers)
      return { name, ms: performance.now() - began, ...answer }
    }),
  )
}
