-- Playlists, favourites, ratings and play queues.
--
-- What belongs to one person carries user_id. Entries of favorites and ratings
-- name things by kind (enum taste_kind) and id: a thing that is hidden keeps
-- its entry, and shows it again when it comes back.

insert into totals (key, value) values ('playlists', 0), ('public_playlists', 0);

-- visibility: enum playlist_visibility. rules is null in a playlist that
-- people fill by hand. track_count, hidden_count and duration_ms are kept: the
-- first and the last of visible tracks only; those of a rule playlist are what
-- its rules gave when somebody last looked. link_token: of an unlisted one.
create table playlists (
	id @id@,
	owner_id @int@ not null references users (id),
	title text not null,
	title_key @bytes@ not null,
	description text,
	visibility @int@ not null,
	link_token text unique,
	rules text,
	cover_id @int@ references covers (id),
	version @int@ not null,
	track_count @int@ not null,
	hidden_count @int@ not null,
	duration_ms @int@ not null,
	play_count @int@ not null,
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index playlists_by_title on playlists (title_key, id);
create index playlists_by_updated on playlists (updated_at, id);
create index playlists_by_created on playlists (created_at, id);
create index playlists_by_plays on playlists (play_count, id);
create index playlists_of_owner on playlists (owner_id, updated_at, id);
create index playlists_public on playlists (play_count, id)
	where visibility = 2;

-- place orders the entries: far apart, so that one is moved between two others
-- by writing one row (library/playlist_tracks.c). hidden: the track has left
-- the library for now.
create table playlist_tracks (
	id @id@,
	playlist_id @int@ not null references playlists (id),
	track_id @int@ not null references tracks (id),
	place @int@ not null,
	hidden @int@ not null,
	added_by @int@ references users (id),
	added_at @int@ not null
) @strict@;
create index playlist_tracks_shown on playlist_tracks (playlist_id, place, id)
	where hidden = 0;
create index playlist_tracks_all on playlist_tracks (playlist_id, place, id);
create index playlist_tracks_of_track on playlist_tracks
	(track_id, playlist_id);

create table favorites (
	id @id@,
	user_id @int@ not null references users (id),
	kind @int@ not null,
	entity_id @int@ not null,
	created_at @int@ not null,
	unique (user_id, kind, entity_id)
) @strict@;
create index favorites_of_user on favorites (user_id, kind, id);
create index favorites_of_thing on favorites (kind, entity_id);

create table ratings (
	user_id @int@ not null references users (id),
	kind @int@ not null,
	entity_id @int@ not null,
	rating @int@ not null check (rating between 1 and 5),
	updated_at @int@ not null,
	primary key (user_id, kind, entity_id)
) @keyed@;

-- What a person heard of each track, as rules ask for it. Kept by those who
-- count plays.
create table user_tracks (
	user_id @int@ not null references users (id),
	track_id @int@ not null references tracks (id),
	plays @int@ not null,
	last_played_at @int@ not null,
	primary key (user_id, track_id)
) @keyed@;

-- Where a person's player stands; the list apart, because the place is saved
-- often and the list seldom.
create table play_queues (
	user_id @int@ primary key references users (id),
	version @int@ not null,
	current_index @int@ not null,
	position_ms @int@ not null,
	track_count @int@ not null,
	device text,
	shuffle @int@ not null,
	repeat text not null,
	context_kind text,
	context_id @int@,
	updated_at @int@ not null
) @strict@;

create table play_queue_tracks (
	user_id @int@ primary key references users (id),
	track_ids text not null
) @strict@;

-- Where a person stopped in the albums and playlists heard last.
create table play_contexts (
	user_id @int@ not null references users (id),
	kind text not null,
	entity_id @int@ not null,
	track_id @int@ not null references tracks (id),
	track_index @int@ not null,
	position_ms @int@ not null,
	updated_at @int@ not null,
	primary key (user_id, kind, entity_id)
) @keyed@;
create index play_contexts_newest on play_contexts (user_id, updated_at);
