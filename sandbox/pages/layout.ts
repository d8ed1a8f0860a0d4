import type { Response } from 'express'
import { cspHash, stylesheet } from '../../web/kit/asset.js'
import { htmlDocument } from '../../web/kit/document.js'
import { type Html, html } from '../../web/kit/html.js'

export interface Page {
  title: string
  body: Html
  /** Loads this address after this many seconds. */
  refresh?: { seconds: number; url: string } | undefined
  /** Whether it shows plots; other pages leave out their style. */
  plots?: boolean
}

const FILES = ['tokens', 'elements', 'parts', 'table', 'sandbox'] as const
// inline, because its pages are under the addresses of many providers, and none of those serves stylesheets
const STYLES = { plain: stylesheet('', ...FILES), plots: stylesheet('', ...FILES, 'plots') }

// No form-action here, because browsers also apply it to redirects after a form, and ours lead to Tributary and to
// panels.
const policy = (style: (typeof STYLES)['plain']): string =>
  ["default-src 'none'", `style-src ${cspHash(style)}`, "base-uri 'none'", "frame-ancestors 'none'"].join('; ')

const POLICIES = { plain: policy(STYLES.plain), plots: policy(STYLES.plots) }

/** Sends a page: no script, no external asset, and nothing for a cache to store. */
export function sendPage(response: Response, status: number, { title, body, refresh, plots }: Page): void {
  const look = plots === true ? 'plots' : 'plain'
  response
    .status(status)
    .set({
      'content-security-policy': POLICIES[look],
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .type('html')
    .send(htmlDocument({ title, style: { inline: STYLES[look] }, refresh, body: html`<main>${body}</main>` }))
}
