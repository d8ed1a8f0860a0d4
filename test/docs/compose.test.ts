import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { QUEUE_GROUPS } from '../../workers/queues.js'
import { checkout } from './pages.js'

const Service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  profiles: z.array(z.string()).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  ports: z.array(z.string()).optional(),
  build: z.string().optional(),
})
const Compose = z.looseObject({ services: z.record(z.string(), Service) })

const text = readFileSync(path.join(checkout, 'docker-compose.yml'), 'utf8')
const { services } = Compose.parse(parse(text, { merge: true }))
const ours = Object.entries(services).filter(([, service]) => service.build !== undefined)

describe('docker-compose.yml', () => {
  it('has the processes of npm start, the sandbox only on demand', () => {
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining(['postgres', 'temporal', 'temporal-ui', 'migrate', 'api', 'sandbox']),
    )
    expect(Object.entries(services).flatMap(([name, { profiles }]) => (profiles ? [name, ...profiles] : []))).toEqual([
      'sandbox',
      'sandbox',
    ])
  })

  it.each(ours)('%s runs a file that exists in the image', (_name, { command = [] }) => {
    const file = command.find((word) => word.endsWith('.ts')) ?? ''
    expect(existsSync(path.join(checkout, file))).toBe(true)
    const left = readFileSync(path.join(checkout, '.dockerignore'), 'utf8').split('\n')
    expect(left).not.toContain(file.split('/')[0])
  })

  it('serves every queue group, and no other', () => {
    const groups = ours.flatMap(([, { command = [] }]) => {
      const at = command.indexOf('--queues')
      return at < 0 ? [] : (command[at + 1]?.split(',') ?? [])
    })
    expect(groups.toSorted()).toEqual([...QUEUE_GROUPS].toSorted())
  })

  it('gives our processes only variables that they read', () => {
    const sources = ['platform/config/environment.ts', 'sandbox/main.ts', 'api/ops/routes.ts']
    const known = sources.map((file) => readFileSync(path.join(checkout, file), 'utf8')).join('\n')
    const given = new Set(ours.flatMap(([, { environment = {} }]) => Object.keys(environment)))
    const inConfiguration = readFileSync(path.join(checkout, 'sandbox/tributary.sandbox.yaml'), 'utf8')
    expect([...given].filter((name) => !known.includes(name) && !inConfiguration.includes(name))).toEqual([])
    expect([...given]).toEqual(expect.arrayContaining(['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TRIBUTARY_CONFIG', 'HOST']))
  })

  it('waits for services that exist, and for health only where a healthcheck is defined', () => {
    const waits = Object.values(services).flatMap(({ depends_on = {} }) => Object.entries(depends_on))
    expect(waits.length).toBeGreaterThan(5)
    for (const [name, { condition }] of waits) {
      const awaited = services[name]
      expect(awaited, name).toBeDefined()
      if (condition === 'service_healthy') expect(awaited?.healthcheck, name).toBeDefined()
    }
  })

  it('publishes ports on this machine only, and pins every third-party image', () => {
    expect(
      Object.values(services).flatMap(({ ports = [] }) => ports.filter((port) => !port.startsWith('127.0.0.1:'))),
    ).toEqual([])
    const others = Object.values(services).filter(({ build }) => build === undefined)
    expect(others.filter(({ image }) => !/:\d/.test(image))).toEqual([])
  })
})

describe('Dockerfile', () => {
  const dockerfile = readFileSync(path.join(checkout, 'Dockerfile'), 'utf8')

  it('runs as an unprivileged user, on the tested Node.js', () => {
    expect(dockerfile).toMatch(/^FROM node:20-slim$/m)
    expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('RUN '))
  })

  it('copies no secret and no data of this checkout', () => {
    const left = readFileSync(path.join(checkout, '.dockerignore'), 'utf8').split('\n')
    expect(left).toEqual(expect.arrayContaining(['.git', '.env*', 'tributary.yaml', '.tributary*', 'node_modules']))
  })
})
