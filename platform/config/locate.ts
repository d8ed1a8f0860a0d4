import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Env } from './document.js'

/** Which configuration file applies, and why. */
export interface LocatedConfig {
  /** Absolute. */
  readonly file: string
  readonly reason: 'TRIBUTARY_CONFIG' | 'tributary.yaml' | 'sandbox'
}

/**
 * Finds the configuration: TRIBUTARY_CONFIG, else `tributary.yaml` in the checkout, else the sandbox's, with which a
 * new clone starts. The same order as `npm start`. The file that TRIBUTARY_CONFIG names need not exist.
 * @param checkout the folder of the project
 * @param directory where to look first for a relative TRIBUTARY_CONFIG
 */
export function locateConfig(env: Env, checkout: string, directory: string): LocatedConfig {
  if (env.TRIBUTARY_CONFIG) {
    const places = [resolve(directory, env.TRIBUTARY_CONFIG), resolve(checkout, env.TRIBUTARY_CONFIG)]
    const [first = ''] = places
    return { file: places.find((place) => existsSync(place)) ?? first, reason: 'TRIBUTARY_CONFIG' }
  }
  const own = join(checkout, 'tributary.yaml')
  if (existsSync(own)) return { file: own, reason: 'tributary.yaml' }
  return { file: join(checkout, 'sandbox', 'tributary.sandbox.yaml'), reason: 'sandbox' }
}
