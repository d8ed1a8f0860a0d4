import { escaped } from './escape.js'

/** Attributes of a tag, escaped: created only by `attributes`. */
class AttributeText {
  constructor(readonly text: string) {}
}
export type Attributes = AttributeText

/** Names of plain HTML attributes; handlers, styles and addresses belong into the template. */
const NAME = /^(?!on|style$|src|href$|action$|formaction$)[a-z][a-z0-9-]*$/

/**
 * Optional attributes of a template: `<option value="1"${attributes({ selected })}>`.
 * @param values by name; true = the bare name; false, null or undefined = absent
 * @throws TypeError for a name that is not a plain attribute
 */
export function attributes(values: Readonly<Record<string, string | number | boolean | null | undefined>>): Attributes {
  let text = ''
  for (const [name, value] of Object.entries(values)) {
    if (!NAME.test(name)) throw new TypeError(`attributes() does not accept "${name}": write it into the template`)
    if (value === null || value === undefined || value === false) continue
    text += value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`
  }
  return new AttributeText(text)
}

export const isAttributes = (part: unknown): part is Attributes => part instanceof AttributeText
