import { ATTACKS, attack } from './attacks.js'

/**
 * The attacker is a process of its own, so that what it costs itself is not measured:
 * `attacker.ts <number of the attack> <api> <key> <seconds>`. Says how it was answered to the process that started it.
 */
const [, , number = '0', apiUrl = '', key = '', seconds = '1'] = process.argv
const kind = ATTACKS[Number(number)]
if (kind === undefined) throw new Error(`there is no attack ${number}`)
const answers = await attack(kind, { apiUrl, key }, Number(seconds))
await new Promise((resolve) => process.send?.(answers, resolve))
process.disconnect?.()
