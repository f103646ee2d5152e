/* files.c - see files.h. */
#include "library/files.h"

#include <stdlib.h>
#include <string.h>

#include "driver/source.h"
#include "library/catalogue_private.h"
#include "library/page_private.h"
#include "library/tracks.h"

#define FOLDER_COLUMNS \
	"fo.id, fo.path, fo.picture_key, fo.cover_id, fo.file_count"
#define FILE_COLUMNS \
	"f.id, f.folder_id, f.name, f.size_bytes, f.modified_ns, f.inode, " \
	"f.device, f.beside_key, f.state, f.track_id, f.updated_at"
#define FILE_COLUMN_COUNT 11

static void
folder_read(struct store_rows *rows, int first, struct arena *arena,
	    struct folder_row *out)
{
	*out = (struct folder_row){
		.id = sql_column_int(rows, first),
		.path = sql_column_text(rows, first + 1, arena),
		.picture_key = sql_column_int(rows, first + 2),
		.cover_id = sql_column_int(rows, first + 3),
		.file_count = sql_column_int(rows, first + 4),
	};
}

static void
file_read_row(struct store_rows *rows, struct arena *arena,
	      void *thing)
{
	struct file_row *out = thing;

	*out = (struct file_row){
		.id = sql_column_int(rows, 0),
		.folder_id = sql_column_int(rows, 1),
		.name = sql_column_text(rows, 2, arena),
		.size_bytes = sql_column_int(rows, 3),
		.modified_ns = sql_column_int(rows, 4),
		.inode = (uint64_t)sql_column_int(rows, 5),
		.device = (uint64_t)sql_column_int(rows, 6),
		.beside_key = sql_column_int(rows, 7),
		.state = (enum file_state)sql_column_int(rows, 8),
		.track_id = sql_column_int(rows, 9),
		.updated_at_ms = sql_column_int(rows, 10),
	};
}

const char *
file_path_display(struct arena *arena, struct span folder, struct span name)
{
	bool root = folder.length == 0;
	const char *path = arena_print(arena, "%.*s%s%.*s", (int)folder.length,
				       root ? "" : folder.at, root ? "" : "/",
				       (int)name.length, name.at);

	return source_name_display(arena, path);
}

static struct sql_value
path_key(const char *path, struct identity *room)
{
	*room = IDENTITY(span_of(path));
	return sql_bytes(room->bytes, IDENTITY_BYTES);
}

enum status
folders_each(struct store_session *session, int64_t source_id,
	     folder_visit *visit, void *cookie, struct fault *fault)
{
	struct store_rows *rows;
	struct arena arena;
	bool more = true;
	enum status status;

	arena_init(&arena);
	status = sql_query(session,
			   "select " FOLDER_COLUMNS " from folders fo "
			   "where fo.source_id = $1",
			   SQL_ARGS(SQL_INT(source_id)), &rows, fault);
	while (status == STATUS_OK && more &&
	       sql_next(rows, &status, fault)) {
		struct folder_row folder;

		arena_reset(&arena);
		folder_read(rows, 0, &arena, &folder);
		more = visit(cookie, &folder);
	}
	sql_end(rows);
	arena_release(&arena);
	return status;
}

enum status
folders_find(struct store_session *session, int64_t source_id,
	     const char *path, struct arena *arena, struct folder_row *out,
	     struct fault *fault)
{
	struct identity key;
	struct store_rows *rows;
	enum status status;

	status = sql_query(session,
			   "select " FOLDER_COLUMNS " from folders fo "
			   "where fo.source_id = $1 and fo.path_key = $2",
			   SQL_ARGS(SQL_INT(source_id), path_key(path, &key)),
			   &rows, fault);
	if (status != STATUS_OK)
		return status;
	if (sql_next(rows, &status, fault))
		folder_read(rows, 0, arena, out);
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "this folder was never seen");
	sql_end(rows);
	return status;
}

enum status
files_each(struct store_session *session, int64_t source_id,
	   file_visit *visit, void *cookie, struct fault *fault)
{
	struct folder_row folder = { 0 };
	struct arena arena, folder_arena;
	struct store_rows *rows;
	bool more = true;
	enum status status;

	arena_init(&arena);
	arena_init(&folder_arena);
	status = sql_query(session,
			   "select " FILE_COLUMNS ", " FOLDER_COLUMNS
			   " from folders fo "
			   "join files f on f.folder_id = fo.id "
			   "where fo.source_id = $1 order by fo.id",
			   SQL_ARGS(SQL_INT(source_id)), &rows, fault);
	while (status == STATUS_OK && more &&
	       sql_next(rows, &status, fault)) {
		struct file_row file;

		arena_reset(&arena);
		file_read_row(rows, &arena, &file);
		if (file.folder_id != folder.id) {
			arena_reset(&folder_arena);
			folder_read(rows, FILE_COLUMN_COUNT, &folder_arena,
				    &folder);
		}
		more = visit(cookie, &folder, &file);
	}
	sql_end(rows);
	arena_release(&arena);
	arena_release(&folder_arena);
	return status;
}

