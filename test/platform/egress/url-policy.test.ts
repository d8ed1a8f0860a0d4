import { describe, expect, test } from 'vitest'
import { isPublicAddress } from '../../../platform/egress/address-policy.js'
import { validateUrl } from '../../../platform/egress/url-policy.js'

const REFUSED = [
  // not the web
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://provider.example/',
  'ws://provider.example/',
  'gopher://provider.example/',
  'blob:https://provider.example/x',
  'about:blank',
  'mailto:a@provider.example',
  'intent://x#Intent;end',
  // not absolute
  '',
  '/relative',
  '//provider.example/x',
  'provider.example/x',
  'https://',
  'https:///',
  'http:',
  '\\\\server\\share',
  // plain http, other ports, user names
  'http://provider.example/',
  'https://provider.example:22/',
  'https://provider.example:5432/',
  'https://provider.example:80/',
  'https://user@provider.example/',
  'https://user:password@provider.example/',
  'https://provider.example@127.0.0.1/',
  'https://:secret@provider.example/',
  // loopback in every spelling that a URL folds
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0x7f.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://①②⑦.0.0.1/',
  'https://127.0.0.1./',
  'https://127.0.0.1:443/',
  'https://[::1]/',
  'https://[::]/',
  'https://0.0.0.0/',
  'https://0/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  // private networks
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://169.254.169.254/',
  'https://100.64.0.1/',
  'https://100.127.255.254/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[fe80::1]/',
  'https://router.local/',
  'https://metadata.google.internal/',
  'https://db.lan/',
  'https://intranet/',
  // reserved, multicast, documentation
  'https://224.0.0.1/',
  'https://239.1.1.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://198.51.100.7/',
  'https://203.0.113.9/',
  'https://192.0.0.8/',
  'https://[ff02::1]/',
  'https://[2001:db8::1]/',
  'https://[fec0::1]/',
  // IPv4 inside IPv6
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b::a00:1]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a00:1::1]/',
  'https://[2001::1]/',
  'https://[::ffff:0:127.0.0.1]/',
]

const TAKEN = [
  'https://provider.example/survey?x=1#y',
  'https://provider.example:443/',
  'https://provider.example:8443/a',
  'https://93.184.215.14/',
  'https://[2606:4700::1111]/',
  'https://sub.provider.example./',
  'https://xn--mnchen-3ya.example/',
]

describe('addresses from outside', () => {
  test(`${REFUSED.length} hostile ones are refused`, () => {
    expect(REFUSED.length).toBeGreaterThanOrEqual(80)
    const passed = REFUSED.filter((address) => {
      try {
        validateUrl(address, { allowPrivate: false })
        return true
      } catch (error) {
        expect(error).toMatchObject({ name: 'EgressError', kind: 'not-allowed' })
        return false
      }
    })
    expect(passed).toEqual([])
  })

  test.each(TAKEN)('%s is accepted', (address) => {
    expect(validateUrl(address, { allowPrivate: false })).toBeInstanceOf(URL)
  })

  test('a sandbox may use plain http on any port of this machine, but no other scheme', () => {
    for (const address of [
      'http://127.0.0.1:8090/x',
      'http://localhost:3000/',
      'https://10.0.0.1/',
      'http://[::1]:81/',
    ]) {
      expect(validateUrl(address, { allowPrivate: true })).toBeInstanceOf(URL)
    }
    for (const address of ['javascript:alert(1)', 'file:///x', 'http://user:p@localhost/', '']) {
      expect(() => validateUrl(address, { allowPrivate: true })).toThrow()
    }
  })

  test('text that is no address is not public', () => {
    for (const text of ['', 'localhost', '1.2.3', '::g', '1.2.3.4.5']) expect(isPublicAddress(text)).toBe(false)
    expect(isPublicAddress('fe80::1%eth0')).toBe(false)
    expect(isPublicAddress('8.8.8.8')).toBe(true)
  })
})
