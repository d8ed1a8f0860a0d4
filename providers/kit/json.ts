/** The one reader of JSON, for adapters: a provider's folder imports nothing of `platform/` (docs/architecture.md). */
export {
  DecimalNumber,
  parseExactJson,
  parseExactJsonBytes,
  parseJson,
  parseJsonBytes,
} from '../../platform/json/parse-json.js'

/**
 * What an answer says, where it is JSON.
 * @param read one of the readers above, with what is to be read
 * @returns undefined for what is no JSON
 */
export function jsonOrNothing(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}
