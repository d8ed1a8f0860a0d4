export interface Temporal {
  readonly address: string
  readonly pid: number
  readonly stop: (patience?: number) => Promise<void>
}
export function startTemporal(options: {
  data: string
  preferred?: { port: number; uiPort: number }
}): Promise<Temporal>
