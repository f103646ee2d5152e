/* search_fts5_tidy.c - what keeps search.db quick: one segment of each index,
 * all words in one run, bitmaps of those that became common; see
 * search_fts5.h. */
#include <stdio.h>
#include <stdlib.h>

#include "driver/search_fts5.h"

#define MERGE_PAGES 1000 /* of one step of merging */
#define MERGE_SHARE 64	 /* merge when this part was written anew */
#define TIDY_WORDS_LEAST 2000

int64_t fts5_merge_least = 1000;

/* A negative count says "all into one", once. Nothing was done when only the
 * command itself is counted as a change. */
enum status
fts5_segments_step(struct fts5_conn *conn, int64_t generation, int kind,
		   bool first, bool *more, struct fault *fault)
{
	int before = sqlite3_total_changes(conn->db);
	enum status status =
		fts5_exec(conn, fault,
			  "INSERT INTO fts_%lld_%d(fts_%lld_%d, rank)"
			  " VALUES('merge', %d)",
			  (long long)generation, kind, (long long)generation,
			  kind, first ? -MERGE_PAGES : MERGE_PAGES);

	*more = sqlite3_total_changes(conn->db) - before >= 2;
	return status;
}

/* Adds the words of a kind's index to inputs. */
static enum status
vocabulary_read(struct fts5_conn *conn, int64_t generation, int kind,
		struct arena *arena, struct term_input **inputs, size_t *count,
		size_t *room, struct fault *fault)
{
	sqlite3_stmt *rows = NULL;
	enum status status;
	int code;

	status = fts5_exec(conn, fault,
			   "CREATE VIRTUAL TABLE temp.vocabulary USING"
			   " fts5vocab('main', 'fts_%lld_%d', 'row')",
			   (long long)generation, kind);
	if (status != STATUS_OK)
		return status;
	/* Marks sort behind all words. */
	code = sqlite3_prepare_v2(conn->db,
				  "SELECT term, doc FROM temp.vocabulary"
				  " WHERE term < ?",
				  -1, &rows, NULL);
	if (code == SQLITE_OK)
		sqlite3_bind_text(rows, 1, "\xF8", 1, SQLITE_STATIC);
	while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		size_t length = (size_t)sqlite3_column_bytes(rows, 0);

		*inputs = fts5_grow(*inputs, *count, room, sizeof **inputs);
		(*inputs)[(*count)++] = (struct term_input){
			.text = arena_copy_bytes(
				arena, sqlite3_column_text(rows, 0), length),
			.length_bytes = (uint16_t)length,
			.kinds = (uint8_t)SEARCH_KIND_BIT(kind),
			.documents = (uint32_t)sqlite3_column_int64(rows, 1),
		};
		code = SQLITE_OK;
	}
	if (code != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "vocabulary");
	sqlite3_finalize(rows);
	if (status == STATUS_OK)
		status = fts5_exec(conn, fault, "DROP TABLE temp.vocabulary");
	else
		fts5_exec(conn, NULL, "DROP TABLE temp.vocabulary");
	return status;
}

enum status
fts5_dictionary_make(struct fts5_conn *conn, int64_t generation,
		     const int64_t documents[SEARCH_KINDS], struct arena *arena,
		     struct term_run **out, struct fts5_choices *choices,
		     struct fault *fault)
{
	struct term_input *inputs = NULL;
	size_t count = 0, room = 0;
	enum status status = STATUS_OK;

	for (int k = 0; status == STATUS_OK && k < SEARCH_KINDS; k++) {
		size_t first = count;

		status = vocabulary_read(conn, generation, k, arena, &inputs,
					 &count, &room, fault);
		if (status == STATUS_OK && count > first)
			fts5_common_choose(inputs + first, count - first,
					   (enum search_kind)k, documents[k],
					   choices);
	}
	if (status == STATUS_OK)
		*out = term_run_new(inputs, count);
	free(inputs);
	return status;
}

enum status
fts5_dictionary_write(struct fts5_conn *conn, const struct term_run *run,
		      int64_t seq, struct fts5_state *state,
		      struct fault *fault)
{
	struct span bytes = term_run_bytes(run);
	enum status status;
	sqlite3_stmt *put =
		fts5_plain(conn, FTS5_DICTIONARY_PUT, &status, fault);
	sqlite3_stmt *forget = put == NULL ? NULL
					   : fts5_plain(conn, FTS5_WORDS_FORGET,
							&status, fault);

	if (forget == NULL)
		return status;
	sqlite3_bind_blob64(put, 1, bytes.at, bytes.length, SQLITE_STATIC);
	sqlite3_bind_int64(forget, 1, seq);
	if (sqlite3_step(put) != SQLITE_DONE ||
	    sqlite3_step(forget) != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "keep dictionary");
	sqlite3_reset(put);
	sqlite3_reset(forget);
	state->dictionary_seq = seq;
	return status;
}

int64_t
fts5_documents_of(const int64_t documents[SEARCH_KINDS])
{
	int64_t all = 0;

	for (int k = 0; k < SEARCH_KINDS; k++)
		all += documents[k];
	return all;
}

/* Words came that the dictionary lacks, or so many documents that others may
 * be common. */
