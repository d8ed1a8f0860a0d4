import { panelClaims, type SessionRow, standingOf } from '../db/rows/session-row.js'
import type { PanelConfig } from '../platform/config/panel-schema.js'
import type { Signer } from '../platform/signing/signer.js'

/** Contract §3: at most 15 minutes. */
const REDIRECT_TTL_SECONDS = 15 * 60

/**
 * Returns the panel's address for the session's outcome, with our JWS as `token=`. While the session has no outcome,
 * because the provider's word decided none, it is the `default` address and the token has `outcome: null`
 * (docs/sessions.md, What you receive).
 */
export async function panelRedirect(signer: Signer, panel: PanelConfig, row: SessionRow): Promise<string> {
  const standing = standingOf(row)
  const token = await signer.sign(panelClaims(row, standing), {
    audience: panel.id,
    expiresInSeconds: REDIRECT_TTL_SECONDS,
  })
  return appendToken(panel.redirects[standing.outcome ?? 'default'], token)
}

/** Appends `token=` and keeps every other byte of the panel's address. */
export function appendToken(address: string, token: string): string {
  const [beforeFragment = '', ...fragment] = address.split('#')
  const separator = beforeFragment.includes('?') ? (/[?&]$/.test(beforeFragment) ? '' : '&') : '?'
  const hash = fragment.length > 0 ? `#${fragment.join('#')}` : ''
  return `${beforeFragment}${separator}token=${token}${hash}`
}
