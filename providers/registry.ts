/**
 * Every provider that can be configured, by its name. To add one, add one line here; `adapters.ts` derives the rest.
 */
export { dynata } from './dynata/index.js'
export { kantar } from './kantar/index.js'
export { purespectrum } from './purespectrum/index.js'
export { toluna } from './toluna/index.js'
