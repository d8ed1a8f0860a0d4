/** The one reader of JSON, for adapters: a provider's folder imports nothing of `platform/` (docs/architecture.md). */
export {
  DecimalNumber,
  parseExactJson,
  parseExactJsonBytes,
  parseJson,
  parseJsonBytes,
} from '../platform/json/parse-json.js'
