/* search_fts5_document.c - documents as rows, words and marks; see
 * search_fts5.h. */
#include <string.h>

#include "base/fold.h"
#include "driver/search_fts5.h"

size_t
fts5_mark_print(enum fts5_mark mark, int64_t value, char out[FTS5_MARK_BYTES])
{
	uint64_t rest = (uint64_t)value;
	size_t length = 1;

	/* FTS5 takes a byte from 0xC0 up and those from 0x80 up behind it for
	 * one letter: a mark has a place in the index of 1-letter beginnings
	 * only, and none among those of 2, 3 and 4. */
	out[0] = (char)(0xF8 + (int)mark);
	do {
		out[length++] = (char)(0x80 | (rest & 0x3F));
		rest >>= 6;
	} while (rest > 0);
	return length;
}

enum status
fts5_genre_id(struct fts5_conn *conn, struct arena *arena, const char *name,
	      bool make, int64_t *out, struct fault *fault)
{
	const char *folded = fold_identity(arena, name == NULL ? "" : name);
	enum status status;
	sqlite3_stmt *find = fts5_plain(conn, FTS5_GENRE_FIND, &status, fault);
	int64_t id = 0;

	if (find == NULL)
		return status;
	sqlite3_bind_text(find, 1, folded, -1, SQLITE_STATIC);
	if (sqlite3_step(find) == SQLITE_ROW)
		id = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	if (id == 0 && make && *folded != '\0') {
		sqlite3_stmt *put =
			fts5_plain(conn, FTS5_GENRE_PUT, &status, fault);

		if (put == NULL)
			return status;
		sqlite3_bind_text(put, 1, folded, -1, SQLITE_STATIC);
		sqlite3_bind_text(put, 2, name, -1, SQLITE_STATIC);
		if (sqlite3_step(put) != SQLITE_DONE)
			status = fts5_fault(conn->db, fault, "genre");
		sqlite3_reset(put);
		id = sqlite3_last_insert_rowid(conn->db);
	}
	if (status == STATUS_OK)
		*out = id;
	return status;
}

static const char *
column_text(sqlite3_stmt *statement, int column, struct arena *arena)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return NULL;
	return arena_copy_bytes(
		arena, sqlite3_column_text(statement, column),
		(size_t)sqlite3_column_bytes(statement, column));
}

void
fts5_row_read(sqlite3_stmt *statement, struct arena *arena,
	      struct fts5_row *out)
{
	*out = (struct fts5_row){
		.row = sqlite3_column_int64(statement, 0),
		.id = sqlite3_column_int64(statement, 1),
		.genre = sqlite3_column_int64(statement, 2),
		.year = sqlite3_column_int64(statement, 3),
		.artist_id = sqlite3_column_int64(statement, 4),
		.title_hash = sqlite3_column_int64(statement, 5),
		.title = column_text(statement, 6, arena),
		.artist = column_text(statement, 7, arena),
		.album = column_text(statement, 8, arena),
	};
	if (out->title == NULL)
		out->title = "";
}

void
fts5_row_words(struct arena *arena, const struct fts5_row *row,
	       struct search_words *out)
{
	const char *const texts[] = { row->title, row->artist, row->album };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		if (texts[i] != NULL)
			search_words_add(arena, span_of(texts[i]),
					 SEARCH_WORDS_OF_DOCUMENT, out);
	}
}
