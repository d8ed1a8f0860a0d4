import { describe, expect, it } from 'vitest'
import { faultsIn, keys, SOUND, signingKeyPem, soundWith } from './reading.js'

/** A change to a valid configuration, and the one fault line that must follow. */
type Case = [changes: Record<string, unknown>, path: string, says: string]

const verify = 'connections.0.returns.verify'
const hmac = 'connections.1.returns.verify'
const digestOver = (...over: string[]) => ({ kind: 'hash', parameter: 'h', algorithm: 'sha1', secret: 's3cret', over })
const secp256k1Pem = keys.secp256k1.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const ed25519Pem = keys.ed25519.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const withPublicKey = (pem: string, algorithms: string[]) => ({
  kind: 'jws',
  parameter: 'jws',
  algorithms,
  public_key: pem,
})

const CASES: Case[] = [
  // the whole file
  [{ foo: 1 }, 'foo', 'unknown key'],
  [{ conections: [] }, 'conections', 'did you mean connections?'],
  [{ 'limits.brust': 5 }, 'limits.brust', 'did you mean burst?'],
  [{ operators: { id: 'ops' } }, 'operators', 'must be a list'],
  [{ limits: 5 }, 'limits', 'must be a map of settings'],
  [{ public_url: 'localhost:8080' }, 'public_url', 'must be a URL'],
  [{ public_url: 'https://a.example/?x=1' }, 'public_url', 'must not have a query'],
  [{ public_url: 'https://me:pw@a.example' }, 'public_url', 'user name or password'],
  [{ 'signing.private_key': 'nonsense' }, 'signing.private_key', 'must be a private key'],
  [{ 'signing.private_key': secp256k1Pem }, 'signing.private_key', 'P-256'],
  [{ 'codec.key': Buffer.alloc(16).toString('base64') }, 'codec.key', 'exactly 32 bytes'],
  [{ 'codec.key': '*'.repeat(44) }, 'codec.key', 'exactly 32 bytes'],
  [{ 'limits.per_key_per_second': 0 }, 'limits.per_key_per_second', 'from 1 to'],
  [{ 'limits.burst': 1.5 }, 'limits.burst', 'whole number'],
  [{ 'limits.burst': 'many' }, 'limits.burst', 'whole number'],
  [{ 'egress.allow_private': 'yes' }, 'egress.allow_private', 'true or false'],
  [{ 'sessions.entry_ttl': '5s' }, 'sessions.entry_ttl', 'at least 10s'],
  [{ 'sessions.completion_ttl': '24' }, 'sessions.completion_ttl', 'must be a duration'],
  [{ 'sessions.late_outcome_grace': 30 }, 'sessions.late_outcome_grace', 'in quotes'],
  [{ 'sessions.late_outcome_grace': '99999d' }, 'sessions.late_outcome_grace', 'must be a duration'],
  [{ 'sessions.hold_ttl': '0xLOI' }, 'sessions.hold_ttl', 'multiple of the LOI'],
  [{ 'sessions.hold_ttl': '9s' }, 'sessions.hold_ttl', 'at least 10s'],
  [{ targeting_attributes: './nowhere.yaml' }, 'targeting_attributes', 'does not exist'],
  // operators
  [{ 'operators.0.roles': [] }, 'operators[0].roles', 'must not be an empty list'],
  [{ 'operators.0.roles': ['ops', 'ops'] }, 'operators[0].roles', 'ops twice'],
  [{ 'operators.0.roles': ['root'] }, 'operators[0].roles[0]', 'one of ops, finance'],
  [{ 'operators.0.id': 'a b' }, 'operators[0].id', 'letters, digits'],
  [{ 'operators.0.api_key': undefined }, 'operators[0].api_key', 'is missing'],
  [{ 'operators.0.api_key': 'a\r\nx: y' }, 'operators[0].api_key', 'visible ASCII'],
  [{ 'operators.0.api_key': 12345 }, 'operators[0].api_key', 'in quotes'],
  [{ 'operators.1': { ...SOUND.operators[0], api_key: 'ok_2' } }, 'operators[1].id', 'is the id of operators[0] too'],
  [{ 'panels.1.api_key': 'ok_1' }, 'panels[1].api_key', 'the same key as operators[0].api_key'],
  [
    { 'survey_platforms.0.api_key': 'dk_2' },
    'survey_platforms[0].api_key',
    'the same key as demand_partners[1].api_key',
  ],
  // panels
  [{ 'panels.1.id': 'ALPHA' }, 'panels[1].id', 'without case'],
  [{ 'panels.1.id': 'Alpha.uk' }, 'panels[1].id', 'could have the same ids upstream'],
  [{ 'panels.0.markets': {} }, 'panels[0].markets', 'at least one country'],
  [{ 'panels.0.markets': { US: { locales: ['en-US'], currency: 'USD' } } }, 'panels[0].markets.US', 'alpha-3'],
  [{ 'panels.0.markets.USA.locales': ['en_US'] }, 'panels[0].markets.USA.locales[0]', 'must be a locale'],
  [{ 'panels.0.markets.USA.locales': [] }, 'panels[0].markets.USA.locales', 'empty list'],
  [{ 'panels.0.markets.USA.currency': 'EURO' }, 'panels[0].markets.USA.currency', 'ISO 4217'],
  [{ 'panels.0.redirects.default': undefined }, 'panels[0].redirects.default', 'is missing'],
  [{ 'panels.0.redirects.WON': 'https://a.example' }, 'panels[0].redirects.WON', 'unknown key'],
  [{ 'panels.0.redirects.ERROR': 'javascript:alert(1)' }, 'panels[0].redirects.ERROR', 'must be a URL'],
  [
    { 'panels.0.redirects.ERROR': 'https://a.example/\r\nSet-Cookie: x' },
    'panels[0].redirects.ERROR',
    'control characters',
  ],
  [{ 'panels.0.redirects.ERROR': 'http://a.example/' }, 'panels[0].redirects.ERROR', 'must be https'],
  [{ 'panels.0.redirects.ERROR': 'https://10.0.0.1/' }, 'panels[0].redirects.ERROR', 'private'],
  [{ 'panels.0.redirects.ERROR': 'https://localhost/' }, 'panels[0].redirects.ERROR', 'local name'],
  [{ 'panels.0.redirects.ERROR': 'https://a.example:25/' }, 'panels[0].redirects.ERROR', 'port'],
  [{ 'panels.0.postback.secret': 'whsec_c2hvcnQ=' }, 'panels[0].postback.secret', '24 to 64 bytes'],
  [{ 'panels.0.postback.secret': 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, 'panels[0].postback.secret', 'whsec_'],
  [{ 'panels.0.postback.url': undefined }, 'panels[0].postback.url', 'is missing'],
  [{ 'panels.0.reward.currency': 'coins' }, 'panels[0].reward.currency', 'points or an ISO 4217'],
  [{ 'panels.0.reward.share_percent': 101 }, 'panels[0].reward.share_percent', 'from 0 to 100'],
  [{ 'panels.0.reward.share_percent': undefined }, 'panels[0].reward.share_percent', 'is missing'],
  [{ 'panels.0.reward.screenout': 0.5 }, 'panels[0].reward.screenout', 'whole number'],
  [{ 'panels.0.caps': { daily: 0 } }, 'panels[0].caps.daily', 'from 1'],
  [{ 'panels.0.connections': ['missing'] }, 'panels[0].connections[0]', 'there is no connection missing'],
  [{ 'panels.0.connections': ['k', 'k'] }, 'panels[0].connections[1]', 'names k twice'],
  // demand partners and survey platforms
  [{ 'demand_partners.1.id': 'acme' }, 'demand_partners[1].id', 'is the id of demand_partners[0] too'],
  [{ 'demand_partners.0.buyer_id': 2 }, 'demand_partners[1].buyer_id', '2 is the buyer of demand_partners[0] too'],
  [{ 'demand_partners.0.buyer_id': -1 }, 'demand_partners[0].buyer_id', 'whole number'],
  [{ 'demand_partners.0.templates': 1 }, 'demand_partners[0].templates', 'true or false'],
  [{ 'survey_platforms.1': { id: 'decipher', api_key: 'pk_2' } }, 'survey_platforms[1].id', 'without case'],
  [{ 'survey_platforms.0.id': 'non_integrated_survey_platform' }, 'survey_platforms[0].id', 'reserved for platforms'],
  // settings of every connection
  [{ 'connections.1': 5 }, 'connections[1]', 'must be a map of settings'],
  [{ 'connections.1.id': 'k' }, 'connections[1].id', 'is the id of connections[0] too'],
  [{ 'connections.1.id': 'gateway' }, 'connections[1].id', 'reserved for our own survey plans'],
  [{ 'connections.1.provider': 'nowhere' }, 'connections[1].provider', 'must be one of '],
  [{ 'connections.1.provider': undefined }, 'connections[1].provider', 'is missing'],
  [{ 'connections.0.panelist_ids': 'hashed' }, 'connections[0].panelist_ids', 'one of bare, per_panel'],
  [{ 'connections.0.required_grade': 'E9' }, 'connections[0].required_grade', 'one of E0, E1, E2, E3'],
  [{ 'connections.0.attributes': './nowhere.yaml' }, 'connections[0].attributes', 'does not exist'],
  [
    { 'connections.0.attributes': './attributes.yaml' },
    'connections[0].attributes',
    'targeting_attributes: must be a map of settings',
  ],
  [{ 'connections.0.stale_after': '500ms' }, 'connections[0].stale_after', 'at least 1s'],
  [{ 'connections.0.currency': 'usd' }, 'connections[0].currency', 'ISO 4217'],
  [{ 'connections.0.rate_per_second': 0 }, 'connections[0].rate_per_second', 'must be a number'],
  // kantar
  [{ 'connections.0.supply_url': undefined }, 'connections[0].supply_url', 'is missing'],
  [{ 'connections.0.auth_header': 'cookie' }, 'connections[0].auth_header', 'one of x-api-key, authorization'],
  [{ 'connections.0.session_hosts': ['https://r.example'] }, 'connections[0].session_hosts[0]', 'host or host:port'],
  [{ 'connections.0.session_hosts': [] }, 'connections[0].session_hosts', 'empty list'],
  [{ 'connections.0.poll': '999ms' }, 'connections[0].poll', 'at least 1s'],
  // toluna
  [{ 'connections.1.market.country': 'US' }, 'connections[1].market.country', 'alpha-3'],
  [{ 'connections.1.market': undefined }, 'connections[1].market', 'is missing'],
  [{ 'connections.1.currencies': { one: 'USD' } }, 'connections[1].currencies.one', 'CurrencyID'],
  [{ 'connections.1.currencies': { 1: 'DOLLAR' } }, 'connections[1].currencies.1', 'ISO 4217'],
  [{ 'connections.1.devices': { 1: 'watch' } }, 'connections[1].devices.1', 'one of desktop, mobile, tablet'],
  [{ 'connections.1.member_code': 'email' }, 'connections[1].member_code', 'one of panelist_id, hashed'],
  [{ 'connections.1.postbacks': { complete: {} } }, 'connections[1].postbacks.complete', 'unknown key'],
  // purespectrum
  [{ 'connections.2.supplier_id': 'abc' }, 'connections[2].supplier_id', 'whole number'],
  [{ 'connections.2.access_token': '' }, 'connections[2].access_token', 'must not be empty'],
  [{ 'connections.2.poll': '0s' }, 'connections[2].poll', 'at least 1s'],
  // dynata
  [{ 'connections.3.security_key': 'aabbccdd' }, 'connections[3].security_key', '16, 24 or 32 bytes'],
  [{ 'connections.3.security_key': 'zz'.repeat(16) }, 'connections[3].security_key', '16, 24 or 32 bytes'],
  [{ 'connections.3.pub_id': 1.5 }, 'connections[3].pub_id', 'whole number'],
  [{ 'connections.3.timeout': '1ms' }, 'connections[3].timeout', 'at least 50ms'],
  [{ 'connections.3.send': { gps: true } }, 'connections[3].send.gps', 'unknown key'],
  // verify
  [{ [`${verify}.kind`]: 'pgp' }, 'connections[0].returns.verify.kind', 'one of jws, hmac, hash, header, none'],
  [{ [`${verify}.kind`]: undefined }, 'connections[0].returns.verify.kind', 'is missing'],
  [{ [`${verify}.algorithms`]: undefined }, 'connections[0].returns.verify', 'needs algorithms'],
  [{ [`${verify}.algorithms`]: ['none'] }, 'connections[0].returns.verify.algorithms[0]', 'must be one of HS256'],
  [{ [`${verify}.algorithms`]: ['HS256'] }, 'connections[0].returns.verify', 'HS256 does not go with this key'],
  [
    { [`${verify}.jwks_url`]: undefined },
    'connections[0].returns.verify',
    'exactly one of jwks_url, public_key and secret',
  ],
  [
    { [`${verify}.secret`]: 's3cret' },
    'connections[0].returns.verify',
    'exactly one of jwks_url, public_key and secret',
  ],
  [{ [`${verify}.jwks_url`]: 'http://keys.example/' }, 'connections[0].returns.verify.jwks_url', 'must be https'],
  [
    { [verify]: withPublicKey(ed25519Pem, ['RS256']) },
    'connections[0].returns.verify',
    'RS256 does not go with this key',
  ],
  [{ [verify]: withPublicKey(signingKeyPem, ['ES256']) }, 'connections[0].returns.verify.public_key', 'private key'],
  [{ [verify]: [] }, 'connections[0].returns.verify', 'must not be an empty list'],
  [{ [verify]: [{ kind: 'none' }, { kind: 'none' }] }, 'connections[0].returns.verify', 'cannot be combined with'],
  [{ [hmac]: undefined }, 'connections[1].returns.verify', 'is missing'],
  [{ [`${hmac}.secret`]: undefined }, 'connections[1].returns.verify.secret', 'is missing'],
  [{ [`${hmac}.algorithm`]: 'crc32' }, 'connections[1].returns.verify.algorithm', 'one of md5'],
  [{ [`${hmac}.encoding`]: 'base32' }, 'connections[1].returns.verify.encoding', 'one of hex'],
  [{ [`${hmac}.over`]: 'body' }, 'connections[1].returns.verify.over', 'url, url_without_separator or a list'],
  [{ [`${hmac}.over`]: [] }, 'connections[1].returns.verify.over', 'a list of field names'],
  [{ [`${hmac}.location`]: 'body' }, 'connections[1].returns.verify', 'location must be query'],
  [{ [`${hmac}.separator`]: '|' }, 'connections[1].returns.verify', 'separator requires a list'],
  [{ [`${hmac}.secret_position`]: 'after' }, 'connections[1].returns.verify.secret_position', 'unknown key'],
  [{ [`${hmac}.clock_skew`]: '60s' }, 'connections[1].returns.verify.clock_skew', 'unknown key'],
  [
    { [hmac]: { kind: 'header', parameter: 'x key', secret: 'abc' } },
    'connections[1].returns.verify.parameter',
    'HTTP header',
  ],
  [{ [hmac]: { kind: 'header', parameter: 'x-key' } }, 'connections[1].returns.verify.secret', 'is missing'],
  // the signature must cover the field that names the session
  [
    { [`${hmac}.over`]: ['status', 'MemberCode'] },
    'connections[1].returns.verify',
    'over must include the fields that name the session (MemberCode and SurveyID and WaveID)',
  ],
  [
    { 'connections.3.postbacks.verify.over': ['offerInvitationId'] },
    'connections[3].postbacks.verify',
    'over must include the fields that name the session (sub_id, or transactionId)',
  ],
  [
    { 'connections.3.postbacks.verify.over': ['offerInvitationId'] },
    'connections[3].postbacks.verify',
    'example: over: [sub_id]',
  ],
  [
    { 'connections.2.postbacks': { complete: { verify: digestOver('cpi') } } },
    'connections[2].postbacks.complete.verify',
    'over must include the fields that name the session (transactionId)',
  ],
  [
    { 'connections.0.returns': { verify: digestOver('outcome') } },
    'connections[0].returns.verify',
    'over must include the fields that name the session (session_id)',
  ],
  // arrivals
  [{ 'connections.0.returns.unsigned': 'accept' }, 'connections[0].returns.unsigned', 'one of refuse, not_completed'],
  [{ 'connections.0.returns.amount': 'amt' }, 'connections[0].returns.amount', 'has no amount'],
  [{ 'connections.0.returns.fields': { reward: 'x' } }, 'connections[0].returns.fields.reward', 'unknown field'],
  [{ 'connections.0.returns.outcomes': { OK: 'DONE' } }, 'connections[0].returns.outcomes.OK', 'one of COMPLETED'],
  [
    { 'connections.1.postbacks': { quota_status: { verify: { kind: 'none' }, outcomes: { A: 'ERROR' } } } },
    'connections[1].postbacks.quota_status.outcomes',
    'carries no outcome word',
  ],
]

describe('a fault', () => {
  it('does not occur in the valid configuration that the cases change', () => {
    expect(faultsIn(soundWith({}))).toEqual([])
  })

  it.each(CASES)('%j is one line at %s', (changes, path, says) => {
    const lines = faultsIn(soundWith(changes))
    expect(lines).toHaveLength(1)
    const [line = ''] = lines
    expect(line.startsWith(`${path}: `), line).toBe(true)
    expect(line).toContain(says)
    expect(line).toMatch(/; example: \S.* \(contract\.yaml:\d+\)$/)
    expect(line).not.toContain('\n')
  })

  it('does not hide the others: all are listed in the order of the file', () => {
    const lines = faultsIn(
      soundWith({
        'connections.0.poll': 'soon',
        'connections.3.security_key': 'short',
        'limits.burst': 0,
        'panels.0.markets': { XX: { locales: ['english'], currency: 'coins' } },
      }),
    )
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      'panels[0].markets.XX',
      'panels[0].markets.XX.locales[0]',
      'panels[0].markets.XX.currency',
      'connections[0].poll',
      'connections[3].security_key',
      'limits.burst',
    ])
  })

  it('names the line of the file', () => {
    expect(faultsIn('limits:\n  burst: 1000\n  per_key_per_second: never\n')[0]).toContain('(contract.yaml:3)')
  })

  it('never repeats a secret', () => {
    const canary = 'CANARY-SECRET-é'
    const lines = faultsIn(
      soundWith({
        'operators.0.api_key': canary,
        'panels.0.postback.secret': canary,
        'codec.key': canary,
        'signing.private_key': canary,
        'connections.3.security_key': canary,
      }),
    )
    expect(lines).toHaveLength(5)
    expect(lines.join('\n')).not.toContain('CANARY')
  })
})
