"""What each revision does to the database. Small, but real: tables, columns, and an index that needs pg_trgm."""

INITIAL = """
create table if not exists "user" (
  id serial primary key, uuid text not null unique, username text not null unique, password_hash text,
  email text, verified boolean not null default false, organization boolean not null default false,
  owner_id integer, enabled boolean not null default true, creation_date timestamp not null default now());
create table if not exists repository (
  id serial primary key, namespace_user_id integer not null references "user" (id), name text not null,
  visibility text not null default 'private', created_at timestamp not null default now(), unique (namespace_user_id, name));
create index if not exists repository_name_trgm on repository using gin (name gin_trgm_ops);
create table if not exists tag (
  id serial primary key, repository_id integer not null references repository (id), name text not null,
  manifest_digest text not null, lifetime_start timestamp not null default now(), unique (repository_id, name));
create table if not exists servicekey (
  id serial primary key, kid text not null unique, service text not null, name text not null,
  created_date timestamp not null default now(), expiration_date timestamp);
create table if not exists oauthaccesstoken (
  id serial primary key, token_hash text not null unique, authorized_user_id integer not null references "user" (id),
  scope text not null, created timestamp not null default now());
create table if not exists standin_secret (name text primary key, fingerprint text not null);
"""

STEPS = {
    "909d725887d3": INITIAL,
    "d94d328733e4": "create table if not exists userorganizationquota (id serial primary key, namespace_id integer not null, limit_bytes bigint not null)",
    "7bca88923f2c": 'alter table "user" add column if not exists last_accessed timestamp',
    "b2d1e4b95fc2": "alter table repository add column if not exists state integer not null default 0",
    "8cf90670bf38": "create table if not exists quotanamespacesize (id serial primary key, namespace_user_id integer not null unique, size_bytes bigint not null default 0)",
    "2062bbd5ef0e": "create table if not exists namespaceautoprunepolicy (id serial primary key, namespace_id integer not null, policy text not null)",
    "8d47693829a0": "create index if not exists servicekey_service on servicekey (service)",
    "cead4183265c": "create table if not exists repositoryautoprunepolicy (id serial primary key, repository_id integer not null, policy text not null)",
    "3f8d7acdf7f9": "alter table tag add column if not exists artifact_type text",
    "8e97c2cfee57": "create table if not exists tagnotificationsuccess (id serial primary key, tag_id integer not null, notification_id integer not null)",
}
