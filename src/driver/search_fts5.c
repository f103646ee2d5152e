/* search_fts5.c - search.db, its connections and its words in memory; see
 * search_fts5.h for the design and search.h for the contract.
 *
 * Invariant: the words held by whoever runs a transaction cover all words of
 * the snapshot it sees (they may know more, never less), because a word and its
 * row in word_new commit together and state is read inside the snapshot. */
#include "driver/search_fts5.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <unicode/uchar.h>

#include "base/file.h"
#include "base/log.h"
#include "driver/search_translit.h"
#include "driver/sqlite_process.h"

#define FORMAT_VERSION 4
#define BUSY_TIMEOUT_MS 5000
#define MMAP_BYTES "1073741824"
#define SYNCHRONOUS "NORMAL"

static const char schema[] =
	"CREATE TABLE state(one INTEGER PRIMARY KEY, format TEXT NOT NULL,"
	" generation INTEGER NOT NULL, watermark INTEGER NOT NULL,"
	" word_seq INTEGER NOT NULL, dictionary_seq INTEGER NOT NULL,"
	" documents_0 INTEGER NOT NULL, documents_1 INTEGER NOT NULL,"
	" documents_2 INTEGER NOT NULL, documents_3 INTEGER NOT NULL,"
	" chosen_at INTEGER NOT NULL, written INTEGER NOT NULL,"
	" merging INTEGER NOT NULL);"
	"CREATE TABLE word_new(seq INTEGER PRIMARY KEY, kinds INTEGER NOT NULL,"
	" word TEXT NOT NULL);"
	"CREATE TABLE dictionary(one INTEGER PRIMARY KEY, bytes BLOB);"
	"CREATE TABLE genre(id INTEGER PRIMARY KEY, folded TEXT UNIQUE,"
	" name TEXT NOT NULL);";

