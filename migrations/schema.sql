-- The schema after every migration, for reviewers. A test compares the two; it writes this file
-- when it is told to: APOLLO_WRITE_SCHEMA=1 node tools/test.mjs int -- schema-dump

CREATE TABLE api_tokens (
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  owner text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  scope json NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  revoked_by text,
  last_used_at timestamp with time zone,
  CONSTRAINT api_tokens_hash UNIQUE (hash),
  CONSTRAINT api_tokens_pkey PRIMARY KEY (id)
);

CREATE TABLE approval_requests (
  entity text COLLATE "C" NOT NULL,
  rule text COLLATE "C" NOT NULL,
  plan_id text NOT NULL,
  ran_ms bigint NOT NULL,
  running_since timestamp with time zone,
  asked_at timestamp with time zone,
  escalated_at timestamp with time zone,
  CONSTRAINT approval_requests_pkey PRIMARY KEY (entity, rule)
);

CREATE TABLE approval_rules (
  name text COLLATE "C" NOT NULL,
  rule json NOT NULL,
  set_by text NOT NULL,
  set_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  CONSTRAINT approval_rules_pkey PRIMARY KEY (name)
);

CREATE TABLE approvals (
  id text COLLATE "C" NOT NULL,
  entity text COLLATE "C" NOT NULL,
  plan_id text COLLATE "C" NOT NULL,
  approved_by text NOT NULL,
  roles json NOT NULL,
  digest text NOT NULL,
  approved_at timestamp with time zone NOT NULL,
  comment text,
  withdrawn_at timestamp with time zone,
  consumed_at timestamp with time zone,
  consumed_by text COLLATE "C",
  CONSTRAINT approvals_pkey PRIMARY KEY (id)
);

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

CREATE TABLE audit_links (
  number bigint NOT NULL,
  entry_id text COLLATE "C" NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT audit_links_entry UNIQUE (entry_id),
  CONSTRAINT audit_links_pkey PRIMARY KEY (number)
);

CREATE TABLE audit_pending (
  position bigint NOT NULL,
  entry_id text COLLATE "C" NOT NULL,
  CONSTRAINT audit_pending_pkey PRIMARY KEY ("position")
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
  asked integer,
  asked_at timestamp with time zone,
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
  entity_version integer,
  CONSTRAINT baselines_content UNIQUE (entity, content_key),
  CONSTRAINT baselines_pkey PRIMARY KEY ("position")
);

