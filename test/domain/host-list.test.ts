import { describe, expect, test } from 'vitest'
import { listsHost } from '../../domain/host-list.js'
import { retryAfterMs } from '../../domain/retry-after.js'

describe('a list of hosts', () => {
  test.each([
    ['router.example', 'https://router.example/x', true],
    ['router.example', 'https://ROUTER.example./x', true],
    ['router.example:443', 'https://router.example/', true],
    ['router.example', 'https://router.example:8443/', false],
    ['router.example:8443', 'https://router.example:8443/', true],
    ['router.example:8443', 'https://router.example/', false],
    ['router.example', 'http://router.example/', true],
    ['router.example:443', 'http://router.example/', false],
    ['router.example', 'https://evil.router.example/', false],
    ['router.example', 'https://router.example.evil/', false],
    ['router.example', 'https://router.example@evil.example/', false],
    ['router', 'https://router.example/', false],
    ['', 'https://router.example/', false],
    ['*', 'https://router.example/', false],
    ['[::1]:8090', 'http://[::1]:8090/', true],
    ['https://router.example', 'https://router.example/', false],
  ])('%s and %s: %s', (entry, address, expected) => {
    expect(listsHost(['other.example', entry], new URL(address))).toBe(expected)
  })
})

describe('Retry-After', () => {
  const now = new Date('2026-11-20T10:00:00Z')
  test.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Friday, 20-Nov-26 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    // A wait of years is a mistake of theirs: at most a day.
    ['999999999', 86_400_000],
    ['Fri, 20 Nov 2099 10:00:00 GMT', 86_400_000],
    ['7.5', undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected)
  })
})
