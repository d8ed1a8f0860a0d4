/** How arrivals are proven is no provider's own affair: the schema lives with the mechanism's room, `platform`. */
export {
  type JwsKey,
  type SignedPart,
  type Verifier,
  verification,
} from '../platform/config/verification-schema.js'
