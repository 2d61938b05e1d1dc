-- The schema after every migration, for reviewers. A test compares the two; it writes this file
-- when it is told to: APOLLO_WRITE_SCHEMA=1 node tools/test.mjs int -- schema-dump

CREATE TABLE audit_entries (
  id text COLLATE "C" NOT NULL,
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL,
  actor text COLLATE "C" NOT NULL,
  actor_kind text NOT NULL,
  action text NOT NULL,
  subject text COLLATE "C" NOT NULL,
  detail json NOT NULL,
  request_id text,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (id)
);

CREATE TABLE automatic_suppressions (
  entity text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  suppressed_from timestamp with time zone NOT NULL,
  suppressed_until timestamp with time zone NOT NULL,
  failures integer NOT NULL,
  plan_id text NOT NULL,
  content_key text NOT NULL,
  reason text NOT NULL,
  CONSTRAINT automatic_suppressions_id UNIQUE (id),
  CONSTRAINT automatic_suppressions_pkey PRIMARY KEY (entity)
);

CREATE TABLE backups (
  entity text COLLATE "C" NOT NULL,
  release_digest text COLLATE "C" NOT NULL,
  status text NOT NULL,
  made_by text NOT NULL,
  at timestamp with time zone NOT NULL,
  covers text NOT NULL,
  detail text,
  snapshot json,
  CONSTRAINT backups_pkey PRIMARY KEY (entity, release_digest)
);

CREATE TABLE baselines (
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  entity text COLLATE "C" NOT NULL,
  content_key text COLLATE "C" NOT NULL,
  plan_id text,
  version text NOT NULL,
  chart json NOT NULL,
  helm_values json NOT NULL,
  values_digest text NOT NULL,
  at timestamp with time zone NOT NULL,
  how text NOT NULL,
  evidence json,
  CONSTRAINT baselines_content UNIQUE (entity, content_key),
  CONSTRAINT baselines_pkey PRIMARY KEY ("position")
);

CREATE TABLE channel_entries (
  product text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  added_at timestamp with time zone NOT NULL,
  added_by text NOT NULL,
  CONSTRAINT channel_entries_pkey PRIMARY KEY (product, channel, version)
);

CREATE TABLE charts (
  sha256 text COLLATE "C" NOT NULL,
  bytes bytea NOT NULL STORAGE EXTERNAL,
  CONSTRAINT charts_pkey PRIMARY KEY (sha256)
);

CREATE TABLE constraints (
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  spec json NOT NULL,
  scope json NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  CONSTRAINT constraints_name UNIQUE (name),
  CONSTRAINT constraints_pkey PRIMARY KEY (id)
);

CREATE TABLE declines (
  entity text COLLATE "C" NOT NULL,
  content_key text COLLATE "C" NOT NULL,
  plan_id text NOT NULL,
  declined_by text NOT NULL,
  at timestamp with time zone NOT NULL,
  why text NOT NULL,
  failures integer NOT NULL,
  standing boolean NOT NULL,
  CONSTRAINT declines_pkey PRIMARY KEY (entity, content_key)
);

CREATE TABLE dirty_entities (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  entity text COLLATE "C" NOT NULL,
  force boolean NOT NULL,
  CONSTRAINT dirty_entities_pkey PRIMARY KEY (id)
);

CREATE TABLE entities (
  name text COLLATE "C" NOT NULL,
  spoke text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  product text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  release_name text COLLATE "C" NOT NULL,
  desired json NOT NULL,
  helm_values json NOT NULL,
  labels json NOT NULL,
  strategy text NOT NULL,
  edited_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  CONSTRAINT entities_pkey PRIMARY KEY (name),
  CONSTRAINT entities_release UNIQUE (spoke, namespace, release_name)
);

CREATE TABLE environments (
  name text COLLATE "C" NOT NULL,
  tier text NOT NULL,
  channel text NOT NULL,
  execution text NOT NULL,
  rollback_on_failure boolean NOT NULL,
  max_concurrent integer,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  CONSTRAINT environments_pkey PRIMARY KEY (name)
);

CREATE TABLE evaluations (
  entity text COLLATE "C" NOT NULL,
  at timestamp with time zone NOT NULL,
  code text NOT NULL,
  why text NOT NULL,
  target json NOT NULL,
  settling json,
  recheck_at timestamp with time zone,
  awaits_spoke boolean,
  CONSTRAINT evaluations_pkey PRIMARY KEY (entity)
);

CREATE TABLE events (
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL,
  type text NOT NULL,
  subject json NOT NULL,
  data json NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (transaction, "position")
);

CREATE TABLE holds (
  entity text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  fixes json,
  held_until text NOT NULL,
  reason text NOT NULL,
  cause text NOT NULL,
  held_by text NOT NULL,
  at timestamp with time zone NOT NULL,
  plan_id text,
  above json,
  CONSTRAINT holds_id UNIQUE (id),
  CONSTRAINT holds_pkey PRIMARY KEY (entity)
);

