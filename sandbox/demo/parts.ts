import { type Html, html } from '../../web/kit/html.js'
import { digitsOf } from '../currency-digits.js'
import type { Offer } from './answers.js'

/** Money as people write it: 150 minor units of USD is "US$1.50". */
export function moneyText({ amount_minor, currency }: { amount_minor: number; currency: string }): string {
  try {
    const digits = digitsOf(currency)
    const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits }
    const format = new Intl.NumberFormat('en', { style: 'currency', currency, ...decimals })
    return format.format(amount_minor / 10 ** digits)
  } catch {
    return `${amount_minor} ${currency}`
  }
}

/** A reward: points as they are, money in its currency. */
export function rewardText({ amount, currency }: { amount: number; currency: string }): string {
  return currency === 'points' ? `${amount} points` : moneyText({ amount_minor: amount, currency })
}

/** An offer with its reasons, and the button that takes it. */
export function offerCard(offer: Offer, panelistId: string, idempotencyKey: string): Html {
  const facts = [
    offer.loi_minutes !== null && offer.loi_minutes !== undefined && `${offer.loi_minutes} min`,
    offer.cpi && `CPI ${moneyText(offer.cpi)}`,
    offer.ir_percent !== null && offer.ir_percent !== undefined && `IR ${offer.ir_percent}%`,
    offer.conversion_percent !== null &&
      offer.conversion_percent !== undefined &&
      `converts ${Math.round(offer.conversion_percent)}%`,
    offer.provider_quota_id && `quota ${offer.provider_quota_id}`,
  ].filter((fact): fact is string => typeof fact === 'string')
  return html`<article class="card">
<div class="row"><h3>${offer.reward ? rewardText(offer.reward) : 'Survey'}</h3>
<span class="tag ${offer.match === 'yes' ? 'good' : ''}">${offer.match === 'yes' ? 'fits' : offer.match}</span></div>
<p>${facts.map((fact) => html`<span class="tag">${fact}</span>`)}</p>
<p><small>${offer.connection} · <code>${offer.provider_survey_id}</code></small></p>
${offer.why.length > 0 && html`<ul>${offer.why.map((reason) => html`<li><small>${reasonText(reason)}</small></li>`)}</ul>`}
<form method="post" action="/demo/panelists/${encodeURIComponent(panelistId)}/sessions">
<input type="hidden" name="offer_id" value="${offer.offer_id}">
<input type="hidden" name="idempotency_key" value="${idempotencyKey}">
<button>Take this survey</button></form>
</article>`
}

function reasonText(reason: unknown): string {
  return typeof reason === 'string' ? reason : JSON.stringify(reason)
}

export function crumbs(): Html {
  return html`<p class="soft"><a href="/demo">Demo panel app</a> · <a href="/demo/sessions">its sessions</a> · <a href="/demo/buyer">buyer's view</a></p>`
}
