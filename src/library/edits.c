/* edits.c - rows of the table edits, and what is read of them; see edits.h. */
#include "library/edits.h"

#include <stdlib.h>
#include <string.h>

#include "library/catalogue_private.h"

const char *
edit_field_names(enum edit_kind kind)
{
	static const char *const names[] = {
		[EDIT_ARTIST] = "name|sort_name|bio|cover",
		[EDIT_ALBUM] = "title|artists|year|genres|cover",
		[EDIT_GENRE] = "name",
		[EDIT_TRACK] = "title|artists|composer|album|track_no|"
			       "disc_no|year|genres",
	};

	return names[kind];
}

/* ---- rows ----------------------------------------------------------------- */

static enum status
object_read(struct store_rows *rows, int column, json_t **out,
	    struct fault *fault)
{
	struct span text = sql_column_span(rows, column);
	enum status status = json_parse(text.at, text.length, out, fault);

	if (status == STATUS_OK && !json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
		status = STATUS_INVALID;
	}
	if (status != STATUS_OK)
		return fault_field(fault, STATUS_CORRUPT, "store",
				   "an edit in the store is no JSON object");
	return STATUS_OK;
}

enum status
edit_load(struct store_session *session, enum edit_kind kind, int64_t id,
	  struct edit *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*out = (struct edit){ 0 };
	status = sql_query(session,
			   "select cast(fields as text), cast(below as text), "
			   "updated_by, updated_at from edits "
			   "where kind = $1 and entity_id = $2",
			   SQL_ARGS(SQL_INT(kind), SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		out->updated_by = sql_column_int(rows, 2);
		out->updated_at_ms = sql_column_int(rows, 3);
		status = object_read(rows, 0, &out->fields, fault);
		if (status == STATUS_OK)
			status = object_read(rows, 1, &out->below, fault);
	}
	sql_end(rows);
	if (out->fields == NULL)
		out->fields = json_object();
	if (out->below == NULL)
		out->below = json_object();
	return status;
}

void
edit_release(struct edit *edit)
{
	json_decref(edit->fields);
	json_decref(edit->below);
	*edit = (struct edit){ 0 };
}

static enum status
edit_write(struct catalogue *catalogue, enum edit_kind kind, int64_t id,
	   const struct edit *edit, struct fault *fault)
{
	char *fields = json_dumps(edit->fields, JSON_COMPACT);
	char *below = json_dumps(edit->below, JSON_COMPACT);
	enum status status = sql_exec(
		catalogue->session,
		"insert into edits (kind, entity_id, fields, below, "
		"updated_by, updated_at) values ($1, $2, $3, $4, $5, $6) "
		"on conflict (kind, entity_id) do update set "
		"fields = excluded.fields, below = excluded.below, "
		"updated_by = excluded.updated_by, "
		"updated_at = excluded.updated_at",
		SQL_ARGS(SQL_INT(kind), SQL_INT(id), sql_text(fields),
			 sql_text(below), sql_id(edit->updated_by),
			 SQL_INT(edit->updated_at_ms)),
		NULL, fault);

	free(fields);
	free(below);
	return status;
}

enum status
edit_store(struct catalogue *catalogue, enum edit_kind kind, int64_t id,
	   struct edit *edit, int64_t by, struct fault *fault)
{
	enum status status = edits_count(catalogue, fault);

	edit->updated_by = by;
	edit->updated_at_ms = catalogue->now_ms;
	if (status != STATUS_OK)
		return status;
	if (json_object_size(edit->fields) > 0)
		return edit_write(catalogue, kind, id, edit, fault);
	return sql_exec(catalogue->session,
			"delete from edits where kind = $1 and entity_id = $2",
			SQL_ARGS(SQL_INT(kind), SQL_INT(id)), NULL, fault);
}

enum status
edit_store_below(struct catalogue *catalogue, enum edit_kind kind, int64_t id,
		 const struct edit *edit, struct fault *fault)
{
	return edit_write(catalogue, kind, id, edit, fault);
}

/* ---- what a catalogue remembers of edits ----------------------------------- */

enum status
edits_count(struct catalogue *catalogue, struct fault *fault)
{
	catalogue->edited = true;
	return sql_exec(catalogue->session,
			"update totals set value = value + 1 "
			"where key = 'edits'",
			SQL_NO_ARGS, NULL, fault);
}

void
artist_edits_clear(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->artist_edit_count; i++) {
		free(catalogue->artist_edits[i].name);
		free(catalogue->artist_edits[i].tagged);
	}
	free(catalogue->artist_edits);
	catalogue->artist_edits = NULL;
	catalogue->artist_edit_count = 0;
}

