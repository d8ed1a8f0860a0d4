import { htmlDocument } from './kit/document.js'
import { button, postForm } from './kit/form.js'
import { type Html, html } from './kit/html.js'
import { OPERATOR_STYLE } from './kit/stylesheets.js'

/** One of the pages that operators sign in for. */
export interface PageContent {
  readonly title: string
  /** Who is signed in, with the token of their forms; null on the sign-in page. */
  readonly signedIn: { readonly operator: string; readonly formToken: string } | null
  readonly body: Html
}

/** A whole document around a page's content, ready to send. */
export function operatorPage({ title, signedIn, body }: PageContent): string {
  return htmlDocument({
    title: `${title} · Tributary`,
    // linked: the policy forbids whatever stands within the page
    style: { linked: OPERATOR_STYLE },
    body: html`<header><strong>Tributary</strong> <span>${title}</span>${signedIn === null ? null : signOut(signedIn)}</header>
<main>${body}</main>`,
  })
}

const signOut = ({ operator, formToken }: { operator: string; formToken: string }): Html =>
  postForm('/sign-out', formToken, html`<span>${operator}</span> ${button('Sign out', { quiet: true })}`)
