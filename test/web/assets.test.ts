import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { securityHeaders } from '../../api/http/security-headers.js'
import { sendAsset } from '../../api/pages/send-asset.js'
import { sendDocument } from '../../api/pages/send-document.js'
import { sendPage } from '../../api/plain-page.js'
import { docsPage } from '../../api/public/docs-page.js'
import { sendPage as sendSandboxPage } from '../../sandbox/pages/layout.js'
import { cspHash, stylesheet } from '../../web/kit/asset.js'
import { html } from '../../web/kit/html.js'
import { minifiedCss } from '../../web/kit/minified-css.js'
import { DOCS_SCRIPT, DOCS_STYLE, OPERATOR_STYLE, PLAIN_STYLE } from '../../web/kit/stylesheets.js'
import { signInForm } from '../../web/sign-in.js'
import { checkout } from '../docs/pages.js'

const ASSETS = [PLAIN_STYLE, OPERATOR_STYLE, DOCS_STYLE, DOCS_SCRIPT]

/** Every kind of page, each sent as its route sends it. */
function pages(): express.Express {
  const app = express().disable('etag').use(securityHeaders(false))
  for (const asset of ASSETS) app.get(asset.path, sendAsset(asset))
  app.get('/operator', (_request, response) =>
    sendDocument(response, 200, { title: 'Sign in', signedIn: null, body: signInForm('/ops', null) }),
  )
  app.get('/plain', (_request, response) => sendPage(response, 200, '<Wait>', '"soon"', { after: 2, url: '/e/x' }))
  app.get('/docs', (_request, response) => {
    const info = { title: 'Tributary' }
    response.type('html').send(docsPage({ info, servers: [], tags: [], paths: {}, components: { schemas: {} } }))
  })
  for (const plots of [true, false]) {
    app.get(`/sandbox-${plots}`, (_request, response) =>
      sendSandboxPage(response, 200, { title: 'x', body: html`<p>x</p>`, plots }),
    )
  }
  return app
}

/** The sources that a policy names for a kind of content. */
function allowed(policy: string, directive: string): readonly string[] {
  const directives = new Map(
    policy.split(';').map((one): [string, string[]] => {
      const [name = '', ...sources] = one.trim().split(/\s+/)
      return [name, sources]
    }),
  )
  return directives.get(directive) ?? directives.get('default-src') ?? []
}

describe('the policy of a page matches what the page needs', () => {
  it.each(['/operator', '/plain', '/docs', '/sandbox-true', '/sandbox-false'])('%s', async (address) => {
    const { text, headers } = await request(pages()).get(address)
    const policy = String(headers['content-security-policy'])
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(policy).toContain("frame-ancestors 'none'")
    const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style = '']) => style)
    for (const style of styles)
      expect(allowed(policy, 'style-src')).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    const links = [...text.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, href = '']) => href)
    if (links.length > 0) expect(allowed(policy, 'style-src')).toContain("'self'")
    const scripts = [...text.matchAll(/<script([^>]*)>([^<]*)/g)]
    if (scripts.length > 0) expect(allowed(policy, 'script-src')).toContain("'self'")
    for (const [, attributes, content] of scripts)
      expect([attributes, content]).toEqual([expect.stringContaining(' src="/'), ''])
    expect(links.length + styles.length).toBe(1)
    if (text.includes('rel="icon" href="data:,"')) expect(allowed(policy, 'img-src')).toContain('data:')
    expect(text.includes('rel="icon"'), 'the reference asks for no icon').toBe(address === '/docs')
    expect(text).not.toMatch(/\sstyle="|\son\w+="/)
    for (const href of [...links, ...scripts.map(([, tag = '']) => /src="([^"]+)"/.exec(tag)?.[1] ?? '')])
      expect((await request(pages()).get(href)).headers['cache-control'], href).toContain('immutable')
  })

  it('and a page of the sandbox without plots does not bring their style', async () => {
    const size = async (address: string) => (await request(pages()).get(address)).text.length
    expect(await size('/sandbox-false')).toBeLessThan(await size('/sandbox-true'))
  })
})

describe('an asset', () => {
  it.each(ASSETS.map((asset) => [asset.path, asset] as const))(
    '%s is kept for good under its hash',
    async (_path, asset) => {
      const named = await request(pages()).get(asset.href)
      expect([named.status, named.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
      expect(named.type).toBe(asset.type === 'css' ? 'text/css' : 'text/javascript')
      expect(named.headers['x-content-type-options']).toBe('nosniff')
      // a page of another version, or no version at all
      for (const href of [asset.path, `${asset.path}?v=other`, `${asset.path}?v=${asset.version}&v=other`])
        expect((await request(pages()).get(href)).headers['cache-control'], href).toBe('public, max-age=300')
      const known = await request(pages()).get(asset.path).set('if-none-match', String(named.headers.etag))
      expect([known.status, known.text]).toEqual([304, ''])
      expect(createHash('sha256').update(asset.content).digest('base64url').startsWith(asset.version)).toBe(true)
    },
  )

  it('says what a policy needs to let it stand within a page', () => {
    const digest = createHash('sha256').update(PLAIN_STYLE.content).digest('base64')
    expect(cspHash(PLAIN_STYLE)).toBe(`'sha256-${digest}'`)
    expect(() => stylesheet('', 'nowhere')).toThrow(/ENOENT/)
  })

  it('is each of the files, and loads nothing from elsewhere', () => {
    const files = readdirSync(path.join(checkout, 'web/assets'))
    expect(files).toEqual(expect.arrayContaining(['tokens.css', 'docs.js', 'plots.css']))
    for (const file of files) {
      const content = readFileSync(path.join(checkout, 'web/assets', file), 'utf8')
      expect(content, file).not.toMatch(/@import|url\(|https?:|<\/(?:style|script)/i)
    }
  })
})

describe('CSS without white space', () => {
  it('keeps text in quotes, and every space that means something', () => {
    const css = `/* a { } */\n.a .b,\n.c > .d:not(.e) {\n  content: "a  ;  b: c /* d */";\n  width: calc(0.5rem + 10.5px);\n}\n@media (max-width: 4rem) {\n  a :hover {\n    color: red;\n  }\n}\n`
    expect(minifiedCss(css)).toBe(
      '.a .b,.c > .d:not(.e){content:"a  ;  b: c /* d */";width:calc(.5rem + 10.5px)}@media (max-width:4rem){a :hover{color:red}}',
    )
  })
})
