import type { Survey } from '../../domain/survey.js'

/** The writer: the connection, and the poll epoch for the log. */
export interface Writer {
  readonly connection: string
  readonly provider: string
  readonly epoch: string
  readonly now: Date
}

/** A survey from its provider, with its edition and its raw bytes. */
export interface OfferedSurvey {
  readonly survey: Survey
  readonly order: string
  readonly version: string
  readonly raw: Uint8Array
}
