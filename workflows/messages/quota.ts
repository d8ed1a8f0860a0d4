/** The input of a confirmation of notifications about a quota. */
export interface ConfirmQuotaInput {
  readonly connection: string
  readonly quotaId: string
}

/** At most one at a time per quota, so that the provider gets sequential calls, however many notifications arrive. */
export const quotaWorkflowId = ({ connection, quotaId }: ConfirmQuotaInput): string => `quota:${connection}:${quotaId}`
