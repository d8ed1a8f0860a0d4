/**
 * How long tests wait for what another process or connection does in its own time. Only what hangs reaches it: a busy
 * machine is slow, and that is no fault. How fast something must be is measured by the benchmarks.
 */
export const PATIENCE_MS = 60_000

/** For `expect.poll` and `vi.waitFor`. */
export const SOON = { timeout: PATIENCE_MS, interval: 10 } as const
