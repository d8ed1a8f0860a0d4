import type { Invariant } from './invariant.js'

/** Invariants of polling (docs/invariants.md). */
export const supplyInvariants: readonly Invariant[] = [
  {
    id: 'I1',
    promise: 'nothing is acknowledged before it is committed',
    sql: 'select * from inv_cursor where acked_id > committed_id',
  },
  {
    id: 'I2',
    promise: 'everything that the last polls received is in the catalogue log or in quarantine',
    // an entry without an id has the hash of its bytes as key, in all editions
    sql: `select r.* from inv_received r
           where not exists (select 1 from inv_catalogue_log k
                              where (k.feed_id, k.ack_id, k.item_key) = (r.feed_id, r.ack_id, r.item_key))
             and not exists (select 1 from inv_quarantine q
                              where (q.feed_id, q.item_key) = (r.feed_id, r.item_key)
                                and (r.ack_id is null or q.ack_id = r.ack_id or r.item_key like 'sha256:%'))`,
  },
  {
    id: 'I2b',
    promise: 'every survey in the catalogue is in the log at its edition, our own plans aside',
    sql: `select s.connection, s.provider_survey_id, s.source_order from surveys s
           where s.status not in ('unreadable', 'withdrawn')
             and not exists (select 1 from survey_plans p where p.survey_id = s.survey_id) and not exists (
             select 1 from supply_log l where l.connection = s.connection and l.item_key = s.provider_survey_id
                and l.source_order = s.source_order)`,
  },
  {
    id: 'I2c',
    promise: 'in every batch, accepted plus quarantined equals received',
    sql: `select connection, poll_epoch, batch, cardinality(item_keys) as received, accepted, quarantined
            from received_batches where cardinality(item_keys) <> accepted + quarantined`,
  },
  {
    id: 'I3',
    promise: 'no write has a poll epoch that was never issued',
    sql: `select l.connection, l.item_key, l.poll_epoch, c.poll_epoch as newest from supply_log l
            join connections c using (connection) where l.poll_epoch > c.poll_epoch`,
  },
  {
    id: 'I5',
    promise: 'a catalogue row is the newest edition ever stored for its survey',
    sql: `select s.connection, s.provider_survey_id, s.source_order, max(l.source_order) as newest
            from surveys s join supply_log l on l.connection = s.connection and l.item_key = s.provider_survey_id
           where l.disposition = 'stored'
           group by s.connection, s.provider_survey_id, s.source_order
          having max(l.source_order) > s.source_order`,
  },
  {
    id: 'I6',
    promise: 'no survey is offered while a newer version of it is in quarantine',
    sql: `select s.survey_id from surveys s
            join quarantine q on q.connection = s.connection and q.provider_survey_id = s.provider_survey_id
           where q.state = 'open' and s.status = 'open' and q.source_order > s.source_order`,
  },
  {
    id: 'I6b',
    promise: 'changed surveys are stamped, and so matchable, within a minute',
    sql: `select survey_id, changed_at from surveys where dirty and changed_at < now() - interval '1 minute'`,
  },
]
