/* search_fts5.h - the parts of the FTS5 driver among themselves.
 *
 *	search_fts5.c           the file, its connections and its words in memory
 *	search_fts5_document.c  documents as rows, words and marks
 *	search_fts5_common.c    bitmaps of what very many documents have
 *	search_fts5_write.c     updates and rebuilds
 *	search_fts5_tidy.c      housekeeping
 *	search_fts5_match.c     from a plan to patterns and MATCH expressions
 *	search_fts5_rows.c      what matches a plan, row by row
 *	search_fts5_query.c     queries
 *
 * One SQLite file, search.db, in WAL mode. Every generation g has for every
 * kind k a table doc_<g>_<k> with the documents and an FTS5 table fts_<g>_<k>
 * over their words: contentless (so a removal must repeat the very words that
 * were added: they are made again from doc), detail=none, prefix='1 2 3 4'. The
 * row's number is `step of popularity << 24 | sequence`, the same in both, so
 * that a MATCH in the order of rows is in the order of popularity and may stop
 * early. The sequence is the document's id, so that rows alone are a page of
 * hits; ids from 2^23 up, which hardly any library has, get the next free one
 * above that and are looked up. Beside the words a document has up to three
 * marks that stand for its genre, year and artist, so that filters are part of
 * the MATCH.
 *
 * FTS5 reads lists of rows step by step, and two words that many documents have
 * and few have both of are a long way. So the words and the beginnings of up to
 * four letters that a 256th of all documents has are `common_<g>_<k>`, and each
 * of them has a bitmap in `bits_<g>_<k>`: one bit for each id below 2^23, in
 * parts of 32,000; a part with few ids is a list of them. They are not touched
 * when only the popularity of a document changes. What is common is found out
 * when an index is built or tidied; the bitmaps change with the documents, in
 * the same transactions.
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
#define FTS5_BEGUN_LETTERS 4 /* longest beginnings that have lists */

/* The one row of table `state`. */
struct fts5_state {
	int64_t generation;
	int64_t watermark;
	int64_t word_seq;	/* last row ever written to word_new */
	int64_t dictionary_seq; /* words up to it are in the dictionary */
	int64_t documents[SEARCH_KINDS];
	int64_t chosen_at; /* documents when common words were chosen */
	int64_t written;   /* changes of words since segments were merged */
	uint32_t merging;  /* kinds whose segments are being merged */
};

