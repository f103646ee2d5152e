/* catalogue_genre.c - what people change of genres; see edits.h.
 *
 * A merged genre keeps its row and its names and points to another (or to
 * nothing); whoever resolves a name follows. Its tracks are moved in steps, and
 * genre_moves remembers them for the way back. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <string.h>

#include "driver/search.h"

struct genre_stored {
	const char *name;
	int64_t merged_into; /* -1: not merged */
};

static enum status
genre_load(struct catalogue *catalogue, int64_t id, struct genre_stored *out,
	   struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select name, coalesce(merged_into, -1) "
			   "from genres where id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct genre_stored){
			sql_column_text(rows, 0, &catalogue->arena),
			sql_column_int(rows, 1),
		};
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no genre %lld", (long long)id);
	sql_end(rows);
	return status;
}

/* ---- names ---------------------------------------------------------------- */

/* Documents of its tracks and albums say the genre's name. */
static enum status
genre_outbox(struct catalogue *catalogue, int64_t id, struct fault *fault)
{
	enum status status = sql_exec(
		catalogue->session,
		"insert into outbox (kind, entity_id) select $1, t.id "
		"from tracks t where t.genre_id = $2 and t.visible = 1",
		SQL_ARGS(SQL_INT(SEARCH_TRACK), SQL_INT(id)), NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(catalogue->session,
			"insert into outbox (kind, entity_id) "
			"select $1, a.id from genre_albums l "
			"join albums a on a.id = l.album_id "
			"where l.genre_id = $2 and a.genre_id = $3",
			SQL_ARGS(SQL_INT(SEARCH_ALBUM), SQL_INT(id),
				 SQL_INT(id)),
			NULL, fault);
}

static enum status
genre_set_name(struct catalogue *catalogue, int64_t id, const char *name,
	       struct fault *fault)
{
	enum status status = sql_exec(
		catalogue->session,
		"update genres set name = $1, sort_key = $2, updated_at = $3 "
		"where id = $4",
		SQL_ARGS(sql_text(name),
			 sql_span_bytes(sort_key_cut(&catalogue->arena, name,
						     NAME_KEY_BYTES)),
			 SQL_INT(catalogue->now_ms), SQL_INT(id)),
		NULL, fault);

	return status == STATUS_OK ? genre_outbox(catalogue, id, fault) :
				     status;
}

static enum status
genre_rename(struct catalogue *catalogue, int64_t id, const char *name,
	     struct fault *fault)
{
	struct identity identity =
		genre_name_identity(&catalogue->arena, name);
	int64_t other = 0;
	enum status status = identity_find(catalogue, IDENTITY_GENRE,
					   &identity, &other, fault);

	if (status != STATUS_OK)
		return status;
	if (other != 0 && other != id)
		return fault_field(fault, STATUS_CONFLICT, "name",
				   "genre %lld has this name; merge the two",
				   (long long)other);
	status = aliases_remove(catalogue, IDENTITY_GENRE, id, fault);
	if (status == STATUS_OK)
		status = alias_add(catalogue, IDENTITY_GENRE, &identity, id,
				   fault);
	if (status == STATUS_OK)
		status = genre_set_name(catalogue, id, name, fault);
	return status;
}

static enum status
genre_edit_fields(struct catalogue *catalogue,
		  const struct edit_change *change,
		  const struct genre_stored *stored, struct edit *edit,
		  struct fault *fault)
{
	const char *name =
		json_string_value(json_object_get(change->set, "name"));
	enum status status = STATUS_OK;

	if (json_array_size(change->reset) > 0 &&
	    json_object_get(edit->fields, "name") != NULL) {
		json_object_del(edit->fields, "name");
		status = aliases_remove(catalogue, IDENTITY_GENRE, change->id,
					fault);
		if (status == STATUS_OK)
			status = genre_set_name(
				catalogue, change->id,
				json_string_value(json_object_get(edit->below,
								  "name")),
				fault);
	}
	if (status != STATUS_OK || name == NULL)
		return status;
	if (json_object_get(edit->below, "name") == NULL)
		json_object_set_new(edit->below, "name",
				    json_string(stored->name));
	json_object_set_new(edit->fields, "name", json_string(name));
	return genre_rename(catalogue, change->id, name, fault);
}

enum status
genre_edit(struct catalogue *catalogue, const struct edit_change *change,
	   struct fault *fault)
{
	struct genre_stored stored = { 0 };
	struct edit edit = { 0 };
	enum status status;

	assert(catalogue->session != NULL);
	status = genre_load(catalogue, change->id, &stored, fault);
	if (status == STATUS_OK)
		status = edit_load(catalogue->session, EDIT_GENRE, change->id,
				   &edit, fault);
	if (status == STATUS_OK)
		status = genre_edit_fields(catalogue, change, &stored, &edit,
					   fault);
	if (status == STATUS_OK)
		status = edit_store(catalogue, EDIT_GENRE, change->id, &edit,
				    change->by, fault);
	edit_release(&edit);
	return status;
}

enum status
genre_create(struct catalogue *catalogue, const char *name, int64_t *id,
	     struct fault *fault)
{
	struct identity identity =
		genre_name_identity(&catalogue->arena, name);
	struct known genre;
	enum status status;

	*id = 0;
	status = identity_find(catalogue, IDENTITY_GENRE, &identity, id, fault);
	if (status != STATUS_OK)
		return status;
	if (*id != 0)
		return fault_field(fault, STATUS_CONFLICT, "name",
				   "genre %lld has this name", (long long)*id);
	status = genre_resolve(catalogue, name, &genre, fault);
	if (status == STATUS_OK && genre.id == 0)
		return fault_field(fault, STATUS_INVALID, "name",
				   "nothing is left of this name");
	*id = genre.id;
	return status;
}

enum status
genres_of_json(struct catalogue *catalogue, const json_t *list, json_t **ids,
	       struct fault *fault)
{
	json_t *out = json_array();
	enum status status = STATUS_OK;
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		const char *name = json_string_value(item);
		struct known genre = { .id = json_integer_value(item) };
		struct genre_stored stored;

		if (name != NULL)
			status = genre_resolve(catalogue, name, &genre, fault);
		else if (genre_load(catalogue, genre.id, &stored, NULL) !=
			 STATUS_OK)
			genre.id = 0;
		if (status == STATUS_OK && genre.id == 0)
			status = fault_field(fault, STATUS_INVALID, "genres",
					     "there is no such genre");
		if (status != STATUS_OK)
			break;
		json_array_append_new(out, json_integer(genre.id));
	}
	if (status == STATUS_OK)
		*ids = out;
	else
		json_decref(out);
	return status;
}

