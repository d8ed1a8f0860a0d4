import type { Knex } from 'knex'

/**
 * Currencies whose digits differ between ISO 4217 and some Node.js releases, and the time from which amounts in them
 * are in ISO 4217's scale (docs/money.md, Amounts stored before the table). An operator who has checked the older
 * amounts sets `checked_at`.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table currency_scales (
      currency text primary key check (currency ~ '^[A-Z]{3}$'),
      since timestamptz not null default now(),
      checked_at timestamptz,
      note text
    );
    insert into currency_scales (currency)
      select unnest(string_to_array('AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP YER', ' '));
    grant select on currency_scales to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table currency_scales')
}
