import type { Invariant } from './invariant.js'

/** Invariants of sessions, claims and postbacks (docs/invariants.md). */
export const sessionInvariants: readonly Invariant[] = [
  {
    id: 'I8',
    promise: 'an entry link is issued once, and a session past opening has one (or ended without)',
    sql: `select session_id::text, state from sessions where state in ('created', 'entered') and provider_entry_url is null
          union all
          select string_agg(session_id::text, ','), 'same entry link twice' from sessions
           where provider_entry_url is not null group by connection, provider_entry_url having count(*) > 1`,
  },
  {
    id: 'I9',
    promise: 'an idempotency key has one session, and only successes are stored',
    sql: `select panel, key, status from idempotency_keys
           where status is not null and (status < 200 or status > 299 or body is null or session_id is null)
          union all
          select panel, string_agg(key, ','), null from idempotency_keys
           where session_id is not null group by panel, session_id having count(*) > 1`,
  },
  {
    id: 'I10',
    promise: 'a session has exactly one outcome after its deadline',
    sql: `select s.session_id, count(o.*) from inv_session s left join inv_outcome o using (session_id)
           group by s.session_id, s.deadline_at, s.grace
          having count(o.*) > 1 or (count(o.*) = 0 and now() > s.deadline_at + s.grace)`,
  },
  {
    id: 'I11',
    promise: 'an entered session has its price',
    sql: `select session_id from sessions where entered_at is not null and (cpi_minor is null or currency is null)`,
  },
  {
    id: 'I13',
    promise: 'every claim is applied within a minute',
    sql: `select claim_id, session_id, effect, received_at from outcome_claims
           where applied_at is null and received_at < now() - interval '60 seconds'`,
  },
  {
    id: 'I13b',
    promise: "a session's standing is that of its last claim",
    sql: `select s.session_id, s.outcome, s.payable, last.standing from sessions s
            join lateral (select c.standing from outcome_claims c where c.session_id = s.session_id
                           order by c.sequence desc limit 1) last on true
           where (s.outcome, s.payable, s.provisional, s.reversed) is distinct from
                 (last.standing ->> 'outcome', (last.standing ->> 'payable')::boolean,
                  (last.standing ->> 'provisional')::boolean, (last.standing ->> 'reversed')::boolean)`,
  },
  {
    id: 'I14',
    promise: 'no session is payable below its required grade, or without an entry',
    sql: `select session_id, grade, required_grade, entered_at from sessions
           where payable and (entered_at is null or grade < required_grade)`,
  },
  {
    id: 'I15',
    promise: 'every message is delivered, dead, or pending with a lease; delivered ones were accepted',
    sql: `select postback_id, state, 'its lease has expired' as fault from postbacks
           where state = 'pending' and owned_until < now() - interval '1 minute'
          union all
          select p.postback_id, p.state, 'no attempt was accepted' from postbacks p
           where p.state = 'delivered' and not exists (
             select 1 from postback_attempts a where a.postback_id = p.postback_id and a.status between 200 and 299)`,
  },
  {
    id: 'I22',
    promise: 'row-level security is forced on every table that a panel reads',
    sql: `select relname from pg_class where relnamespace = 'public'::regnamespace
             and relname in ('sessions', 'postbacks', 'panelists') and not (relrowsecurity and relforcerowsecurity)`,
  },
  {
    id: 'I23',
    promise: 'sessions change state only along the allowed transitions',
    sql: `with moves as (
            select session_id, type, lag(type) over (partition by session_id order by at) as before
              from session_events where type in ('opening', 'created', 'entered', 'finished'))
          select * from moves
           where (coalesce(before, 'none'), type) not in (
             ('none', 'opening'), ('opening', 'created'), ('opening', 'finished'), ('created', 'entered'),
             ('created', 'finished'), ('entered', 'finished'))`,
  },
  {
    id: 'I24',
    promise: 'the inputs of an opening (address, browser, profile) are deleted once used',
    sql: `select i.session_id from session_inputs i join sessions s using (session_id) where s.state <> 'opening'`,
  },
]
