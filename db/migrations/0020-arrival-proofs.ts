import type { Knex } from 'knex'

/**
 * A token's id or a signature belongs to the session that it first came with, so that it never pays a second one. The
 * unique key decides between concurrent arrivals.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table arrival_proofs (
      -- the account for which the proof is valid: the first connection of those that share it
      account text not null,
      -- SHA-256 of a token's id or of the signatures of an arrival
      proof text not null,
      session_id uuid not null references sessions,
      first_seen_at timestamptz not null,
      primary key (account, proof)
    );
    create index arrival_proofs_session on arrival_proofs (session_id);
    grant select, insert on arrival_proofs to tributary_app`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table arrival_proofs')
}
