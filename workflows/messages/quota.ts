/** What a confirmation of pushed news about a quota starts with. */
export interface ConfirmQuotaInput {
  readonly connection: string
  readonly quotaId: string
}

/** One at a time for a quota, so that however much is pushed, the provider is asked in turn. */
export const quotaWorkflowId = ({ connection, quotaId }: ConfirmQuotaInput): string => `quota:${connection}:${quotaId}`
