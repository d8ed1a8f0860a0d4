import { connect, createServer, type Server } from 'node:net'
import { Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOptions } from '../../platform/temporal/connection.js'
import { isLoopback } from '../../platform/temporal/loopback.js'
import { withDirectLoopback } from '../../scripts/loopback.mjs'

const NAMES = [
  'grpc_proxy',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
] as const
const EXEMPT = ['no_proxy', 'NO_PROXY', 'no_grpc_proxy'] as const
const before = { ...process.env }
const asked: string[] = []
let proxy: Server

/** The proxy variables of a company network, and a proxy that cannot reach this machine's servers. */
beforeAll(async () => {
  proxy = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (head) => {
      asked.push(head.toString('latin1').split('\r\n')[0] ?? '')
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  for (const name of NAMES) process.env[name] = `http://127.0.0.1:${port}`
  for (const name of EXEMPT) delete process.env[name]
})
afterAll(async () => {
  for (const name of [...NAMES, ...EXEMPT]) {
    delete process.env[name]
    if (before[name] !== undefined) process.env[name] = before[name]
  }
  await new Promise((resolve) => proxy.close(resolve))
})

describe('where every *_proxy variable is set', () => {
  it('clients and workers reach a Temporal on this machine directly', async () => {
    const address = process.env.TEST_TEMPORAL_ADDRESS ?? ''
    const client = await Connection.connect({ ...clientOptions({ address }), connectTimeout: '10s' })
    await client.workflowService.getSystemInfo({})
    await client.close()
    const native = await NativeConnection.connect({ address })
    await native.close()
    expect(asked).toEqual([])
  })

  it('a Temporal elsewhere is reached through the proxy', async () => {
    const elsewhere = clientOptions({ address: 'temporal.example:7233' })
    await expect(Connection.connect({ ...elsewhere, connectTimeout: '2s' })).rejects.toThrow()
    expect(asked[0]).toMatch(/^CONNECT temporal\.example:7233 /)
  })
})

it('a call without a deadline of its own ends when its server never answers', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const listening = silent.address()
  const port = typeof listening === 'object' && listening !== null ? listening.port : 0
  const connection = Connection.lazy({ ...clientOptions({ address: `127.0.0.1:${port}` }), connectTimeout: '1s' })
  const hung = connect(port, '127.0.0.1')
  await expect(connection.workflowService.getSystemInfo({})).rejects.toThrow(/deadline/i)
  await connection.close()
  hung.destroy()
  silent.close()
}, 20_000)

it('recognises the addresses of this machine', () => {
  for (const one of ['localhost:7233', '127.0.0.1:1', '127.9.9.9', '[::1]:7233', '::1', 'a.localhost', '0.0.0.0:7233'])
    expect(isLoopback(one), one).toBe(true)
  for (const one of [
    'temporal.example:7233',
    '10.0.0.1:7233',
    'localhost.example:1',
    '[2001:db8::1]:7233',
    '1.127.0.0.1',
  ])
    expect(isLoopback(one), one).toBe(false)
})

it('keeps the user’s exemptions and adds this machine, in every variable', () => {
  expect(withDirectLoopback({ HOME: '/h' })).toEqual({
    HOME: '/h',
    no_proxy: 'localhost,127.0.0.1,::1',
    NO_PROXY: 'localhost,127.0.0.1,::1',
  })
  expect(withDirectLoopback({ NO_PROXY: 'corp.example, localhost', no_grpc_proxy: 'x' })).toEqual({
    no_proxy: 'corp.example,localhost,127.0.0.1,::1',
    NO_PROXY: 'corp.example,localhost,127.0.0.1,::1',
    no_grpc_proxy: 'x,localhost,127.0.0.1,::1',
  })
})
