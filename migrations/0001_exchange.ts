// Running nodes survive this: it only adds tables.
import type { Knex } from 'knex'

/*
 * What happens once per message decides the shape:
 * - `transmission` holds facts; it is updated once, when the transmission is settled, and no indexed column changes then, so that
 *   the update stays within its page. "sending" and "processing" are not written here: they are a claimed row of `job`.
 * - `job` is narrow and short-lived: inserted with the transmission, claimed, deleted.
 * - No foreign keys: rows of one transmission are written by one statement, and the check would lock its row each time.
 * - Octets are stored as they are (external): the payload is compressed already, and pglz costs more than it saves on the rest.
 */
const statements = [
  `create sequence claimant as integer`,

  `create table transmission (
     id uuid primary key,
     direction text not null check (direction in ('inbound', 'outbound')),
     state text not null,
     route jsonb not null,
     message_id text,
     identity bytea,
     original boolean not null,
     peer text,
     attempts integer not null default 0,
     failure jsonb,
     created_at timestamptz not null,
     updated_at timestamptz not null,
     sender text not null,
     sender_key text not null,
     receiver text not null,
     document_scheme text not null,
     document_type text not null,
     process_scheme text not null,
     process text not null,
     country_c1 text not null,
     instance_id text not null,
     content_size bigint not null,
     content_sha256 bytea not null,
     payload_digest bytea,
     compressed boolean not null,
     idempotency_key text,
     request_sha256 text,
     invoice_id uuid,
     invoice_number text
   ) with (fillfactor = 80)`,
  `comment on column transmission.message_id is 'inbound only; an outbound one is sealed_message.message_id'`,
  `comment on column transmission.original is 'false: an inbound envelope whose sender and instance id were here before'`,
  `create unique index transmission_message on transmission (message_id) where direction = 'inbound'`,
  `create unique index transmission_instance on transmission (sender_key, instance_id) where direction = 'inbound' and original`,
  `create unique index transmission_idempotency on transmission (idempotency_key) where idempotency_key is not null`,
  `create unique index transmission_number on transmission (sender_key, invoice_number)
     where direction = 'outbound' and invoice_number is not null`,

  `create table job (
     transmission_id uuid primary key,
     direction text not null,
     due_at timestamptz not null,
     claimed_by integer
   ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000)`,
  `comment on column job.claimed_by is 'number of the process that works on it, proven alive by its advisory lock'`,
  `create index job_due on job (direction, due_at) where claimed_by is null`,

  `create table content (
     transmission_id uuid primary key,
     payload bytea,
     payload_key text,
     payload_size bigint not null,
     envelope bytea,
     answer bytea
   )`,
  ...['payload', 'envelope', 'answer'].map(name => `alter table content alter column ${name} set storage external`),
  `comment on column content.envelope is 'inbound only; an outbound one is part of sealed_message.prologue'`,
  `comment on column content.answer is 'inbound only; outbound ones are attempt.answer'`,

  `create table sealed_message (
     transmission_id uuid primary key,
     message_id text not null,
     content_type text not null,
     content_length bigint not null,
     prologue bytea not null,
     epilogue bytea not null,
     content_key bytea not null,
     iv bytea not null,
     signed_references jsonb not null,
     receiver_fingerprint text not null
   )`,
  `alter table sealed_message alter column prologue set storage external`,

  `create table attempt (
     transmission_id uuid not null,
     number integer not null,
     started_at timestamptz not null,
     outcome text not null,
     steps jsonb not null,
     answer bytea,
     primary key (transmission_id, number)
   )`,
  `alter table attempt alter column answer set storage external`,

  `create table event (
     transmission_id uuid not null,
     position bigint generated always as identity,
     at timestamptz not null,
     kind text not null,
     detail jsonb not null,
     primary key (transmission_id, position)
   )`,

  `create table invoice (
     id uuid primary key,
     position bigint generated always as identity,
     transmission_id uuid not null,
     direction text not null,
     number text not null,
     type_code text not null,
     issue_date text not null,
     due_date text,
     currency text not null,
     payable text not null,
     seller_name text not null,
     buyer_name text not null
   )`,
  `create unique index invoice_position on invoice (position)`,
  `create index invoice_number on invoice (number)`,

  `create table registration (
     participant_key text primary key,
     participant text not null,
     name text not null,
     services jsonb not null
   )`,
]

export async function up(database: Knex): Promise<void> {
  for (const statement of statements) await database.raw(statement)
}
