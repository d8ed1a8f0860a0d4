import { ATTACKS, attack } from './attacks.js'

/**
 * The attacker is a separate process, so its own CPU time is not measured:
 * `attacker.ts <number of the attack> <api> <key> <seconds>`. Sends the answers' statuses to its parent process.
 */
const [, , number = '0', apiUrl = '', key = '', seconds = '1'] = process.argv
const kind = ATTACKS[Number(number)]
if (kind === undefined) throw new Error(`unknown attack ${number}`)
const answers = await attack(kind, { apiUrl, key }, Number(seconds))
await new Promise((resolve) => process.send?.(answers, resolve))
process.disconnect?.()
