/* search_fts5.h - the parts of the FTS5 driver among themselves.
 *
 *	search_fts5.c        the file, its connections and its words in memory
 *	search_fts5_write.c  updates, rebuilds, housekeeping
 *	search_fts5_match.c  from a plan to patterns and MATCH expressions
 *	search_fts5_query.c  queries
 *
 * One SQLite file, search.db, in WAL mode. Every generation g has for every
 * kind k a table doc_<g>_<k> with the documents and an FTS5 table fts_<g>_<k>
 * over their words: contentless (so a removal must repeat the very words that
 * were added: they are made again from doc), detail=none, prefix='1 2 3 4'. The
 * row's number is `step of popularity << 24 | sequence`, the same in both, so
 * that a MATCH in the order of rows is in the order of popularity and may stop
 * early. The sequence is the document's id, so that rows alone are a page of
 * hits; ids from 2^23 up, which hardly any library has, get the next free one
 * above that and are looked up. Beside the words a document has up to three marks that stand for its
 * genre, year and artist, so that filters are part of the MATCH. One whose words
 * are of several scripts has all its words twice, the second time behind a mark:
 * so what must have two scripts is looked for among the few that have, and not
 * in all that have "the" and all that have "и".
 *
 * Words are cut and folded by search_words.c; the tokenizer only splits at
 * blanks. The words in memory (search_terms.h) come from the `dictionary` row,
 * written when an index was built or tidied, and from `word_new`, to which each
 * update adds the words that the dictionary lacks. Every transaction begins by
 * reading `state`, which tells whether another process brought new words or a
 * new generation.
 *
 * Floor: 2 (driver). */
#ifndef OGMA_DRIVER_SEARCH_FTS5_H
#define OGMA_DRIVER_SEARCH_FTS5_H

#include <pthread.h>
#include <sqlite3.h>

#include "driver/search.h"
#include "driver/search_plan.h"
#include "driver/search_terms.h"

#define FTS5_CONNECTIONS_MAX 32
#define FTS5_ROW_SEQUENCE_BITS 24
#define FTS5_ROW_SEQUENCES ((int64_t)1 << FTS5_ROW_SEQUENCE_BITS)
#define FTS5_ROW_IDS (FTS5_ROW_SEQUENCES / 2) /* sequences below are ids */

/* The one row of table `state`. */
struct fts5_state {
	int64_t generation;
	int64_t watermark;
	int64_t word_seq;	/* last row ever written to word_new */
	int64_t dictionary_seq; /* words up to it are in the dictionary */
	int64_t documents[SEARCH_KINDS];
};

enum fts5_statement {
	/* For every kind. */
	FTS5_MATCH,    /* (expression) → row */
	FTS5_BY_TITLE, /* (title_hash) → row, genre, year, artist_id */
	FTS5_BY_ROW,   /* (row) → all of doc */
	FTS5_ID_OF,    /* (row) → id, where the row does not say it */
	FTS5_BY_ID,    /* (id) → all of doc */
	FTS5_LAST_ROW, /* (row) → last row before it */
	FTS5_DOC_PUT,
	FTS5_DOC_REMOVE,
	FTS5_WORDS_PUT,
	FTS5_WORDS_REMOVE,
	FTS5_KIND_STATEMENTS,
};

enum fts5_plain {
	FTS5_BEGIN,
	FTS5_BEGIN_WRITE,
	FTS5_COMMIT,
	FTS5_ROLLBACK,
	FTS5_STATE,
	FTS5_STATE_PUT,
	FTS5_WORD_PUT,
	FTS5_WORDS_SINCE,
	FTS5_DICTIONARY,
	FTS5_DICTIONARY_PUT,
	FTS5_WORDS_FORGET,
	FTS5_GENRE_FIND,
	FTS5_GENRE_PUT,
	FTS5_GENRE_NAME,
	FTS5_PLAIN_STATEMENTS,
};

/* One connection; belongs to one thread at a time. Statements are prepared when
 * first used, those of kinds anew for each generation. */
struct fts5_conn {
	sqlite3 *db;
	int64_t generation;
	sqlite3_stmt *plain[FTS5_PLAIN_STATEMENTS];
	sqlite3_stmt *kind[SEARCH_KINDS][FTS5_KIND_STATEMENTS];
	struct fts5_conn *next;
};

struct fts5_index {
	struct search_index base;
	char *path;

	/* Held for reading by everybody who uses a connection, for writing
	 * while the file is thrown away. */
	pthread_rwlock_t gate;

	pthread_mutex_t lock; /* of all that follows, up to write_lock */
	pthread_cond_t freed;
	struct fts5_conn *idle;
	unsigned open_count;
	struct term_set *terms;
	int64_t terms_generation;
	int64_t terms_seq; /* words up to it are in `terms` */

	pthread_mutex_t write_lock; /* one writer of this process */
};

