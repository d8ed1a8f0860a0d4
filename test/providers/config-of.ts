import type { z } from 'zod'

/** The connection type of an adapter. */
export type ConfigOf<Adapter extends { readonly config: z.ZodType }> = z.output<Adapter['config']>
