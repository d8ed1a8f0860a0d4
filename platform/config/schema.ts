import { z } from 'zod'
import { parseDuration } from './duration.js'
import { fieldNotes, fromEnvironment } from './field-notes.js'
import {
  baseUrl,
  Complaint,
  duration,
  flag,
  headerKey,
  identifier,
  integer,
  minimumAge,
  oneOf,
  SHORTEST_TTL_MS,
  text,
  textField,
} from './fields.js'
import { panelSchema } from './panel-schema.js'
import { absent, list, section, someOf } from './sections.js'
import { privateKey } from './signing-key.js'

/** How long an entry keeps its quota slot: a fixed time, or a multiple of the survey's length of interview. */
export type HoldTtl =
  | { readonly kind: 'fixed'; readonly milliseconds: number }
  | { readonly kind: 'times_loi'; readonly factor: number; readonly atLeastMilliseconds: number }

/** A multiple of the LOI is never shorter than this (docs/configuration.md, The file). */
const SHORTEST_HOLD_MS = 30 * 60_000

const holdTtl = textField({ example: '4xLOI' }, (value): HoldTtl | Complaint => {
  const multiple = /^([1-9]\d?)xLOI$/i.exec(value)
  if (multiple) return { kind: 'times_loi', factor: Number(multiple[1]), atLeastMilliseconds: SHORTEST_HOLD_MS }
  const milliseconds = parseDuration(value)
  if (milliseconds === null) return new Complaint('must be a duration, or a multiple of the LOI from 1xLOI to 99xLOI')
  if (milliseconds < SHORTEST_TTL_MS) return new Complaint('must be at least 10s')
  return { kind: 'fixed', milliseconds }
})

/** How long an entry into a survey of this many minutes keeps its slot, in milliseconds. */
export function holdMilliseconds(ttl: HoldTtl, loiMinutes: number): number {
  return ttl.kind === 'fixed' ? ttl.milliseconds : Math.max(ttl.factor * loiMinutes * 60_000, ttl.atLeastMilliseconds)
}

const codecKey = textField({ example: fromEnvironment('TRIBUTARY_CODEC_KEY'), secret: true }, (value) => {
  const bytes = /^[A-Za-z0-9+/]{43}=$/.test(value) ? Buffer.from(value, 'base64') : null
  return bytes?.length === 32
    ? bytes
    : new Complaint('must be the base64 of exactly 32 bytes (openssl rand -base64 32)')
})

const ttl = (standard: string) => duration(SHORTEST_TTL_MS, standard).prefault(standard)

/** All settings but the connections, whose schemas come from their providers. */
export const configSchema = section({
  public_url: absent(baseUrl('http://localhost:8080')).register(fieldNotes, { otherwise: 'the address really bound' }),
  signing: section({
    private_key: absent(privateKey).register(fieldNotes, { otherwise: 'an ES256 key kept in the database' }),
  }).prefault({}),
  codec: section({ key: absent(codecKey).register(fieldNotes, { otherwise: 'off' }) }).prefault({}),
  limits: section({
    per_key_per_second: integer(1, 1_000_000, '500').prefault(500),
    burst: integer(1, 1_000_000, '1000').prefault(1_000),
  }).prefault({}),
  egress: section({ allow_private: flag().prefault(false) }).prefault({}),
  sessions: section({
    entry_ttl: ttl('30m'),
    completion_ttl: ttl('24h'),
    late_outcome_grace: ttl('30d'),
    hold_ttl: holdTtl.prefault('4xLOI'),
  }).prefault({}),
  minimum_age: minimumAge().prefault(16),
  targeting_attributes: absent(text('./attributes.yaml')).register(fieldNotes, { otherwise: 'shipped' }),
  operators: list(
    section({ id: identifier('ops'), api_key: headerKey('"ok_live_…"'), roles: someOf(oneOf(['ops', 'finance'])) }),
  ),
  panels: list(panelSchema),
  demand_partners: list(
    section({
      id: identifier('acme'),
      buyer_id: absent(integer(1, 2_147_483_647, '145')).register(fieldNotes, { otherwise: 'its place in the list' }),
      api_key: headerKey('"dk_live_…"'),
      templates: flag().prefault(false),
    }),
  ),
  survey_platforms: list(
    section({ id: identifier('DECIPHER'), api_key: headerKey('"pk_live_…"') }).transform((platform) => ({
      ...platform,
      id: platform.id.toUpperCase(),
    })),
  ),
  connections: list(z.unknown()),
})

export type ConfigWithoutConnections = Omit<z.output<typeof configSchema>, 'connections'>
export type OperatorConfig = ConfigWithoutConnections['operators'][number]
export type OperatorRole = OperatorConfig['roles'][number]
