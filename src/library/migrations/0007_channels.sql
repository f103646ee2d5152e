-- Live channels: what they are, what they will play and what they played.

-- The id may be given by people (a Telegram chat's is negative). on_air: what
-- people want; a server that starts brings back those that are. auto_dj: JSON
-- or null. current_id: the row of channel_history that plays; run_id: the row
-- of channel_runs that has not ended. queue_version grows with every change of
-- the queue.
create table channels (
	id @int@ not null primary key,
	title text not null,
	description text,
	is_public @int@ not null,
	on_air @int@ not null,
	paused @int@ not null,
	auto_end_enabled @int@ not null,
	auto_end_minutes @int@ not null,
	placeholder text,
	auto_dj text,
	crossfade_ms @int@ not null,
	level_mode @int@ not null,
	listeners_max @int@ not null,
	requests_enabled @int@ not null,
	request_cooldown @int@ not null,
	queue_version @int@ not null,
	queue_size @int@ not null,
	current_id @int@,
	run_id @int@,
	active_at @int@ not null,
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index channels_on_air on channels (id) where on_air = 1;

-- place: 0, 1, 2, … in each channel; rows behind an edit are renumbered, a
-- queue is short. id: a UUID.
create table queue_items (
	id text not null primary key,
	channel_id @int@ not null references channels (id),
	place @int@ not null,
	title text not null,
	source @int@ not null,
	track_id @int@ references tracks (id),
	url text,
	duration_ms @int@,
	metadata text,
	requested_by @int@ references users (id),
	added_at @int@ not null
) @strict@;
create index queue_items_in_order on queue_items (channel_id, place);

-- kind: enum play_kind; reason: enum end_reason, null while it plays.
create table channel_history (
	id @id@,
	channel_id @int@ not null references channels (id),
	item_id text not null,
	kind @int@ not null,
	title text not null,
	artist text,
	source @int@ not null,
	track_id @int@ references tracks (id),
	url text,
	duration_ms @int@,
	requested_by @int@ references users (id),
	added_at @int@ not null,
	started_at @int@ not null,
	ended_at @int@,
	reason @int@
) @strict@;
create index channel_history_in_order on channel_history (channel_id, id);
create index channel_history_of_track on channel_history
	(channel_id, track_id, started_at);

-- From when to when a channel was on the air, and why it ended.
create table channel_runs (
	id @id@,
	channel_id @int@ not null references channels (id),
	started_at @int@ not null,
	ended_at @int@,
	reason text
) @strict@;
create index channel_runs_in_order on channel_runs (channel_id, id);

-- One row for everybody who listened, after he left.
create table channel_listens (
	id @id@,
	channel_id @int@ not null references channels (id),
	user_id @int@ references users (id),
	format text not null,
	client text,
	address_hash text,
	started_at @int@ not null,
	ended_at @int@ not null,
	bytes @int@ not null
) @strict@;
create index channel_listens_in_order on channel_listens (channel_id, id);

-- Who may come in live. weekdays: a bit for each, the first is Monday; 0 all.
create table channel_djs (
	id @id@,
	channel_id @int@ not null references channels (id),
	username text not null,
	password_hash text not null,
	enabled @int@ not null,
	weekdays @int@ not null,
	starts_minute @int@,
	ends_minute @int@,
	created_at @int@ not null,
	unique (channel_id, username)
) @strict@;

-- Minutes are of the server's day. A row whose playlist is gone plays nothing.
create table channel_schedule (
	id @id@,
	channel_id @int@ not null references channels (id),
	playlist_id @int@ not null,
	weekdays @int@ not null,
	starts_minute @int@ not null,
	ends_minute @int@ not null,
	priority @int@ not null,
	enabled @int@ not null
) @strict@;
create index channel_schedule_of on channel_schedule (channel_id, id);

create table channel_jingles (
	id @id@,
	channel_id @int@ not null references channels (id),
	title text not null,
	track_id @int@ not null references tracks (id),
	every_tracks @int@,
	every_minutes @int@,
	enabled @int@ not null,
	tracks_since @int@ not null,
	played_at @int@ not null
) @strict@;
create index channel_jingles_of on channel_jingles (channel_id, id);

create table channel_requests (
	id @id@,
	channel_id @int@ not null references channels (id),
	user_id @int@ not null references users (id),
	track_id @int@ not null references tracks (id),
	item_id text not null,
	message text,
	created_at @int@ not null
) @strict@;
create index channel_requests_in_order on channel_requests (channel_id, id);
create index channel_requests_of_user on channel_requests
	(channel_id, user_id, id);

create table channel_pushes (
	id @id@,
	channel_id @int@ not null references channels (id),
	kind text not null,
	url text not null,
	secret text,
	enabled @int@ not null,
	settings text,
	created_at @int@ not null
) @strict@;
create index channel_pushes_of on channel_pushes (channel_id, id);