/* ---- merging --------------------------------------------------------------- */

static enum status
genre_point(struct catalogue *catalogue, int64_t id, struct sql_value target,
	    struct fault *fault)
{
	enum status status = edits_count(catalogue, fault);

	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "update genres set merged_into = $1, "
				  "updated_at = $2 where id = $3",
				  SQL_ARGS(target, SQL_INT(catalogue->now_ms),
					   SQL_INT(id)),
				  NULL, fault);
	known_clear(&catalogue->known);
	return status;
}

enum status
genre_merge(struct catalogue *catalogue, int64_t id, int64_t target,
	    struct fault *fault)
{
	struct genre_stored stored = { 0 }, other = { .merged_into = -1 };
	enum status status;

	assert(catalogue->session != NULL);
	status = genre_load(catalogue, id, &stored, fault);
	if (status != STATUS_OK)
		return status;
	if (stored.merged_into != -1)
		return fault_field(fault, STATUS_CONFLICT, "merge_into",
				   "genre %lld is merged already",
				   (long long)id);
	if (target != 0)
		status = genre_load(catalogue, target, &other, NULL);
	if (target == id || status != STATUS_OK || other.merged_into != -1)
		return fault_field(fault, STATUS_INVALID, "merge_into",
				   "there is no such other genre");
	status = genre_point(catalogue, id, SQL_INT(target), fault);
	/* What was merged into this one goes along. */
	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "update genres set merged_into = $1 "
				  "where merged_into = $2",
				  SQL_ARGS(SQL_INT(target), SQL_INT(id)), NULL,
				  fault);
	return status;
}

enum status
genre_unmerge(struct catalogue *catalogue, int64_t id, struct fault *fault)
{
	struct genre_stored stored = { 0 };
	enum status status;

	assert(catalogue->session != NULL);
	status = genre_load(catalogue, id, &stored, fault);
	if (status == STATUS_OK && stored.merged_into == -1)
		return fault_field(fault, STATUS_CONFLICT, "genre",
				   "genre %lld is not merged", (long long)id);
	/* The way back needs to know where from. */
	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "insert into meta (key, value) values "
				  "($1, $2) on conflict (key) do update "
				  "set value = excluded.value",
				  SQL_ARGS(sql_text(arena_print(
						   &catalogue->arena,
						   "genre_was_in.%lld",
						   (long long)id)),
					   sql_text(arena_print(
						   &catalogue->arena, "%lld",
						   (long long)
							   stored.merged_into))),
				  NULL, fault);
	if (status == STATUS_OK)
		status = genre_point(catalogue, id, SQL_NULL, fault);
	return status;
}

/* ---- moving tracks --------------------------------------------------------- */

struct genre_moved {
	int64_t track_id;
	size_t position;
	bool had_both;
};

static size_t
genre_place(const struct track_state *state, int64_t id)
{
	size_t i = 0;

	while (i < state->genre_count && state->genres[i] != id)
		i++;
	return i;
}

static void
genre_take_out(struct track_state *state, size_t place)
{
	if (place >= state->genre_count)
		return;
	state->genre_count--;
	memmove(state->genres + place, state->genres + place + 1,
		(state->genre_count - place) * sizeof *state->genres);
}

static void
genre_put_in(struct track_state *state, size_t place, int64_t id)
{
	if (state->genre_count == MEDIA_GENRES_MAX ||
	    genre_place(state, id) < state->genre_count)
		return;
	if (place > state->genre_count)
		place = state->genre_count;
	memmove(state->genres + place + 1, state->genres + place,
		(state->genre_count - place) * sizeof *state->genres);
	state->genres[place] = id;
	state->genre_count++;
}

