import { type Html, html } from '../../web/kit/html.js'
import type { Exchange } from '../tributary.js'

/** The request and the answer behind a page, collapsed: the same data that curl would show. */
export function exchangeBlock(exchange: Exchange): Html {
  const { method, path, sent, status, body, milliseconds } = exchange
  return html`<details class="card"><summary><code>${method} ${path}</code> · ${status} · ${milliseconds} ms</summary>
${sent !== undefined && html`<p class="soft">Sent</p><pre>${pretty(sent)}</pre>`}
<p class="soft">Answer</p><pre>${pretty(body)}</pre></details>`
}

/** An error of the API, shown unchanged. */
export function problemBlock(exchange: Exchange): Html {
  return html`<div class="card"><h2 class="bad">${exchange.method} ${exchange.path} answered ${exchange.status}</h2>
<pre>${pretty(exchange.body)}</pre></div>`
}

export function pretty(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