enum fts5_statement {
	/* For every kind. */
	FTS5_MATCH,    /* (expression) → row */
	FTS5_BY_TITLE, /* (title_hash) → row, genre, year, artist_id */
	FTS5_BY_ROW,   /* (row) → all of doc */
	FTS5_ID_OF,    /* (row) → id, where the row does not say it */
	FTS5_BY_ID,    /* (id) → all of doc */
	FTS5_ROW_OF,   /* (id) → row, genre, year, artist_id */
	FTS5_LAST_ROW, /* (row) → last row before it */
	FTS5_LAST_ID,  /* (id) → last id before it */
	FTS5_FAR,      /* (lowest, highest id) → an id that is neither */
	FTS5_DOC_PUT,
	FTS5_DOC_REMOVE,
	FTS5_WORDS_PUT,
	FTS5_WORDS_REMOVE,
	FTS5_COMMON_FIND, /* (text, prefix) → number */
	FTS5_COMMON_ALL,  /* → number, text, prefix; by text and prefix */
	FTS5_COMMON_PUT,  /* (text, prefix) */
	FTS5_BITS,	  /* (from, to) → at, bits */
	FTS5_BITS_PUT,	  /* (at, bits) */
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

enum status fts5_state_read(struct fts5_conn *conn, struct fts5_state *out,
			    struct fault *fault);
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

/* search_fts5_document.c */

/* Writes a mark's bytes (not a word: no UTF-8) and gives their count. */
enum fts5_mark { FTS5_MARK_GENRE, FTS5_MARK_YEAR, FTS5_MARK_ARTIST };
#define FTS5_MARK_BYTES 16
size_t fts5_mark_print(enum fts5_mark mark, int64_t value,
		       char out[FTS5_MARK_BYTES]);

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

/* search_fts5_common.c */

/* Ids by bits, id % 8 of byte id / 8. */
#define FTS5_BITS_IDS 32000 /* in one part: 4,000 bytes, one page */
struct fts5_bits {
	uint64_t *at;
	size_t parts;
};

/* `at`, with room for one more than `count` things of `size`. */
void *fts5_grow(void *at, size_t count, size_t *room, size_t size);

/* Compares two rows' numbers, for qsort(). */
int fts5_row_compare(const void *a, const void *b);

/* Documents that a word must have to be common, beside its 256th. A variable
 * for tests, whose libraries are small. */
extern uint32_t fts5_common_least;
uint64_t fts5_common_bar(int64_t documents);

static inline bool
fts5_has_bit(int64_t id)
{
	return id > 0 && id < FTS5_ROW_IDS;
}

/* No bits, for as many ids as the kind has. Used again where it has been made
 * in this transaction. */
enum status fts5_bits_clear(struct fts5_conn *conn, enum search_kind kind,
			    struct arena *arena, struct fts5_bits *bits,
			    struct fault *fault);
bool fts5_bits_have(const struct fts5_bits *bits, int64_t id);
void fts5_bits_set(struct fts5_bits *bits, int64_t id);
void fts5_bits_and(struct fts5_bits *bits, const struct fts5_bits *others);

/* The next id after *id; false: none. */
bool fts5_bits_next(const struct fts5_bits *bits, int64_t *id);

/* How many are set; `most` or more when there are so many. */
size_t fts5_bits_count(const struct fts5_bits *bits, size_t most);

/* The number of a common word or beginning; 0: it is not. */
enum status fts5_common_find(struct fts5_conn *conn, enum search_kind kind,
			     const char *text, size_t length, bool prefix,
			     int64_t *number, struct fault *fault);

/* Adds the bits of a common word. */
enum status fts5_common_bits(struct fts5_conn *conn, enum search_kind kind,
			     int64_t number, struct fts5_bits *bits,
			     struct fault *fault);

/* All common words of a kind, for one transaction. */
struct fts5_common {
	struct fts5_common_word {
		const char *text;
		size_t length;
		bool prefix;
		int64_t number;
		uint8_t has; /* FTS5_HAD, FTS5_HAS: see fts5_common_mark() */
	} * at;
	size_t count, room;
};
#define FTS5_HAD 1
#define FTS5_HAS 2

enum status fts5_common_load(struct fts5_conn *conn, enum search_kind kind,
			     struct arena *arena, struct fts5_common *out,
			     struct fault *fault);

/* Adds `mark` to `has` of those that a document with these words has. */
void fts5_common_mark(struct fts5_common *common,
		      const struct search_words *words, uint8_t mark);

/* One bit to write. */
struct fts5_bit {
	enum search_kind kind;
	int64_t number, id;
	bool set;
};
enum status fts5_bits_write(struct fts5_conn *conn, struct fts5_bit *bits,
			    size_t count, struct fault *fault);

/* A word or beginning that may be common. */
struct fts5_choice {
	enum search_kind kind;
	const char *text;
	size_t length;
	bool prefix;
};
struct fts5_choices {
	struct fts5_choice *at;
	size_t count, room;
};

/* Adds those among the words of one kind, sorted by bytes. */
void fts5_common_choose(const struct term_input *words, size_t count,
			enum search_kind kind, int64_t documents,
			struct fts5_choices *out);

/* Makes the bitmaps that are not there yet in the connection's generation, in a
 * transaction each, between which other writers have their turn. */
enum status fts5_common_make(struct fts5_index *index, struct fts5_conn *conn,
			     const struct fts5_choices *choices,
			     const int64_t documents[SEARCH_KINDS],
			     struct fault *fault);

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

/* search_fts5_tidy.c */

/* Changes before segments are merged; a variable for tests. */
extern int64_t fts5_merge_least;

enum status fts5_tidy(struct search_index *index, struct fault *fault);

/* Merges some more of the segments of a kind's index, in the transaction that
 * is open or one of its own. `first` says that all are to become one. */
enum status fts5_segments_step(struct fts5_conn *conn, int64_t generation,
			       int kind, bool first, bool *more,
			       struct fault *fault);

/* All words of a generation as a run, and which of them are common; read inside
 * one transaction. Texts of choices are the arena's. */
enum status fts5_dictionary_make(struct fts5_conn *conn, int64_t generation,
				 const int64_t documents[SEARCH_KINDS],
				 struct arena *arena, struct term_run **out,
				 struct fts5_choices *choices,
				 struct fault *fault);

/* Of all kinds. */
int64_t fts5_documents_of(const int64_t documents[SEARCH_KINDS]);

/* Keeps the run as the dictionary of all words up to state->word_seq `seq`. */
enum status fts5_dictionary_write(struct fts5_conn *conn,
				  const struct term_run *run, int64_t seq,
				  struct fts5_state *state,
				  struct fault *fault);

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

/* A word, or a beginning that the index has a list for. */
struct fts5_leaf {
	const char *text;
	size_t length;
	bool prefix;
	uint64_t documents; /* a hint */
};
struct fts5_leaves {
	struct fts5_leaf *at;
	size_t count, room;
};

/* Adds what the patterns of a word, from `best` to `worst`, stand for. */
void fts5_leaves_add(const struct fts5_search *search,
		     const struct plan_word *word, enum search_kind kind,
		     enum search_rank best, enum search_rank worst,
		     struct fts5_leaves *out);

/* The MATCH expression for things that have one of these. */
const char *fts5_expression_any(struct arena *arena,
				const struct fts5_leaves *leaves);

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

/* search_fts5_rows.c */

struct fts5_found {
	int64_t row;
	enum search_rank rank;
};

/* The search for things of one kind. */
struct fts5_kind_search {
	struct fts5_search *search;
	struct fts5_conn *conn;
	const struct search_query *query;
	enum search_kind kind;
	int64_t genre; /* the filter's id; -1: nothing has such a genre */
	const char *filter;
	struct fault *fault;

