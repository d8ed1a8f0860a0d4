import type { ConnectionWords, KnownAttribute } from '../domain/words/known-attribute.js'
import { ProfileWords } from '../domain/words/profile-words.js'
import type { TargetingAttribute } from '../platform/config/targeting-attributes.js'
import type { TributaryConfig } from '../providers/connection-schemas.js'
import type { Upstream } from '../providers/upstream.js'
import { vocabularyOf } from '../providers/upstreams.js'

/** The words of this installation: its canonical questions and the vocabularies of its connections. */
export function profileWordsOf(config: TributaryConfig, upstreams: readonly Upstream[]): ProfileWords {
  const connections = upstreams.map(
    (upstream): ConnectionWords => ({
      connection: upstream.connection,
      provider: upstream.adapter.name,
      mapping: vocabularyOf(config, upstream),
      takesBirthday: upstream.adapter.matchPanelist !== undefined,
    }),
  )
  return new ProfileWords(config.targetingAttributes.map(questionOf), connections)
}

function questionOf(attribute: TargetingAttribute): KnownAttribute {
  const { id, text, answerType: type, supportedCountries: countries } = attribute
  return attribute.answerType === 'range'
    ? { id, text, type, countries, limits: attribute.rangeLimits }
    : { id, text, type, countries, answers: attribute.answers }
}
