import { Client, Connection } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { EncryptionCodec } from './codec.js'

/** Where Temporal is, from the SDK's own TEMPORAL_* environment and profiles. */
export function temporalSettings(): ReturnType<typeof loadClientConnectConfig> & { namespace: string } {
  const settings = loadClientConnectConfig()
  return { ...settings, namespace: settings.namespace ?? 'default' }
}

/**
 * How payloads are written. With a key everything is encrypted, the messages and stacks of failures too.
 * @param key 32 bytes, or null for plain payloads
 */
export function dataConverter(key: Buffer | null): DataConverter {
  if (key === null) return {}
  return {
    payloadCodecs: [new EncryptionCodec(key)],
    failureConverterPath: new URL('./failure-converter.cjs', import.meta.url).pathname,
  }
}

/**
 * A client that connects when first used: a process must start, and serve what it can, while Temporal is away.
 */
export function createTemporalClient(codecKey: Buffer | null): Client {
  const { connectionOptions, namespace } = temporalSettings()
  const connection = Connection.lazy({ ...connectionOptions, connectTimeout: '3s' })
  return new Client({ connection, namespace, dataConverter: dataConverter(codecKey) })
}
