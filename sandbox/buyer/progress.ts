import type { Clock } from '../clock.js'
import type { PlanView } from './answers.js'

/** The counts of a plan at one moment. */
export interface Sample {
  at: Date
  completes: number
  /** Sessions that ended without a complete. */
  failures: number
}

/** The observed history of one plan since the sandbox started: the moments at which something had changed. */
export interface Progress {
  samples: readonly Sample[]
  /** The time of the last check. */
  seenAt: Date
}

/** The most moments per plan; beyond it, drops every second one of the older half. */
const MOST_SAMPLES = 600
/** How long to watch a plan after its page was last viewed (real milliseconds). */
const FOLLOWED_FOR_MS = 20_000

/**
 * The history for the plot of a plan: Tributary reports only a plan's current state, so the history is what the sandbox
 * has observed since its start, in memory.
 */
export interface ProgressBook {
  /** Records the state of a plan. */
  note(view: PlanView): void
  of(planId: string): Progress | undefined
  /** Checks a plan now and then every two seconds, until this many real milliseconds after the last call [20 s]. */
  follow(planId: string, look: () => Promise<PlanView | undefined>, forMs?: number): void
  close(): void
}

export function createProgressBook(clock: Clock, everyMs = 2_000): ProgressBook {
  const plans = new Map<string, { samples: Sample[]; seenAt: Date }>()
  const followed = new Map<string, { until: number; timer: NodeJS.Timeout }>()

  function note({ survey_plan: { id }, survey_performance: { completes, failures } }: PlanView): void {
    const at = clock.now()
    const known = plans.get(id) ?? { samples: [], seenAt: at }
    plans.set(id, known)
    known.seenAt = at
    const last = known.samples.at(-1)
    if (last && last.completes === completes && last.failures === failures) return
    known.samples.push({ at, completes, failures })
    if (known.samples.length > MOST_SAMPLES) known.samples = thinned(known.samples)
  }

  function stop(planId: string): void {
    clearInterval(followed.get(planId)?.timer)
    followed.delete(planId)
  }

  // a failed check leaves a gap in the history, which the next one closes
  function lookOnce(look: () => Promise<PlanView | undefined>): void {
    look().then(
      (view) => view && note(view),
      () => {},
    )
  }

  return {
    note,
    of: (planId) => plans.get(planId),
    follow(planId, look, forMs = FOLLOWED_FOR_MS) {
      const until = Date.now() + forMs
      const already = followed.get(planId)
      if (already) {
        already.until = Math.max(until, already.until)
        return
      }
      const timer = setInterval(() => {
        if (Date.now() > (followed.get(planId)?.until ?? 0)) return stop(planId)
        lookOnce(look)
      }, everyMs)
      timer.unref()
      followed.set(planId, { until, timer })
      lookOnce(look)
    },
    close() {
      for (const planId of [...followed.keys()]) stop(planId)
    },
  }
}

/** Drops every second one of the older half, but never the first. */
function thinned(samples: readonly Sample[]): Sample[] {
  const half = samples.length >> 1
  return samples.filter((_sample, index) => index >= half || index % 2 === 0)
}
