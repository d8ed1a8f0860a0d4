import { toluna } from '../../../providers/toluna/index.js'
import { readCases } from '../case.js'
import type { ConfigOf } from '../config-of.js'
import type { Suite } from '../contract.js'
import { httpDouble } from '../http-double.js'
import { meaningful, TOLUNA } from '../public-words.js'
import { connection } from './connection.js'
import { pageOf } from './page.js'

/** The document's list is a member of an object; a case's page is that list. */
function around(page: string | Buffer): Buffer {
  const head = '{"CountryID":2000223,"CacheExpires":"2026-11-20 10:05:00.000","Surveys":'
  return Buffer.concat([Buffer.from(head), Buffer.from(page), Buffer.from('}')])
}

/** What the shared suite and the long fuzz run need to know about this provider. */
export const suite: Suite<ConfigOf<typeof toluna>> = {
  adapter: toluna,
  cases: readCases('toluna'),
  connection,
  pageOf,
  feedHttp: (page, answer, chunkBytes) => httpDouble({ ...answer, body: answer.body ?? around(page) }, chunkBytes),
  words: meaningful(TOLUNA),
  arrivalWith: (word) => ({ status: word, MemberCode: 'panelist-1', SurveyID: '48506', WaveID: '51270' }),
}
