/** The simulated world's clock: a test can stop it, and a long run can speed it up. */
export interface Clock {
  now(): Date
  /** How many real milliseconds a simulated duration takes. */
  realMilliseconds(simulated: number): number
}

export interface ClockOptions {
  /** The simulated time at which the clock starts [the real time]. */
  start?: Date
  /** Simulated seconds per real second; 0 stops the clock at `start` and makes every wait immediate [1]. */
  speed?: number
}

/** A clock that runs from `start` at `speed` times the real pace. */
export function createClock({ start = new Date(), speed = 1 }: ClockOptions = {}): Clock {
  const began = performance.now()
  return {
    now: () => new Date(start.getTime() + (performance.now() - began) * speed),
    realMilliseconds: (simulated) => (speed > 0 ? simulated / speed : 0),
  }
}