	/* Found so far, in order. */
	struct fts5_found *rows;
	size_t count, room;
	bool complete; /* these are all */
	enum search_rank worst;

	struct fts5_bits bits[2]; /* of the way in use */
	struct fts5_known {
		int64_t id, row; /* -1: the filters leave it out */
	} * known;		 /* looked up by the last walk, by id */
	size_t known_count;
};

/* How the rows that match the plan are found. */
struct fts5_way {
	struct fts5_kind_search *ks;
	enum search_rank worst;
	struct search_plan asked; /* pieces that FTS5 is asked for */
	bool has_bits;		  /* bits[0] are what the others say */
	bool only_bits;		  /* they are what all say */
	bool is_empty;		  /* a piece has no meaning at all */
	bool by_id;		  /* the bits are few: FTS5 is not asked */
	bool looks;		  /* at texts, for what neither says */
};

#define FTS5_LOOKS_MAX 5000 /* counts are a guess: an end to all things */

/* A row that matches; its rank, or SEARCH_UNRANKED where that is not known yet.
 * False: stop. */
typedef bool fts5_visit(void *cookie, int64_t row, enum search_rank rank);

enum status fts5_way_find(struct fts5_kind_search *ks, enum search_rank worst,
			  struct fts5_way *out);

/* Visits all things up to the rank, the most popular first. */
enum status fts5_way_walk(const struct fts5_way *way, fts5_visit *visit,
			  void *cookie);

/* Both of them. */
enum status fts5_rows_each(struct fts5_kind_search *ks, enum search_rank worst,
			   fts5_visit *visit, void *cookie);

/* A document; its number and id alone when not `whole`. */
enum status fts5_row_fetch(struct fts5_kind_search *ks, int64_t number,
			   bool whole, struct fts5_row *out);
enum status fts5_row_rank(struct fts5_kind_search *ks, int64_t number,
			  enum search_rank worst, enum search_rank *out);

/* Whether genre, year and artist in these columns of a row are what the query
 * asks for. */
bool fts5_row_passes(const struct fts5_kind_search *ks, sqlite3_stmt *row,
		     int column);

bool fts5_plan_is_one_word(const struct search_plan *plan);

/* search_fts5_query.c */
enum status fts5_query(struct search_index *index, struct arena *arena,
		       const struct search_query *query,
		       struct search_answer *out, struct fault *fault);

#endif /* OGMA_DRIVER_SEARCH_FTS5_H */
