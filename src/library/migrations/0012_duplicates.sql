-- Tracks that sound the same (library/duplicates.h).

-- looked_up: whether tracks that sound like this one were looked for. A row is
-- written anew when the track is heard anew, so it is looked up again.
alter table track_analysis add column looked_up @int@ not null default 0;
create index track_analysis_new on track_analysis (track_id)
	where looked_up = 0;

-- By which words of its fingerprint a track is found (library/fingerprint.h),
-- and which these are, to take them out again: 4 bytes each, the lowest first.
create table fingerprint_marks (
	mark @int@ not null,
	track_id @int@ not null,
	primary key (mark, track_id)
) @keyed@;
create table fingerprints (
	track_id @int@ primary key references tracks (id),
	marks @bytes@ not null
) @strict@;

-- Two tracks, the lower id first, that were found to sound the same.
-- error_rate: share of bits that differ. same_audio: the encoded sound is the
-- same. dismissed: somebody said that they are not the same.
create table duplicate_pairs (
	track_id @int@ not null references tracks (id),
	other_id @int@ not null references tracks (id),
	error_rate @real@ not null,
	same_audio @int@ not null,
	dismissed @int@ not null,
	primary key (track_id, other_id)
) @keyed@;
create index duplicate_pairs_other on duplicate_pairs (other_id);

-- state: enum duplicates_state. sure: nothing speaks against it. kept_id: of a
-- merged group. Counters of groups by state are few: they are counted.
create table duplicate_groups (
	id @id@,
	state @int@ not null,
	confidence @real@ not null,
	sure @int@ not null,
	kept_id @int@ references tracks (id),
	found_at @int@ not null,
	decided_at @int@,
	decided_by @int@ references users (id)
) @strict@;
create index duplicate_groups_by_state on duplicate_groups (state, id);

-- open: 1 while its group is an open one; a track is in one of these only.
create table duplicate_tracks (
	group_id @int@ not null references duplicate_groups (id),
	track_id @int@ not null references tracks (id),
	open @int@ not null,
	primary key (group_id, track_id)
) @keyed@;
create index duplicate_tracks_of on duplicate_tracks (track_id);
create unique index duplicate_tracks_open on duplicate_tracks (track_id)
	where open = 1;

-- The track that took this one's place. Such a track is hidden as well.
alter table tracks add column merged_into @int@ references tracks (id);
create index tracks_merged on tracks (merged_into)
	where merged_into is not null;

-- What a merge changed, for the way back. what: enum merge_move; row: which
-- row of its table; track_id: what it named before; value, kept_value: what the
-- move needs to know on the way back.
create table duplicate_moves (
	id @id@,
	group_id @int@ not null references duplicate_groups (id),
	what @int@ not null,
	row text not null,
	track_id @int@ not null,
	value @int@ not null,
	kept_value @int@ not null
) @strict@;
create index duplicate_moves_of on duplicate_moves (group_id, id);
