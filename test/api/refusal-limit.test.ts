import { beforeEach, describe, expect, it } from 'vitest'
import { clientAddress } from '../../api/http/client-address.js'
import { RateLimiter } from '../../api/http/rate-limit.js'
import { RefusalLimit } from '../../api/http/refusal-limit.js'

let now = 0
beforeEach(() => {
  now = 0
})
const limitOf = (perMinute: number, most?: number) => new RefusalLimit(perMinute, () => now, most)
const refuse = (limit: RefusalLimit, address: string, times: number): void => {
  for (let n = 0; n < times; n++) limit.refused(address)
}

describe('refusals of an address', () => {
  it('fill a bucket of one minute, which drains', () => {
    const limit = limitOf(60)
    refuse(limit, 'a', 59)
    expect(limit.waitSeconds('a')).toBe(0)
    refuse(limit, 'a', 1)
    expect(limit.waitSeconds('a')).toBeCloseTo(1)
    expect(limit.waitSeconds('b')).toBe(0)
    now = 1_000
    expect(limit.waitSeconds('a')).toBe(0)
    refuse(limit, 'a', 1)
    expect(limit.waitSeconds('a')).toBeCloseTo(1)
  })

  it('fill a smaller bucket where a burst is given', () => {
    const limit = new RefusalLimit(60, () => now, undefined, 5)
    refuse(limit, 'a', 4)
    expect(limit.waitSeconds('a')).toBe(0)
    refuse(limit, 'a', 1)
    expect(limit.waitSeconds('a')).toBeCloseTo(1)
    now = 60_000
    refuse(limit, 'a', 4)
    expect(limit.waitSeconds('a')).toBe(0)
    refuse(limit, 'a', 1)
    expect(limit.waitSeconds('a')).toBeGreaterThan(0)
  })

  it('do not block it within a minute after a proven arrival', () => {
    const limit = limitOf(10)
    limit.proven('a')
    refuse(limit, 'a', 100)
    expect(limit.waitSeconds('a')).toBe(0)
    now = 59_000
    expect(limit.waitSeconds('a')).toBe(0)
    refuse(limit, 'a', 100)
    now = 60_000
    expect(limit.waitSeconds('a')).toBeGreaterThan(0)
    limit.proven('a')
    expect(limit.waitSeconds('a')).toBe(0)
  })

  it('are counted for at most N addresses; the least recent one is dropped', () => {
    const limit = limitOf(1, 100)
    for (let n = 0; n < 1_000; n++) limit.refused(`address ${n}`)
    expect(limit.size).toBe(100)
    expect(limit.waitSeconds('address 999')).toBeGreaterThan(0)
    expect(limit.waitSeconds('address 0')).toBe(0)
    limit.refused('address 900')
    limit.refused('new')
    expect(limit.waitSeconds('address 900')).toBeGreaterThan(0)
    expect(limit.waitSeconds('address 901')).toBe(0)
  })
})

describe('the address of a client', () => {
  const of = (remoteAddress: string | undefined) => clientAddress({ socket: { remoteAddress } } as never)

  it('is the IPv4 address, also when written as IPv6', () => {
    expect(of('203.0.113.7')).toBe('203.0.113.7')
    expect(of('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(of('203.0.113.8')).not.toBe(of('203.0.113.7'))
  })

  it('is the /64 of an IPv6 address', () => {
    expect(of('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64')
    expect(of('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(of('2001:db8:1:2::1'))
    expect(of('2001:db8:1:3::1')).not.toBe(of('2001:db8:1:2::1'))
    expect(of('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  })

  it('is unknown once the connection is closed', () => {
    expect(of(undefined)).toBe('unknown')
  })
})

describe('the work of a key', () => {
  it('uses one bucket per key; a request larger than the burst still passes', () => {
    const limiter = new RateLimiter(5, 10, () => now)
    expect(limiter.take('key', 4)).toBe(0)
    expect(limiter.take('key', 6)).toBe(0)
    expect(limiter.take('key')).toBeCloseTo(0.2)
    expect(limiter.take('another')).toBe(0)
    now = 2_000
    expect(limiter.take('key', 100)).toBe(0)
    expect(limiter.take('key', 100)).toBeCloseTo(2)
  })
})
