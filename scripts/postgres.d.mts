export interface Postgres {
  readonly url: string
  readonly pid: number
  readonly stop: (patience?: number) => Promise<void>
}
export function startPostgres(options: { data: string }): Promise<Postgres>
