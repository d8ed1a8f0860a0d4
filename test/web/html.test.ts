import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributes } from '../../web/kit/attributes.js'
import { type Html, html, type Part } from '../../web/kit/html.js'
import { inline, prose } from '../../web/kit/prose.js'
import { safeAddress } from '../../web/kit/safe-address.js'
import { checkout } from '../docs/pages.js'

/** Text with what matters to a parser of HTML in it far more often than by chance. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '`',
        '=',
        '/',
        ' ',
        '\n',
        '-->',
        '<!--',
        '</script>',
        '</title>',
        '&lt;',
      ),
      fc.constantFrom('javascript:', 'onerror=x', '<img src=x onerror=alert(1)>', '"><script>', "' onload='", '\u0000'),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))

/** What a parser makes of the five escapes, and of nothing else. */
const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** What stands between two markers that no value can make, as it was sent and as it is read. */
function between({ text }: Html, before: string, after: string): { sent: string; read: string } {
  expect(text.startsWith(before) && text.endsWith(after)).toBe(true)
  const sent = text.slice(before.length, text.length - after.length)
  return { sent, read: unescaped(sent) }
}

describe('no value breaks out', () => {
  it('between tags: it is read as the text that it is', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { sent, read } = between(html`<p>${value}</p>`, '<p>', '</p>')
        expect(sent).not.toMatch(/[<>"']/)
        expect(sent).not.toMatch(/&(?!(?:lt|gt|quot|amp|#39);)/)
        expect(read).toBe(value)
      }),
    )
  })

  it('of an attribute in either quotes, beside text of the template or alone', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const double = between(html`<p title="a ${one} b ${other}">`, '<p title="', '">')
        expect(double.sent).not.toMatch(/[<>"']/)
        expect(double.read).toBe(`a ${one} b ${other}`)
        const single = between(html`<p title='${one}'>`, "<p title='", "'>")
        expect(single.sent).not.toMatch(/[<>"']/)
        expect(single.read).toBe(one)
      }),
    )
  })

  it('of an attribute that is there only sometimes', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { sent, read } = between(html`<p${attributes({ title: value })}>`, '<p title="', '">')
        expect(sent).not.toMatch(/[<>"']/)
        expect(read).toBe(value)
      }),
    )
  })

  it('of prose, whose code is text too', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        for (const { text } of [inline(value), prose(value)])
          expect(text.replace(/<\/?(?:p|code)>/g, '')).not.toMatch(/[<>"']/)
      }),
    )
    expect(inline('set `a<b` and `c`').text).toBe('set <code>a&lt;b</code> and <code>c</code>')
    expect(prose('one\n\ntwo').text).toBe('<p>one</p><p>two</p>')
  })

  it('of an attribute when it is markup: there it is text', () => {
    const markup = html`<b title="x">"</b>`
    expect(html`<p title="${markup}">`.text).toBe('<p title="&lt;b title=&quot;x&quot;&gt;&quot;&lt;/b&gt;">')
  })
})

describe('an address', () => {
  it('keeps its scheme only when that runs nothing, as a browser reads it', () => {
    const scheme = fc.constantFrom('javascript', 'JaVaScRiPt', 'data', 'vbscript', 'blob', 'file', 'view-source', 'x-y')
    const gap = fc.constantFrom('', ' ', '\t', '\n', '\u0000', '\u0001 ', '\r\n')
    fc.assert(
      fc.property(scheme, gap, gap, fc.string(), (name, before, within, rest) => {
        // a browser strips spaces before the scheme, and tabs and line ends anywhere
        const cut = /^[\t\r\n]*$/.test(within) ? within : ''
        const address = `${before}${name.slice(0, 2)}${cut}${name.slice(2)}:${rest}`
        expect(html`<a href="${address}">`.text).toBe('<a href="#unsafe-address">')
        expect(html`<form action='${address}'>`.text).toBe("<form action='#unsafe-address'>")
        expect(html`<a href="${address}/x?y=${rest}">`.text).toMatch(/^<a href="#unsafe-address\/x\?y=/)
      }),
    )
  })

  it('agrees with the parser of the platform about every text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // what the platform cannot parse leads nowhere
        if (!URL.canParse(safeAddress(text), 'https://here.example/')) return
        const read = new URL(safeAddress(text), 'https://here.example/').protocol
        expect(['https:', 'http:', 'mailto:']).toContain(read)
      }),
      { numRuns: 300 },
    )
  })

  it('is left alone where it is relative, http, https or mailto', () => {
    for (const address of [
      '/ops?a=b#c',
      'https://x.example/a:b',
      'HTTP://x',
      'mailto:a@b.example',
      '?q=javascript:',
      '',
      'a/b:c',
    ])
      expect(html`<a href="${address}">`.text).toBe(`<a href="${address}">`)
  })
})

