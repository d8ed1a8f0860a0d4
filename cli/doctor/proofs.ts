import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { VerificationConfig } from '../../platform/verification/verifiers.js'
import { type Finding, warn } from './finding.js'

const WAY_OUT =
  'use jws, hmac or hash where the provider offers one (docs/configuration.md, What a signature must cover)'

/** One line for every arrival whose verification does not prove the session that it names; no line for the others. */
export function checkProofs(connections: readonly ConnectionBase[]): Finding[] {
  return connections.flatMap((connection) =>
    arrivalsOf(connection).flatMap(([route, { verify, naming }]): Finding[] => {
      if ((naming?.sets ?? []).length === 0) return []
      const part = `connection ${connection.id} ${route}`
      if (verify.some(({ kind }) => kind === 'none')) {
        return [warn(part, 'not verified (verify: none): its completes stay provisional, not payable', WAY_OUT)]
      }
      if (!verify.some(({ kind }) => kind === 'header')) return []
      return [warn(part, 'verified by a header only: a client with its secret can end any session', WAY_OUT)]
    }),
  )
}

function arrivalsOf({ returns, postbacks }: ConnectionBase): [string, VerificationConfig][] {
  const named: [string, VerificationConfig | null | undefined][] =
    postbacks == null || isArrival(postbacks)
      ? [['postbacks', postbacks]]
      : Object.entries(postbacks).map(([name, arrival]) => [`postbacks.${spelled(name)}`, arrival])
  const all: [string, VerificationConfig | null | undefined][] = [['returns', returns], ...named]
  return all.flatMap(([route, arrival]): [string, VerificationConfig][] => (arrival == null ? [] : [[route, arrival]]))
}

function isArrival(postbacks: NonNullable<ConnectionBase['postbacks']>): postbacks is VerificationConfig {
  return Array.isArray(postbacks.verify)
}

/** As the file spells it. */
function spelled(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
