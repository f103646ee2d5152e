/* search_fts5_write.c - what changes search.db; see search_fts5.h.
 *
 * Invariant: the words that a removal repeats are made from the document's row
 * as it was stored, by the same code that made them when they were added. FTS5
 * wants rows in rising order within a transaction (others make it write out
 * what it has gathered), so changes are sorted by row before they are made. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "driver/search_fts5.h"

#define STEPS 1024	   /* of popularity */
#define REBUILD_BATCH 4000 /* documents in one transaction */

/* One change of one row. */
struct change {
	enum search_kind kind;
	bool put;
	bool words_stay; /* only the doc row changes */
	struct fts5_row row;
	const char *words;
};

/* The changes of one transaction. */
struct batch {
	struct fts5_conn *conn;
	struct arena *arena;
	struct fts5_state *state;
	const struct term_set *terms; /* NULL: do not look for new words */
	bool empty; /* a rebuild: nothing is there to replace */

	struct change *changes;
	size_t count, room;
	struct term_input *new_words;
	size_t new_count, new_room;
	struct fts5_bit *bits;
	size_t bit_count, bit_room;
	struct fts5_common common[SEARCH_KINDS];
	bool common_known[SEARCH_KINDS];
	/* The next free row of each step for ids that are no sequence, 0: not
	 * looked up yet. */
	int64_t (*next)[STEPS];
};

static void
batch_release(struct batch *batch)
{
	free(batch->changes);
	free(batch->new_words);
	free(batch->bits);
	for (int k = 0; k < SEARCH_KINDS; k++)
		free(batch->common[k].at);
	free(batch->next);
}

static void
change_add(struct batch *batch, struct change change)
{
	batch->changes = fts5_grow(batch->changes, batch->count, &batch->room,
				   sizeof *batch->changes);
	batch->changes[batch->count++] = change;
}

/* A word that is not in memory for this kind will be, after the commit. */
static void
word_note(struct batch *batch, enum search_kind kind,
	  const struct search_word *word)
{
	struct term_match match;

	if (batch->terms == NULL ||
	    term_find(batch->terms, word->text, word->length_bytes,
		      SEARCH_KIND_BIT(kind), &match))
		return;
	batch->new_words = fts5_grow(batch->new_words, batch->new_count,
				     &batch->new_room, sizeof *batch->new_words);
	batch->new_words[batch->new_count++] = (struct term_input){
		.text = word->text,
		.length_bytes = word->length_bytes,
		.kinds = (uint8_t)SEARCH_KIND_BIT(kind),
		.documents = 1,
	};
}

static void
mark_add(struct buffer *out, enum fts5_mark mark, int64_t value)
{
	char bytes[FTS5_MARK_BYTES];

	if (value == 0)
		return;
	buffer_add(out, bytes, fts5_mark_print(mark, value, bytes));
	buffer_add_char(out, ' ');
}

/* The words of a row as FTS5 gets them: with blanks between, then its marks. */
static const char *
row_words_print(struct batch *batch, const struct fts5_row *row,
		const struct search_words *words)
{
	struct buffer text;
	const char *copy;

	buffer_init(&text, 0);
	for (size_t i = 0; i < words->count; i++) {
		buffer_add(&text, words->at[i].text, words->at[i].length_bytes);
		buffer_add_char(&text, ' ');
	}
	mark_add(&text, FTS5_MARK_GENRE, row->genre);
	mark_add(&text, FTS5_MARK_YEAR, row->year);
	mark_add(&text, FTS5_MARK_ARTIST, row->artist_id);
	copy = arena_copy_bytes(batch->arena, text.bytes, text.length);
	buffer_release(&text);
	return copy;
}

/* Notes the bits of common words that a document had, and those it has. */
static enum status
bits_note(struct batch *batch, enum search_kind kind, int64_t id,
	  const struct search_words *had, const struct search_words *has,
	  struct fault *fault)
{
	struct fts5_common *common = &batch->common[kind];
	enum status status = STATUS_OK;

