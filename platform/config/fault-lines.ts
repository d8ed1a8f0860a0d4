import { basename } from 'node:path'
import type { Place, SourceDocument } from './document.js'
import { type ConfigPath, type Fault, formatPath } from './faults.js'

/** One line per fault, in the order of the file: `path: what is wrong; example: … (file:line)`. */
export function faultLines(document: SourceDocument, faults: readonly Fault[]): string[] {
  const unset = document.faults.map((fault) => formatPath(fault.path))
  const lines = faults
    .filter((fault) => document.faults.includes(fault) || !followsFrom(unset, fault.path))
    .map((fault) => ({ line: placeOf(document, fault.path).line, text: lineFor(document, fault) }))
    .sort((left, right) => left.line - right.line)
    .map((entry) => entry.text)
  return [...new Set(lines)]
}

/** True for faults at or around a value whose variable is not set: the variable's own line covers them. */
function followsFrom(unset: readonly string[], path: ConfigPath): boolean {
  const here = formatPath(path)
  return unset.some((one) => one === here || one.startsWith(`${here}.`) || one.startsWith(`${here}[`))
}

function lineFor(document: SourceDocument, fault: Fault): string {
  const example = fault.example === undefined ? '' : `; example: ${exampleFor(fault.path, fault.example)}`
  const text = `${formatPath(fault.path)}: ${fault.text}${example}`
  // A key or word of the file may contain line breaks; a fault is always one line.
  const { file = basename(document.file), line } = placeOf(document, fault.path)
  return `${text} (${file}:${line})`.replaceAll(/\s+/g, ' ')
}

/** Adds the key if the example can then be pasted. */
function exampleFor(path: ConfigPath, example: string): string {
  const key = path.at(-1)
  return typeof key === 'string' && !example.startsWith('one of ') && !example.includes(': ')
    ? `${key}: ${example}`
    : example
}

/** The place of the value, or of its nearest parent in the file. */
function placeOf(document: SourceDocument, path: ConfigPath): Place {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = document.places.get(formatPath(path.slice(0, length)))
    if (place) return place
  }
  return { line: 1, variables: [] }
}