static const char *const plain_sql[FTS5_PLAIN_STATEMENTS] = {
	[FTS5_BEGIN] = "BEGIN",
	[FTS5_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[FTS5_COMMIT] = "COMMIT",
	[FTS5_ROLLBACK] = "ROLLBACK",
	[FTS5_STATE] =
		("SELECT generation, watermark, word_seq, dictionary_seq,"
		 " documents_0, documents_1, documents_2, documents_3,"
		 " chosen_at, written, merging FROM state WHERE one = 1"),
	[FTS5_STATE_PUT] =
		("UPDATE state SET generation = ?, watermark = ?, word_seq = ?,"
		 " dictionary_seq = ?, documents_0 = ?, documents_1 = ?,"
		 " documents_2 = ?, documents_3 = ?, chosen_at = ?,"
		 " written = ?, merging = ? WHERE one = 1"),
	[FTS5_WORD_PUT] = "INSERT INTO word_new VALUES(?, ?, ?)",
	[FTS5_WORDS_SINCE] =
		"SELECT kinds, word FROM word_new WHERE seq > ? ORDER BY seq",
	[FTS5_DICTIONARY] = "SELECT bytes FROM dictionary WHERE one = 1",
	[FTS5_DICTIONARY_PUT] =
		"INSERT OR REPLACE INTO dictionary VALUES(1, ?)",
	[FTS5_WORDS_FORGET] = "DELETE FROM word_new WHERE seq <= ?",
	[FTS5_GENRE_FIND] = "SELECT id FROM genre WHERE folded = ?",
	[FTS5_GENRE_PUT] = "INSERT INTO genre(folded, name) VALUES(?, ?)",
	[FTS5_GENRE_NAME] = "SELECT name FROM genre WHERE id = ?",
};

#define DOC_COLUMNS                                                            \
	"row, id, genre, year, artist_id, title_hash, title, artist, album"

/* %1$lld: the generation, %2$d: the kind. */
static const char *const kind_sql[FTS5_KIND_STATEMENTS] = {
	[FTS5_MATCH] = ("SELECT rowid FROM fts_%1$lld_%2$d"
			" WHERE fts_%1$lld_%2$d MATCH ? ORDER BY rowid"),
	[FTS5_BY_TITLE] =
		("SELECT row, genre, year, artist_id FROM"
		 " doc_%1$lld_%2$d WHERE title_hash = ? ORDER BY row"),
	[FTS5_BY_ROW] =
		("SELECT " DOC_COLUMNS " FROM doc_%1$lld_%2$d WHERE row = ?"),
	[FTS5_ID_OF] = "SELECT id FROM doc_%1$lld_%2$d WHERE row = ?",
	[FTS5_BY_ID] =
		("SELECT " DOC_COLUMNS " FROM doc_%1$lld_%2$d WHERE id = ?"),
	[FTS5_ROW_OF] = ("SELECT row, genre, year, artist_id"
			 " FROM doc_%1$lld_%2$d WHERE id = ?"),
	[FTS5_LAST_ROW] = ("SELECT row FROM doc_%1$lld_%2$d WHERE row < ?"
			   " ORDER BY row DESC LIMIT 1"),
	[FTS5_LAST_ID] = ("SELECT id FROM doc_%1$lld_%2$d WHERE id < ?"
			  " ORDER BY id DESC LIMIT 1"),
	[FTS5_FAR] = ("SELECT id FROM doc_%1$lld_%2$d"
		      " WHERE id < ? OR id > ? LIMIT 1"),
	[FTS5_DOC_PUT] = ("INSERT OR REPLACE INTO doc_%1$lld_%2$d(" DOC_COLUMNS
			  ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[FTS5_DOC_REMOVE] = "DELETE FROM doc_%1$lld_%2$d WHERE row = ?",
	[FTS5_WORDS_PUT] = ("INSERT INTO fts_%1$lld_%2$d(rowid, words)"
			    " VALUES(?, ?)"),
	[FTS5_WORDS_REMOVE] =
		("INSERT INTO fts_%1$lld_%2$d(fts_%1$lld_%2$d, rowid, words)"
		 " VALUES('delete', ?, ?)"),
	[FTS5_COMMON_FIND] = ("SELECT number FROM common_%1$lld_%2$d"
			      " WHERE text = ? AND prefix = ?"),
	[FTS5_COMMON_ALL] = ("SELECT number, text, prefix"
			     " FROM common_%1$lld_%2$d ORDER BY text, prefix"),
	[FTS5_COMMON_PUT] = ("INSERT INTO common_%1$lld_%2$d(text, prefix)"
			     " VALUES(?, ?)"),
	[FTS5_BITS] = ("SELECT at, bits FROM bits_%1$lld_%2$d"
		       " WHERE at BETWEEN ? AND ?"),
	[FTS5_BITS_PUT] =
		"INSERT OR REPLACE INTO bits_%1$lld_%2$d VALUES(?, ?)",
};

void *
fts5_grow(void *at, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return at;
	*room = *room > 0 ? *room * 2 : 64;
	return mem_grow(at, *room, size);
}

enum status
fts5_fault(sqlite3 *db, struct fault *fault, const char *what)
{
	int code = db == NULL ? SQLITE_NOMEM : sqlite3_errcode(db);
	enum status status;

	switch (code & 0xFF) {
	case SQLITE_FULL:
		status = STATUS_FULL;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		status = STATUS_AGAIN_LATER;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		status = STATUS_CORRUPT;
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		status = STATUS_UNAVAILABLE;
		break;
	default:
		status = STATUS_FAILED;
	}
	return fault_field(fault, status, "search", "search index: %s: %s",
			   what, db == NULL ? "no memory" : sqlite3_errmsg(db));
}

enum status
fts5_exec(struct fts5_conn *conn, struct fault *fault, const char *format, ...)
{
	struct buffer sql;
	va_list args;
	int code;

	buffer_init(&sql, 0);
	va_start(args, format);
	buffer_vprint(&sql, format, args);
	va_end(args);
	code = sqlite3_exec(conn->db, sql.bytes, NULL, NULL, NULL);
	buffer_release(&sql);
	return code == SQLITE_OK ? STATUS_OK
				 : fts5_fault(conn->db, fault, "statement");
}

static sqlite3_stmt *
statement_ready(struct fts5_conn *conn, sqlite3_stmt **slot, const char *sql,
		enum status *status, struct fault *fault)
{
	if (*slot == NULL &&
	    sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       slot, NULL) != SQLITE_OK) {
		*status = fts5_fault(conn->db, fault, "prepare");
		return NULL;
	}
	sqlite3_reset(*slot);
	*status = STATUS_OK;
	return *slot;
}

sqlite3_stmt *
fts5_plain(struct fts5_conn *conn, enum fts5_plain which, enum status *status,
	   struct fault *fault)
{
	return statement_ready(conn, &conn->plain[which], plain_sql[which],
			       status, fault);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
kind_sql_print(char *out, size_t room, enum fts5_statement which,
	       int64_t generation, enum search_kind kind)
{
	snprintf(out, room, kind_sql[which], (long long)generation, (int)kind);
}
#pragma GCC diagnostic pop

sqlite3_stmt *
fts5_of_kind(struct fts5_conn *conn, enum search_kind kind,
	     enum fts5_statement which, enum status *status,
	     struct fault *fault)
{
	sqlite3_stmt **slot = &conn->kind[kind][which];
	char sql[400];

	if (*slot == NULL)
		kind_sql_print(sql, sizeof sql, which, conn->generation, kind);
	return statement_ready(conn, slot, sql, status, fault);
}

enum status
fts5_step(struct fts5_conn *conn, enum fts5_plain which, struct fault *fault)
{
	enum status status;
	sqlite3_stmt *statement = fts5_plain(conn, which, &status, fault);

	if (statement == NULL)
		return status;
	if (sqlite3_step(statement) != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, plain_sql[which]);
	sqlite3_reset(statement);
	return status;
}

void
fts5_use_generation(struct fts5_conn *conn, int64_t generation)
{
	if (conn->generation == generation)
		return;
	for (int k = 0; k < SEARCH_KINDS; k++) {
		for (int s = 0; s < FTS5_KIND_STATEMENTS; s++) {
			sqlite3_finalize(conn->kind[k][s]);
			conn->kind[k][s] = NULL;
		}
	}
	conn->generation = generation;
}

/* The tokenizer: what is between blanks is a word. */
static int
split_create(void *context, const char **args, int count, Fts5Tokenizer **out)
{
	static char nothing;

	(void)context;
	(void)args;
	(void)count;
	*out = (Fts5Tokenizer *)(void *)&nothing; /* no state, never read */
	return SQLITE_OK;
}

static void
split_delete(Fts5Tokenizer *tokenizer)
{
	(void)tokenizer;
}

static int
split_tokenize(Fts5Tokenizer *tokenizer, void *cookie, int flags,
	       const char *text, int length,
	       int (*token)(void *, int, const char *, int, int, int))
{
	int code = SQLITE_OK;

	(void)tokenizer;
	(void)flags;
	for (int at = 0, end; code == SQLITE_OK && at < length; at = end + 1) {
		for (end = at; end < length && text[end] != ' ';)
			end++;
		if (end > at)
			code = token(cookie, 0, text + at, end - at, at, end);
	}
	return code;
}

static bool
tokenizer_register(sqlite3 *db)
{
	static fts5_tokenizer split = { split_create, split_delete,
					split_tokenize };
	sqlite3_stmt *statement = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) !=
	    SQLITE_OK)
		return false;
	sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
	sqlite3_step(statement);
	sqlite3_finalize(statement);
	return api != NULL && api->xCreateTokenizer(api, "ogma", NULL, &split,
						    NULL) == SQLITE_OK;
}

