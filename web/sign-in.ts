import { button } from './kit/form.js'
import { type Html, html } from './kit/html.js'
import { alert } from './kit/notice.js'

/**
 * The sign-in form of operators.
 * @param page the address to go to afterwards
 * @param complaint why the last attempt failed; null on the first
 */
export function signInForm(page: string, complaint: string | null): Html {
  return html`
<section class="card sign-in">
<h1>Sign in</h1>
${complaint === null ? null : alert(complaint)}
<form method="post" action="/sign-in" class="stack">
<input type="hidden" name="page" value="${page}">
<label for="api_key">An operator's API key</label>
<input id="api_key" name="api_key" type="password" autocomplete="current-password" required autofocus>
${button('Sign in')}
</form>
<p class="soft">Operators and their keys are in the configuration, under <code>operators</code>.</p>
</section>`
}
