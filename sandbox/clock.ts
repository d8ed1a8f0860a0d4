/** Where the simulated world's time comes from, so that a test can hold it still and a long run can hurry it. */
export interface Clock {
  now(): Date
  /** How many real milliseconds a simulated span of milliseconds takes. */
  realMilliseconds(simulated: number): number
}

export interface ClockOptions {
  /** The simulated time at which the clock starts [the real time]. */
  start?: Date
  /** How many simulated seconds pass in a real one; 0 holds the clock at `start` and makes every wait immediate [1]. */
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