static void
conn_close(struct fts5_conn *conn)
{
	if (conn == NULL)
		return;
	fts5_use_generation(conn, -1);
	for (int i = 0; i < FTS5_PLAIN_STATEMENTS; i++)
		sqlite3_finalize(conn->plain[i]);
	sqlite3_close(conn->db);
	free(conn);
}

static enum status
conn_open(const char *path, const char *synchronous, struct fts5_conn **out,
	  struct fault *fault)
{
	struct fts5_conn *conn = mem_new(1, sizeof *conn);
	enum status status = STATUS_OK;

	sqlite_process_prepare();
	sqlite_file_make(path);
	conn->generation = -1;
	if (sqlite3_open_v2(path, &conn->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK ||
	    !tokenizer_register(conn->db))
		status = fts5_fault(conn->db, fault, "open");
	if (status == STATUS_OK) {
		sqlite3_busy_timeout(conn->db, BUSY_TIMEOUT_MS);
		status = fts5_exec(conn, fault,
				   "PRAGMA synchronous = %s;"
				   "PRAGMA journal_mode = WAL;"
				   "PRAGMA secure_delete = OFF;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA cache_size = -2000;"
				   "PRAGMA journal_size_limit = 67108864;"
				   "PRAGMA mmap_size = " MMAP_BYTES ";",
				   synchronous);
	}
	if (status != STATUS_OK) {
		conn_close(conn);
		return status;
	}
	*out = conn;
	return STATUS_OK;
}

enum status
fts5_take(struct fts5_index *index, struct fts5_conn **out, struct fault *fault)
{
	struct fts5_conn *conn;
	enum status status;

	pthread_rwlock_rdlock(&index->gate);
	pthread_mutex_lock(&index->lock);
	while (index->idle == NULL && index->open_count == FTS5_CONNECTIONS_MAX)
		pthread_cond_wait(&index->freed, &index->lock);
	conn = index->idle;
	if (conn != NULL)
		index->idle = conn->next;
	else
		index->open_count++;
	pthread_mutex_unlock(&index->lock);
	if (conn != NULL) {
		*out = conn;
		return STATUS_OK;
	}
	status = conn_open(index->path, SYNCHRONOUS, out, fault);
	if (status == STATUS_OK)
		return STATUS_OK;
	pthread_mutex_lock(&index->lock);
	index->open_count--;
	pthread_mutex_unlock(&index->lock);
	pthread_rwlock_unlock(&index->gate);
	return status;
}

void
fts5_give(struct fts5_index *index, struct fts5_conn *conn)
{
	if (conn == NULL)
		return;
	pthread_mutex_lock(&index->lock);
	conn->next = index->idle;
	index->idle = conn;
	pthread_cond_signal(&index->freed);
	pthread_mutex_unlock(&index->lock);
	pthread_rwlock_unlock(&index->gate);
}

enum status
fts5_state_read(struct fts5_conn *conn, struct fts5_state *out,
		struct fault *fault)
{
	enum status status;
	sqlite3_stmt *row = fts5_plain(conn, FTS5_STATE, &status, fault);
	int code;

