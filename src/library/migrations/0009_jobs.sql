-- Work that takes long, with what a queue needs that tries again and gives up:
-- attempts, the time of the next one, who asked, which job it is a part of.
-- state: enum job_state. shared 0: one of its kind and source at a time.
alter table jobs rename to etl_jobs;
alter table job_log rename to etl_job_log;
alter table etl_jobs add column step text not null default '';
alter table etl_jobs add column shared @int@ not null default 0;
alter table etl_jobs add column attempts @int@ not null default 0;
alter table etl_jobs add column next_try_at @int@ not null default 0;
alter table etl_jobs add column requested_by @int@ not null default 0;
alter table etl_jobs add column parent_id @int@ not null default 0;
create index etl_jobs_due on etl_jobs (state, kind, id);
create index etl_jobs_of_parent on etl_jobs (parent_id, id);

-- Objects seen in buckets, one row each: a scan of a bucket compares size and
-- etag and reads only what changed. status: seen, done, failed or gone.
create table etl_s3_file_registry (
	id @id@,
	source_id @int@ not null references sources (id),
	bucket text not null,
	path text not null,
	etag text not null,
	size @int@ not null,
	status text not null,
	track_id @int@ references tracks (id),
	error text,
	seen_at @int@ not null,
	processed_at @int@ not null default 0
) @strict@;
create unique index etl_s3_file_registry_path
	on etl_s3_file_registry (bucket, path);
create index etl_s3_file_registry_status
	on etl_s3_file_registry (status, id);

-- Files that people send, until they are tracks. status: receiving, queued,
-- done or failed.
create table staging_track_uploads (
	id @id@,
	user_id @int@ not null references users (id),
	job_id @int@ not null default 0,
	name text not null,
	blob_key text not null,
	size @int@ not null,
	received @int@ not null default 0,
	status text not null,
	track_id @int@ references tracks (id),
	error text,
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index staging_track_uploads_user on staging_track_uploads (user_id, id);
create index staging_track_uploads_old
	on staging_track_uploads (status, updated_at);

-- Work by the clock. cron null: as the setting says; next_cron: what next_run
-- was reckoned from.
create table schedules (
	name text primary key,
	cron text,
	enabled @int@ not null,
	next_cron text not null,
	next_run @int@ not null,
	last_run @int@ not null
) @strict@;

-- state and error: null while the job's own row is there.
create table schedule_runs (
	id @id@,
	schedule text not null references schedules (name),
	reason text not null,
	due_at @int@ not null,
	started_at @int@ not null,
	job_id @int@ not null,
	state @int@,
	error text,
	ended_at @int@
) @strict@;
create index schedule_runs_of on schedule_runs (schedule, id);
create index schedule_runs_job on schedule_runs (job_id);

-- What only one of several processes does.
create table leases (
	name text primary key,
	holder text not null,
	until @int@ not null
) @strict@;

-- What jobs found out, as JSON: the newest are kept.
create table job_reports (
	id @id@,
	kind text not null,
	created_at @int@ not null,
	body @json@ not null
) @strict@;
create index job_reports_kind on job_reports (kind, id);

-- streak: looks in a row that say the other than active does.
create table alerts (
	name text primary key,
	level text not null,
	active @int@ not null,
	streak @int@ not null,
	message text not null,
	raised_at @int@ not null,
	ended_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index alerts_active on alerts (active, name);