/* search_fts5.c */
enum status fts5_fault(sqlite3 *db, struct fault *fault, const char *what);
enum status fts5_exec(struct fts5_conn *conn, struct fault *fault,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The prepared statement, reset and without old values; NULL and *status on a
 * failure. Use sqlite3_reset() when done. */
sqlite3_stmt *fts5_plain(struct fts5_conn *conn, enum fts5_plain which,
			 enum status *status, struct fault *fault);
sqlite3_stmt *fts5_of_kind(struct fts5_conn *conn, enum search_kind kind,
			   enum fts5_statement which, enum status *status,
			   struct fault *fault);

/* Runs a plain statement that gives no row and takes no value. */
enum status fts5_step(struct fts5_conn *conn, enum fts5_plain which,
		      struct fault *fault);

/* A connection out of the pool, waiting when all are in use. Give it back. */
enum status fts5_take(struct fts5_index *index, struct fts5_conn **out,
		      struct fault *fault);
void fts5_give(struct fts5_index *index, struct fts5_conn *conn);

/* Begins a transaction, reads the state, brings the words in memory up to it
 * and holds them: drop *terms. Ends by fts5_end(). */
enum status fts5_begin(struct fts5_index *index, struct fts5_conn *conn,
		       bool write, struct fts5_state *state,
		       struct term_set **terms, struct fault *fault);
enum status fts5_end(struct fts5_conn *conn, enum status status,
		     struct fault *fault);
void fts5_use_generation(struct fts5_conn *conn, int64_t generation);

enum status fts5_state_write(struct fts5_conn *conn,
			     const struct fts5_state *state,
			     struct fault *fault);
enum status fts5_tables_make(struct fts5_conn *conn, int64_t generation,
			     struct fault *fault);
enum status fts5_tables_drop_others(struct fts5_conn *conn, int64_t generation,
				    struct fault *fault);

/* Puts a set of words in place of the present one; takes `terms` over. */
void fts5_publish(struct fts5_index *index, struct term_set *terms,
		  int64_t generation, int64_t seq);

/* Adds the rows of word_new after `seq` to *set. */
enum status fts5_words_read(struct fts5_conn *conn, int64_t seq,
			    struct term_set **set, struct fault *fault);

/* Writes a mark's bytes (not a word: no UTF-8) and gives their count. */
enum fts5_mark { FTS5_MARK_GENRE, FTS5_MARK_YEAR, FTS5_MARK_ARTIST };
#define FTS5_MARK_BYTES 16
size_t fts5_mark_print(enum fts5_mark mark, int64_t value,
		       char out[FTS5_MARK_BYTES]);

/* Stands before the second copies of words. */
#define FTS5_MARK_MIXED "\xFB"

/* A bit for the script of a word's first letter; 0 for digits and signs, which
 * go with all scripts. Words that begin alike have the same. */
uint32_t fts5_script(const char *word, size_t length_bytes);

/* The id of a genre by its name; 0: not known. */
enum status fts5_genre_id(struct fts5_conn *conn, struct arena *arena,
			  const char *name, bool make, int64_t *out,
			  struct fault *fault);

/* One row of a doc table; texts are the arena's. */
struct fts5_row {
	int64_t row, id, genre, year, artist_id, title_hash;
	const char *title, *artist, *album; /* title never NULL */
};
void fts5_row_read(sqlite3_stmt *statement, struct arena *arena,
		   struct fts5_row *out);

/* All words of a document, those of a word joined of others too. */
void fts5_row_words(struct arena *arena, const struct fts5_row *row,
		    struct search_words *out);

/* search_fts5_write.c */
enum status fts5_update(struct search_index *index,
			const struct search_document *documents, size_t count,
			uint64_t after, uint64_t watermark,
			struct fault *fault);
enum status fts5_rebuild_begin(struct search_index *index,
			       struct search_rebuild **out,
			       struct fault *fault);
enum status fts5_rebuild_add(struct search_rebuild *rebuild,
			     const struct search_document *documents,
			     size_t count, struct fault *fault);
enum status fts5_rebuild_commit(struct search_rebuild *rebuild,
				uint64_t watermark, struct fault *fault);
void fts5_rebuild_abort(struct search_rebuild *rebuild);
enum status fts5_tidy(struct search_index *index, struct fault *fault);

/* search_fts5_match.c */

/* What a search knows while it runs. */
struct fts5_search {
	struct arena *arena;
	const struct term_set *terms;
	struct search_plan plan;
	uint32_t kinds;	    /* asked for */
	size_t choices_max; /* patterns of one word and one way of looking */
	bool has_sound, has_typos; /* such patterns are filled in */
};

void fts5_find_base(struct fts5_search *search);
void fts5_find_sound(struct fts5_search *search);
void fts5_find_typos(struct fts5_search *search);

/* The MATCH expression for things of this kind up to this rank, with `filter`
 * (an expression or "") added; NULL when nothing can match. `plan` is the
 * search's, or some of its pieces. */
const char *fts5_expression(const struct fts5_search *search,
			    const struct search_plan *plan,
			    enum search_kind kind, enum search_rank worst,
			    const char *filter);

/* Whether a word of the piece has a pattern of these ranks, for this kind. */
bool fts5_piece_has(const struct plan_piece *piece, enum search_kind kind,
		    enum search_rank best, enum search_rank worst);

/* About so many documents, of all kinds, match the piece. */
uint64_t fts5_estimate(const struct plan_piece *piece, enum search_rank worst);

/* search_fts5_query.c */
enum status fts5_query(struct search_index *index, struct arena *arena,
		       const struct search_query *query,
		       struct search_answer *out, struct fault *fault);

#endif /* OGMA_DRIVER_SEARCH_FTS5_H */
