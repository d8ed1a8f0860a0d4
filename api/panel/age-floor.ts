import { type AgeFloorVerdict, ageFloor } from '../../domain/age-floor.js'
import type { Panelist, PanelistSnapshot, Profile } from '../../domain/panelist.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'

/** The fields of a request that describe a panelist. */
interface Given {
  readonly profile?: Profile | undefined
  readonly date_of_birth?: string | undefined
}

/**
 * Checks whether a panelist is old enough for the surveys of a country, in match, booking, session router and explain.
 * A profile in the request replaces the stored one. The stored date of birth also counts unless the request has one, so
 * that a panelist does not become older by omitting it.
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

/** The message to a panel; it does not contain the panelist's age. */
export const tooYoung = (minimumAge: number, country: string): string =>
  `This panelist is younger than ${minimumAge}, the minimum age for surveys in ${country}`
