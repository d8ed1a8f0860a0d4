import { ConfigError } from './config/faults.js'

/**
 * Where a test may kill the process: the steps of poll, session, outcome and postback (docs/reliability.md,
 * Failpoints).
 */
export const FAILPOINTS = [
  'poll.after_fetch',
  'poll.in_txn',
  'poll.after_commit',
  'poll.after_ack',
  'poll.before_continue_as_new',
  'members.after_page',
  'session.after_row',
  'session.after_start',
  'session.after_provider_create',
  'session.after_url_issue',
  'session.in_start_lock',
  'outcome.after_claim',
  'outcome.after_signal',
  'outcome.in_txn',
  'outcome.timer_race',
  'postback.after_send',
  'postback.after_record',
] as const

export type Failpoint = (typeof FAILPOINTS)[number]

/** What happens there. `hit`: only at the n-th call in this process; null = every time. */
export type Failure =
  | { readonly kind: 'kill' | 'error'; readonly hit: number | null }
  | { readonly kind: 'delay'; readonly milliseconds: number; readonly hit: number | null }

/** Thrown by a failpoint that is set to `error`. */
export class FailpointError extends Error {
  override readonly name = 'FailpointError'
}

/**
 * Reads TRIBUTARY_FAILPOINTS: `poll.after_commit=kill@2;outcome.after_claim=error;postback.after_send=delay:500`.
 * kill = SIGKILL to this process, error = a thrown FailpointError, delay = the process blocks; `@n` = at the n-th time
 * only.
 * @returns empty when it is not set
 * @throws ConfigError when it is invalid, or when it is set in production
 */
export function readFailpoints(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<Failpoint, Failure> {
  const text = env.TRIBUTARY_FAILPOINTS?.trim() ?? ''
  if (text === '') return new Map()
  if (env.NODE_ENV === 'production') {
    throw new ConfigError([
      'TRIBUTARY_FAILPOINTS: kills the process on purpose and is refused with NODE_ENV=production; unset one of the two',
    ])
  }
  const faults: string[] = []
  const failures = new Map<Failpoint, Failure>()
  for (const part of text.split(/[;,]/).map((each) => each.trim())) {
    if (part === '') continue
    const match = /^([a-z_.]+)=(?:(kill|error)|delay:(\d{1,6}))(?:@([1-9]\d{0,8}))?$/.exec(part)
    const name = FAILPOINTS.find((known) => known === match?.[1])
    if (match === null || name === undefined) {
      faults.push(
        `TRIBUTARY_FAILPOINTS: "${part}" is not a failpoint; example: poll.after_commit=kill@2 (names: ${FAILPOINTS.join(', ')})`,
      )
      continue
    }
    const hit = match[4] === undefined ? null : Number(match[4])
    const kind = match[2] === 'kill' || match[2] === 'error' ? match[2] : null
    failures.set(name, kind === null ? { kind: 'delay', milliseconds: Number(match[3]), hit } : { kind, hit })
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return failures
}

let plan: ReadonlyMap<Failpoint, Failure> | null = null
const hits = new Map<Failpoint, number>()

/**
 * A place where a test can kill, fail or stall this process. Does nothing but look up an empty map, unless
 * TRIBUTARY_FAILPOINTS names it.
 * @throws FailpointError when it is set to `error`; ConfigError when the setting is invalid
 */
export function failpoint(name: Failpoint): void {
  plan ??= readFailpoints(process.env)
  const failure = plan.get(name)
  if (failure === undefined) return
  const hit = (hits.get(name) ?? 0) + 1
  hits.set(name, hit)
  if (failure.hit !== null && failure.hit !== hit) return
  switch (failure.kind) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      // block until the signal arrives: no further code may run
      stall(60_000)
      return
    case 'error':
      throw new FailpointError(`failpoint ${name}, hit ${hit}`)
    case 'delay':
      stall(failure.milliseconds)
  }
}

function stall(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
