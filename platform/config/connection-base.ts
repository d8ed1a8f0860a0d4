import type { z } from 'zod'
import type { Grade } from '../../domain/outcome.js'
import type { VerificationConfig } from '../verification/verification-config.js'

/** The settings of every connection, with any provider: one account at one provider. */
export interface ConnectionBase {
  readonly id: string
  readonly provider: string
  /** Whether the provider sees a panelist's own id, or `<panel>.<panelist>`. */
  readonly panelistIds: 'bare' | 'per_panel'
  /** The grade that a COMPLETED needs to be payable. */
  readonly requiredGrade: Grade
  /** The file that replaces the shipped attribute mapping, as an absolute path. */
  readonly attributes: string | null
  /** The most starts per panelist. */
  readonly caps: { readonly daily: number | null; readonly weekly: number | null } | null
  /** In milliseconds: after this long without a good poll, its stock is no longer offered. */
  readonly staleAfter: number
  /** The currency of a feed that names none. ISO 4217. */
  readonly currency: string
  /** At most this many requests per second; null = the provider's own pace. */
  readonly ratePerSecond: number | null
  /** How to verify the browser's return; null or absent = no return is expected. */
  readonly returns?: VerificationConfig | null
  /** How to verify postbacks: one route, or several by name; null or absent = none is expected. */
  readonly postbacks?: VerificationConfig | Readonly<Record<string, VerificationConfig | null>> | null
}

/** Provider name -> the schema of its connections. Derived from the registry by `providers/connection-schemas.ts`. */
export type ConnectionSchemas = Readonly<Record<string, z.ZodType<ConnectionBase>>>

/** The connections that a record of schemas can read, as one union discriminated by `provider`. */
export type ConnectionOf<Schemas extends ConnectionSchemas> = z.output<Schemas[keyof Schemas]>
