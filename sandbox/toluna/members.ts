/** One invite: a member, a quota, a link. */
export interface Invite {
  readonly id: string
  readonly panel: string
  readonly member: string
  readonly surveyId: number
  readonly waveId: number
  readonly quotaId: number
  /** What the partner is paid, in whole units. */
  readonly partnerAmount: number
  startedAt?: string
  ending?: string
}

/** Registered members, members of recontact quotas, invites and how they ended. */
export class MemberBook {
  private readonly registered = new Set<string>()
  private readonly recontact = new Map<number, readonly string[]>()
  private readonly invites = new Map<string, Invite>()
  /** Result codes set by hand, by member or by quota: they refuse the next invites. */
  readonly refusals = new Map<string, number>()

  /** @param open true = every member counts as registered */
  constructor(private readonly open: boolean) {}

  register(panel: string, member: string): boolean {
    const key = `${panel}\n${member}`
    const isNew = !this.registered.has(key)
    this.registered.add(key)
    return isNew
  }

  isKnown(panel: string, member: string): boolean {
    return this.open || this.registered.has(`${panel}\n${member}`)
  }

  /** Sets the members of a recontact quota, in the order of their code units. */
  name(quotaId: number, members: readonly string[]): void {
    this.recontact.set(quotaId, [...new Set(members)].sort())
  }

  named(quotaId: number): readonly string[] {
    return this.recontact.get(quotaId) ?? []
  }

  add(invite: Invite): void {
    this.invites.set(invite.id, invite)
  }

  get(id: string): Invite | undefined {
    return this.invites.get(id)
  }

  all(): Invite[] {
    return [...this.invites.values()]
  }

  of(panel: string, member: string, surveyId: number, waveId: number): Invite[] {
    return this.all().filter(
      (one) => one.panel === panel && one.member === member && one.surveyId === surveyId && one.waveId === waveId,
    )
  }
}
