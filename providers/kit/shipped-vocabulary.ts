import { fileURLToPath } from 'node:url'
import type { VocabularyMapping } from '../../domain/mapping.js'
import { readAttributeMapping } from '../../platform/config/attribute-mapping.js'
import { ConfigError } from '../../platform/config/faults.js'

/**
 * The attribute mapping that comes with a provider: `providers/<name>/attributes.yaml`. Configuration may replace it
 * with a file of the same form (docs/configuration.md, The file).
 * @throws ConfigError when the file is broken, which only a change to this program can cause
 */
export function shippedVocabulary(provider: string): VocabularyMapping {
  const file = fileURLToPath(new URL(`../${provider}/attributes.yaml`, import.meta.url))
  const { data, faults } = readAttributeMapping(file, ['attributes'])
  if (data === null) throw new ConfigError(faults.map(({ text }) => text))
  return data
}