static enum status
move_note(struct catalogue *catalogue, int64_t id,
	  const struct genre_moved *moved, struct fault *fault)
{
	return sql_exec(catalogue->session,
			"insert into genre_moves (genre_id, track_id, "
			"position, had_both) values ($1, $2, $3, $4) "
			"on conflict (genre_id, track_id) do nothing",
			SQL_ARGS(SQL_INT(id), SQL_INT(moved->track_id),
				 SQL_INT(moved->position),
				 SQL_INT(moved->had_both)),
			NULL, fault);
}

/* From `id` to `target`, and a note for the way back. */
static enum status
track_move_there(struct catalogue *catalogue, int64_t id, int64_t target,
		 struct genre_moved *moved, struct fault *fault)
{
	struct stored_track *track =
		arena_new(&catalogue->arena, struct stored_track, 1);
	struct track_state *state = &track->state;
	enum status status =
		track_load(catalogue, moved->track_id, track, fault);

	if (status != STATUS_OK)
		return status;
	moved->position = genre_place(state, id);
	moved->had_both = target != 0 &&
			  genre_place(state, target) < state->genre_count;
	genre_take_out(state, moved->position);
	if (target != 0)
		genre_put_in(state, moved->position, target);
	status = move_note(catalogue, id, moved, fault);
	if (status == STATUS_OK)
		status = track_become(catalogue, moved->track_id,
				      track->visible, state, fault);
	return status;
}

/* Back from `target` to `id`, where the file or a person did not say
 * otherwise meanwhile. */
static enum status
track_move_back(struct catalogue *catalogue, int64_t id, int64_t target,
		const struct genre_moved *moved, struct fault *fault)
{
	struct stored_track *track =
		arena_new(&catalogue->arena, struct stored_track, 1);
	struct track_state *state = &track->state;
	enum status status =
		track_load(catalogue, moved->track_id, track, fault);
	bool there;

	if (status != STATUS_OK)
		return status;
	there = genre_place(state, target) < state->genre_count;
	if (target == 0 || there) {
		if (!moved->had_both)
			genre_take_out(state, genre_place(state, target));
		genre_put_in(state, moved->position, id);
		status = track_become(catalogue, moved->track_id,
				      track->visible, state, fault);
	}
	if (status != STATUS_OK)
		return status;
	return sql_exec(catalogue->session,
			"delete from genre_moves where genre_id = $1 "
			"and track_id = $2",
			SQL_ARGS(SQL_INT(id), SQL_INT(moved->track_id)), NULL,
			fault);
}

static enum status
moves_next(struct catalogue *catalogue, bool back, int64_t id, size_t room,
	   struct genre_moved *out, size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		catalogue->session,
		back ? "select track_id, position, had_both from genre_moves "
		       "where genre_id = $1 limit $2" :
		       "select track_id, 0, 0 from track_genres "
		       "where genre_id = $1 limit $2",
		SQL_ARGS(SQL_INT(id), SQL_INT(room)), &rows, fault);

	*count = 0;
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		out[(*count)++] = (struct genre_moved){
			.track_id = sql_column_int(rows, 0),
			.position = (size_t)sql_column_int(rows, 1),
			.had_both = sql_column_int(rows, 2) != 0,
		};
	sql_end(rows);
	return status;
}

/* Where a genre was merged into before it was itself again. */
static enum status
genre_was_in(struct catalogue *catalogue, int64_t id, int64_t *target,
	     struct fault *fault)
{
	enum status status = sql_query_int(
		catalogue->session,
		"select cast(value as @int@) from meta where key = $1",
		SQL_ARGS(sql_text(arena_print(&catalogue->arena,
					      "genre_was_in.%lld",
					      (long long)id))),
		target, NULL);

	(void)fault;
	if (status == STATUS_NOT_FOUND) {
		*target = 0;
		return STATUS_OK;
	}
	return status;
}

enum status
genre_move_step(struct catalogue *catalogue, int64_t id, size_t room,
		bool *more, struct fault *fault)
{
	struct genre_moved *moves =
		arena_new(&catalogue->arena, struct genre_moved, room);
	struct genre_stored stored = { 0 };
	int64_t target = 0;
	size_t count = 0;
	bool back;
	enum status status = genre_load(catalogue, id, &stored, fault);

	assert(catalogue->session != NULL);
	if (status != STATUS_OK)
		return status;
	back = stored.merged_into == -1;
	target = stored.merged_into;
	if (back)
		status = genre_was_in(catalogue, id, &target, fault);
	if (status == STATUS_OK)
		status = moves_next(catalogue, back, id, room, moves, &count,
				    fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = back ? track_move_back(catalogue, id, target,
						&moves[i], fault) :
				track_move_there(catalogue, id, target,
						 &moves[i], fault);
	if (status == STATUS_OK)
		*more = count == room;
	return status;
}