	if (batch->empty || !fts5_has_bit(id))
		return STATUS_OK;
	if (!batch->common_known[kind])
		status = fts5_common_load(batch->conn, kind, batch->arena,
					  common, fault);
	batch->common_known[kind] = true;
	if (status != STATUS_OK)
		return status;
	fts5_common_mark(common, had, FTS5_HAD);
	fts5_common_mark(common, has, FTS5_HAS);
	for (size_t i = 0; i < common->count; i++) {
		uint8_t mark = common->at[i].has;

		common->at[i].has = 0;
		if (mark != FTS5_HAD && mark != FTS5_HAS)
			continue;
		batch->bits = fts5_grow(batch->bits, batch->bit_count,
					&batch->bit_room, sizeof *batch->bits);
		batch->bits[batch->bit_count++] = (struct fts5_bit){
			.kind = kind,
			.number = common->at[i].number,
			.id = id,
			.set = mark == FTS5_HAS,
		};
	}
	return STATUS_OK;
}

/* A row in the step: the document's own or, for a large id, a free one; when
 * these are used up, in the next less popular step that has one. */
static enum status
row_allot(struct batch *batch, enum search_kind kind, int64_t id, uint32_t step,
	  int64_t *out, struct fault *fault)
{
	if (id > 0 && id < FTS5_ROW_IDS) {
		*out = step * FTS5_ROW_SEQUENCES + id;
		return STATUS_OK;
	}
	for (; step < STEPS; step++) {
		int64_t *next = &batch->next[kind][step];
		int64_t end = ((int64_t)step + 1) * FTS5_ROW_SEQUENCES;
		enum status status;
		sqlite3_stmt *last;

		if (*next == 0) {
			last = fts5_of_kind(batch->conn, kind, FTS5_LAST_ROW,
					    &status, fault);
			if (last == NULL)
				return status;
			*next = end - FTS5_ROW_SEQUENCES + FTS5_ROW_IDS;
			sqlite3_bind_int64(last, 1, end);
			if (sqlite3_step(last) == SQLITE_ROW &&
			    sqlite3_column_int64(last, 0) >= *next)
				*next = sqlite3_column_int64(last, 0) + 1;
			sqlite3_reset(last);
		}
		if (*next < end) {
			*out = (*next)++;
			return STATUS_OK;
		}
	}
	return fault_field(fault, STATUS_FULL, "search",
			   "the search index holds no more documents");
}

/* The row as stored, if it is. */
static enum status
row_find(struct batch *batch, enum search_kind kind, int64_t id,
	 struct fts5_row *out, bool *found, struct fault *fault)
{
	enum status status = STATUS_OK;
	sqlite3_stmt *row;
	int code;

	*found = false;
	if (batch->empty)
		return STATUS_OK;
	row = fts5_of_kind(batch->conn, kind, FTS5_BY_ID, &status, fault);
	if (row == NULL)
		return status;
	sqlite3_bind_int64(row, 1, id);
	code = sqlite3_step(row);
	*found = code == SQLITE_ROW;
	if (*found)
		fts5_row_read(row, batch->arena, out);
	else if (code != SQLITE_DONE)
		status = fts5_fault(batch->conn->db, fault, "find document");
	sqlite3_reset(row);
	return status;
}

static enum status
row_make(struct batch *batch, const struct search_document *document,
	 struct fts5_row *out, struct fault *fault)
{
	*out = (struct fts5_row){
		.id = document->id,
		.year = document->year,
		.artist_id = document->artist_id,
		.title = document->title == NULL ? "" : document->title,
		.artist = document->artist,
		.album = document->album,
	};
	out->title_hash = search_title_hash(batch->arena, span_of(out->title));
	return document->genre == NULL
		       ? STATUS_OK
		       : fts5_genre_id(batch->conn, batch->arena,
				       document->genre, true, &out->genre,
				       fault);
}

/* The row and the words of a document that is there now. */
static enum status
change_make(struct batch *batch, const struct search_document *document,
	    struct change *out, struct search_words *words, struct fault *fault)
{
	enum status status = row_make(batch, document, &out->row, fault);

	if (status != STATUS_OK)
		return status;
	fts5_row_words(batch->arena, &out->row, words);
	for (size_t i = 0; i < words->count; i++)
		word_note(batch, document->kind, &words->at[i]);
	out->put = true;
	out->words = row_words_print(batch, &out->row, words);
	return STATUS_OK;
}

static enum status
document_change(struct batch *batch, const struct search_document *document,
		struct fault *fault)
{
	enum search_kind kind = document->kind;
	uint32_t step = search_popularity_step(document->popularity);
	struct change before = { .kind = kind }, after = { .kind = kind };
	struct search_words had = { 0 }, has = { 0 };
	bool found;
	enum status status =
		row_find(batch, kind, document->id, &before.row, &found, fault);

