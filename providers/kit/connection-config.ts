import { GRADES } from '../../domain/outcome.js'
import { fieldNotes } from '../../platform/config/field-notes.js'
import { currency, duration, identifier, number, oneOf, SHORTEST_POLL_MS, text } from '../../platform/config/fields.js'
import { caps } from '../../platform/config/panel-schema.js'
import { absent } from '../../platform/config/sections.js'

export { fieldNotes, fromEnvironment } from '../../platform/config/field-notes.js'
export {
  baseUrl,
  Complaint,
  code,
  country,
  currency,
  duration,
  flag,
  headerKey,
  hostAndPort,
  integer,
  locale,
  number,
  oneOf,
  SHORTEST_POLL_MS,
  secret,
  text,
  textField,
  webUrl,
} from '../../platform/config/fields.js'
export { absent, section, someOf } from '../../platform/config/sections.js'

/** The settings that every connection may have (docs/configuration.md, The file). A provider adds its own. */
export const connectionSettings = {
  id: identifier('kantar-us'),
  // If the file has none, the loader sets it: bare when only one panel may use the connection.
  panelist_ids: oneOf(['bare', 'per_panel']),
  required_grade: oneOf(GRADES, 'E1').prefault('E1'),
  attributes: absent(text('./attributes.yaml')).register(fieldNotes, { otherwise: "the provider's shipped mapping" }),
  caps: absent(caps),
  stale_after: duration(SHORTEST_POLL_MS, '15m').prefault('15m'),
  currency: currency().prefault('USD'),
  rate_per_second: absent(number({ min: 0.001, max: 10_000, whole: false, example: '5' })).register(fieldNotes, {
    otherwise: "the provider's own pace",
  }),
}
