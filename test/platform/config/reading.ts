import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { type Env, parseSource } from '../../../platform/config/document.js'
import { ConfigError } from '../../../platform/config/faults.js'
import { configFrom } from '../../../platform/config/load.js'
import { connectionSchemas, type TributaryConfig } from '../../../providers/connection-schemas.js'

/** The contract's whole example with values instead of its dots. */
export const CONTRACT_FILE = fileURLToPath(new URL('./fixtures/contract.yaml', import.meta.url))

/** A key of each kind that a configuration may have. */
export const keys = {
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed25519: generateKeyPairSync('ed25519'),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
}

export const signingKeyPem = keys.p256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The environment that the contract's example needs. */
export const ENV: Env = {
  TRIBUTARY_SIGNING_KEY: signingKeyPem,
  TRIBUTARY_CODEC_KEY: Buffer.alloc(32, 7).toString('base64'),
}

/** Reads a configuration from its text. */
export function readText(text: string, env: Env = {}): TributaryConfig {
  return configFrom(parseSource(CONTRACT_FILE, text, env), connectionSchemas)
}

/** The fault lines of a configuration; empty when it is valid. */
export function faultsIn(text: string, env: Env = {}): readonly string[] {
  try {
    readText(text, env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
}

/** A small valid configuration, for a test to change in one place. */
export const SOUND = {
  operators: [{ id: 'ops', api_key: 'ok_1', roles: ['ops'] }],
  panels: [
    {
      id: 'alpha',
      api_key: 'tk_1',
      markets: { USA: { locales: ['en-US'], currency: 'USD' } },
      redirects: { default: 'https://app.example/done' },
      postback: { url: 'https://app.example/hooks', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
      reward: { currency: 'points', share_percent: 50 },
    },
    {
      id: 'beta',
      api_key: 'tk_2',
      markets: { GBR: { locales: ['en-GB'], currency: 'GBP' } },
      redirects: { default: 'https://beta.example/done' },
      connections: ['k', 'gateway'],
    },
  ],
  demand_partners: [
    { id: 'acme', api_key: 'dk_1' },
    { id: 'bolt', api_key: 'dk_2' },
  ],
  survey_platforms: [{ id: 'DECIPHER', api_key: 'pk_1' }],
  connections: [
    {
      id: 'k',
      provider: 'kantar',
      supply_url: 'https://supply.example/v1/',
      api_key: 'kk_1',
      returns: {
        verify: { kind: 'jws', parameter: 'jws', algorithms: ['RS256'], jwks_url: 'https://supply.example/jwks' },
      },
    },
    {
      id: 't',
      provider: 'toluna',
      base_url: 'https://toluna.example',
      api_auth_key: 'ta_1',
      panel_guid: 'guid',
      market: { country: 'USA', locale: 'en-US' },
      returns: { verify: { kind: 'hmac', parameter: 'sig', algorithm: 'sha256', secret: 's3cret', over: 'url' } },
    },
    { id: 'p', provider: 'purespectrum', base_url: 'https://ps.example', access_token: 'pa_1', supplier_id: 49 },
    {
      id: 'd',
      provider: 'dynata',
      base_url: 'https://match.example',
      pub_id: 123,
      application_key: 'da_1',
      security_key: '00112233445566778899aabbccddeeff',
      postbacks: { verify: { kind: 'hash', parameter: 'h', algorithm: 'md5', secret: 's3cret', over: ['sub_id'] } },
    },
  ],
}

/** The valid configuration with changed settings, such as `panels.0.id`; undefined removes the setting. */
export function soundWith(changes: Record<string, unknown>): string {
  const config: unknown = parse(stringify(SOUND))
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('.')
    const last = steps.pop() ?? ''
    let here = config
    for (const step of steps) {
      if (typeof here !== 'object' || here === null) throw new Error(`no ${path}`)
      if (Reflect.get(here, step) === undefined) Reflect.set(here, step, {})
      here = Reflect.get(here, step)
    }
    if (typeof here !== 'object' || here === null) throw new Error(`no ${path}`)
    if (value === undefined) Reflect.deleteProperty(here, last)
    else Reflect.set(here, last, value)
  }
  return stringify(config)
}
