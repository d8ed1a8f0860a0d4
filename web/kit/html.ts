import { type Attributes, isAttributes } from './attributes.js'
import { escaped } from './escape.js'
import { safeAddress } from './safe-address.js'
import { type Hole, holesOf } from './template-holes.js'

/** Markup that is safe to send: created by `html`, or by `trusted` from text of our own. */
class Markup {
  constructor(readonly text: string) {}
}
export type Html = Markup

/** The values of a template: null, undefined and false are empty, so that `condition && html…` works. */
export type Part = Html | Attributes | string | number | null | undefined | false | readonly Part[]

/**
 * A template that escapes every value for its position, unless the value is markup already.
 *
 * Between tags a value is text; markup and lists of it are joined. In a quoted attribute a value is text, even if it is
 * markup. At the start of an attribute with a URL, an address of another scheme than http, https or mailto becomes
 * `#unsafe-address`. Within a tag only `attributes` is allowed. Values without quotes, as names, in comments, in
 * scripts, in styles and in event handlers are refused, with any content: such a template fails on first use.
 * @throws TypeError for a template in which a value could break out
 */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const holes = knownHoles(strings)
  let text = strings[0] ?? ''
  for (let index = 0; index < values.length; index += 1) {
    text += rendered(values[index], holes[index] ?? 'text') + (strings[index + 1] ?? '')
  }
  return new Markup(text)
}

/**
 * Markup from text of this program or its files, never from a request, a provider or the database.
 * Only the kit uses it; test/web/html.test.ts lists where.
 */
export const trusted = (text: string): Html => new Markup(text)

/** Parses each template of the source once: its strings are one object for the whole life of the process. */
const KNOWN = new WeakMap<TemplateStringsArray, readonly Hole[]>()

function knownHoles(strings: TemplateStringsArray): readonly Hole[] {
  const known = KNOWN.get(strings)
  if (known !== undefined) return known
  const holes = holesOf(strings)
  KNOWN.set(strings, holes)
  return holes
}

function rendered(part: Part, hole: Hole): string {
  if (hole === 'text') return textOf(part)
  if (hole === 'tag') return attributesOf(part)
  const text = plainText(part)
  return escaped(hole === 'address' ? safeAddress(text) : text)
}

function textOf(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Markup) return part.text
  if (Array.isArray(part)) return part.map(textOf).join('')
  if (isAttributes(part)) throw new TypeError('Attributes are allowed within a tag, not between tags')
  return escaped(String(part))
}

function attributesOf(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (isAttributes(part)) return part.text
  throw new TypeError('Within a tag only attributes() is allowed, because a text there could add a handler')
}

/** A value of an attribute: markup becomes text there, and shows as such. */
function plainText(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Markup || isAttributes(part)) return part.text
  return Array.isArray(part) ? part.map(plainText).join('') : String(part)
}
