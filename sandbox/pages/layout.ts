import { createHash } from 'node:crypto'
import type { Response } from 'express'
import { Html, html } from './html.js'
import { STYLE } from './style.js'

export interface Page {
  title: string
  body: Html
  /** Loads this address after so many seconds. */
  refresh?: { seconds: number; url: string } | undefined
}

// No form-action here: browsers apply it to the redirects after a form too, and ours lead to Tributary and to panels.
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sends a page: no script, no asset from elsewhere, and nothing that a cache may keep. */
export function sendPage(response: Response, status: number, { title, body, refresh }: Page): void {
  const refreshing = refresh && html`<meta http-equiv="refresh" content="${refresh.seconds}; url=${refresh.url}">`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${refreshing}
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>${body}</main>
</body>
</html>
`
  response
    .status(status)
    .set({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .type('html')
    .send(page.text)
}
