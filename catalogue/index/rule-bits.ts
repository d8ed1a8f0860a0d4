import { restrictsDevices } from '../../domain/eligibility/rules/device.js'
import { foldLocale } from '../../domain/eligibility/rules/locale.js'
import type { Device, Survey } from '../../domain/survey.js'
import { AttributeBits } from './attribute-bits.js'
import type { Bits } from './bits.js'

const DEVICE = 'device'
const LOCALE = 'locale'
const CONNECTION = 'connection'
const PANEL = 'panel'
const NO_BOUNDS = new Float64Array(0)

/** Sets of slots for device, locale, connection and panel. A missing value restricts nothing. */
export class RuleBits {
  private readonly devices: AttributeBits
  private readonly locales: AttributeBits
  private readonly connections: AttributeBits
  private readonly panels: AttributeBits
  /** False while every survey is for every panel; then `restrict` skips the panel. */
  private anyForPanels = false

  constructor(words: number) {
    this.devices = new AttributeBits(words, NO_BOUNDS)
    this.locales = new AttributeBits(words, NO_BOUNDS)
    this.connections = new AttributeBits(words, NO_BOUNDS)
    this.panels = new AttributeBits(words, NO_BOUNDS)
  }

  place(slot: number, connection: string, survey: Survey): void {
    if (restrictsDevices(survey)) this.devices.place(slot, { attribute: DEVICE, answers: survey.devices ?? [] })
    else this.devices.placeFree(slot)
    if (survey.locale === null) this.locales.placeFree(slot)
    else this.locales.place(slot, { attribute: LOCALE, answers: [foldLocale(survey.locale)] })
    this.connections.place(slot, { attribute: CONNECTION, answers: [connection] })
    if (survey.panels === undefined) {
      this.panels.placeFree(slot)
      return
    }
    // an empty list: every panel has reached its cap, so the survey matches no panel
    this.anyForPanels = true
    this.panels.place(slot, { attribute: PANEL, answers: survey.panels })
  }

  seal(): void {
    this.devices.seal()
    this.locales.seal()
    this.connections.seal()
    this.panels.seal()
  }

  restrict(
    slots: Bits,
    query: {
      readonly device: Device | null
      readonly locale: string | null
      readonly connections: readonly string[] | null
      readonly panel: string | null
    },
  ): void {
    const { device, locale, connections, panel } = query
    if (device !== null) this.devices.restrict(slots, { values: [device], numbers: [] })
    if (locale !== null) this.locales.restrict(slots, { values: [foldLocale(locale)], numbers: [] })
    if (connections !== null) this.connections.restrict(slots, { values: connections, numbers: [] })
    if (panel !== null && this.anyForPanels) this.panels.restrict(slots, { values: [panel], numbers: [] })
  }
}
