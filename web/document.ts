import { type Html, html } from './html.js'

/** Where the stylesheet of the operators' pages is served: nothing inline, so that the policy can forbid it. */
export const STYLE_PATH = '/pages/style.css'

/** One of the pages that operators sign in for. */
export interface PageContent {
  readonly title: string
  /** Who is signed in, with the token of their forms; null on the sign-in page. */
  readonly signedIn: { readonly operator: string; readonly formToken: string } | null
  readonly body: Html
}

/** A whole document around a page's content, ready to send. */
export function htmlDocument({ title, signedIn, body }: PageContent): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Tributary</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<header><strong>Tributary</strong> <span>${title}</span>${signedIn === null ? null : signOut(signedIn)}</header>
<main>${body}</main>
</body>
</html>
`.text
}

/** The hidden field that every form of a signed-in operator carries. */
export const formTokenField = (formToken: string): Html =>
  html`<input type="hidden" name="form_token" value="${formToken}">`

function signOut({ operator, formToken }: { operator: string; formToken: string }): Html {
  return html`
<form method="post" action="/sign-out">${formTokenField(formToken)}<span>${operator}</span>
<button class="quiet">Sign out</button></form>`
}
