import type { Clock } from '../clock.js'
import type { PlanView } from './answers.js'

/** How a plan stood at a moment. */
export interface Sample {
  at: Date
  completes: number
  /** Sessions that ended otherwise. */
  failures: number
}

/** What was seen of one plan since the sandbox looks: the moments at which something had changed. */
export interface Progress {
  samples: readonly Sample[]
  /** When it was looked at last. */
  seenAt: Date
}

/** A plan keeps so many moments; when it has more, every second one of the older half is forgotten. */
const MOST_SAMPLES = 600
/** Somebody who looks at a plan's page keeps it watched for so long after (real milliseconds). */
const FOLLOWED_FOR_MS = 20_000

/**
 * The history behind the plot of a plan: Tributary tells how a plan stands now, so what there is of its past is what the
 * sandbox has seen itself, in memory, since it was started.
 */
export interface ProgressBook {
  /** Notes how a plan stands. */
  note(view: PlanView): void
  of(planId: string): Progress | undefined
  /** Looks at a plan now and every two seconds from now on, for so many real milliseconds after it was last asked [20 s]. */
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

  // a look that fails is a gap in the history, which the next one closes
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

/** Forgets every second one of the older half, but never the first. */
function thinned(samples: readonly Sample[]): Sample[] {
  const half = samples.length >> 1
  return samples.filter((_sample, index) => index >= half || index % 2 === 0)
}
