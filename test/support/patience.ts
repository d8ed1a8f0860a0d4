/**
 * How long tests wait for another process or connection. Only a hang reaches it, because a busy machine is slow without
 * a fault. The benchmarks measure speed.
 */
export const PATIENCE_MS = 60_000

/** For `expect.poll` and `vi.waitFor`. */
export const SOON = { timeout: PATIENCE_MS, interval: 10 } as const
