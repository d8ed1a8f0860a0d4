/** Links into Temporal's own user interface, where operators look at what runs. */
export class TemporalUi {
  readonly #namespace: string | null

  /** @param address without a trailing slash; null where it is not known: there are no links then */
  constructor(address: string | null, namespace: string) {
    this.#namespace = address === null ? null : `${address}/namespaces/${encodeURIComponent(namespace)}`
  }

  workflow(workflowId: string): string | null {
    return this.#namespace === null ? null : `${this.#namespace}/workflows/${encodeURIComponent(workflowId)}`
  }

  /** A search in its list of workflows. Opening the link keeps it among the browser's saved views. */
  savedView(name: string, query: string): string | null {
    if (this.#namespace === null) return null
    return `${this.#namespace}/workflows?query=${encodeURIComponent(query)}&savedQuery=${encodeURIComponent(name)}`
  }
}
