import type { Survey } from '../../domain/survey.js'

/** Who writes: the connection, and the attempt which the log names. */
export interface Writer {
  readonly connection: string
  readonly provider: string
  readonly epoch: string
  readonly now: Date
}

/** A survey as its provider offers it, with the edition it is and the bytes it came in. */
export interface OfferedSurvey {
  readonly survey: Survey
  readonly order: string
  readonly version: string
  readonly raw: Uint8Array
}