CREATE TABLE idempotency_records (
  principal text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  request_digest text NOT NULL,
  status integer NOT NULL,
  body json NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT idempotency_records_pkey PRIMARY KEY (principal, key)
);

CREATE TABLE leases (
  name text COLLATE "C" NOT NULL,
  holder text COLLATE "C" NOT NULL,
  token bigint NOT NULL,
  ttl_ms integer NOT NULL,
  until timestamp with time zone,
  CONSTRAINT leases_pkey PRIMARY KEY (name)
);

CREATE TABLE occurrences (
  schedule text COLLATE "C" NOT NULL,
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  missed integer NOT NULL,
  claimed_at timestamp with time zone NOT NULL,
  CONSTRAINT occurrences_pkey PRIMARY KEY (schedule, starts_at)
);

CREATE TABLE outbox_messages (
  id text COLLATE "C" NOT NULL,
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  spoke text COLLATE "C" NOT NULL,
  type text NOT NULL,
  plan_id text COLLATE "C" NOT NULL,
  payload json NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT outbox_messages_pkey PRIMARY KEY (id)
);

CREATE TABLE plan_counts (
  day date NOT NULL,
  environment text COLLATE "C" NOT NULL,
  product text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  counter text COLLATE "C" NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT plan_counts_pkey PRIMARY KEY (day, environment, product, type, counter)
);

CREATE TABLE plans (
  id text COLLATE "C" NOT NULL,
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  entity text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  spoke text COLLATE "C" NOT NULL,
  product text COLLATE "C" NOT NULL,
  type text NOT NULL,
  state text NOT NULL,
  phase text,
  outcome text,
  content json NOT NULL,
  digest text NOT NULL,
  content_key text NOT NULL,
  helm_values json NOT NULL,
  change_from json NOT NULL,
  change_to json NOT NULL,
  reason text NOT NULL,
  passed_over json NOT NULL,
  violations json NOT NULL,
  attempt integer NOT NULL,
  forced boolean,
  cancel_reason text,
  cancel_requested json,
  superseded_by text,
  message text,
  evidence json,
  created_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  version integer NOT NULL,
  recheck_at timestamp with time zone,
  plan_class text NOT NULL DEFAULT 'ordinary'::text,
  rollback_of text,
  repair_of text,
  rolled_back_by text,
  waits json,
  in_line_since timestamp with time zone,
  noted json,
  queued_since timestamp with time zone,
  CONSTRAINT plans_pkey PRIMARY KEY (id)
);

CREATE TABLE products (
  name text COLLATE "C" NOT NULL,
  criticality text NOT NULL,
  owner text,
  namespace text,
  rollout_timeout_seconds integer NOT NULL,
  labels json NOT NULL,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  max_concurrent integer,
  CONSTRAINT products_pkey PRIMARY KEY (name)
);

CREATE TABLE recalls (
  id text COLLATE "C" NOT NULL,
  product text COLLATE "C" NOT NULL,
  range text NOT NULL,
  strategy text NOT NULL,
  minimum text,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT recalls_pkey PRIMARY KEY (id)
);

CREATE TABLE release_states (
  spoke text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  release_name text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  report json NOT NULL,
  CONSTRAINT release_states_pkey PRIMARY KEY (spoke, namespace, release_name)
);

CREATE TABLE releases (
  id text COLLATE "C" NOT NULL,
  product text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  chart json NOT NULL,
  dependencies json NOT NULL,
  recalled boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  requires json,
  CONSTRAINT releases_pkey PRIMARY KEY (id),
  CONSTRAINT releases_product_version UNIQUE (product, version)
);

CREATE TABLE rollback_demands (
  entity text COLLATE "C" NOT NULL,
  id text NOT NULL,
  kind text NOT NULL DEFAULT 'automatic'::text,
  back_to json NOT NULL,
  because text,
  demanded_by text NOT NULL DEFAULT 'engine'::text,
  reason text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT rollback_demands_pkey PRIMARY KEY (entity)
);

CREATE TABLE runs (
  entity text COLLATE "C" NOT NULL,
  chart_sha256 text COLLATE "C" NOT NULL,
  version text NOT NULL,
  product text NOT NULL,
  spoke text NOT NULL,
  environment text NOT NULL,
  tier text NOT NULL,
  plan_id text,
  proven_at timestamp with time zone,
  healthy_ms bigint NOT NULL,
  healthy_since timestamp with time zone,
  CONSTRAINT runs_pkey PRIMARY KEY (entity, chart_sha256)
);

CREATE TABLE schema_migrations (
  id integer NOT NULL DEFAULT nextval('schema_migrations_id_seq'::regclass),
  timestamp bigint NOT NULL,
  name character varying NOT NULL,
  CONSTRAINT "PK_62441bec32630ced9e4cccae336" PRIMARY KEY (id)
);

