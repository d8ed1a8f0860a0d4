import type { Profile } from '../../domain/panelist.js'
import type { ProfileWarning } from '../../domain/words/profile-words.js'
import type { ApiDependencies } from '../dependencies.js'

/** `{warnings}` for an answer, or `{}` when every attribute and answer of the profile is known. */
export function warningsOf(
  { words, catalogue }: Pick<ApiDependencies, 'words' | 'catalogue'>,
  profile: Profile,
  country: string,
): { warnings?: ProfileWarning[] } {
  const warnings = words.warningsFor(profile, (attribute) => catalogue.asks(country, attribute))
  return warnings.length === 0 ? {} : { warnings }
}