	if (row == NULL)
		return status;
	code = sqlite3_step(row);
	if (code == SQLITE_ROW) {
		out->generation = sqlite3_column_int64(row, 0);
		out->watermark = sqlite3_column_int64(row, 1);
		out->word_seq = sqlite3_column_int64(row, 2);
		out->dictionary_seq = sqlite3_column_int64(row, 3);
		for (int k = 0; k < SEARCH_KINDS; k++)
			out->documents[k] = sqlite3_column_int64(row, 4 + k);
		out->chosen_at = sqlite3_column_int64(row, 4 + SEARCH_KINDS);
		out->written = sqlite3_column_int64(row, 5 + SEARCH_KINDS);
		out->merging =
			(uint32_t)sqlite3_column_int(row, 6 + SEARCH_KINDS);
	} else if (code == SQLITE_DONE) {
		status = fault_field(fault, STATUS_CORRUPT, "search",
				     "the search index has no state");
	} else {
		status = fts5_fault(conn->db, fault, "state");
	}
	sqlite3_reset(row);
	return status;
}

enum status
fts5_state_write(struct fts5_conn *conn, const struct fts5_state *state,
		 struct fault *fault)
{
	enum status status;
	sqlite3_stmt *put = fts5_plain(conn, FTS5_STATE_PUT, &status, fault);

	if (put == NULL)
		return status;
	sqlite3_bind_int64(put, 1, state->generation);
	sqlite3_bind_int64(put, 2, state->watermark);
	sqlite3_bind_int64(put, 3, state->word_seq);
	sqlite3_bind_int64(put, 4, state->dictionary_seq);
	for (int k = 0; k < SEARCH_KINDS; k++)
		sqlite3_bind_int64(put, 5 + k, state->documents[k]);
	sqlite3_bind_int64(put, 5 + SEARCH_KINDS, state->chosen_at);
	sqlite3_bind_int64(put, 6 + SEARCH_KINDS, state->written);
	sqlite3_bind_int(put, 7 + SEARCH_KINDS, (int)state->merging);
	if (sqlite3_step(put) != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "state");
	sqlite3_reset(put);
	return status;
}

/* The words of the dictionary row as a set. */
static enum status
dictionary_read(struct fts5_conn *conn, struct term_set **out,
		struct fault *fault)
{
	enum status status;
	sqlite3_stmt *row = fts5_plain(conn, FTS5_DICTIONARY, &status, fault);
	struct term_run *run = NULL;
	int code;

