/** A demand partner of the sandbox. */
export interface BuyerAccount {
  id: string
  apiKey: string
  /** Its integer in the template feature (PureSpectrum Buy API). */
  buyerId: number
  templates: boolean
}

/** The same values as in tributary.sandbox.yaml; a test holds the two together. */
export const SANDBOX_BUYERS: readonly BuyerAccount[] = [
  { id: 'acme', apiKey: 'dk_test_acme', buyerId: 145, templates: true },
  { id: 'globex', apiKey: 'dk_test_globex', buyerId: 146, templates: false },
]
