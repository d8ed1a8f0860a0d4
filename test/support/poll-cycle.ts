import { connectDatabase } from '../../db/connect.js'
import { polling } from './polling.js'

// A separate process for one poll and its acknowledgement, which a failpoint may kill: node --import tsx poll-cycle.ts
const [url = '', supplyUrl = ''] = process.argv.slice(2)
const knex = connectDatabase({ url, applicationName: 'tributary test poll' })
const page = await polling(knex, supplyUrl).cycle()
process.stdout.write(JSON.stringify(page))
await knex.destroy()
process.exit(0)
