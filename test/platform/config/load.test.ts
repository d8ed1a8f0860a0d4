import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../platform/config/faults.js'
import { loadConfig } from '../../../platform/config/load.js'
import { connectionSchemas } from '../../../providers/connection-schemas.js'
import { CONTRACT_FILE, ENV, faultsIn, keys, readText, SOUND, signingKeyPem, soundWith } from './reading.js'

const folder = mkdtempSync(join(tmpdir(), 'tributary-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const load = (file: string) => loadConfig({ file, env: ENV, connectionSchemas })
const linesOf = (file: string): readonly string[] => {
  try {
    load(file)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
}
const written = (name: string, text: string | Buffer) => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe("the contract's whole example", () => {
  const config = load(CONTRACT_FILE)
  const [kantar, toluna, purespectrum, dynata] = config.connections

  it('is read, section by section', () => {
    expect(config.publicUrl).toBe('http://localhost:8080')
    expect(config.signing.privateKey).toEqual({ pem: signingKeyPem, algorithm: 'ES256', keyId: null })
    expect(config.codec.key).toEqual(Buffer.alloc(32, 7))
    expect(config.sessions.holdTtl).toEqual({ kind: 'times_loi', factor: 4, atLeastMilliseconds: 1_800_000 })
    expect(config.targetingAttributes.map((question) => question.id)).toEqual(['age', 'sex'])
    expect(config.demandPartners).toEqual([{ id: 'acme', buyerId: 145, apiKey: 'dk_acme_0003', templates: true }])
    expect(config.surveyPlatforms[0]?.id).toBe('DECIPHER')
    expect(config.panels[0]?.redirects.COMPLETED).toBe('https://app.example/thanks')
    expect(config.panels[0]?.redirects.TIMEOUT).toBe('https://app.example/done')
    expect(config.panels[0]?.connections).toEqual(['kantar-us', 'gateway'])
  })

  it('reads the Kantar connection', () => {
    if (kantar?.provider !== 'kantar') throw new Error('expected kantar')
    expect(kantar.poll).toBe(12_000)
    expect(kantar.sessionHosts).toEqual(['router.example'])
    expect(kantar.returns?.fields.session).toBe('session_id')
    expect(kantar.postbacks?.verify).toMatchObject([
      { kind: 'jws', location: 'body', algorithms: ['RS256'], clockSkew: 60_000, issuer: null },
    ])
  })

  it('reads the Toluna connection, whose words ignore case', () => {
    if (toluna?.provider !== 'toluna') throw new Error('expected toluna')
    expect(toluna.currencies).toEqual({ 1: 'USD', 2: 'GBP' })
    expect(toluna.returns?.unsigned).toBe('not_completed')
    expect(toluna.returns?.outcomes.quotafull).toBe('QUOTA_FULL')
    expect(toluna.postbacks.memberStatus?.verify).toMatchObject([
      { over: { kind: 'fields', names: ['SurveyId', 'WaveId', 'UniqueCode'], separator: '' }, encoding: 'hex' },
    ])
    expect(toluna.postbacks.quotaStatus?.verify).toEqual([
      { kind: 'header', parameter: 'x-notify-key', secret: 'ts_quota_0009' },
    ])
    expect(config.attributeMappings.get('toluna-us')?.attributes.sex).toEqual({
      question: '1001007',
      answers: { 2000247: 'male', 2000246: 'female' },
    })
  })

  it('reads the PureSpectrum connection', () => {
    if (purespectrum?.provider !== 'purespectrum') throw new Error('expected purespectrum')
    expect(purespectrum.returns?.verify).toMatchObject([
      { kind: 'hash', algorithm: 'sha1', over: { kind: 'url_without_separator' }, secretPosition: 'after' },
    ])
    expect(purespectrum.postbacks.reversal?.fields).toEqual({
      outcome: 'ps_rstatus',
      previous: 'oldStatus',
      session: 'supSid',
      price: 'supCpi',
    })
  })

  it('reads the Dynata connection with both its verifiers', () => {
    if (dynata?.provider !== 'dynata') throw new Error('expected dynata')
    expect(dynata.timeout).toBe(800)
    expect(dynata.postbacks?.verify.map((one) => (one.kind === 'hash' ? one.parameter : ''))).toEqual([
      'oidHash',
      'txnHash',
    ])
    expect(dynata.postbacks?.fields.amount).toBe('amt')
  })
})

describe('defaults', () => {
  it('fill an empty file', () => {
    expect(load(written('empty.yaml', ''))).toMatchObject({
      publicUrl: null,
      signing: { privateKey: null },
      codec: { key: null },
      limits: { perKeyPerSecond: 500, burst: 1000 },
      egress: { allowPrivate: false },
      sessions: { entryTtl: 1_800_000, completionTtl: 86_400_000, lateOutcomeGrace: 2_592_000_000 },
      operators: [],
      panels: [],
      connections: [],
    })
  })

  it("include the document's questions with the document's ids", () => {
    const questions = readText('').targetingAttributes
    expect(questions.map((question) => question.id)).toEqual(['age', 'sex', 'pets'])
    expect(questions[0]).toMatchObject({
      answerType: 'range',
      rangeLimits: { start: 16, end: 100 },
      supportedCountries: null,
    })
    const pets = questions[2]
    if (pets?.answerType !== 'multi_punch') throw new Error('expected multi_punch')
    expect(pets.answers.filter((answer) => answer.exclusive).map((answer) => answer.id)).toEqual(['5', '11'])
    expect(pets.answers).toHaveLength(10)
  })

  it('fill a panel and the connections', () => {
    const config = readText(soundWith({}))
    expect(config.panels[1]).toMatchObject({
      postback: null,
      caps: null,
      reward: { currency: 'points', perMajorUnit: 100, sharePercent: 0, screenout: 0 },
    })
    expect(config.panels[0]).toMatchObject({ connections: null, reward: { perMajorUnit: 100, screenout: 0 } })
    expect(config.demandPartners.map((partner) => partner.buyerId)).toEqual([1, 2])
    expect(config.connections).toMatchObject([
      {
        supplyUrl: 'https://supply.example/v1',
        sessionHosts: ['supply.example'],
        authHeader: 'x-api-key',
        poll: 12_000,
        requiredGrade: 'E1',
        staleAfter: 900_000,
        currency: 'USD',
        ratePerSecond: null,
        postbacks: null,
        returns: { unsigned: 'refuse' },
      },
      { minPoll: 30_000, includeRoutables: false, memberCode: 'panelist_id', returns: { unsigned: 'not_completed' } },
      { poll: 60_000, register: true, returns: null, postbacks: { complete: null, reversal: null } },
      {
        send: { cpi: true, offers: false, profile: true },
        cache: 60_000,
        timeout: 800,
        maxRefreshesPerSecond: 20,
        programId: null,
        postbacks: { outcomes: { C: 'COMPLETED', T: 'DISQUALIFIED' } },
      },
    ])
  })

  it('send panelist ids without a prefix only where one panel may use the connection', () => {
    // alpha may use all, beta k and our own plans
    const ids = (changes: Record<string, unknown>) =>
      readText(soundWith(changes)).connections.map((connection) => connection.panelistIds)
    expect(ids({})).toEqual(['per_panel', 'bare', 'bare', 'bare'])
    expect(ids({ 'panels.0.connections': ['t'] })).toEqual(['bare', 'bare', 'per_panel', 'per_panel'])
    expect(ids({ 'connections.0.panelist_ids': 'bare' })[0]).toBe('bare')
  })
})

describe('accepts', () => {
  it('quoted and unquoted numeric keys, and JSON', () => {
    const quoted = readText(
      JSON.stringify({ ...SOUND, connections: [{ ...SOUND.connections[1], currencies: { '1': 'USD' } }], panels: [] }),
    )
    expect(quoted.connections[0]).toMatchObject({ currencies: { 1: 'USD' } })
    const bare = soundWith({}).replace('provider: toluna', 'provider: toluna\n    currencies: { 1: USD }')
    expect(readText(bare).connections[1]).toMatchObject({ currencies: { 1: 'USD' } })
  })

  it('plain http and private addresses where egress allows them', () => {
    const changes = { 'connections.0.supply_url': 'http://127.0.0.1:8090/kantar' }
    expect(faultsIn(soundWith(changes))).toHaveLength(1)
    const config = readText(soundWith({ ...changes, 'egress.allow_private': true }))
    expect(config.connections[0]).toMatchObject({ sessionHosts: ['127.0.0.1:8090'] })
  })

  it('host names in any case and default ports for session hosts', () => {
    const changes = { 'connections.0.session_hosts': ['Router.Example:443', 'b.example:8443'] }
    expect(readText(soundWith(changes)).connections[0]).toMatchObject({
      sessionHosts: ['router.example', 'b.example:8443'],
    })
  })

  it.each([
    ['PKCS 8 PEM', keys.p256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'ES256'],
    ['SEC 1 PEM', keys.p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString(), 'ES256'],
    ['PEM with \\n for line breaks', signingKeyPem.replaceAll('\n', '\\n'), 'ES256'],
    ['RSA', keys.rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'RS256'],
    ['JWK text', JSON.stringify(keys.ed25519.privateKey.export({ format: 'jwk' })), 'EdDSA'],
    ['JWK', { ...keys.p256.privateKey.export({ format: 'jwk' }), kid: 'mine' }, 'ES256'],
  ])('a signing key as %s', (_, key, algorithm) => {
    const read = readText(soundWith({ 'signing.private_key': key })).signing.privateKey
    expect(read?.algorithm).toBe(algorithm)
    expect(read?.pem).toContain('BEGIN PRIVATE KEY')
    expect(read?.keyId).toBe(typeof key === 'object' ? 'mine' : null)
  })

  it('fields by our name or by theirs, and outcome words in addition to the usual ones', () => {
    const config = readText(
      soundWith({
        'connections.3.postbacks.fields': { transactionId: 'txn', offer: 'oid' },
        'connections.3.postbacks.session': 'sid',
        'connections.3.postbacks.verify.over': ['sid'],
        'connections.3.postbacks.outcomes': { X: 'ERROR', P: 'SCREENED_OUT' },
        'connections.1.returns.outcomes': { SpeedTrap: 'DISQUALIFIED' },
      }),
    )
    expect(config.connections[3]).toMatchObject({
      postbacks: {
        fields: { session: 'sid', outcome: 'status', amount: 'amt', transaction: 'txn', offer: 'oid' },
        outcomes: { C: 'COMPLETED', X: 'ERROR', P: 'SCREENED_OUT' },
      },
    })
    expect(config.connections[1]).toMatchObject({
      returns: { outcomes: { speedtrap: 'DISQUALIFIED', qualified: 'COMPLETED' } },
    })
  })

  it('a fixed hold and one list of verifiers', () => {
    const both = [
      { kind: 'header', parameter: 'X-Key', secret: 'abc' },
      {
        kind: 'hash',
        algorithm: 'md5',
        parameter: 'h',
        secret: 's',
        over: ['a', 'b'],
        separator: '|',
        secret_position: 'before',
      },
    ]
    const config = readText(soundWith({ 'sessions.hold_ttl': '45m', 'connections.3.postbacks.verify': both }))
    expect(config.sessions.holdTtl).toEqual({ kind: 'fixed', milliseconds: 2_700_000 })
    expect(config.connections[3]).toMatchObject({
      postbacks: {
        verify: [
          { kind: 'header', parameter: 'x-key' },
          { kind: 'hash', over: { kind: 'fields', names: ['a', 'b'], separator: '|' }, secretPosition: 'before' },
        ],
      },
    })
  })
})

describe('a file that cannot be used is one fault line', () => {
  it.each([
    ['a missing one', () => join(folder, 'nowhere.yaml'), 'does not exist'],
    ['a folder', () => folder, 'is a directory'],
    ['broken YAML', () => written('broken.yaml', 'a: [1,\nb: }'), 'line 2 is not YAML'],
    ['a key given twice', () => written('twice.yaml', 'limits: {}\nlimits: {}'), 'line 2 is not YAML'],
    ['two documents', () => written('two.yaml', 'a: 1\n---\nb: 2'), 'is not YAML'],
    ['a variable without quotes', () => written('bare.yaml', 'codec: { key: $' + '{KEY} }'), 'in quotes'],
    ['a list', () => written('list.yaml', '- 1'), 'must be a map of settings'],
    ['bytes', () => written('bytes.yaml', Buffer.from([0, 1, 2, 255])), ''],
    ['an alias that holds itself', () => written('loop.yaml', 'panels: &a [*a]'), ''],
  ])('%s', (_, file, says) => {
    const lines = linesOf(file())
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(says)
    expect(lines[0]).toContain('; example: ')
  })
})
