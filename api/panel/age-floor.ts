import { type AgeFloorVerdict, ageFloor } from '../../domain/age-floor.js'
import type { Panelist, PanelistSnapshot, Profile } from '../../domain/panelist.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'

/** What a request says of a panelist. */
interface Given {
  readonly profile?: Profile | undefined
  readonly date_of_birth?: string | undefined
}

/**
 * Whether a panelist is old enough for the surveys of a country: the question of every door (match, booking, session
 * router, explain). A profile of the request takes the stored one's place, but a stored date of birth counts beside it
 * unless the request says another: nobody grows older by leaving it out.
 */
export function panelistAgeFloor(
  deps: Pick<ApiDependencies, 'config' | 'words' | 'clock'>,
  panel: PanelConfig,
  country: string,
  given: Given,
  stored: Panelist | null,
): AgeFloorVerdict {
  const minimumAge = panel.markets[country]?.minimumAge ?? deps.config.minimumAge
  const own: PanelistSnapshot = {
    profile: given.profile ?? stored?.profile ?? {},
    dateOfBirth: given.date_of_birth ?? null,
  }
  const known = given.date_of_birth === undefined ? [own, storedBirthday(stored)] : [own]
  return ageFloor(known, country, minimumAge, deps.clock(), deps.words.ageQuestions)
}

function storedBirthday(stored: Panelist | null): PanelistSnapshot {
  const inProfile = stored?.profile.date_of_birth
  return {
    profile: inProfile === undefined ? {} : { date_of_birth: inProfile },
    dateOfBirth: stored?.dateOfBirth ?? null,
  }
}

/** Says it to a panel, in words that hold no age of anybody. */
export const tooYoung = (minimumAge: number, country: string): string =>
  `This panelist is younger than ${minimumAge}, the minimum age for surveys in ${country}`
