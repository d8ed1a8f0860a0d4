import type { CatalogueConnection } from '../../catalogue/connections.js'
import type {
  CatalogueRow,
  CatalogueSource,
  ConnectionHealth,
  SessionsInFlight,
  SurveyOutcomes,
} from '../../catalogue/source.js'
import type { Survey, SurveyStatus } from '../../domain/survey.js'

/** A source of rows in memory, which can be down and can wake its reader. */
export class FakeSource implements CatalogueSource {
  private rows = new Map<string, CatalogueRow>()
  private revision = 0n
  private readonly listeners = new Set<() => void>()
  away = false
  reads = 0
  sessions: SessionsInFlight[] = []
  ended: SurveyOutcomes[] = []
  health: ConnectionHealth[] = []

  write(surveyId: string, survey: Survey | null, status: SurveyStatus = 'open', connection = 'kantar-us'): void {
    this.revision += 1n
    const provider = connection.split('-')[0] ?? connection
    const row = { surveyId, connection, provider, providerSurveyId: `their-${surveyId}`, status, survey }
    this.rows.set(surveyId, { ...row, revision: this.revision })
  }

  wake(): void {
    for (const listener of this.listeners) listener()
  }

  async loadAfter(revision: bigint, limit: number): Promise<CatalogueRow[]> {
    this.reads++
    return this.answer(
      [...this.rows.values()]
        .filter((row) => row.revision > revision)
        .sort((one, other) => (one.revision < other.revision ? -1 : 1))
        .slice(0, limit),
    )
  }
  loadOne = async (surveyId: string) => this.answer(this.rows.get(surveyId) ?? null)
  inFlight = async () => this.answer(this.sessions)
  outcomes = async () => this.answer(this.ended)
  connections = async () => this.answer(this.health)

  onWake(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private answer<T>(value: T): T {
    if (this.away) throw new Error('PostgreSQL is away')
    return value
  }
}

export function kantarConnection(changes: Partial<CatalogueConnection> = {}): CatalogueConnection {
  return {
    id: 'kantar-us',
    provider: 'kantar',
    vocabulary: { prefix: 'kantar', provider: 'kantar', mapping: { identity: true, attributes: {} } },
    pollEveryMs: 12_000,
    staleAfterMs: 900_000,
    ...changes,
  }
}

export function polledAt(connection: string, lastSuccessAt: Date | null): ConnectionHealth {
  return { connection, paused: false, removed: false, failStreak: 0, lastSuccessAt }
}