	if (row == NULL)
		return status;
	code = sqlite3_step(row);
	if (code == SQLITE_ROW) {
		const void *bytes = sqlite3_column_blob(row, 0);
		size_t length = (size_t)sqlite3_column_bytes(row, 0);

		status = term_run_load((struct span){ bytes, length }, &run,
				       fault);
	} else if (code == SQLITE_DONE) {
		run = term_run_new(NULL, 0);
	} else {
		status = fts5_fault(conn->db, fault, "dictionary");
	}
	sqlite3_reset(row);
	if (status == STATUS_OK)
		*out = term_set_new(run);
	return status;
}

enum status
fts5_words_read(struct fts5_conn *conn, int64_t seq, struct term_set **set,
		struct fault *fault)
{
	enum status status;
	sqlite3_stmt *rows = fts5_plain(conn, FTS5_WORDS_SINCE, &status, fault);
	struct term_input *inputs = NULL;
	size_t count = 0, room = 0;
	struct arena arena;
	int code;

	if (rows == NULL)
		return status;
	arena_init(&arena);
	sqlite3_bind_int64(rows, 1, seq);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		size_t length = (size_t)sqlite3_column_bytes(rows, 1);

		if (count == room) {
			room = room > 0 ? room * 2 : 64;
			inputs = mem_grow(inputs, room, sizeof *inputs);
		}
		inputs[count++] = (struct term_input){
			.text = arena_copy_bytes(
				&arena, sqlite3_column_text(rows, 1), length),
			.length_bytes = (uint16_t)length,
			.kinds = (uint8_t)sqlite3_column_int(rows, 0),
			.documents = 1,
		};
	}
	if (code != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "new words");
	sqlite3_reset(rows);
	if (status == STATUS_OK && count > 0) {
		struct term_set *more =
			term_set_add(*set, term_run_new(inputs, count));

		term_set_drop(*set);
		*set = more;
	}
	free(inputs);
	arena_release(&arena);
	return status;
}

/* Called with the lock. */
static bool
terms_cover(const struct fts5_index *index, const struct fts5_state *state)
{
	return index->terms != NULL &&
	       (index->terms_generation > state->generation ||
		(index->terms_generation == state->generation &&
		 index->terms_seq >= state->word_seq));
}

static void
publish_locked(struct fts5_index *index, struct term_set *terms,
	       int64_t generation, int64_t seq)
{
	term_set_drop(index->terms);
	index->terms = terms;
	index->terms_generation = generation;
	index->terms_seq = seq;
}

void
fts5_publish(struct fts5_index *index, struct term_set *terms,
	     int64_t generation, int64_t seq)
{
	pthread_mutex_lock(&index->lock);
	publish_locked(index, terms, generation, seq);
	pthread_mutex_unlock(&index->lock);
}

/* Brings the words up to the state that `conn` sees, and holds them. Loading
 * happens with the lock, so that several threads do not do it at once: new
 * words take microseconds, a whole dictionary of 240,000 words 15 ms. */
static enum status
terms_hold(struct fts5_index *index, struct fts5_conn *conn,
	   const struct fts5_state *state, struct term_set **out,
	   struct fault *fault)
{
	enum status status = STATUS_OK;
	struct term_set *set = NULL;

	pthread_mutex_lock(&index->lock);
	if (!terms_cover(index, state)) {
		int64_t seq = index->terms_seq;

		if (index->terms == NULL ||
		    index->terms_generation != state->generation ||
		    seq < state->dictionary_seq) {
			status = dictionary_read(conn, &set, fault);
			seq = state->dictionary_seq;
		} else {
			set = term_set_hold(index->terms);
		}
		if (status == STATUS_OK)
			status = fts5_words_read(conn, seq, &set, fault);
		if (status == STATUS_OK)
			publish_locked(index, set, state->generation,
				       state->word_seq);
		else
			term_set_drop(set);
	}
	if (status == STATUS_OK)
		*out = term_set_hold(index->terms);
	pthread_mutex_unlock(&index->lock);
	return status;
}

