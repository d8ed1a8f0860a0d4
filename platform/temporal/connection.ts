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

/** The deadline of a call that sets none, in milliseconds, because a server may accept a connection and not answer. */
const CALL_DEADLINE_MS = 10_000

/** Temporal's address and credentials, from the SDK's own TEMPORAL_* environment and profiles. */
export function temporalSettings(): ReturnType<typeof loadClientConnectConfig> & { namespace: string } {
  const settings = loadClientConnectConfig()
  return { ...settings, namespace: settings.namespace ?? 'default' }
}

/**
 * How our client connects to Temporal: every call has a deadline, including its retries, and a server on this machine
 * is never called through a proxy, which would resolve the address on its own machine. For others gRPC's own
 * `grpc_proxy`, `https_proxy`, `http_proxy` and `no_proxy` apply.
 * @param given address and credentials, from `temporalSettings`
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

/** The SDK's own retries; interceptors that we pass replace them. */
const retrying = makeGrpcRetryInterceptor(defaultGrpcRetryOptions())

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number]
type NextCall = Parameters<Interceptor>[1]
type Call = ReturnType<NextCall>

/** gRPC's status of a call that its own side cancelled. */
const CANCELLED = 1

/**
 * After a connection is closed, the next call throws. A retry of the SDK calls from a timer, where no caller can catch
 * the error and the process would exit: cancel the call instead and report it to the caller.
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
 * How payloads are encoded. With a key everything is encrypted, including the messages and stacks of failures.
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
 * A client that connects on first use: a process must start, and serve what it can, while Temporal is unavailable.
 */
export function createTemporalClient(codecKey: Buffer | null): Client {
  const { connectionOptions, namespace } = temporalSettings()
  const connection = Connection.lazy({ ...clientOptions(connectionOptions), connectTimeout: '3s' })
  return new Client({ connection, namespace, dataConverter: dataConverter(codecKey) })
}
