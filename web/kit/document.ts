import { type Asset, inlineStyle } from './asset.js'
import { type Html, html } from './html.js'
import { safeAddress } from './safe-address.js'

/** A whole page. */
export interface Document {
  readonly title: string
  /** Linked, or `inline` if the page cannot serve it. */
  readonly style: { readonly linked: Asset } | { readonly inline: Asset }
  /** A module, which runs after the page is parsed; the page works without it. */
  readonly script?: Asset
  /** Loads an address after this many seconds. */
  readonly refresh?: { readonly seconds: number; readonly url: string } | undefined
  /** `none`: the browser asks for no icon. The page's policy must allow images from `data:`. */
  readonly icon?: 'none'
  readonly body: Html
}

/** An HTML document, ready to send. It contains no scripts or styles but the named assets. */
export function htmlDocument({ title, style, script, refresh, icon, body }: Document): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
${refresh && refreshing(refresh)}<title>${title}</title>${icon === 'none' && html`<link rel="icon" href="data:,">`}${
    'linked' in style ? html`<link rel="stylesheet" href="${style.linked.href}">` : inlineStyle(style.inline)
  }${script && html`<script type="module" src="${script.href}"></script>`}</head>
<body>${body}</body></html>`.text
}

const refreshing = ({ seconds, url }: { readonly seconds: number; readonly url: string }): Html =>
  html`<meta http-equiv="refresh" content="${seconds}; url=${safeAddress(url)}">`