static char *
copy_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? NULL : mem_copy_text(text);
}

static enum status
artist_edit_read(struct catalogue *catalogue, struct store_rows *rows,
		 struct fault *fault)
{
	size_t count = catalogue->artist_edit_count;
	struct artist_edited *item;
	json_t *fields = NULL, *below = NULL;
	enum status status = object_read(rows, 1, &fields, fault);

	if (status == STATUS_OK)
		status = object_read(rows, 2, &below, fault);
	if (status == STATUS_OK) {
		if ((count & (count - 1)) == 0)
			catalogue->artist_edits = mem_grow(
				catalogue->artist_edits,
				count == 0 ? 1 : count * 2, sizeof *item);
		item = &catalogue->artist_edits[count];
		*item = (struct artist_edited){
			.id = sql_column_int(rows, 0),
			.name = copy_of(fields, "name"),
			.tagged = copy_of(below, "name"),
			.sorted = json_object_get(fields, "sort_name") != NULL,
			.pictured = json_object_get(fields, "cover_id") != NULL,
		};
		catalogue->artist_edit_count++;
	}
	json_decref(fields);
	json_decref(below);
	return status;
}

static enum status
artist_edits_load(struct catalogue *catalogue, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	artist_edits_clear(catalogue);
	status = sql_query(catalogue->session,
			   "select entity_id, cast(fields as text), "
			   "cast(below as text) from edits "
			   "where kind = $1 order by entity_id",
			   SQL_ARGS(SQL_INT(EDIT_ARTIST)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		status = artist_edit_read(catalogue, rows, fault);
	sql_end(rows);
	return status;
}

enum status
edits_follow(struct catalogue *catalogue, struct fault *fault)
{
	int64_t edits = 0;
	enum status status = sql_query_int(catalogue->session,
					   "select value from totals "
					   "where key = 'edits'",
					   SQL_NO_ARGS, &edits, fault);

	catalogue->edited = edits > 0;
	if (status != STATUS_OK || edits == catalogue->edits_seen)
		return status;
	known_clear(&catalogue->known);
	status = artist_edits_load(catalogue, fault);
	if (status == STATUS_OK)
		catalogue->edits_seen = edits;
	return status;
}

const struct artist_edited *
artist_edited_find(const struct catalogue *catalogue, int64_t id)
{
	size_t low = 0, high = catalogue->artist_edit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (catalogue->artist_edits[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == catalogue->artist_edit_count ||
	    catalogue->artist_edits[low].id != id)
		return NULL;
	return &catalogue->artist_edits[low];
}

/* ---- reading -------------------------------------------------------------- */

enum status
artist_bio(struct store_session *session, int64_t id, struct arena *arena,
	   const char **out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select bio from artists where id = $1",
				       SQL_ARGS(SQL_INT(id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = sql_column_text(rows, 0, arena);
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no artist %lld", (long long)id);
	sql_end(rows);
	return status;
}

enum status
track_hidden(struct store_session *session, int64_t id, bool *hidden,
	     struct fault *fault)
{
	int64_t value = 0;
	enum status status = sql_query_int(session,
					   "select hidden from tracks "
					   "where id = $1",
					   SQL_ARGS(SQL_INT(id)), &value,
					   NULL);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no track %lld", (long long)id);
	if (status == STATUS_OK)
		*hidden = value != 0;
	return status;
}

#define MERGED_MAX 1000

enum status
genres_merged(struct store_session *session, struct arena *arena,
	      struct merged_genre **out, size_t *count, struct fault *fault)
{
	struct merged_genre *list =
		arena_new(arena, struct merged_genre, MERGED_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select g.id, g.name, t.id, t.name from genres g "
		"left join genres t on t.id = g.merged_into "
		"where g.merged_into is not null order by g.id limit $1",
		SQL_ARGS(SQL_INT(MERGED_MAX)), &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault))
		list[found++] = (struct merged_genre){
			.id = sql_column_int(rows, 0),
			.name = sql_column_text(rows, 1, arena),
			.target_id = sql_column_int(rows, 2),
			.target = sql_column_text(rows, 3, arena),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}