enum status
fts5_begin(struct fts5_index *index, struct fts5_conn *conn, bool write,
	   struct fts5_state *state, struct term_set **terms,
	   struct fault *fault)
{
	enum status status =
		fts5_step(conn, write ? FTS5_BEGIN_WRITE : FTS5_BEGIN, fault);

	if (status != STATUS_OK)
		return status;
	status = fts5_state_read(conn, state, fault);
	if (status == STATUS_OK)
		status = terms_hold(index, conn, state, terms, fault);
	if (status != STATUS_OK)
		return fts5_end(conn, status, fault);
	fts5_use_generation(conn, state->generation);
	return STATUS_OK;
}

enum status
fts5_end(struct fts5_conn *conn, enum status status, struct fault *fault)
{
	if (status == STATUS_OK)
		status = fts5_step(conn, FTS5_COMMIT, fault);
	if (status != STATUS_OK && !sqlite3_get_autocommit(conn->db))
		fts5_step(conn, FTS5_ROLLBACK, NULL);
	return status;
}

enum status
fts5_tables_make(struct fts5_conn *conn, int64_t generation,
		 struct fault *fault)
{
	enum status status = STATUS_OK;
	long long g = (long long)generation;

	for (int k = 0; status == STATUS_OK && k < SEARCH_KINDS; k++)
		status = fts5_exec(
			conn, fault,
			"CREATE TABLE doc_%lld_%d(row INTEGER PRIMARY KEY,"
			" id INTEGER NOT NULL, genre INTEGER, year INTEGER,"
			" artist_id INTEGER, title_hash INTEGER,"
			" title TEXT NOT NULL, artist TEXT, album TEXT);"
			"CREATE UNIQUE INDEX doc_%lld_%d_id ON doc_%lld_%d(id);"
			"CREATE INDEX doc_%lld_%d_title"
			" ON doc_%lld_%d(title_hash);"
			"CREATE VIRTUAL TABLE fts_%lld_%d USING fts5(words,"
			" content='', detail='none', columnsize=0,"
			" prefix='1 2 3 4', tokenize='ogma');"
			"CREATE TABLE common_%lld_%d(number INTEGER PRIMARY"
			" KEY, text TEXT NOT NULL, prefix INTEGER NOT NULL,"
			" UNIQUE(text, prefix));"
			"CREATE TABLE bits_%lld_%d(at INTEGER PRIMARY KEY,"
			" bits BLOB NOT NULL);",
			g, k, g, k, g, k, g, k, g, k, g, k, g, k, g, k);
	return status;
}

/* Statements that drop the tables of other generations. */
static enum status
tables_of_others(struct fts5_conn *conn, int64_t generation, struct buffer *sql,
		 struct fault *fault)
{
	sqlite3_stmt *rows = NULL;
	int code = sqlite3_prepare_v2(
		conn->db,
		"SELECT 'DROP TABLE ' || name || ';' FROM sqlite_schema"
		" WHERE type = 'table' AND name GLOB '*_[0-9]*_[0-9]'"
		" AND name NOT GLOB '*_' || ? || '_[0-9]'",
		-1, &rows, NULL);

	if (code == SQLITE_OK)
		sqlite3_bind_int64(rows, 1, generation);
	while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		buffer_add_text(sql,
				(const char *)sqlite3_column_text(rows, 0));
		code = SQLITE_OK;
	}
	sqlite3_finalize(rows);
	return code == SQLITE_DONE ? STATUS_OK
				   : fts5_fault(conn->db, fault, "tables");
}

enum status
fts5_tables_drop_others(struct fts5_conn *conn, int64_t generation,
			struct fault *fault)
{
	enum status status;
	struct buffer sql;

	buffer_init(&sql, 0);
	status = tables_of_others(conn, generation, &sql, fault);
	if (status == STATUS_OK && sql.length > 0)
		status = fts5_exec(conn, fault, "%s", sql.bytes);
	buffer_release(&sql);
	return status;
}