describe('a template is refused, whatever its values,', () => {
  const cases: [where: string, make: (value: Part) => Html][] = [
    ['in a value without quotes', (x) => html`<p title=${x}>`],
    ['behind a space that follows the equals sign', (x) => html`<p title= ${x}>`],
    ['as a tag’s name', (x) => html`<${x}>`],
    ['as the name of an end tag', (x) => html`<p></${x}>`],
    ['behind a declaration’s mark', (x) => html`<!${x}>`],
    ['within an attribute’s name', (x) => html`<p data-${x}="1">`],
    ['joined to the next attribute’s name', (x) => html`<p ${x}title="1">`],
    ['in a comment', (x) => html`<!-- ${x} -->`],
    ['in a script', (x) => html`<script>let x = "${x}"</script>`],
    ['in a style', (x) => html`<style>p { color: ${x} }</style>`],
    ['in an inline style', (x) => html`<p style="color: ${x}">`],
    ['in a handler', (x) => html`<p onclick="go('${x}')">`],
    ['in the document of a frame', (x) => html`<iframe srcdoc="${x}"></iframe>`],
    ['in a list of addresses', (x) => html`<img srcset="${x}">`],
    ['as the end of a scheme', (x) => html`<a href="java${x}">`],
    ['as one of two beginnings of an address', (x) => html`<a href="${x}${x}">`],
    ['as the beginning of a scheme', (x) => html`<a href="${x}:alert(1)">`],
    ['that ends within a tag', (x) => html`<p title="${x}"`],
    ['that ends within an attribute', (x) => html`<p>${x}</p><p title="`],
    ['that ends with an open angle', (x) => html`${x}<`],
  ]
  it.each(cases)('%s', (_where, make) => {
    expect(() => make('x')).toThrow(TypeError)
    expect(() => make('')).toThrow(/not safe/)
  })

  it('and names itself, so that it is found', () => {
    expect(() => html`<p title=${'x'}>`).toThrow(
      'This template is not safe: a value is not allowed in the before value. Template: <p title={…}>',
    )
  })

  it('when a text stands where only attributes may', () => {
    expect(() => html`<p ${'onclick=x'}>`).toThrow(/only attributes\(\)/)
    expect(() => html`<p>${attributes({ id: 'x' })}</p>`).toThrow(/within a tag/)
    for (const name of ['onclick', 'style', 'href', 'src', 'srcdoc', 'action', 'a b', '"', ''])
      expect(() => attributes({ [name]: 'x' }), name).toThrow(/does not accept/)
  })
})

describe('a value', () => {
  it('that is nothing is nothing; 0 is a number; lists are joined', () => {
    expect(html`<p>${null}${undefined}${false}${0}${''}${[html`<b></b>`, 'a<', [1, null]]}</p>`.text).toBe(
      '<p>0<b></b>a&lt;1</p>',
    )
    expect(html`<p title="${null}${0}">`.text).toBe('<p title="0">')
    expect(html`<input${attributes({ required: true, max: 3, min: null, disabled: false })}>`.text).toBe(
      '<input required max="3">',
    )
  })
})

it('markup is made of plain text by the kit alone, from files of ours', () => {
  const files = ['web', 'api', 'sandbox'].flatMap((room) =>
    readdirSync(path.join(checkout, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(room, file)),
  )
  expect(files.length).toBeGreaterThan(100)
  const users = files.filter((file) => /\btrusted\(/.test(readFileSync(path.join(checkout, file), 'utf8')))
  expect(users).toEqual([path.join('web', 'kit', 'asset.ts')])
})