CREATE TABLE spokes (
  name text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  token_hash text COLLATE "C" NOT NULL,
  token_expires_at timestamp with time zone NOT NULL,
  token_used boolean NOT NULL,
  revoked boolean NOT NULL,
  epoch bigint NOT NULL,
  connected boolean NOT NULL,
  last_seen_at timestamp with time zone,
  hello json,
  state_epoch bigint,
  state_generation bigint,
  state_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  max_concurrent integer,
  clock_skew_ms bigint,
  unknown_plans json,
  CONSTRAINT spokes_pkey PRIMARY KEY (name)
);

CREATE INDEX audit_entries_actor_oldest ON public.audit_entries USING btree (actor, at, "position");
CREATE INDEX audit_entries_oldest ON public.audit_entries USING btree (at, "position");
CREATE INDEX audit_entries_subject_oldest ON public.audit_entries USING btree (subject, at, "position");
CREATE INDEX automatic_suppressions_ends ON public.automatic_suppressions USING btree (environment, suppressed_until);
CREATE INDEX backups_requested ON public.backups USING btree (entity, release_digest) WHERE (status = 'requested'::text);
CREATE INDEX baselines_newest ON public.baselines USING btree (entity, "position");
CREATE INDEX channel_entries_channel ON public.channel_entries USING btree (channel);
CREATE INDEX dirty_entities_entity ON public.dirty_entities USING btree (entity, id);
CREATE INDEX entities_environment_name ON public.entities USING btree (environment, name);
CREATE INDEX entities_product_name ON public.entities USING btree (product, name);
CREATE INDEX entities_spoke_name ON public.entities USING btree (spoke, name);
CREATE INDEX evaluations_due ON public.evaluations USING btree (recheck_at, entity) WHERE (recheck_at IS NOT NULL);
CREATE INDEX outbox_messages_plan ON public.outbox_messages USING btree (plan_id);
CREATE INDEX outbox_messages_spoke_position ON public.outbox_messages USING btree (spoke, "position");
CREATE INDEX plans_blocked ON public.plans USING btree (environment, entity) WHERE (state = 'BLOCKED'::text);
CREATE INDEX plans_due ON public.plans USING btree (recheck_at, entity) WHERE (state = ANY (ARRAY['PENDING'::text, 'BLOCKED'::text]));
CREATE INDEX plans_entity_newest ON public.plans USING btree (entity, created_at, "position");
CREATE INDEX plans_environment_newest ON public.plans USING btree (environment, created_at, "position");
CREATE INDEX plans_executing ON public.plans USING btree (environment) WHERE (state = 'EXECUTING'::text);
CREATE INDEX plans_executing_product ON public.plans USING btree (product) WHERE (state = 'EXECUTING'::text);
CREATE INDEX plans_executing_spoke ON public.plans USING btree (spoke) WHERE (state = 'EXECUTING'::text);
CREATE INDEX plans_line_environment ON public.plans USING btree (environment, in_line_since, "position") WHERE ((state = 'BLOCKED'::text) AND (in_line_since IS NOT NULL));
CREATE INDEX plans_line_product ON public.plans USING btree (product, in_line_since, "position") WHERE ((state = 'BLOCKED'::text) AND (in_line_since IS NOT NULL));
CREATE INDEX plans_line_spoke ON public.plans USING btree (spoke, in_line_since, "position") WHERE ((state = 'BLOCKED'::text) AND (in_line_since IS NOT NULL));
CREATE INDEX plans_newest ON public.plans USING btree (created_at, "position");
CREATE UNIQUE INDEX plans_one_open_per_entity ON public.plans USING btree (entity) WHERE (state = ANY (ARRAY['PENDING'::text, 'BLOCKED'::text, 'EXECUTING'::text, 'UNKNOWN'::text]));
CREATE INDEX plans_pending ON public.plans USING btree (entity) WHERE (state = 'PENDING'::text);
CREATE INDEX plans_state_newest ON public.plans USING btree (state, created_at, "position");
CREATE INDEX recalls_product ON public.recalls USING btree (product, id);
CREATE INDEX releases_dependency_products ON public.releases USING gin (jsonb_path_query_array((dependencies)::jsonb, '$[*]."product"'::jsonpath));
CREATE INDEX releases_product_id ON public.releases USING btree (product, id);
CREATE INDEX runs_chart ON public.runs USING btree (chart_sha256, environment);
CREATE INDEX runs_underway ON public.runs USING btree (spoke) WHERE (healthy_since IS NOT NULL);
CREATE INDEX spokes_token_hash ON public.spokes USING btree (token_hash);

CREATE OR REPLACE FUNCTION public.tell_of_marks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'dirty');
        RETURN NULL;
      END $function$
;
CREATE TRIGGER tell_of_marks AFTER INSERT ON public.dirty_entities FOR EACH STATEMENT EXECUTE FUNCTION tell_of_marks();

CREATE OR REPLACE FUNCTION public.tell_of_messages()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'outbox ' || spoke)
        FROM (SELECT DISTINCT spoke FROM added) AS told;
        RETURN NULL;
      END $function$
;
CREATE TRIGGER tell_of_messages AFTER INSERT ON public.outbox_messages REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tell_of_messages();
