import { holdsIf, type SurveyRule } from '../rule.js'

/**
 * The age floor of the market (docs/configuration.md, "The age floor"). It comes first, so that no other reason is
 * given for a child.
 */
export const minimumAge = {
  name: 'minimum_age',
  scope: 'panelist',
  phases: ['match', 'book'],
  evaluate: ({ panelist: { age: floor } }) =>
    floor === null
      ? null
      : {
          holds: holdsIf(floor.holds),
          wanted: floor.minimumAge === 0 ? 'any age' : `${floor.minimumAge} or older`,
          given: floor.age === null ? 'unknown' : String(floor.age),
        },
} as const satisfies SurveyRule
