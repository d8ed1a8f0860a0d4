import {
  Client,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { EncryptionCodec } from './codec.js'
import { isLoopback } from './loopback.js'

/** A call that names no deadline of its own has this one, in milliseconds: a server may be there and say nothing. */
const CALL_DEADLINE_MS = 10_000

/** Where Temporal is, from the SDK's own TEMPORAL_* environment and profiles. */
export function temporalSettings(): ReturnType<typeof loadClientConnectConfig> & { namespace: string } {
  const settings = loadClientConnectConfig()
  return { ...settings, namespace: settings.namespace ?? 'default' }
}

/**
 * How a client of ours talks to Temporal: every call ends, its retries included, and a server on this machine is never
 * asked for through a proxy, which would look for it on its own machine. For others gRPC's own `grpc_proxy`,
 * `https_proxy`, `http_proxy` and `no_proxy` count.
 * @param given where and as whom, from `temporalSettings`
 */
export function clientOptions(given: ConnectionOptions): ConnectionOptions {
  const direct = given.address === undefined || isLoopback(given.address)
  return {
    ...given,
    channelArgs: { ...given.channelArgs, ...(direct ? { 'grpc.enable_http_proxy': 0 } : {}) },
    interceptors: [
      (options, next) =>
        retrying(
          { ...options, deadline: options.deadline ?? Date.now() + CALL_DEADLINE_MS },
          endingWithItsConnection(next),
        ),
    ],
  }
}

/** The SDK's own retries; given interceptors replace them. */
const retrying = makeGrpcRetryInterceptor(defaultGrpcRetryOptions())

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number]
type NextCall = Parameters<Interceptor>[1]
type Call = ReturnType<NextCall>

/** gRPC's status of a call that its own side gave up. */
const CANCELLED = 1

/**
 * A connection that is closed throws at the next call. For a retry of the SDK that is inside a timer, where nobody can
 * catch it, and the process would end: the call is cancelled instead, and its caller told.
 */
function endingWithItsConnection(next: NextCall): NextCall {
  return (options) => {
    try {
      return next(options)
    } catch (error) {
      return cancelledCall(error instanceof Error ? error.message : String(error))
    }
  }
}

function cancelledCall(details: string): Call {
  return {
    start: (metadata, listener) => {
      setImmediate(() => listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata }))
    },
    sendMessageWithContext: () => undefined,
    sendMessage: () => undefined,
    startRead: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
    getPeer: () => 'unknown',
    getAuthContext: () => null,
  }
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
  const connection = Connection.lazy({ ...clientOptions(connectionOptions), connectTimeout: '3s' })
  return new Client({ connection, namespace, dataConverter: dataConverter(codecKey) })
}
