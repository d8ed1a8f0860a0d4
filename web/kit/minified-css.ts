/**
 * CSS without comments and unnecessary white space. Keeps text in quotes, and a space between two selectors and around
 * `+` and `-`, because it has a meaning there.
 */
export function minifiedCss(css: string): string {
  return css
    .split(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\/)/)
    .map((piece, index) => {
      if (index % 2 === 0) return squeezed(piece)
      return piece.startsWith('/*') ? '' : piece
    })
    .join('')
    .trim()
}

const squeezed = (css: string): string =>
  css
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/(?<![\w.])0\.(?=\d)/g, '.')
    .replace(/;}/g, '}')
