/** The JSON readers for adapters: a provider's folder imports no file of `platform/` (docs/architecture.md). */
export {
  DecimalNumber,
  parseExactJson,
  parseExactJsonBytes,
  parseJson,
  parseJsonBytes,
} from '../../platform/json/parse-json.js'

/**
 * The value of an answer that is JSON.
 * @param read one of the readers above, bound to its input
 * @returns undefined for what is not JSON
 */
export function jsonOrNothing(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}
