import { Context } from '@temporalio/activity'

/** Well within the heartbeat timeout of the activities that use it (`HEARTBEAT_TIMEOUT` in the workflows: 6 s). */
const EVERY_MS = 2_000

/** Heartbeats during an external call, so that a dead worker is noticed within seconds. */
export async function withHeartbeat<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current()
  const beat = setInterval(() => context.heartbeat(), EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