	if (status != STATUS_OK)
		return status;
	if (found) {
		fts5_row_words(batch->arena, &before.row, &had);
		before.words = row_words_print(batch, &before.row, &had);
	}
	batch->state->documents[kind] += !document->gone - found;
	if (!document->gone)
		status = change_make(batch, document, &after, &has, fault);
	after.row.row = before.row.row;
	if (status == STATUS_OK && after.put &&
	    (!found || before.row.row >> FTS5_ROW_SEQUENCE_BITS != step))
		status = row_allot(batch, kind, document->id, step,
				   &after.row.row, fault);
	if (status != STATUS_OK)
		return status;
	after.words_stay = found && after.put &&
			   after.row.row == before.row.row &&
			   strcmp(before.words, after.words) == 0;
	if (found && !after.words_stay)
		change_add(batch, before);
	if (after.put)
		change_add(batch, after);
	return after.words_stay ? STATUS_OK
				: bits_note(batch, kind, document->id, &had,
					    &has, fault);
}

static int
change_compare(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->row.row != y->row.row)
		return x->row.row < y->row.row ? -1 : 1;
	return x->put - y->put;
}

static void
bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	if (text == NULL)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static enum status
words_write(struct batch *batch, const struct change *change,
	    struct fault *fault)
{
	enum status status;
	sqlite3_stmt *write =
		fts5_of_kind(batch->conn, change->kind,
			     change->put ? FTS5_WORDS_PUT : FTS5_WORDS_REMOVE,
			     &status, fault);

	if (write == NULL)
		return status;
	sqlite3_bind_int64(write, 1, change->row.row);
	bind_text(write, 2, change->words);
	if (sqlite3_step(write) != SQLITE_DONE)
		status = fts5_fault(batch->conn->db, fault, "write words");
	sqlite3_reset(write);
	return status;
}

static enum status
row_write(struct batch *batch, const struct change *change, struct fault *fault)
{
	const struct fts5_row *row = &change->row;
	enum status status;
	sqlite3_stmt *write = fts5_of_kind(
		batch->conn, change->kind,
		change->put ? FTS5_DOC_PUT : FTS5_DOC_REMOVE, &status, fault);

	if (write == NULL)
		return status;
	sqlite3_bind_int64(write, 1, row->row);
	if (change->put) {
		sqlite3_bind_int64(write, 2, row->id);
		sqlite3_bind_int64(write, 3, row->genre);
		sqlite3_bind_int64(write, 4, row->year);
		sqlite3_bind_int64(write, 5, row->artist_id);
		sqlite3_bind_int64(write, 6, row->title_hash);
		bind_text(write, 7, row->title);
		bind_text(write, 8, row->artist);
		bind_text(write, 9, row->album);
	}
	if (sqlite3_step(write) != SQLITE_DONE)
		status = fts5_fault(batch->conn->db, fault, "write document");
	sqlite3_reset(write);
	return status;
}

static enum status
changes_write(struct batch *batch, struct fault *fault)
{
	enum status status = STATUS_OK;

	if (batch->count > 1)
		qsort(batch->changes, batch->count, sizeof *batch->changes,
		      change_compare);
	for (size_t i = 0; status == STATUS_OK && i < batch->count; i++) {
		if (!batch->changes[i].words_stay) {
			status = words_write(batch, &batch->changes[i], fault);
			batch->state->written++;
		}
		if (status == STATUS_OK)
			status = row_write(batch, &batch->changes[i], fault);
	}
	return status;
}

/* Puts the new words, each once, into word_new and gives them as a run; NULL
 * when there is none. */
static enum status
new_words_write(struct batch *batch, struct term_run **out, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct term_run *run;
	sqlite3_stmt *put;

	*out = NULL;
	if (batch->new_count == 0)
		return STATUS_OK;
	run = term_run_new(batch->new_words, batch->new_count);
	put = fts5_plain(batch->conn, FTS5_WORD_PUT, &status, fault);
	for (size_t i = 0; put != NULL && i < term_run_count(run); i++) {
		/* term_run_new() has sorted and merged its input in place */
		const struct term_input *word = &batch->new_words[i];

		sqlite3_bind_int64(put, 1, ++batch->state->word_seq);
		sqlite3_bind_int(put, 2, word->kinds);
		sqlite3_bind_text(put, 3, word->text, word->length_bytes,
				  SQLITE_STATIC);
		if (sqlite3_step(put) != SQLITE_DONE) {
			status = fts5_fault(batch->conn->db, fault, "new word");
			break;
		}
		sqlite3_reset(put);
	}
	sqlite3_reset(put);
	if (status == STATUS_OK)
		*out = run;
	else
		term_run_drop(run);
	return status;
}

