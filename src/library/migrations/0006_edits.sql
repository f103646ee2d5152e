-- What people change over what files say, and whose artists are whose.

-- One row for each thing somebody changed. kind: enum edit_kind. fields: what
-- was set; below: the same things as the files' tags have them, so that an
-- edit can be taken back without the file.
create table edits (
	kind @int@ not null,
	entity_id @int@ not null,
	fields @json@ not null,
	below @json@ not null,
	updated_by @int@ references users (id),
	updated_at @int@ not null,
	primary key (kind, entity_id)
) @keyed@;

-- Grows with every edit: a catalogue that runs elsewhere then forgets the
-- names it remembers.
insert into totals (key, value) values ('edits', 0);

-- hidden: somebody took the track out of the library; its file stays.
alter table tracks add column hidden @int@ not null default 0;
create index tracks_hidden on tracks (updated_at, id) where hidden = 1;

alter table artists add column bio text;

-- edited: a name that a person gave, by which the thing is found as well.
alter table identities add column edited @int@ not null default 0;

-- The genre that takes this one's place; 0: none does, it was removed.
alter table genres add column merged_into @int@;

-- Which tracks a merge took from a genre, and where it stood among theirs;
-- had_both: the track had the other genre too.
create table genre_moves (
	genre_id @int@ not null references genres (id),
	track_id @int@ not null references tracks (id),
	position @int@ not null,
	had_both @int@ not null,
	primary key (genre_id, track_id)
) @keyed@;

create table artist_owners (
	artist_id @int@ not null references artists (id),
	user_id @int@ not null references users (id),
	created_by @int@ references users (id),
	created_at @int@ not null,
	primary key (artist_id, user_id)
) @keyed@;
create index artist_owners_of on artist_owners (user_id, artist_id);
