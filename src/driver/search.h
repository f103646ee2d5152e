/* search.h - finding tracks, albums, artists and playlists by words.
 *
 * A driver keeps an index derived from the library. The index is never the
 * truth: service/index.c carries changes to it from the library's outbox and
 * can rebuild it whole.
 *
 * What a query finds. The query is cut at blanks into pieces and these into
 * words (search_words.h). A thing is found when every word of the query matches
 * a word of its title, artist or album; the last word also matches as the
 * beginning of a word. How a word matches gives its rank, from enum
 * search_rank; a thing's rank is the worst of its words' ranks. Things are
 * ordered by rank, then by popularity in steps of 1/16 of a doubling.
 * Everything up to PREFIX always belongs to the result; LAYOUT, TRANSLIT, TYPO
 * and TYPO_TWICE are added one after the other while fewer than SEARCH_ENOUGH
 * things of the kind were found. Filters count before that.
 *
 * Nothing in a query is an operator, and no query is an error: one without
 * words finds nothing.
 *
 * Callers use the search_*() functions at the end of this file. Drivers fill in
 * one `struct search_driver`; the shortest is search_memory.c, which is what
 * these rules say and nothing more, so start reading there.
 *
 * Threads: all calls may block, so call from a worker; one index may be used
 * by many threads; queries never wait for updates. A rebuild belongs to one
 * thread. Several processes may have the same index open.
 *
 * Floor: 2 (driver).
 */
#ifndef OGMA_DRIVER_SEARCH_H
#define OGMA_DRIVER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

enum search_kind { SEARCH_TRACK, SEARCH_ALBUM, SEARCH_ARTIST, SEARCH_PLAYLIST };
#define SEARCH_KINDS 4
#define SEARCH_KIND_BIT(kind) (1u << (unsigned)(kind))
#define SEARCH_ALL_KINDS (SEARCH_KIND_BIT(SEARCH_KINDS) - 1)

#define SEARCH_QUERY_WORDS_MAX 16  /* words beyond are ignored */
#define SEARCH_WORD_LETTERS_MAX 64 /* letters beyond are ignored */
#define SEARCH_ENOUGH 20
#define SEARCH_LIMIT_MAX 100
#define SEARCH_OFFSET_MAX 10000
#define SEARCH_TOTAL_MAX 1000		 /* totals are exact up to here */
#define SEARCH_FACET_DOCUMENTS_MAX 10000 /* facets look at so many */
#define SEARCH_FACET_VALUES_MAX 20	 /* and give so many values each */
#define SEARCH_SUGGEST_MAX 20

/* What the index must know of one thing. Text as people wrote it; folding is
 * the driver's work. */
struct search_document {
	enum search_kind kind;
	int64_t id;
	const char *title;  /* a track's title, an artist's name, … */
	const char *artist; /* all artists' names, ", " between; NULL: none */
	const char *album;  /* NULL: none */
	const char *genre;  /* main genre, for filter and facet; NULL: none */
	int32_t year;	    /* 0: unknown */
	int64_t artist_id;  /* main artist, for filter and facet; 0: none */
	double popularity;  /* higher first; any non-negative scale */
	bool gone;	    /* remove it; only kind and id matter */
};

/* How well a word matches, best first. */
enum search_rank {
	SEARCH_TITLE, /* the query is the whole title or name */
	SEARCH_EXACT,
	SEARCH_LOOSE,	   /* й found by и, ї by і, ў by у */
	SEARCH_PREFIX,	   /* last word only; loosely too */
	SEARCH_LAYOUT,	   /* typed on the other keyboard layout, ru or en */
	SEARCH_TRANSLIT,   /* the same sound in another script or spelling */
	SEARCH_TYPO,	   /* one letter wrong (words of 5 letters and more) */
	SEARCH_TYPO_TWICE, /* two (9 letters and more); the first counts twice
			    */
	SEARCH_UNRANKED,   /* does not match */
};

