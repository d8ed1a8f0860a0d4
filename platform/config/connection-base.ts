import type { z } from 'zod'
import type { Grade } from '../../domain/outcome.js'
import type { VerificationConfig } from '../verification/verification-config.js'

/** What every connection has, whoever its provider is: one account at one provider. */
export interface ConnectionBase {
  readonly id: string
  readonly provider: string
  /** Whether the provider sees a panelist's own id, or `<panel>.<panelist>`. */
  readonly panelistIds: 'bare' | 'per_panel'
  /** What a COMPLETED must reach to be payable. */
  readonly requiredGrade: Grade
  /** The file that replaces the shipped attribute mapping, as an absolute path. */
  readonly attributes: string | null
  /** Starts a panelist. */
  readonly caps: { readonly daily: number | null; readonly weekly: number | null } | null
  /** In milliseconds: without a good poll this long, its stock is no longer offered. */
  readonly staleAfter: number
  /** Where the feed names none. ISO 4217. */
  readonly currency: string
  /** Requests a second at most; null = the provider's own pace. */
  readonly ratePerSecond: number | null
  /** How the browser's return is proven; null or absent = no return is expected. */
  readonly returns?: VerificationConfig | null
  /** How postbacks are proven: one route, or several by name; null or absent = none is expected. */
  readonly postbacks?: VerificationConfig | Readonly<Record<string, VerificationConfig | null>> | null
}

/** Provider name -> the schema of its connections. Derived from the registry by `providers/connection-schemas.ts`. */
export type ConnectionSchemas = Readonly<Record<string, z.ZodType<ConnectionBase>>>

/** The connections that a record of schemas can read, as one union told apart by `provider`. */
export type ConnectionOf<Schemas extends ConnectionSchemas> = z.output<Schemas[keyof Schemas]>
