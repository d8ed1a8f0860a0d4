import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Html, trusted } from './html.js'
import { minifiedCss } from './minified-css.js'

/** A stylesheet or a script of ours: a file of `web/assets`, read once at start-up. */
export interface Asset {
  /** The path that serves it. */
  readonly path: string
  /** The path with the hash of the content, so that a browser may cache it without a limit. */
  readonly href: string
  /** The hash of the content, as in the address. */
  readonly version: string
  readonly type: 'css' | 'js'
  readonly content: string
}

/**
 * A stylesheet of several files, concatenated, without the white space of the source.
 * @param names files of `web/assets`, without `.css`
 * @throws Error when a file is missing
 */
export const stylesheet = (path: string, ...names: readonly string[]): Asset =>
  asset(path, 'css', minifiedCss(names.map((name) => read(`${name}.css`)).join('')))

/** A script as in its file. @throws Error when the file is missing */
export const script = (path: string, name: string): Asset => asset(path, 'js', read(`${name}.js`))

/** A stylesheet inside a page that cannot link one. The page's policy needs `cspHash` of the same asset. */
export function inlineStyle({ content }: Asset): Html {
  if (/<\/style/i.test(content)) throw new Error('a stylesheet must not contain </style')
  return trusted(`<style>${content}</style>`)
}

/** The hash that `style-src` or `script-src` must name for an inline asset (CSP 3, "hash-source"). */
export const cspHash = ({ content }: Asset): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`

function asset(path: string, type: Asset['type'], content: string): Asset {
  const version = createHash('sha256').update(content).digest('base64url').slice(0, 6)
  return { path, href: `${path}?v=${version}`, version, type, content }
}

const read = (name: string): string => readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8')