struct search_query {
	const char *text; /* as typed; any bytes */
	uint32_t kinds;	  /* SEARCH_KIND_BIT()s; 0: all */
	uint32_t limit;	  /* hits of each kind; 0: none */
	uint32_t offset;
	const char *genre;    /* NULL: any; compared by fold_identity() */
	int32_t year;	      /* 0: any */
	int64_t artist_id;    /* 0: any */
	uint32_t count_up_to; /* exact totals up to here; 0: do not count */
	bool want_facets;
	bool want_text; /* fill title and artist of the hits */
};

struct search_hit {
	enum search_kind kind;
	int64_t id;
	enum search_rank rank;
	uint32_t step;	    /* of popularity; see search_popularity_step() */
	const char *title;  /* with want_text only, else NULL */
	const char *artist; /* likewise; NULL: none */
};

struct search_facet {
	const char *text; /* genre or artist; NULL for years */
	int64_t id;	  /* the artist's id or the year */
	uint32_t count;
};

struct search_facets {
	struct search_facet *values; /* most frequent first */
	size_t count;
};

/* What was found of one kind. */
struct search_found {
	struct search_hit *hits;
	size_t count;
	uint32_t total;		   /* at least the hits seen */
	bool total_is_lower_bound; /* there may be more */
	enum search_rank worst;	   /* last rank that was let in */
	struct search_facets genres, years, artists;
	bool facets_are_sampled; /* counted over the most popular only */
};

/* One thing that a word of the query was taken for; see search_highlight(). */
struct search_pattern {
	const char *text; /* folded */
	uint16_t length_bytes;
	uint8_t word; /* which word of the query */
	bool prefix;  /* matches words that begin so */
	enum search_rank rank;
};

/* Arena-owned, like all it points to. */
struct search_answer {
	const char *engine;			 /* the driver's name */
	struct search_found found[SEARCH_KINDS]; /* by enum search_kind */
	const char *did_you_mean; /* finds something, and is not the query;
				   * NULL: no better idea */
	struct search_pattern *patterns;
	size_t pattern_count;
	double took_ms;
};

struct search_suggestions {
	struct search_hit *hits; /* all with text */
	size_t count;
	struct search_answer answer; /* for search_highlight(); no hits */
};

struct search_state {
	uint64_t watermark;  /* given to the last update or rebuild; 0: none */
	uint64_t generation; /* grows with every rebuild */
	bool is_new;	     /* never filled since it was made: rebuild it */
	int64_t documents[SEARCH_KINDS];
};

struct search_open_args {
	const char *folder; /* where an embedded index lives; borrowed */
};

struct search_index {
	const struct search_driver *driver;
};
struct search_rebuild {
	struct search_index *index;
};

/* A kind of index. Constant. All callbacks are required. On failure outputs
 * are untouched. STATUS_UNAVAILABLE with field "search": the engine is not
 * there; STATUS_CORRUPT: the index must be made anew by search_reset() and a
 * rebuild. Both may come from every call that has a fault. */
struct search_driver {
	const char *name; /* "fts5", "memory" */
	const char *summary;

	/* Opens or makes the index. One of another version, or that is not an
	 * index, is thrown away and made anew: state says is_new. Fast: work
	 * that grows with the library is left for later. */
	enum status (*open)(const struct search_open_args *args,
			    struct search_index **out, struct fault *fault);
	void (*close)(struct search_index *index);

	enum status (*state)(struct search_index *index,
			     struct search_state *out, struct fault *fault);

	/* Adds, replaces and removes documents, and keeps `watermark`, in one
	 * transaction that the next query sees. Of two documents with the same
	 * kind and id the later counts. Idempotent. The documents are what
	 * changed after `after`: an index whose watermark is below it (it was
	 * rebuilt from an older state meanwhile) would miss changes, which is
	 * STATUS_CONFLICT: read the state and the changes anew. One whose
	 * watermark is above `watermark` has the changes already: nothing is
	 * done. STATUS_FULL: the disk is. STATUS_AGAIN_LATER: another process
	 * is writing. */
	enum status (*update)(struct search_index *index,
			      const struct search_document *documents,
			      size_t count, uint64_t after, uint64_t watermark,
			      struct fault *fault);