struct numbered {
	const struct search_document *document;
	size_t number;
};

static int
numbered_compare(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->document->kind != y->document->kind)
		return x->document->kind < y->document->kind ? -1 : 1;
	if (x->document->id != y->document->id)
		return x->document->id < y->document->id ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* Makes the changes out of documents, the last of each kind and id only, in
 * the order in which they came. */
static enum status
documents_change(struct batch *batch, const struct search_document *documents,
		 size_t count, struct fault *fault)
{
	struct numbered *order = mem_new(count, sizeof *order);
	bool *later = mem_new(count, sizeof *later);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count; i++)
		order[i] = (struct numbered){ &documents[i], i };
	qsort(order, count, sizeof *order, numbered_compare);
	for (size_t i = 0; i + 1 < count; i++)
		later[order[i].number] =
			order[i].document->kind ==
				order[i + 1].document->kind &&
			order[i].document->id == order[i + 1].document->id;
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (!later[i])
			status = document_change(batch, &documents[i], fault);
	}
	free(order);
	free(later);
	return status;
}

/* All of one transaction but its begin and end. */
static enum status
batch_write(struct batch *batch, const struct search_document *documents,
	    size_t count, struct term_run **new_words, struct fault *fault)
{
	enum status status;

	batch->next = mem_new(SEARCH_KINDS, sizeof *batch->next);
	status = documents_change(batch, documents, count, fault);
	if (status == STATUS_OK)
		status = changes_write(batch, fault);
	if (status == STATUS_OK)
		status = fts5_bits_write(batch->conn, batch->bits,
					 batch->bit_count, fault);
	if (status == STATUS_OK)
		status = new_words_write(batch, new_words, fault);
	return status;
}

/* One update inside its transaction. */
static enum status
update_write(struct fts5_index *index, struct fts5_conn *conn,
	     const struct search_document *documents, size_t count,
	     uint64_t after, uint64_t watermark, struct arena *arena,
	     struct fault *fault)
{
	struct fts5_state state;
	struct term_set *terms = NULL;
	struct term_run *run = NULL;
	struct batch batch = { .conn = conn, .arena = arena, .state = &state };
	enum status status =
		fts5_begin(index, conn, true, &state, &terms, fault);

	if (status != STATUS_OK)
		return status;
	if ((uint64_t)state.watermark < after)
		status = fault_field(fault, STATUS_CONFLICT, "search",
				     "the index was built anew meanwhile");
	if (status != STATUS_OK || (uint64_t)state.watermark > watermark) {
		term_set_drop(terms);
		return fts5_end(conn, status, fault);
	}
	batch.terms = terms;
	status = batch_write(&batch, documents, count, &run, fault);
	state.watermark = (int64_t)watermark;
	if (status == STATUS_OK)
		status = fts5_state_write(conn, &state, fault);
	status = fts5_end(conn, status, fault);
	if (status == STATUS_OK && run != NULL) {
		fts5_publish(index, term_set_add(terms, run), state.generation,
			     state.word_seq);
		run = NULL;
	}
	term_run_drop(run);
	term_set_drop(terms);
	batch_release(&batch);
	return status;
}

enum status
fts5_update(struct search_index *base, const struct search_document *documents,
	    size_t count, uint64_t after, uint64_t watermark,
	    struct fault *fault)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);
	struct fts5_conn *conn;
	struct arena arena;
	enum status status;

	/* The gate (inside of take) comes before the write lock everywhere. */
	status = fts5_take(index, &conn, fault);
	if (status == STATUS_OK) {
		arena_init(&arena);
		pthread_mutex_lock(&index->write_lock);
		status = update_write(index, conn, documents, count, after,
				      watermark, &arena, fault);
		pthread_mutex_unlock(&index->write_lock);
		arena_release(&arena);
		fts5_give(index, conn);
	}
	return status;
}

