import { z } from 'zod'
import type { AttributeMapping, VocabularyMapping } from '../../domain/mapping.js'
import { readDocument } from './document.js'
import { faultLines } from './fault-lines.js'
import { ConfigError, type ConfigPath, type Fault } from './faults.js'
import { Complaint, code, flag, textField } from './fields.js'
import { readBySchema } from './schema-faults.js'
import { absent, section } from './sections.js'

const mappingFileSchema = z.record(
  textField({ example: 'sex' }, (name) =>
    /^\S+$/.test(name) ? name : new Complaint('must be an attribute without spaces'),
  ),
  section({
    question: code('1001007'),
    answers: absent(z.record(z.string(), code('male'))),
    ranges: flag().prefault(false),
    prefixes: flag().prefault(false),
  }).superRefine((attribute, context) => {
    if (attribute.ranges && attribute.prefixes)
      context.addIssue({ code: 'custom', message: 'cannot have both ranges and prefixes' })
  }),
)

/**
 * Reads an attribute mapping file: canonical attribute -> theirs (docs/configuration.md, The file).
 * @param at the setting that names the file, for its fault lines
 */
export function readAttributeMapping(
  file: string,
  at: ConfigPath,
): { data: VocabularyMapping | null; faults: Fault[] } {
  try {
    const document = readDocument(file, {})
    const read = readBySchema(mappingFileSchema, document.data ?? {}, [])
    const lines = faultLines(document, [...document.faults, ...read.faults])
    if (read.data === null || lines.length > 0) return { data: null, faults: lines.map((text) => ({ path: at, text })) }
    const attributes = Object.entries(read.data).map(([name, given]): [string, AttributeMapping] => [
      name,
      {
        question: given.question,
        ...(given.answers ? { answers: given.answers } : {}),
        ...(given.ranges ? { ranges: true } : {}),
        ...(given.prefixes ? { prefixes: true } : {}),
      },
    ])
    return { data: { identity: false, attributes: Object.fromEntries(attributes) }, faults: [] }
  } catch (error) {
    if (error instanceof ConfigError) return { data: null, faults: error.lines.map((text) => ({ path: at, text })) }
    throw error
  }
}
