const loopback = ['localhost', '127.0.0.1', '::1']

/**
 * An environment in which no program uses a proxy for servers on this machine: PostgreSQL, Temporal and our own
 * processes run here, and a proxy would look for them on its own machine. Remote hosts are not affected. gRPC reads
 * `no_grpc_proxy` instead of `no_proxy` when it is set; other programs read the names in capitals.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv} a copy
 */
export function withDirectLoopback(environment) {
  const listed = environment.no_proxy || environment.NO_PROXY || ''
  const direct = { no_proxy: withLoopback(listed), NO_PROXY: withLoopback(environment.NO_PROXY || listed) }
  const { no_grpc_proxy: ofGrpc } = environment
  return { ...environment, ...direct, ...(ofGrpc ? { no_grpc_proxy: withLoopback(ofGrpc) } : {}) }
}

function withLoopback(list) {
  const hosts = list
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
  return [...hosts, ...loopback.filter((host) => !hosts.includes(host))].join(',')
}