CREATE TABLE break_glasses (
  id text COLLATE "C" NOT NULL,
  product text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  waives json NOT NULL,
  reason text NOT NULL,
  opened_by text COLLATE "C" NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  in_force_until timestamp with time zone NOT NULL,
  due_at timestamp with time zone NOT NULL,
  uses integer NOT NULL,
  plans json NOT NULL,
  ended json,
  review json,
  overdue_told_at timestamp with time zone,
  version integer NOT NULL,
  deployment text COLLATE "C",
  unused_at timestamp with time zone,
  CONSTRAINT break_glasses_pkey PRIMARY KEY (id)
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

CREATE TABLE delegations (
  id text COLLATE "C" NOT NULL,
  giver text NOT NULL,
  lent_to text NOT NULL,
  roles json NOT NULL,
  scope json NOT NULL,
  lent_from timestamp with time zone NOT NULL,
  lent_until timestamp with time zone NOT NULL,
  given_at timestamp with time zone NOT NULL,
  CONSTRAINT delegations_pkey PRIMARY KEY (id)
);

CREATE TABLE deployment_history (
  id text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  from_version text,
  to_version text NOT NULL,
  environment text COLLATE "C" NOT NULL,
  strategy text NOT NULL,
  deployed_by text COLLATE "C" NOT NULL,
  deployed_at timestamp with time zone NOT NULL DEFAULT now(),
  status text NOT NULL,
  rollback_version text,
  notes text,
  duration_seconds double precision,
  kind text NOT NULL,
  wish json NOT NULL,
  chart_sha256 text NOT NULL,
  deployed_by_kind text NOT NULL,
  reason text,
  ended_at timestamp with time zone,
  queued boolean NOT NULL,
  steps json NOT NULL,
  targets json NOT NULL,
  backup text NOT NULL,
  superseded_by text,
  proof json,
  version integer NOT NULL,
  break_glass text,
  back_ported_at timestamp with time zone,
  taken_back_at timestamp with time zone,
  break_glass_grant jsonb,
  CONSTRAINT deployment_history_pkey PRIMARY KEY (id)
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
  adopt boolean,
  field_conflicts text,
  edits jsonb,
  rollout jsonb,
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

CREATE TABLE hub_identity (
  single boolean NOT NULL DEFAULT true,
  id text COLLATE "C" NOT NULL,
  CONSTRAINT hub_identity_pkey PRIMARY KEY (single),
  CONSTRAINT hub_identity_single_check CHECK (single)
);

CREATE TABLE idempotency_records (
  principal text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  request_digest text NOT NULL,
  status integer NOT NULL,
  body json NOT NULL,
  created_at timestamp with time zone NOT NULL,
  headers json,
  CONSTRAINT idempotency_records_pkey PRIMARY KEY (principal, key)
);

CREATE TABLE join_tokens (
  hash text COLLATE "C" NOT NULL,
  spoke text COLLATE "C" NOT NULL,
  cluster_uid text COLLATE "C",
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_by text COLLATE "C",
  CONSTRAINT join_tokens_pkey PRIMARY KEY (hash)
);

CREATE TABLE key_sets (
  version bigint NOT NULL,
  threshold integer NOT NULL,
  keys json NOT NULL,
  expires_at text COLLATE "C",
  envelope json NOT NULL,
  added_at timestamp with time zone NOT NULL,
  added_by text NOT NULL,
  CONSTRAINT key_sets_pkey PRIMARY KEY (version),
  CONSTRAINT key_sets_version_check CHECK ((version > 0))
);

CREATE TABLE leases (
  name text COLLATE "C" NOT NULL,
  holder text COLLATE "C" NOT NULL,
  token bigint NOT NULL,
  ttl_ms integer NOT NULL,
  until timestamp with time zone,
  CONSTRAINT leases_pkey PRIMARY KEY (name)
);

CREATE TABLE login_sessions (
  id text COLLATE "C" NOT NULL,
  person text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  started_at timestamp with time zone NOT NULL,
  idle_ends_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  ended_by text,
  issuer text COLLATE "C",
  subject text COLLATE "C",
  sid text COLLATE "C",
  CONSTRAINT login_sessions_hash UNIQUE (hash),
  CONSTRAINT login_sessions_pkey PRIMARY KEY (id)
);

CREATE TABLE logout_tokens (
  issuer text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  kept_until timestamp with time zone NOT NULL,
  CONSTRAINT logout_tokens_pkey PRIMARY KEY (issuer, id)
);

CREATE TABLE notifications (
  id text COLLATE "C" NOT NULL,
  receiver text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  deployment text COLLATE "C",
  environment text COLLATE "C" NOT NULL,
  body json NOT NULL,
  created_at timestamp with time zone NOT NULL,
  attempts integer NOT NULL,
  tried_since timestamp with time zone NOT NULL,
  next_attempt_at timestamp with time zone,
  delivered_at timestamp with time zone,
  dead_at timestamp with time zone,
  last_error text,
  CONSTRAINT notifications_pkey PRIMARY KEY (id)
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

CREATE TABLE people (
  name text COLLATE "C" NOT NULL,
  roles json NOT NULL,
  grants json NOT NULL,
  disabled boolean NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  machine boolean,
  CONSTRAINT people_pkey PRIMARY KEY (name)
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
  progress json,
  entity_version integer,
  step_of text,
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
  strategies jsonb,
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

CREATE TABLE session_tokens (
  spoke text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  kept_until timestamp with time zone NOT NULL,
  CONSTRAINT session_tokens_pkey PRIMARY KEY (spoke, id)
);

CREATE TABLE spokes (
  name text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
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
  credential json,
  alarm json,
  instances json,
  revocation json,
  ledger_epoch bigint,
  lost_ledgers json,
  CONSTRAINT spokes_pkey PRIMARY KEY (name)
);

CREATE TABLE webhooks (
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  url text NOT NULL,
  events json,
  environments json,
  products json,
  secret text,
  former_secret json,
  off json,
  created_by text COLLATE "C" NOT NULL,
  created_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  CONSTRAINT webhooks_name_key UNIQUE (name),
  CONSTRAINT webhooks_pkey PRIMARY KEY (id)
);

CREATE INDEX api_tokens_end ON public.api_tokens USING btree (LEAST(expires_at, revoked_at));
CREATE INDEX api_tokens_owner ON public.api_tokens USING btree (owner, id);
CREATE INDEX approvals_consumed ON public.approvals USING btree (consumed_by) WHERE (consumed_by IS NOT NULL);
CREATE INDEX approvals_standing ON public.approvals USING btree (entity) WHERE ((withdrawn_at IS NULL) AND (consumed_at IS NULL));
CREATE INDEX audit_entries_actor_oldest ON public.audit_entries USING btree (actor, at, "position");
CREATE INDEX audit_entries_oldest ON public.audit_entries USING btree (at, "position");
CREATE INDEX audit_entries_subject_oldest ON public.audit_entries USING btree (subject, at, "position");
CREATE INDEX automatic_suppressions_ends ON public.automatic_suppressions USING btree (environment, suppressed_until);
CREATE INDEX backups_requested ON public.backups USING btree (entity, release_digest) WHERE (status = 'requested'::text);
CREATE INDEX baselines_newest ON public.baselines USING btree (entity, "position");
CREATE INDEX break_glasses_environment ON public.break_glasses USING btree (environment, id);
CREATE INDEX break_glasses_owed ON public.break_glasses USING btree (product, opened_at) WHERE ((review IS NULL) AND (unused_at IS NULL));
CREATE INDEX break_glasses_product ON public.break_glasses USING btree (product, id);
CREATE INDEX break_glasses_untold ON public.break_glasses USING btree (due_at) WHERE ((review IS NULL) AND (unused_at IS NULL) AND (overdue_told_at IS NULL));
CREATE INDEX channel_entries_channel ON public.channel_entries USING btree (channel);
CREATE INDEX delegations_ends ON public.delegations USING btree (lent_until);
CREATE INDEX deployment_history_newest ON public.deployment_history USING btree (service, environment, deployed_at DESC, id DESC);
CREATE INDEX deployment_history_owing ON public.deployment_history USING btree (service) WHERE ((kind = 'hotfix'::text) AND (status = 'completed'::text) AND (back_ported_at IS NULL) AND (taken_back_at IS NULL));
CREATE UNIQUE INDEX deployment_history_under_way ON public.deployment_history USING btree (service, environment, queued) WHERE (ended_at IS NULL);
CREATE INDEX dirty_entities_entity ON public.dirty_entities USING btree (entity, id);
CREATE INDEX entities_environment_name ON public.entities USING btree (environment, name);
CREATE INDEX entities_product_name ON public.entities USING btree (product, name);
CREATE INDEX entities_spoke_name ON public.entities USING btree (spoke, name);
CREATE INDEX evaluations_due ON public.evaluations USING btree (recheck_at, entity) WHERE (recheck_at IS NOT NULL);
CREATE INDEX idx_deployment_date ON public.deployment_history USING btree (deployed_at DESC);
CREATE INDEX idx_deployment_env ON public.deployment_history USING btree (environment);
CREATE INDEX idx_deployment_service ON public.deployment_history USING btree (service);
CREATE INDEX join_tokens_expires_at ON public.join_tokens USING btree (expires_at);
CREATE INDEX join_tokens_spoke ON public.join_tokens USING btree (spoke);
CREATE INDEX login_sessions_end ON public.login_sessions USING btree (ends_at);
CREATE INDEX login_sessions_person ON public.login_sessions USING btree (person, ends_at);
CREATE INDEX login_sessions_sid ON public.login_sessions USING btree (issuer, sid) WHERE (sid IS NOT NULL);
CREATE INDEX login_sessions_subject ON public.login_sessions USING btree (issuer, subject);
CREATE INDEX logout_tokens_end ON public.logout_tokens USING btree (kept_until);
CREATE INDEX notifications_dead ON public.notifications USING btree (dead_at) WHERE (dead_at IS NOT NULL);
CREATE INDEX notifications_delivered ON public.notifications USING btree (delivered_at) WHERE (delivered_at IS NOT NULL);
CREATE INDEX notifications_line ON public.notifications USING btree (receiver, sequence) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX outbox_messages_plan ON public.outbox_messages USING btree (plan_id);
CREATE INDEX outbox_messages_spoke_position ON public.outbox_messages USING btree (spoke, "position");
CREATE INDEX people_granted_roles ON public.people USING gin (jsonb_path_query_array((grants)::jsonb, '$[*]."roles"[*]'::jsonpath)) WHERE (NOT disabled);
CREATE INDEX people_roles ON public.people USING gin (((roles)::jsonb)) WHERE (NOT disabled);
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
CREATE INDEX releases_chart ON public.releases USING btree (((chart ->> 'sha256'::text)));
CREATE INDEX releases_dependency_products ON public.releases USING gin (jsonb_path_query_array((dependencies)::jsonb, '$[*]."product"'::jsonpath));
CREATE INDEX releases_product_id ON public.releases USING btree (product, id);
CREATE INDEX runs_chart ON public.runs USING btree (chart_sha256, environment);
CREATE INDEX runs_underway ON public.runs USING btree (spoke) WHERE (healthy_since IS NOT NULL);
CREATE INDEX session_tokens_kept_until ON public.session_tokens USING btree (kept_until);

CREATE OR REPLACE FUNCTION public.queue_audit_entries()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      BEGIN
        INSERT INTO public.audit_pending (position, entry_id) SELECT position, id FROM added;
        RETURN NULL;
      END $function$
;
CREATE TRIGGER queue_audit_entries AFTER INSERT ON public.audit_entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION queue_audit_entries();

CREATE OR REPLACE FUNCTION public.refuse_audit_changes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        RAISE EXCEPTION 'the audit trail only grows: % of % is refused', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege',
            HINT = 'Write a new entry that says what was wrong with the old one.';
      END $function$
;
CREATE TRIGGER refuse_audit_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_changes();

CREATE OR REPLACE FUNCTION public.refuse_audit_changes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        RAISE EXCEPTION 'the audit trail only grows: % of % is refused', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege',
            HINT = 'Write a new entry that says what was wrong with the old one.';
      END $function$
;
CREATE TRIGGER refuse_audit_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_links FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_changes();

CREATE OR REPLACE FUNCTION public.tell_of_key_sets()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'keys');
        RETURN NULL;
      END $function$
;
CREATE TRIGGER tell_of_key_sets AFTER INSERT ON public.key_sets FOR EACH STATEMENT EXECUTE FUNCTION tell_of_key_sets();

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

CREATE OR REPLACE FUNCTION public.tell_of_revocations()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        PERFORM pg_notify('apollo_signals', 'revoked ' || NEW.name);
        RETURN NULL;
      END $function$
;
CREATE TRIGGER tell_of_revocations AFTER UPDATE ON public.spokes FOR EACH ROW WHEN ((new.revoked AND (NOT old.revoked))) EXECUTE FUNCTION tell_of_revocations();

CREATE OR REPLACE FUNCTION public.link_audit_entries(numbers bigint[], entry_ids text[], previous_hashes text[], hashes text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
      DECLARE
        head public.audit_links;
        wrong bigint;
        taken bigint;
      BEGIN
        SELECT * INTO head FROM public.audit_links ORDER BY number DESC LIMIT 1;
        SELECT count(*) INTO wrong FROM (
          SELECT link.*,
            lag(number, 1, coalesce(head.number, 0)) OVER given AS number_before,
            lag(hash, 1, coalesce(head.hash, repeat('0', 64))) OVER given AS hash_before
          FROM unnest(numbers, previous_hashes, hashes)
            WITH ORDINALITY AS link (number, previous, hash, place)
          WINDOW given AS (ORDER BY place)
        ) AS link
        WHERE number IS DISTINCT FROM number_before + 1 OR previous IS DISTINCT FROM hash_before
          OR hash !~ '^[0-9a-f]{64}$' OR hash IS NULL;
        IF wrong > 0 THEN
          RAISE EXCEPTION 'the links do not go on after the head of the audit trail'
            USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO public.audit_links (number, entry_id, previous, hash)
          SELECT * FROM unnest(numbers, entry_ids, previous_hashes, hashes);
        DELETE FROM public.audit_pending USING public.audit_entries AS entry
          WHERE entry.id = ANY (entry_ids) AND audit_pending.position = entry.position
            AND audit_pending.entry_id = entry.id;
        GET DIAGNOSTICS taken = ROW_COUNT;
        IF taken <> cardinality(numbers) THEN
          RAISE EXCEPTION 'an entry that does not wait was to be linked to the audit trail'
            USING ERRCODE = 'check_violation';
        END IF;
      END $function$
;
