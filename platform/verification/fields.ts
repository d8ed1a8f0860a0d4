import type { Parameter } from './parameter.js'
import { VerificationError } from './verification-error.js'

/**
 * The parameters of an arrival by their names, in any case: providers' own pages spell `SurveyID` and `SurveyId`. A
 * duplicate name with equal values counts once; with different values it is ambiguous, which is an error only for a
 * reader of that name. The sender must never choose which value a reader takes.
 */
export class Fields<Of extends Parameter = Parameter> {
  private readonly byName = new Map<string, Of[]>()

  constructor(private readonly parameters: readonly Of[]) {
    for (const parameter of parameters) {
      const folded = parameter.name.toLowerCase()
      const group = this.byName.get(folded)
      if (group) group.push(parameter)
      else this.byName.set(folded, [parameter])
    }
  }

  /** Whether there is a parameter of that name, ambiguous or not. */
  has(name: string): boolean {
    return this.byName.has(name.toLowerCase())
  }

  /**
   * The first parameter of that name, in any case.
   * @throws VerificationError 'malformed' when it occurs with different values
   */
  find(name: string): Of | undefined {
    if (this.isClear(name)) return this.byName.get(name.toLowerCase())?.[0]
    throw new VerificationError('malformed', `the parameter "${name}" occurs more than once with different values`)
  }

  /**
   * The one parameter of that name, in any case: for parameters that must occur only once, even with the same value.
   * @throws VerificationError 'malformed' when it occurs more than once
   */
  only(name: string): Of | undefined {
    const group = this.byName.get(name.toLowerCase()) ?? []
    if (group.length > 1) throw new VerificationError('malformed', `"${name}" occurs more than once`)
    return group[0]
  }

  /** Whether it occurs with one value only. */
  isClear(name: string): boolean {
    const group = this.byName.get(name.toLowerCase()) ?? []
    return group.every(({ sameness }) => sameness === group[0]?.sameness)
  }

  /** One parameter per name, in its sender's first spelling. */
  names(): string[] {
    return [...this.byName.values()].flatMap(([first]) => (first === undefined ? [] : [first.name]))
  }

  /** These and others together. */
  and<Others extends Parameter>(others: Fields<Others>): Fields<Of | Others> {
    return new Fields<Of | Others>([...this.parameters, ...others.parameters])
  }
}
