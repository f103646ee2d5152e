-- What the store keeps of listening: the log of events is a driver's own
-- (driver/events.h). Plays are carried from there in order of their numbers;
-- plays_seq is the last one that is counted here.
create table listening_state (
	key text primary key,
	value @int@ not null
) @keyed@;
insert into listening_state (key, value) values ('plays_seq', 0);

create index user_tracks_of_track on user_tracks (track_id, plays);
create index user_tracks_top on user_tracks (user_id, plays);
create index user_tracks_recent on user_tracks (user_id, last_played_at);

-- Tracks that the same people hear, best first. A track with a row in
-- track_neighbours_made and none here has no neighbours.
create table track_neighbours (
	track_id @int@ not null references tracks (id),
	place @int@ not null,
	other_id @int@ not null references tracks (id),
	score @real@ not null,
	primary key (track_id, place)
) @keyed@;
create table track_neighbours_made (
	track_id @int@ primary key references tracks (id),
	made_at @int@ not null
) @strict@;
