export function withDirectLoopback(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv
