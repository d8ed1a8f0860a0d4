import type { VocabularyMapping } from '../../domain/mapping.js'
import { readAttributeMapping } from './attribute-mapping.js'
import type { ConnectionBase, ConnectionOf, ConnectionSchemas } from './connection-base.js'
import { readConnections } from './connections.js'
import { crossFaults } from './cross-faults.js'
import type { Env, SourceDocument } from './document.js'
import { egressFaults } from './egress-faults.js'
import { faultLines } from './fault-lines.js'
import { ConfigError, type Fault } from './faults.js'
import { type ConfigWithoutConnections, configSchema } from './schema.js'
import { readBySchema } from './schema-faults.js'
import { isMapValue } from './schema-walk.js'
import { readTargetingAttributes, type TargetingAttribute } from './targeting-attributes.js'
import { readConfiguration } from './with-sandbox.js'

/**
 * The whole configuration, checked and ready to use: camelCase, durations in milliseconds, defaults filled in.
 * Read-only by convention: it is read once, at the start.
 */
export interface Config<Connection extends ConnectionBase = ConnectionBase>
  extends Omit<ConfigWithoutConnections, 'targetingAttributes' | 'demandPartners' | 'egress'> {
  /** The file it was read from, as given. */
  readonly file: string
  /** The gateway's canonical questions. */
  readonly targetingAttributes: readonly TargetingAttribute[]
  readonly demandPartners: readonly DemandPartnerConfig[]
  readonly egress: {
    readonly allowPrivate: boolean
    /** `http://host:port`s that are still allowed: the sandbox's, if it was added to the file. */
    readonly openOrigins: readonly string[]
  }
  readonly connections: readonly Connection[]
  /** Connection id -> the mapping file that replaces its provider's shipped one. */
  readonly attributeMappings: ReadonlyMap<string, VocabularyMapping>
}

export type DemandPartnerConfig = Omit<ConfigWithoutConnections['demandPartners'][number], 'buyerId'> & {
  /** Its integer in the template feature (PureSpectrum Buy API). */
  readonly buyerId: number
}

export interface LoadOptions<Schemas extends ConnectionSchemas> {
  readonly file: string
  readonly env: Env
  readonly connectionSchemas: Schemas
}

/**
 * Reads and checks the configuration file.
 * @throws ConfigError with one line for every fault in the file, not only the first
 */
export function loadConfig<Schemas extends ConnectionSchemas>(
  options: LoadOptions<Schemas>,
): Config<ConnectionOf<Schemas>> {
  return configFrom(readConfiguration(options.file, options.env), options.connectionSchemas)
}

/** As loadConfig, for a document that is already in memory. */
export function configFrom<Schemas extends ConnectionSchemas>(
  document: SourceDocument,
  connectionSchemas: Schemas,
): Config<ConnectionOf<Schemas>> {
  const data = document.data === undefined ? {} : document.data
  const faults: Fault[] = [...document.faults]

  const top = readBySchema(configSchema, data, [])
  const connections = readConnections(document.file, data, connectionSchemas)
  const questions = readTargetingAttributes(document.file, isMapValue(data) ? data.targeting_attributes : undefined)
  faults.push(
    ...top.faults,
    ...connections.faults,
    ...questions.faults,
    ...crossFaults(data),
    ...egressFaults(data, document.openOrigins),
  )

  const attributeMappings = new Map<string, VocabularyMapping>()
  connections.items.forEach((connection, index) => {
    if (!connection?.attributes) return
    const mapping = readAttributeMapping(connection.attributes, ['connections', index, 'attributes'])
    faults.push(...mapping.faults)
    if (mapping.data) attributeMappings.set(connection.id, mapping.data)
  })

  if (top.data === null || faults.length > 0) throw new ConfigError(faultLines(document, faults))
  return {
    ...top.data,
    file: document.file,
    egress: { ...top.data.egress, openOrigins: document.openOrigins ?? [] },
    targetingAttributes: questions.data,
    demandPartners: top.data.demandPartners.map((partner, index) => ({
      ...partner,
      buyerId: partner.buyerId ?? index + 1,
    })),
    connections: connections.items.filter((connection) => connection !== null),
    attributeMappings,
  }
}
