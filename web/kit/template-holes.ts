/**
 * The position of a value in a template. `text` is between tags; `value` in a quoted attribute; `address` at the start
 * of a quoted attribute that holds a URL, where the value may choose the scheme; `tag` between a tag's name and its
 * end.
 */
export type Hole = 'text' | 'value' | 'address' | 'tag'

/** Attributes that the HTML standard and SVG resolve as a URL, except lists of URLs. */
const ADDRESSES = new Set([
  ...['action', 'cite', 'data', 'formaction', 'href', 'manifest', 'poster', 'src', 'xlink:href'],
])
/** Attributes in which escaping does not protect: the value is read as a script, a style, markup or a list of URLs. */
const CODE = /^(on.*|style|srcdoc|srcset|ping)$/
/** Elements whose content is not parsed as markup, so that an escaped value has another meaning there. */
const RAW = new Set(['script', 'style', 'iframe', 'noembed', 'noframes', 'noscript', 'plaintext', 'xmp'])

interface Place {
  state:
    | 'text'
    | 'raw'
    | 'tag name'
    | 'tag'
    | 'attribute name'
    | 'before value'
    | 'unquoted value'
    | 'value'
    | 'comment'
  element: string
  attribute: string
  quote: string
  /** The template's own text of the attribute's value so far. */
  written: string
  /** How many values the attribute has so far. */
  holes: number
}

/**
 * Finds the position of every value in a template, once per template in the source.
 * @throws TypeError for a position in which no escaping is safe, and for a template that ends within a tag
 */
export function holesOf(strings: readonly string[]): readonly Hole[] {
  const place: Place = { state: 'text', element: '', attribute: '', quote: '', written: '', holes: 0 }
  const holes: Hole[] = []
  strings.forEach((text, index) => {
    read(place, text)
    if (index < strings.length - 1) holes.push(holeAt(place, strings[index + 1] ?? '', strings))
  })
  if (place.state !== 'text') refuse(`it ends within ${described(place)}`, strings)
  return holes
}

function holeAt(place: Place, next: string, strings: readonly string[]): Hole {
  switch (place.state) {
    case 'text':
      return 'text'
    case 'tag name':
    case 'tag':
    case 'attribute name':
      return holeInTag(place, next, strings)
    case 'value':
      return holeInValue(place, next, strings)
    default:
      return refuse(`a value is not allowed in ${described(place)}`, strings)
  }
}

/**
 * `attributes` emits a space before each name; without a space after the value, or before a tag name, they would join
 * another name.
 */
function holeInTag(place: Place, next: string, strings: readonly string[]): Hole {
  const named = place.state !== 'tag name' || /^[a-z]/.test(place.element)
  if (!named || !/^[\s/>]/.test(next)) refuse(`a value is not allowed in ${described(place)}`, strings)
  return 'tag'
}

function holeInValue(place: Place, next: string, strings: readonly string[]): Hole {
  if (CODE.test(place.attribute)) refuse(`a value is not allowed in ${described(place)}`, strings)
  place.holes += 1
  if (!ADDRESSES.has(place.attribute)) return 'value'
  // after a slash, a question mark, a fragment or a scheme of the template, no value changes the scheme
  if (/[/?#:]/.test(place.written)) return 'value'
  const rest = next.split(place.quote, 1)[0] ?? ''
  if (place.holes > 1 || place.written !== '' || (rest !== '' && !/^[/?#]/.test(rest)))
    refuse(`${described(place)} must be one value, or begin with one that a slash follows`, strings)
  return 'address'
}

/** Follows the parser of the HTML standard as far as well-formed templates need it. */
function read(place: Place, text: string): void {
  let at = 0
  while (at < text.length) at = step(place, text, at)
}

function step(place: Place, text: string, at: number): number {
  const character = text[at] ?? ''
  switch (place.state) {
    case 'text':
      return readText(place, text, at)
    case 'raw':
      return readRaw(place, text, at)
    case 'comment':
      return skipTo(place, text, at, '-->')
    case 'tag name':
      // an end tag keeps its slash, so that it is not an element of its own
      if (/[\s>]/.test(character) || (character === '/' && place.element !== '')) return become(place, 'tag', at)
      place.element += character.toLowerCase()
      return at + 1
    case 'tag':
      return readTag(place, character, at)
    case 'attribute name':
      if (character === '=') return become(place, 'before value', at + 1)
      if (/[\s/>]/.test(character)) return become(place, 'tag', at)
      place.attribute += character.toLowerCase()
      return at + 1
    case 'before value':
      return readQuote(place, character, at)
    case 'unquoted value':
      return /[\s>]/.test(character) ? become(place, 'tag', at) : at + 1
    case 'value':
      return readValue(place, text, at)
  }
}

function readText(place: Place, text: string, at: number): number {
  const open = text.indexOf('<', at)
  if (open === -1) return text.length
  if (text.startsWith('<!--', open)) return become(place, 'comment', open + 4)
  const next = text[open + 1]
  // a `<` at the end of a piece makes a tag of the value after it
  if (next !== undefined && !/[a-zA-Z/!?]/.test(next)) return open + 1
  place.element = ''
  return become(place, 'tag name', open + 1)
}

function readTag(place: Place, character: string, at: number): number {
  if (character === '>') return become(place, RAW.has(place.element) ? 'raw' : 'text', at + 1)
  if (/[\s/]/.test(character)) return at + 1
  place.attribute = character.toLowerCase()
  return become(place, 'attribute name', at + 1)
}

function readQuote(place: Place, character: string, at: number): number {
  if (/\s/.test(character)) return at + 1
  if (character !== '"' && character !== "'") return become(place, 'unquoted value', at)
  place.quote = character
  place.written = ''
  place.holes = 0
  return become(place, 'value', at + 1)
}

function readValue(place: Place, text: string, at: number): number {
  const end = text.indexOf(place.quote, at)
  place.written += text.slice(at, end === -1 ? text.length : end)
  return end === -1 ? text.length : become(place, 'tag', end + 1)
}

function readRaw(place: Place, text: string, at: number): number {
  const end = text.toLowerCase().indexOf(`</${place.element}`, at)
  if (end === -1) return text.length
  place.element = ''
  return become(place, 'tag name', end + 1)
}

function skipTo(place: Place, text: string, at: number, end: string): number {
  const found = text.indexOf(end, at)
  return found === -1 ? text.length : become(place, 'text', found + end.length)
}

function become(place: Place, state: Place['state'], at: number): number {
  place.state = state
  return at
}

const described = ({ state, element, attribute }: Place): string =>
  state === 'raw' ? `<${element}>` : state === 'value' ? `the attribute ${attribute}` : `the ${state}`

function refuse(fault: string, strings: readonly string[]): never {
  throw new TypeError(`This template is not safe: ${fault}. Template: ${strings.join('{…}').trim().slice(0, 200)}`)
}
