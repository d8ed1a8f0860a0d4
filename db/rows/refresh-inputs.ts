/** The inputs of a refresh request for one panelist. */
export interface RefreshInputs {
  readonly connection: string
  readonly panel: string
  readonly panelistId: string
  /** Keyed hash of panel and panelist. */
  readonly panelistKey: string
  /** Keyed hash of the address and the device class, because the surveys depend on them. */
  readonly circumstances: string
  /** The id the provider sees. */
  readonly providerPanelistId: string
  readonly country: string
  readonly dateOfBirth: string | null
  /** Question -> answers, in the provider's words. */
  readonly profile: Readonly<Record<string, readonly string[]>>
  readonly userIp: string
  readonly userAgent: string | null
}
