import { describe, expect, it } from 'vitest'
import { listEnvironment, readEnvironment } from '../../../platform/config/environment.js'

describe('the environment', () => {
  it('has defaults', () => {
    expect(readEnvironment({ PORT: '' }, '/srv/tributary')).toEqual({
      port: 8080,
      portGiven: false,
      host: '127.0.0.1',
      databaseUrl: null,
      temporalAddress: null,
      temporalNamespace: 'default',
      configFile: null,
      dataDirectory: '/srv/tributary/.tributary',
      logLevel: 'info',
    })
  })

  it('is read', () => {
    const env = {
      PORT: '0',
      HOST: '::1',
      DATABASE_URL: 'postgresql://u:p@db/t',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'surveys',
      TRIBUTARY_DATA: '/var/lib/tributary',
      TRIBUTARY_CONFIG: 'c.yaml',
      LOG_LEVEL: 'debug',
    }
    expect(readEnvironment(env, '/srv')).toEqual({
      port: 0,
      portGiven: true,
      host: '::1',
      databaseUrl: 'postgresql://u:p@db/t',
      temporalAddress: 'temporal:7233',
      temporalNamespace: 'surveys',
      configFile: 'c.yaml',
      dataDirectory: '/var/lib/tributary',
      logLevel: 'debug',
    })
  })

  it.each([
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['HOST', 'http://x'],
    ['DATABASE_URL', 'mysql://u:hunter2@db/t'],
    ['TEMPORAL_ADDRESS', 'temporal'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is one fault line', (name, value) => {
    let message = ''
    try {
      readEnvironment({ [name]: value })
    } catch (error) {
      message = String(error instanceof Error ? error.message : error)
    }
    expect(message).toMatch(new RegExp(`^${name}: .*; example: ${name}=\\S+$`))
    expect(message).not.toContain('hunter2')
  })

  it('is listed with its sources and without its secrets', () => {
    const rows = listEnvironment({
      PORT: '9000',
      DATABASE_URL: 'postgres://u:hunter2@db/t',
      TEMPORAL_API_KEY: 'hunter2-and-more-of-it',
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'hunter2',
    })
    expect(rows).toContainEqual({ name: 'PORT', value: '9000', source: 'env PORT' })
    expect(rows).toContainEqual({ name: 'HOST', value: '127.0.0.1', source: 'default' })
    expect(rows.map((row) => row.name)).toContain('TEMPORAL_API_KEY')
    expect(JSON.stringify(rows)).not.toContain('hunter2')
  })
})