static bool
tidy_is_due(struct fts5_index *index, const struct fts5_state *state)
{
	int64_t documents = fts5_documents_of(state->documents);
	size_t fresh, all;

	pthread_mutex_lock(&index->lock);
	fresh = index->terms == NULL ? 0 : term_set_new_count(index->terms);
	all = index->terms == NULL ? 0 : term_set_count(index->terms);
	pthread_mutex_unlock(&index->lock);
	return (fresh >= TIDY_WORDS_LEAST && fresh >= all / 8) ||
	       (documents >= (int64_t)fts5_common_least &&
		documents / 4 >= state->chosen_at / 3);
}

/* Reads the words anew on a snapshot, while others may write. */
static enum status
tidy_read(struct fts5_index *index, struct fts5_conn *conn,
	  struct fts5_state *state, struct arena *arena, struct term_run **out,
	  struct fts5_choices *choices, struct fault *fault)
{
	struct term_set *terms = NULL;
	enum status status =
		fts5_begin(index, conn, false, state, &terms, fault);

	term_set_drop(terms);
	if (status != STATUS_OK)
		return status;
	if (tidy_is_due(index, state))
		status = fts5_dictionary_make(conn, state->generation,
					      state->documents, arena, out,
					      choices, fault);
	return fts5_end(conn, status, fault);
}

static enum status
tidy_write(struct fts5_index *index, struct fts5_conn *conn,
	   const struct fts5_state *seen, struct term_run *run,
	   struct fault *fault)
{
	struct fts5_state state;
	struct term_set *terms = NULL;
	enum status status =
		fts5_begin(index, conn, true, &state, &terms, fault);

	term_set_drop(terms);
	terms = NULL;
	if (status != STATUS_OK)
		return status;
	if (state.generation != seen->generation ||
	    state.dictionary_seq != seen->dictionary_seq)
		return fts5_end(conn, STATUS_OK, fault); /* done by another */
	state.chosen_at = fts5_documents_of(seen->documents);
	status =
		fts5_dictionary_write(conn, run, seen->word_seq, &state, fault);
	if (status == STATUS_OK)
		status = fts5_state_write(conn, &state, fault);
	if (status == STATUS_OK) {
		terms = term_set_new(term_run_hold(run));
		status = fts5_words_read(conn, seen->word_seq, &terms, fault);
	}
	status = fts5_end(conn, status, fault);
	if (status == STATUS_OK)
		fts5_publish(index, terms, state.generation, state.word_seq);
	else
		term_set_drop(terms);
	return status;
}

static bool
merging_is_due(const struct fts5_state *state)
{
	return state->merging != 0 ||
	       (state->written >= fts5_merge_least &&
		state->written >=
			fts5_documents_of(state->documents) / MERGE_SHARE);
}

/* The first kind that is being merged, or all when merging begins, goes one
 * step further. */
static enum status
segments_tidy(struct fts5_conn *conn, struct fts5_state *state,
	      struct fault *fault)
{
	bool first = state->merging == 0, more = true;
	enum status status = STATUS_OK;

	if (first) {
		state->merging = SEARCH_ALL_KINDS;
		state->written = 0;
	}
	for (int k = 0; status == STATUS_OK && k < SEARCH_KINDS; k++) {
		if (!(state->merging & SEARCH_KIND_BIT(k)))
			continue;
		status = fts5_segments_step(conn, state->generation, k, first,
					    &more, fault);
		if (!more)
			state->merging &= ~SEARCH_KIND_BIT(k);
		if (!first)
			break;
	}
	return status == STATUS_OK ? fts5_state_write(conn, state, fault)
				   : status;
}

/* Merges a little, so that updates need not wait for long; the next idle moment
 * goes on with it. */
static enum status
tidy_segments(struct fts5_index *index, struct fts5_conn *conn,
	      struct fault *fault)
{
	struct term_set *terms = NULL;
	struct fts5_state state;
	enum status status;

	pthread_mutex_lock(&index->write_lock);
	status = fts5_begin(index, conn, true, &state, &terms, fault);
	if (status == STATUS_OK) {
		if (merging_is_due(&state))
			status = segments_tidy(conn, &state, fault);
		status = fts5_end(conn, status, fault);
	}
	pthread_mutex_unlock(&index->write_lock);
	term_set_drop(terms);
	return status;
}

/* Words and bitmaps. *out is the state that was found. */
static enum status
tidy_words(struct fts5_index *index, struct fts5_conn *conn,
	   struct arena *arena, struct fts5_state *out, struct fault *fault)
{
	struct fts5_choices choices = { 0 };
	struct term_run *run = NULL;
	struct fts5_state seen;
	enum status status =
		tidy_read(index, conn, &seen, arena, &run, &choices, fault);

	if (status == STATUS_OK && run != NULL) {
		status = fts5_common_make(index, conn, &choices, seen.documents,
					  fault);
		if (status == STATUS_OK) {
			pthread_mutex_lock(&index->write_lock);
			status = tidy_write(index, conn, &seen, run, fault);
			pthread_mutex_unlock(&index->write_lock);
		}
	}
	term_run_drop(run);
	if (status == STATUS_OK)
		*out = seen;
	free(choices.at);
	return status;
}

enum status
fts5_tidy(struct search_index *base, struct fault *fault)
{
	struct fts5_index *index = container_of(base, struct fts5_index, base);
	struct fts5_conn *conn;
	struct fts5_state state;
	struct arena arena;
	enum status status = fts5_take(index, &conn, fault);

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = tidy_words(index, conn, &arena, &state, fault);
	if (status == STATUS_OK && merging_is_due(&state))
		status = tidy_segments(index, conn, fault);
	arena_release(&arena);
	fts5_give(index, conn);
	return status;
}