	/* Never STATUS_INVALID because of its text. */
	enum status (*query)(struct search_index *index, struct arena *arena,
			     const struct search_query *query,
			     struct search_answer *out, struct fault *fault);

	/* Builds beside the index, which goes on answering; commit swaps at
	 * once, and frees the rebuild whether or not it worked; abort drops
	 * and frees it. Documents may come in any order, none twice. One
	 * rebuild at a time: STATUS_CONFLICT. */
	enum status (*rebuild_begin)(struct search_index *index,
				     struct search_rebuild **out,
				     struct fault *fault);
	enum status (*rebuild_add)(struct search_rebuild *rebuild,
				   const struct search_document *documents,
				   size_t count, struct fault *fault);
	enum status (*rebuild_commit)(struct search_rebuild *rebuild,
				      uint64_t watermark, struct fault *fault);
	void (*rebuild_abort)(struct search_rebuild *rebuild);

	/* Throws everything away: an empty index with watermark 0. */
	enum status (*reset)(struct search_index *index, struct fault *fault);

	/* Housekeeping for idle times; returns at once when there is none. */
	enum status (*tidy)(struct search_index *index, struct fault *fault);
};

extern const struct search_driver search_driver_fts5;
extern const struct search_driver search_driver_memory;

/* Asserts that every callback is set. */
void search_driver_check(const struct search_driver *driver);

/* What the rest of Ogma calls; the contract is at the callback. */
enum status search_open(const struct search_driver *driver,
			const struct search_open_args *args,
			struct search_index **out, struct fault *fault);
void search_close(struct search_index *index); /* NULL is fine */
enum status search_get_state(struct search_index *index,
			     struct search_state *out, struct fault *fault);
enum status search_update(struct search_index *index,
			  const struct search_document *documents, size_t count,
			  uint64_t after, uint64_t watermark,
			  struct fault *fault);
enum status search_run(struct search_index *index, struct arena *arena,
		       const struct search_query *query,
		       struct search_answer *out, struct fault *fault);
enum status search_rebuild_begin(struct search_index *index,
				 struct search_rebuild **out,
				 struct fault *fault);
enum status search_rebuild_add(struct search_rebuild *rebuild,
			       const struct search_document *documents,
			       size_t count, struct fault *fault);
enum status search_rebuild_commit(struct search_rebuild *rebuild,
				  uint64_t watermark, struct fault *fault);
void search_rebuild_abort(struct search_rebuild *rebuild); /* NULL is fine */
enum status search_reset(struct search_index *index, struct fault *fault);
enum status search_tidy(struct search_index *index, struct fault *fault);

/* A short list of all kinds for a field that is being typed in: by rank, then
 * by popularity, where artists count eight times, albums and playlists twice;
 * of things with the same kind, title and artist the first only. */
enum status search_suggest(struct search_index *index, struct arena *arena,
			   const char *text, uint32_t limit,
			   struct search_suggestions *out, struct fault *fault);

struct search_segment {
	struct span text;
	bool match;
};

/* Cuts `text` (as people wrote it) into pieces that together are the whole of
 * it, and marks those that the answer's query is about: what was typed of a
 * word begun, whole words otherwise. Never cuts a grapheme. Patterns worse than
 * `rank`, the hit's, mark nothing. Text that is not UTF-8 is repaired first.
 * Gives the count; 0 for "". Arena-owned. */
size_t search_highlight(struct arena *arena, const char *text,
			const struct search_answer *answer,
			enum search_rank rank, struct search_segment **out);

/* The step of popularity by which hits are ordered; 0 is the most popular. */
uint32_t search_popularity_step(double popularity);

#endif /* OGMA_DRIVER_SEARCH_H */
