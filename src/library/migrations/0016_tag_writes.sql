-- Tags that were written into files, and the files as they were before. state:
-- enum tag_write_state. asked: what was written, as JSON. original: where the
-- file as it was is kept. was_inode, size and time: of that file; new_inode and
-- size: of the one in its place (its time is the same).
create table tag_writes (
	id @id@,
	track_id @int@ not null references tracks (id),
	path @bytes@ not null,
	state @int@ not null,
	reason text,
	asked @json@ not null,
	original @bytes@ not null,
	was_inode @int@ not null,
	was_size @int@ not null,
	modified_ns @int@ not null,
	new_inode @int@ not null,
	new_size @int@ not null,
	created_by @int@ references users (id),
	created_at @int@ not null,
	updated_at @int@ not null
) @strict@;
create index tag_writes_by_state on tag_writes (state, id);
create index tag_writes_of_track on tag_writes (track_id, id);
