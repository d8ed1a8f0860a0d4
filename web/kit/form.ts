import { attributes } from './attributes.js'
import { type Html, html, type Part } from './html.js'

/**
 * A form that changes state, with the token of the operator's sign-in: the route refuses it without.
 * @param formToken of the signed-in operator (api/pages/operator-sessions.ts)
 */
export const postForm = (action: string, formToken: string, body: Part): Html =>
  html`<form method="post" action="${action}"><input type="hidden" name="form_token" value="${formToken}">${body}</form>`

interface ButtonLook {
  /** The label for a screen reader, if the words alone do not distinguish the buttons. */
  readonly label?: string | undefined
  /** A quiet button is not the main action of the page. */
  readonly quiet?: boolean
}

/** A form of one button, quiet by default. */
export const postButton = (
  action: string,
  formToken: string,
  words: string,
  { label, quiet = true }: ButtonLook = {},
): Html => postForm(action, formToken, button(words, { label, quiet }))

/** A button that submits the form around it, with a field of its own if it has a name. */
export const button = (
  words: Part,
  {
    label,
    quiet = false,
    ...more
  }: ButtonLook & { readonly name?: string; readonly value?: string | number; readonly disabled?: boolean } = {},
): Html => html`<button${attributes({ class: quiet && 'quiet', 'aria-label': label, ...more })}>${words}</button>`