enum status
files_in_folder(struct store_session *session, int64_t source_id,
		const char *path, struct arena *arena, struct file_row **out,
		size_t *count, struct fault *fault)
{
	struct file_row *files = NULL;
	size_t room = 0, found = 0;
	struct identity key;
	struct store_rows *rows;
	enum status status;

	status = sql_query(session,
			   "select " FILE_COLUMNS " from folders fo "
			   "join files f on f.folder_id = fo.id "
			   "where fo.source_id = $1 and fo.path_key = $2 "
			   "order by f.name",
			   SQL_ARGS(SQL_INT(source_id), path_key(path, &key)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (found == room) {
			room = room == 0 ? 32 : room * 2;
			files = mem_grow(files, room, sizeof *files);
		}
		file_read_row(rows, arena, &files[found++]);
	}
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = arena_new(arena, struct file_row, found);
		if (found > 0)
			memcpy(*out, files, found * sizeof *files);
		*count = found;
	}
	free(files);
	return status;
}

enum status
files_find(struct store_session *session, int64_t source_id,
	   const char *folder, const char *name, struct arena *arena,
	   struct file_row *out, struct fault *fault)
{
	struct identity key;

	return row_find(session,
			"select " FILE_COLUMNS " from folders fo "
			"join files f on f.folder_id = fo.id "
			"where fo.source_id = $1 and fo.path_key = $2 "
			"and f.name = $3",
			SQL_ARGS(SQL_INT(source_id), path_key(folder, &key),
				 sql_bytes(name, strlen(name))),
			file_read_row, arena, out, fault,
			"this file was never seen");
}

static void
place_read(struct store_rows *rows, struct arena *arena,
	   void *thing)
{
	struct file_place *out = thing;
	struct span audio = sql_column_span(rows, 14);

	*out = (struct file_place){
		.file_id = sql_column_int(rows, 0),
		.source_id = sql_column_int(rows, 1),
		.source_kind = sql_column_text(rows, 2, arena),
		.source_root = sql_column_text(rows, 3, arena),
		.folder = sql_column_text(rows, 4, arena),
		.name = sql_column_text(rows, 5, arena),
		.size_bytes = sql_column_int(rows, 6),
		.modified_ns = sql_column_int(rows, 7),
		.container = sql_column_text(rows, 8, arena),
		.codec = sql_column_text(rows, 9, arena),
		.bitrate_bps = (uint32_t)sql_column_int(rows, 10),
		.sample_rate_hz = (uint32_t)sql_column_int(rows, 11),
		.channels = (uint32_t)sql_column_int(rows, 12),
		.bit_depth = (uint32_t)sql_column_int(rows, 13),
		.duration_ms = sql_column_int(rows, 15),
		.source_config = sql_column_text(rows, 16, arena),
	};
	out->audio_key = (const uint8_t *)arena_copy_bytes(arena, audio.at,
							   audio.length);
}

enum status
files_of_track(struct store_session *session, int64_t track_id,
	       struct arena *arena, struct file_place *out,
	       struct fault *fault)
{
	enum status status = tracks_kept(session, track_id, &track_id, fault);

	if (status != STATUS_OK)
		return status;
	return row_find(session,
			"select f.id, f.source_id, s.kind, s.root, fo.path, "
			"f.name, f.size_bytes, f.modified_ns, f.container, "
			"f.codec, f.bitrate_bps, f.sample_rate_hz, "
			"f.channels, f.bit_depth, f.audio_key, "
			"t.duration_ms, s.config from tracks t "
			"join files f on f.track_id = t.id "
			"join folders fo on fo.id = f.folder_id "
			"join sources s on s.id = f.source_id "
			"where t.id = $1 and t.visible = 1",
			SQL_ARGS(SQL_INT(track_id)), place_read, arena, out,
			fault, "there is no track %lld", (long long)track_id);
}

enum status
files_count(struct store_session *session, int64_t source_id,
	    struct files_totals *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(session,
			   "select count(*), "
			   "coalesce(sum(case when state = 1 then 1 else 0 "
			   "end), 0), "
			   "coalesce(sum(case when state = 2 then 1 else 0 "
			   "end), 0), "
			   "coalesce(sum(case when state = 2 then 0 "
			   "else size_bytes end), 0) "
			   "from files where source_id = $1",
			   SQL_ARGS(SQL_INT(source_id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		out->rejected = sql_column_int(rows, 1);
		out->missing = sql_column_int(rows, 2);
		out->files = sql_column_int(rows, 0) - out->missing;
		out->size_bytes = sql_column_int(rows, 3);
	}
	sql_end(rows);
	return status;
}

enum status
files_rejected(struct store_session *session, int64_t source_id,
	       int64_t after_id, uint32_t limit, struct arena *arena,
	       struct rejected_file **out, size_t *count, struct fault *fault)
{
	struct rejected_file *files =
		arena_new(arena, struct rejected_file, limit);
	struct store_rows *rows;
	size_t found = 0;
	enum status status;

	status = sql_query(session,
			   "select f.id, fo.path, f.name, f.reason, "
			   "f.updated_at from files f "
			   "join folders fo on fo.id = f.folder_id "
			   "where f.source_id = $1 and f.state = 1 "
			   "and f.state > 0 and f.id > $2 "
			   "order by f.id limit $3",
			   SQL_ARGS(SQL_INT(source_id), SQL_INT(after_id),
				    SQL_INT(limit)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		files[found++] = (struct rejected_file){
			.id = sql_column_int(rows, 0),
			.folder = sql_column_text(rows, 1, arena),
			.name = sql_column_text(rows, 2, arena),
			.reason = sql_column_text(rows, 3, arena),
			.updated_at_ms = sql_column_int(rows, 4),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = files;
		*count = found;
	}
	return status;
}
