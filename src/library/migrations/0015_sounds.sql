-- Where each track lies among sounds (media/sound.h), made from what was heard in
-- it. made_at: by which those who keep all points in memory find what is new.
create table track_sounds (
	track_id @int@ primary key references tracks(id) on delete cascade,
	version @int@ not null,
	made_at @int@ not null,
	codes @bytes@ not null
) @strict@;
create index track_sounds_made on track_sounds (made_at, track_id);
