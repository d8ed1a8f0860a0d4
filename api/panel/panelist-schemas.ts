import { z } from 'zod'
import { country, dateOfBirth, locale, panelistId, profile, stamp } from './fields.js'
import { ProfileWarnings } from './warning-schemas.js'

export const PanelistPath = z.strictObject({ panelist_id: panelistId })

/** Body of `PUT /v1/panelists/{panelist_id}`: replaces the whole panelist and removes omitted fields. */
export const PanelistRequest = z
  .strictObject({
    country,
    locale: locale.nullish(),
    date_of_birth: dateOfBirth.nullish(),
    profile,
  })
  .meta({
    id: 'PanelistRequest',
    example: {
      country: 'USA',
      locale: 'en-US',
      date_of_birth: '1990-04-23',
      profile: { sex: 'female', pets: '1|2|4' },
    },
  })
export type PanelistRequest = z.output<typeof PanelistRequest>

/** A stored panelist. */
export const PanelistAnswer = z
  .object({
    panelist_id: panelistId,
    country: z.string().meta({ example: 'USA' }),
    locale: z.string().nullable().meta({ example: 'en-US' }),
    date_of_birth: z.string().nullable().meta({ example: '1990-04-23' }),
    profile,
    created_at: stamp,
    updated_at: stamp,
    warnings: ProfileWarnings,
  })
  .meta({ id: 'Panelist' })
export type PanelistAnswer = z.output<typeof PanelistAnswer>