/* What an index must have been made with to be used as it is. */
static void
format_print(char *out, size_t room)
{
	snprintf(out, room, "%d words %d key %d unicode %s", FORMAT_VERSION,
		 SEARCH_WORDS_VERSION, SEARCH_TRANSLIT_VERSION,
		 U_UNICODE_VERSION);
}

/* True: an index of this format. False: anything else, also an empty file. */
static bool
format_is_ours(struct fts5_conn *conn)
{
	sqlite3_stmt *row = NULL;
	char format[100];
	bool ours = false;

	format_print(format, sizeof format);
	if (sqlite3_prepare_v2(conn->db,
			       "SELECT format FROM state WHERE one = 1", -1,
			       &row, NULL) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW)
		ours = sqlite3_column_type(row, 0) == SQLITE_TEXT &&
		       strcmp((const char *)sqlite3_column_text(row, 0),
			      format) == 0;
	sqlite3_finalize(row);
	return ours;
}

static enum status
schema_make(struct fts5_conn *conn, struct fault *fault)
{
	char format[100];
	enum status status = fts5_step(conn, FTS5_BEGIN_WRITE, fault);

	if (status != STATUS_OK)
		return status;
	if (format_is_ours(conn)) /* another process was faster */
		return fts5_end(conn, STATUS_OK, fault);
	format_print(format, sizeof format);
	status = fts5_exec(conn, fault,
			   "%s INSERT INTO state VALUES(1, '%s', 1, 0, 0, 0,"
			   " 0, 0, 0, 0, 0, 0, 0);",
			   schema, format);
	if (status == STATUS_OK)
		status = fts5_tables_make(conn, 1, fault);
	return fts5_end(conn, status, fault);
}

static void
file_throw_away(const char *path)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	char name[4096];

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		snprintf(name, sizeof name, "%s%s", path, parts[i]);
		unlink(name);
	}
}

/* A new file is written without waiting for the disk: one that a loss of power
 * leaves half-made is not an index, and is made anew like all that are not. */
static enum status
file_make(const char *path, struct fts5_conn **out, struct fault *fault)
{
	enum status status;

	file_throw_away(path);
	status = conn_open(path, "OFF", out, fault);
	if (status == STATUS_OK)
		status = schema_make(*out, fault);
	if (status == STATUS_OK)
		status = fts5_exec(*out, fault,
				   "PRAGMA synchronous = " SYNCHRONOUS);
	return status;
}

static bool
file_is_empty(const char *path)
{
	struct stat info;

	return stat(path, &info) != 0 || info.st_size == 0;
}

/* Opens the file, or makes it anew when it is not an index of our format. Two
 * processes that do so at once take turns by a lock file. */
static enum status
file_open(const char *path, struct fts5_conn **out, struct fault *fault)
{
	struct fts5_conn *conn = NULL;
	enum status status = STATUS_CORRUPT;

	if (!file_is_empty(path))
		status = conn_open(path, SYNCHRONOUS, &conn, fault);
	if (status == STATUS_OK && !format_is_ours(conn)) {
		conn_close(conn);
		conn = NULL;
		status = STATUS_CORRUPT;
	}
	if (status == STATUS_CORRUPT)
		status = file_make(path, &conn, fault);
	if (status != STATUS_OK) {
		conn_close(conn);
		return status;
	}
	*out = conn;
	return STATUS_OK;
}

static enum status
file_open_alone(const char *path, struct fts5_conn **out, struct fault *fault)
{
	char lock[4096];
	enum status status = STATUS_CONFLICT;
	int fd = -1;

	snprintf(lock, sizeof lock, "%s.lock", path);
	for (int tries = 0; status == STATUS_CONFLICT && tries < 500; tries++) {
		if (tries > 0)
			usleep(10000);
		status = file_lock(lock, &fd, fault);
	}
	if (status != STATUS_OK)
		return status;
	status = file_open(path, out, fault);
	close(fd);
	return status;
}

static void
pool_close(struct fts5_index *index)
{
	while (index->idle != NULL) {
		struct fts5_conn *conn = index->idle;

		index->idle = conn->next;
		index->open_count--;
		conn_close(conn);
	}
}

