-- The catalogue: sources and their files, tracks, albums, artists, genres,
-- covers, lyrics, jobs, and the outbox of changes.
--
-- Rules that hold in every table: times are Unix milliseconds, UTC; ids are
-- never used again; rows of things without a visible track stay, hidden by
-- their counters; sort keys are bytes that compare as people expect, cut to a
-- bound; key columns named identity are SHA-256 cut to 16 bytes.

create table meta (
	key text primary key,
	value text not null
) @keyed@;

-- Kept counters of all that is visible. Whoever changes the catalogue locks
-- this table first (library/catalogue.c), so changes are made one at a time and
-- outbox numbers are in the order of commits.
create table totals (
	key text primary key,
	value @int@ not null
) @keyed@;
insert into totals (key, value) values
	('tracks', 0), ('albums', 0), ('artists', 0), ('genres', 0),
	('duration_ms', 0), ('size_bytes', 0), ('outbox_trimmed', 0);

create table covers (
	id @id@,
	blob_key @bytes@ not null unique,
	mime text not null,
	width @int@ not null,
	height @int@ not null,
	size_bytes @int@ not null,
	colour text,
	created_at @int@ not null
) @strict@;

-- Where files come from.
create table sources (
	id @id@,
	kind text not null,
	root @bytes@ not null,
	root_key @bytes@ not null,
	config @json@ not null,
	state @int@ not null,
	file_count @int@ not null,
	rejected_count @int@ not null,
	last_scan_at @int@,
	last_error text,
	created_at @int@ not null,
	updated_at @int@ not null,
	unique (kind, root_key)
) @strict@;

create table folders (
	id @id@,
	source_id @int@ not null references sources (id),
	path @bytes@ not null,
	path_key @bytes@ not null,
	picture_key @int@ not null,
	cover_id @int@ references covers (id),
	file_count @int@ not null,
	unique (source_id, path_key)
) @strict@;

