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
create table if not exists manifest (
  id serial primary key, repository_id integer not null references repository (id), digest text not null, unique (repository_id, digest));
create table if not exists manifestblob (
  id serial primary key, repository_id integer not null references repository (id), manifest_id integer not null references manifest (id),
  blob_digest text not null, unique (manifest_id, blob_digest));
create table if not exists image (id serial primary key, docker_image_id text);
create table if not exists repositorytag (id serial primary key, name text);
create table if not exists servicekeyapproval (
  id serial primary key, approver_id integer, approval_type text not null, approved_date timestamp not null, notes text not null default '');
create table if not exists servicekey (
  id serial primary key, name text not null, kid text not null unique, service text not null, jwk text not null default '{}',
  metadata text not null default '{}', created_date timestamp not null default now(), expiration_date timestamp,
  rotation_duration integer, approval_id integer references servicekeyapproval (id));
create table if not exists oauthaccesstoken (
  id serial primary key, token_hash text not null unique, authorized_user_id integer not null references "user" (id),
  scope text not null, created timestamp not null default now());
create table if not exists standin_secret (name text primary key, fingerprint text not null);
create table if not exists standin_backfill (tag_id integer primary key);
"""

STEPS = {
    "290000000000": INITIAL,
    # every tag of version 2 is to be rewritten, at once or in the background
    "300000000000": "insert into standin_backfill select id from tag on conflict do nothing",
    "310000000000": "alter table repository add column if not exists kind text not null default 'image'",
    "34c8ef052ec9": "alter table oauthaccesstoken add column if not exists token_code text",
    "04b9d2191450": "alter table repository add column if not exists trust_enabled boolean not null default false",
    "88e64904d000": "create table if not exists manifestsecuritystatus (id serial primary key, manifest_id integer not null, index_status integer not null)",
    "909d725887d3": "create index if not exists manifestblob_repository_id_blob on manifestblob (repository_id, blob_digest)",
    "d94d328733e4": "create table if not exists userorganizationquota (id serial primary key, namespace_id integer not null, limit_bytes bigint not null)",
    "7bca88923f2c": 'alter table "user" add column if not exists last_accessed timestamp',
    "b2d1e4b95fc2": "alter table repository add column if not exists state integer not null default 0",
    "f0875fbc7c7a": "create table if not exists quotaregistrysize (id serial primary key, size_bytes bigint not null default 0)",
    "8cf90670bf38": "create table if not exists quotanamespacesize (id serial primary key, namespace_user_id integer not null unique, size_bytes bigint not null default 0)",
    "46980ea2dde5": 'alter table "user" add column if not exists removed_tag_expiration_s bigint not null default 1209600',
    "8a70b8777089": "drop table if exists image; drop table if exists repositorytag",
    "2062bbd5ef0e": "create table if not exists namespaceautoprunepolicy (id serial primary key, namespace_id integer not null, policy text not null)",
    "8d47693829a0": "create index if not exists servicekey_service on servicekey (service)",
    "cead4183265c": "create table if not exists repositoryautoprunepolicy (id serial primary key, repository_id integer not null, policy text not null)",
    "0cdd1f27a450": "alter table manifest add column if not exists subject text",
    "3f8d7acdf7f9": "alter table tag add column if not exists artifact_type text",
    "5b8dc452f5c3": "alter table tag add column if not exists immutable boolean not null default false",
    "8e97c2cfee57": "create table if not exists tagnotificationsuccess (id serial primary key, tag_id integer not null, notification_id integer not null)",
    "3634f2df3c5b": "create table if not exists oauthassignedtoken (id serial primary key, uuid text not null)",
    "e8ed3fb547da": "alter table manifestblob alter column id type bigint",
    "1623f40582ed": "create table if not exists tagpullstatistics (id serial primary key, tag_id integer not null)",
    "7078c84d14e8": "create table if not exists manifestpullstatistics (id serial primary key, manifest_id integer not null)",
    "15f06d00c4b3": "drop table if exists namespacegeorestriction",
    "c3d4e5f6a7b8": "create table if not exists orgmirrorconfig (id serial primary key, organization_id integer not null)",
    "b1a79fa8e630": 'create index if not exists user_email_lower on "user" (lower(email))',
    "9fa37f66a9b6": "create table if not exists quotanotification (id serial primary key, namespace_id integer not null)",
}
