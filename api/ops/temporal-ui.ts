/** Makes links to the Temporal UI, where operators see the workflows. */
export class TemporalUi {
  readonly #namespace: string | null

  /** @param address without a trailing slash; null when unknown: then there are no links */
  constructor(address: string | null, namespace: string) {
    this.#namespace = address === null ? null : `${address}/namespaces/${encodeURIComponent(namespace)}`
  }

  workflow(workflowId: string): string | null {
    return this.#namespace === null ? null : `${this.#namespace}/workflows/${encodeURIComponent(workflowId)}`
  }

  /** A search in its list of workflows. */
  search(query: string): string | null {
    return this.#namespace === null ? null : `${this.#namespace}/workflows?query=${encodeURIComponent(query)}`
  }

  /** The same search under a name: opening the link adds it to the browser's saved views. */
  savedView(name: string, query: string): string | null {
    const search = this.search(query)
    return search === null ? null : `${search}&savedQuery=${encodeURIComponent(name)}`
  }
}