create table artists (
	id @id@,
	name text not null,
	sort_name text not null,
	sort_key @bytes@ not null,
	letter text not null,
	mbid text,
	track_count @int@ not null,
	album_count @int@ not null,
	duration_ms @int@ not null,
	popularity @int@ not null,
	cover_id @int@ references covers (id),
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index artists_by_name on artists (sort_key, id)
	where track_count + album_count > 0;
create index artists_by_letter on artists (letter, sort_key, id)
	where track_count + album_count > 0;
create index artists_by_popularity on artists (popularity, id)
	where track_count + album_count > 0;
create index artists_by_created on artists (created_at, id)
	where track_count + album_count > 0;

create table genres (
	id @id@,
	name text not null,
	sort_key @bytes@ not null,
	track_count @int@ not null,
	album_count @int@ not null,
	artist_count @int@ not null,
	duration_ms @int@ not null,
	cover_id @int@ references covers (id),
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index genres_by_name on genres (sort_key, id) where track_count > 0;
create index genres_by_tracks on genres (track_count, id)
	where track_count > 0;

create table albums (
	id @id@,
	title text not null,
	sort_key @bytes@ not null,
	artist text not null,
	artist_id @int@ references artists (id),
	artist_key @bytes@ not null,
	mbid text,
	is_various @int@ not null,
	compilation @int@ not null,
	tagged_artist @int@ not null,
	year @int@ not null,
	year_rank @int@ not null,
	genre_id @int@ references genres (id),
	track_count @int@ not null,
	disc_count @int@ not null,
	duration_ms @int@ not null,
	popularity @int@ not null,
	cover_id @int@ references covers (id),
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index albums_by_title on albums (sort_key, id) where track_count > 0;
create index albums_by_year on albums (year, id) where track_count > 0;
create index albums_by_year_rank on albums (year_rank, id)
	where track_count > 0;
create index albums_by_created on albums (created_at, id)
	where track_count > 0;
create index albums_by_popularity on albums (popularity, id)
	where track_count > 0;
create index albums_by_artist on albums (artist_key, year_rank, id)
	where track_count > 0;

-- Names by which an artist (kind 1), album (2) or genre (3) is found again.
create table identities (
	kind @int@ not null,
	identity @bytes@ not null,
	entity_id @int@ not null,
	primary key (kind, identity)
) @keyed@;
create index identities_by_entity on identities (kind, entity_id);

create table tracks (
	id @id@,
	title text not null,
	title_key @bytes@ not null,
	artist text not null,
	artist_id @int@ references artists (id),
	artist_key @bytes@ not null,
	album_id @int@ references albums (id),
	album_key @bytes@ not null,
	genre_id @int@ references genres (id),
	cover_id @int@ references covers (id),
	source_id @int@ not null references sources (id),
	codec text not null,
	visible @int@ not null,
	compilation @int@ not null,
	track_no @int@ not null,
	disc_no @int@ not null,
	year @int@ not null,
	year_rank @int@ not null,
	duration_ms @int@ not null,
	composer text,
	isrc text,
	mbid text,
	has_lyrics @int@ not null,
	tempo @real@,
	energy @real@,
	valence @real@,
	danceability @real@,
	loudness_lufs @real@,
	musical_key text,
	popularity @int@ not null,
	play_count @int@ not null,
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index tracks_by_title on tracks (title_key, id) where visible = 1;
create index tracks_by_created on tracks (created_at, id) where visible = 1;
create index tracks_by_popularity on tracks (popularity, id)
	where visible = 1;
create index tracks_by_year on tracks (year, id) where visible = 1;
create index tracks_by_year_rank on tracks (year_rank, id) where visible = 1;
create index tracks_by_duration on tracks (duration_ms, id)
	where visible = 1;
create index tracks_by_artist on tracks
	(artist_key, album_key, disc_no, track_no, id) where visible = 1;
create index tracks_by_album on tracks (album_key, disc_no, track_no, id)
	where visible = 1;
create index tracks_of_album on tracks (album_id, disc_no, track_no, id)
	where visible = 1;
create index tracks_of_genre on tracks (genre_id, popularity, id)
	where visible = 1;
create index tracks_of_codec on tracks (codec, id) where visible = 1;
create index tracks_of_source on tracks (source_id, id) where visible = 1;

create table files (
	id @id@,
	source_id @int@ not null references sources (id),
	folder_id @int@ not null references folders (id),
	name @bytes@ not null,
	track_id @int@ references tracks (id),
	state @int@ not null,
	reason text,
	size_bytes @int@ not null,
	modified_ns @int@ not null,
	inode @int@ not null,
	device @int@ not null,
	beside_key @int@ not null,
	facts_key @int@ not null,
	audio_key @bytes@,
	container text,
	codec text,
	bitrate_bps @int@,
	sample_rate_hz @int@,
	channels @int@,
	bit_depth @int@,
	gapless_start @int@,
	gapless_end @int@,
	track_gain_db @real@,
	track_peak @real@,
	album_gain_db @real@,
	album_peak @real@,
	repairs text,
	created_at @int@ not null,
	updated_at @int@ not null,
	unique (folder_id, name)
) @strict@;
create unique index files_of_track on files (track_id);
create index files_by_audio on files (audio_key);
create index files_by_inode on files (inode, device);
create index files_not_ok on files (source_id, state, id) where state > 0;

-- role: enum credit_role.
create table track_artists (
	track_id @int@ not null references tracks (id),
	position @int@ not null,
	artist_id @int@ not null references artists (id),
	role @int@ not null,
	primary key (track_id, position)
) @keyed@;
create index track_artists_of on track_artists (artist_id, track_id);

create table track_genres (
	track_id @int@ not null references tracks (id),
	position @int@ not null,
	genre_id @int@ not null references genres (id),
	primary key (track_id, position)
) @keyed@;
create index track_genres_of on track_genres (genre_id, track_id);

-- Who is credited on the cover.
create table album_artists (
	album_id @int@ not null references albums (id),
	position @int@ not null,
	artist_id @int@ not null references artists (id),
	primary key (album_id, position)
) @keyed@;
create index album_artists_of on album_artists (artist_id, album_id);

-- How many visible tracks of an album credit an artist in a role, carry a
-- genre; and how many of an artist carry a genre. Rows with 0 are removed.
create table artist_albums (
	artist_id @int@ not null references artists (id),
	album_id @int@ not null references albums (id),
	role @int@ not null,
	tracks @int@ not null,
	primary key (artist_id, album_id, role)
) @keyed@;
create index artist_albums_of on artist_albums (album_id);

create table genre_albums (
	genre_id @int@ not null references genres (id),
	album_id @int@ not null references albums (id),
	tracks @int@ not null,
	primary key (genre_id, album_id)
) @keyed@;
create index genre_albums_of on genre_albums (album_id);

create table genre_artists (
	genre_id @int@ not null references genres (id),
	artist_id @int@ not null references artists (id),
	tracks @int@ not null,
	primary key (genre_id, artist_id)
) @keyed@;
create index genre_artists_top on genre_artists (genre_id, tracks);

create table lyrics (
	track_id @int@ primary key references tracks (id),
	synced @int@ not null,
	text text not null
) @strict@;

create table jobs (
	id @id@,
	kind text not null,
	source_id @int@ not null,
	detail text not null,
	state @int@ not null,
	cancel_asked @int@ not null,
	done @int@ not null,
	total @int@ not null,
	rate @real@ not null,
	eta_seconds @int@ not null,
	added @int@ not null,
	updated @int@ not null,
	moved @int@ not null,
	removed @int@ not null,
	restored @int@ not null,
	unchanged @int@ not null,
	rejected @int@ not null,
	checkpoint @json@,
	error text,
	owner text,
	lease_until @int@ not null,
	log_lines @int@ not null,
	created_at @int@ not null,
	started_at @int@ not null,
	finished_at @int@ not null
) @strict@;
create index jobs_by_state on jobs (state, id);
create index jobs_of_source on jobs (source_id, id);
create index jobs_of_kind on jobs (kind, id);

create table job_log (
	id @id@,
	job_id @int@ not null references jobs (id),
	at @int@ not null,
	level text not null,
	path text,
	reason text not null
) @strict@;
create index job_log_of on job_log (job_id, id);

-- kind: enum search_kind.
create table outbox (
	seq @id@,
	kind @int@ not null,
	entity_id @int@ not null
) @strict@;
