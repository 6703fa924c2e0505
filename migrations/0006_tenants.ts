// Running nodes survive this, but for mappings: one of an earlier release can no longer save any, and takes those of tenants for its own.
import type { Knex } from 'knex'

const statements = [
  `create table tenant (
     id text collate "C" primary key,
     name text not null,
     color text,
     footer text,
     logo bytea,
     logo_type text,
     logo_sha256 text,
     changed_at timestamptz not null,
     check (num_nulls(logo, logo_type, logo_sha256) in (0, 3))
   )`,
  // A picture is compressed already.
  `alter table tenant alter column logo set storage external`,
  `comment on column tenant.logo_sha256 is 'names the octets: a process that has these need not fetch them'`,

  `create table tenant_participant (
     participant_key text primary key,
     participant text not null,
     tenant text collate "C" not null references tenant (id) on delete cascade,
     position integer not null
   )`,
  `create index tenant_participant_tenant on tenant_participant (tenant, position)`,

  // A tenant that keeps mappings cannot be removed, and nobody can save one for a tenant that is being removed.
  `alter table mapping add column tenant text collate "C" references tenant (id)`,
  `comment on column mapping.tenant is 'null: the own ones of the node'`,
  `alter table mapping drop constraint mapping_pkey`,
  `create unique index mapping_name on mapping (tenant, name) nulls not distinct`,
]

export async function up(database: Knex): Promise<void> {
  for (const statement of statements) await database.raw(statement)
}
