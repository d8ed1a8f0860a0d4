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

/** Device, locale, connection and panel of every slot, each one more set of slots. What is not said restricts nothing. */
export class RuleBits {
  private readonly devices: AttributeBits
  private readonly locales: AttributeBits
  private readonly connections: AttributeBits
  private readonly panels: AttributeBits
  /** False while every survey is for every panel: then there is nothing to look at. */
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
    // an empty list is a survey that is for nobody now: every panel has had its share
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
