import { panelClaims, type SessionRow, standingOf } from '../db/rows/session-row.js'
import type { PanelConfig } from '../platform/config/panel-schema.js'
import type { Signer } from '../platform/signing/signer.js'

/** Contract §3: at most 15 minutes. */
const REDIRECT_TTL_SECONDS = 15 * 60

/**
 * The panel's own address for the session's outcome with our JWS as `token=`. While there is no outcome - the provider's
 * word decided nothing - it is the `default` one, and the token says `outcome: null` (docs/sessions.md, What you receive).
 */
export async function panelRedirect(signer: Signer, panel: PanelConfig, row: SessionRow): Promise<string> {
  const standing = standingOf(row)
  const token = await signer.sign(panelClaims(row, standing), {
    audience: panel.id,
    expiresInSeconds: REDIRECT_TTL_SECONDS,
  })
  return appendToken(panel.redirects[standing.outcome ?? 'default'], token)
}

/** Appends `token=` and leaves every other byte of the panel's address alone. */
export function appendToken(address: string, token: string): string {
  const [beforeFragment = '', ...fragment] = address.split('#')
  const separator = beforeFragment.includes('?') ? (/[?&]$/.test(beforeFragment) ? '' : '&') : '?'
  const hash = fragment.length > 0 ? `#${fragment.join('#')}` : ''
  return `${beforeFragment}${separator}token=${token}${hash}`
}