/* A rebuild fills the tables of the next generation. */
struct fts5_rebuild {
	struct search_rebuild base;
	struct fts5_conn *conn; /* its own, so that it keeps its generation */
	int64_t generation;
	int64_t documents[SEARCH_KINDS];
	int lock_fd;
};

static struct fts5_index *
rebuild_index(struct fts5_rebuild *rebuild)
{
	return container_of(rebuild->base.index, struct fts5_index, base);
}

/* Makes the tables, after those of a rebuild that died are gone. */
static enum status
rebuild_tables(struct fts5_index *index, struct fts5_rebuild *rebuild,
	       struct fault *fault)
{
	struct fts5_state state;
	struct term_set *terms = NULL;
	enum status status;

	pthread_mutex_lock(&index->write_lock);
	status = fts5_begin(index, rebuild->conn, true, &state, &terms, fault);
	if (status == STATUS_OK) {
		rebuild->generation = state.generation + 1;
		status = fts5_tables_drop_others(rebuild->conn,
						 state.generation, fault);
		if (status == STATUS_OK)
			status = fts5_tables_make(rebuild->conn,
						  rebuild->generation, fault);
		status = fts5_end(rebuild->conn, status, fault);
	}
	pthread_mutex_unlock(&index->write_lock);
	term_set_drop(terms);
	fts5_use_generation(rebuild->conn, rebuild->generation);
	return status;
}

static void
rebuild_free(struct fts5_index *index, struct fts5_rebuild *rebuild)
{
	if (rebuild->conn != NULL)
		fts5_give(index, rebuild->conn);
	if (rebuild->lock_fd >= 0)
		close(rebuild->lock_fd);
	free(rebuild);
}

enum status
fts5_rebuild_begin(struct search_index *base, struct search_rebuild **out,
		   struct fault *fault)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);
	struct fts5_rebuild *rebuild = mem_new(1, sizeof *rebuild);
	char lock[4096];
	enum status status;

	rebuild->lock_fd = -1;
	rebuild->base.index = base;
	snprintf(lock, sizeof lock, "%s.rebuild", index->path);
	status = file_lock(lock, &rebuild->lock_fd, fault);
	if (status == STATUS_OK)
		status = fts5_take(index, &rebuild->conn, fault);
	if (status == STATUS_OK)
		status = rebuild_tables(index, rebuild, fault);
	if (status != STATUS_OK) {
		rebuild_free(index, rebuild);
		return status;
	}
	*out = &rebuild->base;
	return STATUS_OK;
}

static enum status
rebuild_batch(struct fts5_rebuild *rebuild,
	      const struct search_document *documents, size_t count,
	      struct fault *fault)
{
	struct fts5_state state = { 0 };
	struct term_run *run = NULL;
	struct arena arena;
	struct batch batch = { .conn = rebuild->conn,
			       .arena = &arena,
			       .state = &state,
			       .empty = true };
	enum status status;

	arena_init(&arena);
	status = fts5_step(rebuild->conn, FTS5_BEGIN_WRITE, fault);
	if (status == STATUS_OK) {
		status = batch_write(&batch, documents, count, &run, fault);
		status = fts5_end(rebuild->conn, status, fault);
	}
	for (int k = 0; status == STATUS_OK && k < SEARCH_KINDS; k++)
		rebuild->documents[k] += state.documents[k];
	batch_release(&batch);
	arena_release(&arena);
	return status;
}

enum status
fts5_rebuild_add(struct search_rebuild *base,
		 const struct search_document *documents, size_t count,
		 struct fault *fault)
{
	struct fts5_rebuild *rebuild =
		container_of(base, struct fts5_rebuild, base);
	struct fts5_index *index = rebuild_index(rebuild);
	enum status status = STATUS_OK;

	for (size_t at = 0; status == STATUS_OK && at < count;
	     at += REBUILD_BATCH) {
		size_t part = count - at;

		part = part < REBUILD_BATCH ? part : REBUILD_BATCH;
		pthread_mutex_lock(&index->write_lock);
		status = rebuild_batch(rebuild, documents + at, part, fault);
		pthread_mutex_unlock(&index->write_lock);
	}
	return status;
}

/* Swaps: from this transaction on everybody sees the new generation. */
static enum status
rebuild_swap(struct fts5_index *index, struct fts5_rebuild *rebuild,
	     struct term_run *run, uint64_t watermark, struct fault *fault)
{
	struct fts5_conn *conn = rebuild->conn;
	struct fts5_state state;
	struct term_set *terms = NULL;
	enum status status =
		fts5_begin(index, conn, true, &state, &terms, fault);

