import type { VocabularyMapping } from '../domain/mapping.js'
import type { ConnectionWords, KnownAttribute } from '../domain/words/known-attribute.js'
import { ProfileWords } from '../domain/words/profile-words.js'
import type { TargetingAttribute } from '../platform/config/targeting-attributes.js'
import type { TributaryConfig } from '../providers/connection-schemas.js'
import type { Upstream } from '../providers/upstream.js'

/** The vocabularies that profiles may use: the canonical questions and those of the installation's connections. */
export function profileWordsOf(config: TributaryConfig, upstreams: readonly Upstream[]): ProfileWords {
  const connections = upstreams.map(
    (upstream): ConnectionWords => ({
      connection: upstream.connection,
      provider: upstream.adapter.name,
      mapping: withoutDevice(upstream.vocabulary),
      takesBirthday: upstream.adapter.live !== undefined,
    }),
  )
  return new ProfileWords(config.targetingAttributes.map(questionOf), connections)
}

/** Removes the device: it comes from the call's `device`, never from a profile. */
function withoutDevice({ identity, attributes }: VocabularyMapping): VocabularyMapping {
  const { device: _device, ...words } = attributes
  return { identity, attributes: words }
}

function questionOf(attribute: TargetingAttribute): KnownAttribute {
  const { id, text, answerType: type, supportedCountries: countries } = attribute
  return attribute.answerType === 'range'
    ? { id, text, type, countries, limits: attribute.rangeLimits }
    : { id, text, type, countries, answers: attribute.answers }
}
