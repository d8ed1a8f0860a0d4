import { htmlDocument } from './kit/document.js'
import { button, postForm } from './kit/form.js'
import { type Html, html } from './kit/html.js'
import { OPERATOR_STYLE } from './kit/stylesheets.js'

/** A page that requires an operator's sign-in. */
export interface PageContent {
  readonly title: string
  /** The signed-in operator, with the token of their forms; null on the sign-in page. */
  readonly signedIn: { readonly operator: string; readonly formToken: string } | null
  readonly body: Html
}

/** A whole document around a page's content, ready to send. */
export function operatorPage({ title, signedIn, body }: PageContent): string {
  return htmlDocument({
    title: `${title} · Tributary`,
    // linked, because the policy forbids inline styles
    style: { linked: OPERATOR_STYLE },
    body: html`<header><strong>Tributary</strong> <span>${title}</span>${signedIn === null ? null : signOut(signedIn)}</header>
<main>${body}</main>`,
  })
}

const signOut = ({ operator, formToken }: { operator: string; formToken: string }): Html =>
  postForm('/sign-out', formToken, html`<span>${operator}</span> ${button('Sign out', { quiet: true })}`)