	term_set_drop(terms);
	if (status != STATUS_OK)
		return status;
	state.generation = rebuild->generation;
	state.chosen_at = fts5_documents_of(rebuild->documents);
	state.written = 0;
	state.merging = 0;
	state.watermark = (int64_t)watermark;
	memcpy(state.documents, rebuild->documents, sizeof state.documents);
	status =
		fts5_dictionary_write(conn, run, state.word_seq, &state, fault);
	if (status == STATUS_OK)
		status = fts5_state_write(conn, &state, fault);
	status = fts5_end(conn, status, fault);
	if (status == STATUS_OK)
		fts5_publish(index, term_set_new(term_run_hold(run)),
			     state.generation, state.word_seq);
	return status;
}

static enum status
others_drop(struct fts5_index *index, struct fts5_conn *conn,
	    int64_t generation, struct fault *fault)
{
	enum status status;

	pthread_mutex_lock(&index->write_lock);
	fts5_use_generation(conn, -1);
	status = fts5_step(conn, FTS5_BEGIN_WRITE, fault);
	if (status == STATUS_OK) {
		status = fts5_tables_drop_others(conn, generation, fault);
		status = fts5_end(conn, status, fault);
	}
	pthread_mutex_unlock(&index->write_lock);
	return status;
}

/* Merges the segments of a kind's index into one, in steps between which other
 * writers have their turn. */
static enum status
rebuild_merge(struct fts5_index *index, struct fts5_rebuild *rebuild, int kind,
	      struct fault *fault)
{
	enum status status = STATUS_OK;
	bool first = true, more = true;

	while (status == STATUS_OK && more) {
		pthread_mutex_lock(&index->write_lock);
		status = fts5_segments_step(rebuild->conn, rebuild->generation,
					    kind, first, &more, fault);
		pthread_mutex_unlock(&index->write_lock);
		first = false;
	}
	return status;
}

/* What is to be there before the swap. */
static enum status
rebuild_finish(struct fts5_index *index, struct fts5_rebuild *rebuild,
	       struct term_run **run, struct fault *fault)
{
	struct fts5_choices choices = { 0 };
	enum status status = STATUS_OK;
	struct arena arena;

	arena_init(&arena);
	for (int k = 0; status == STATUS_OK && k < SEARCH_KINDS; k++)
		status = rebuild_merge(index, rebuild, k, fault);
	if (status == STATUS_OK)
		status = fts5_dictionary_make(
			rebuild->conn, rebuild->generation, rebuild->documents,
			&arena, run, &choices, fault);
	if (status == STATUS_OK)
		status = fts5_common_make(index, rebuild->conn, &choices,
					  rebuild->documents, fault);
	free(choices.at);
	arena_release(&arena);
	return status;
}

enum status
fts5_rebuild_commit(struct search_rebuild *base, uint64_t watermark,
		    struct fault *fault)
{
	struct fts5_rebuild *rebuild =
		container_of(base, struct fts5_rebuild, base);
	struct fts5_index *index = rebuild_index(rebuild);
	struct term_run *run = NULL;
	enum status status = rebuild_finish(index, rebuild, &run, fault);

	if (status == STATUS_OK) {
		pthread_mutex_lock(&index->write_lock);
		status = rebuild_swap(index, rebuild, run, watermark, fault);
		pthread_mutex_unlock(&index->write_lock);
	}
	term_run_drop(run);
	if (status != STATUS_OK) {
		fts5_rebuild_abort(base);
		return status;
	}
	/* The swap has happened: what is left over is only a waste of space,
	 * and the next rebuild tries again. */
	if (others_drop(index, rebuild->conn, rebuild->generation, NULL) !=
	    STATUS_OK)
		log_warning("search", "the old index could not be removed");
	rebuild_free(index, rebuild);
	return STATUS_OK;
}

void
fts5_rebuild_abort(struct search_rebuild *base)
{
	struct fts5_rebuild *rebuild =
		container_of(base, struct fts5_rebuild, base);
	struct fts5_index *index = rebuild_index(rebuild);

	others_drop(index, rebuild->conn, rebuild->generation - 1, NULL);
	rebuild_free(index, rebuild);
}
