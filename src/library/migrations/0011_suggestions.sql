-- What could be tidied up: one row for each thing and rule. kind: enum
-- edit_kind. change: what an edit would set; null: there is nothing to accept,
-- a person has to look. undo: what takes an accepted one back. state: enum
-- suggestion_state. automatic: accepted by CLEANUP_AUTOMATIC, nobody was asked.
create table suggestions (
	id @id@,
	kind @int@ not null,
	entity_id @int@ not null,
	rule text not null,
	field text not null,
	was text not null,
	becomes text,
	change text,
	undo text,
	confidence @int@ not null,
	state @int@ not null,
	automatic @int@ not null,
	created_at @int@ not null,
	decided_at @int@ not null,
	decided_by @int@ references users (id),
	unique (kind, entity_id, rule)
) @strict@;
create index suggestions_by_state on suggestions (state, rule, id);

-- Things are looked at again after they changed.
create index tracks_by_updated on tracks (updated_at, id);
create index albums_by_updated on albums (updated_at, id);
create index artists_by_updated on artists (updated_at, id);