static void
index_close(struct search_index *base)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);

	pool_close(index);
	term_set_drop(index->terms);
	pthread_rwlock_destroy(&index->gate);
	pthread_mutex_destroy(&index->lock);
	pthread_mutex_destroy(&index->write_lock);
	pthread_cond_destroy(&index->freed);
	free(index->path);
	free(index);
}

/* Reads the dictionary now, so that the first query does not pay for it; one
 * that makes no sense is found here. */
static enum status
index_warm(struct fts5_index *index, struct fault *fault)
{
	struct fts5_conn *conn;
	struct fts5_state state;
	struct term_set *terms = NULL;
	enum status status = fts5_take(index, &conn, fault);

	if (status != STATUS_OK)
		return status;
	status = fts5_begin(index, conn, false, &state, &terms, fault);
	if (status == STATUS_OK)
		status = fts5_end(conn, STATUS_OK, fault);
	term_set_drop(terms);
	fts5_give(index, conn);
	return status;
}

static struct fts5_index *
index_new(const char *folder)
{
	struct fts5_index *index = mem_new(1, sizeof *index);
	size_t room = strlen(folder) + sizeof "/search.db";

	index->path = mem_new(1, room);
	snprintf(index->path, room, "%s/search.db", folder);
	pthread_rwlock_init(&index->gate, NULL);
	pthread_mutex_init(&index->lock, NULL);
	pthread_mutex_init(&index->write_lock, NULL);
	pthread_cond_init(&index->freed, NULL);
	return index;
}

static enum status index_reset(struct search_index *base, struct fault *fault);

static enum status
index_open(const struct search_open_args *args, struct search_index **out,
	   struct fault *fault)
{
	struct fts5_index *index = index_new(args->folder);
	enum status status = file_open_alone(index->path, &index->idle, fault);

	if (status == STATUS_OK) {
		index->open_count = 1;
		status = index_warm(index, fault);
	}
	if (status == STATUS_CORRUPT) {
		log_warning("search", "index is damaged and is made anew",
			    LOG_TEXT("path", index->path));
		status = index_reset(&index->base, fault);
	}
	if (status != STATUS_OK) {
		index_close(&index->base);
		return status;
	}
	*out = &index->base;
	return STATUS_OK;
}

static enum status
index_state(struct search_index *base, struct search_state *out,
	    struct fault *fault)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);
	struct fts5_conn *conn;
	struct fts5_state state;
	enum status status = fts5_take(index, &conn, fault);

	if (status != STATUS_OK)
		return status;
	status = fts5_state_read(conn, &state, fault);
	fts5_give(index, conn);
	if (status != STATUS_OK)
		return status;
	out->watermark = (uint64_t)state.watermark;
	out->generation = (uint64_t)state.generation;
	memcpy(out->documents, state.documents, sizeof out->documents);
	out->is_new = state.generation == 1 && state.watermark == 0;
	return STATUS_OK;
}

/* Waits for all queries to end, then begins a new file. Other processes that
 * have the old one open go on with it until they are started again. */
static enum status
index_reset(struct search_index *base, struct fault *fault)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);
	enum status status;

	pthread_rwlock_wrlock(&index->gate);
	pool_close(index);
	file_throw_away(index->path);
	status = file_open_alone(index->path, &index->idle, fault);
	if (status == STATUS_OK)
		index->open_count = 1;
	term_set_drop(index->terms);
	index->terms = NULL;
	pthread_rwlock_unlock(&index->gate);
	return status == STATUS_OK ? index_warm(index, fault) : status;
}

const struct search_driver search_driver_fts5 = {
	.name = "fts5",
	.summary = "SQLite's full text index in search.db",
	.open = index_open,
	.close = index_close,
	.state = index_state,
	.update = fts5_update,
	.query = fts5_query,
	.rebuild_begin = fts5_rebuild_begin,
	.rebuild_add = fts5_rebuild_add,
	.rebuild_commit = fts5_rebuild_commit,
	.rebuild_abort = fts5_rebuild_abort,
	.reset = index_reset,
	.tidy = fts5_tidy,
};
