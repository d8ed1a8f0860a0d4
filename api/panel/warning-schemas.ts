import { z } from 'zod'

/** Attributes and answers of a profile that matching ignores. */
export const ProfileWarnings = z
  .array(
    z
      .object({
        attribute: z.string(),
        value: z.string().meta({ description: 'As it was given, shortened' }),
        did_you_mean: z.string().nullable().meta({ description: '`attribute: answer`, or the attribute alone' }),
      })
      .meta({
        id: 'ProfileWarning',
        example: { attribute: 'gender', value: 'f', did_you_mean: 'sex: female' },
      }),
  )
  .max(20)
  .optional()
  .meta({
    description:
      'Attributes and answers of the profile that no vocabulary knows: matching ignores them. At most 20; absent without any. See GET /v1/attributes',
  })
