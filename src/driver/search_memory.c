/* search_memory.c - the rules of search.h, word by word, over all documents.
 *
 * No index: each query looks at each word of each document, so that the rules
 * can be read here and other drivers be compared with them. For tests and for
 * libraries of some hundred things. Rebuilding is filling a second list.
 *
 * Invariant: documents are found under the lock; readers may share it. */
#include <pthread.h>
#include <stdlib.h>

#include "base/fold.h"
#include "driver/search.h"
#include "driver/search_distance.h"
#include "driver/search_plan.h"
#include "driver/search_translit.h"
#include "driver/search_words.h"

struct memory_word {
	struct search_word word;
	const char *loose;
	char key[SEARCH_KEY_BYTES];
	bool is_latin;
};

struct memory_document {
	struct arena arena;
	struct search_document document; /* texts are the arena's */
	uint32_t step;
	int64_t title_hash;
	const char *genre_folded; /* "" for none */
	struct memory_word *words;
	size_t word_count;
	uint64_t number; /* grows with each one added */
};

struct memory_list {
	struct memory_document **at;
	size_t count, room;
};

struct memory_index {
	struct search_index base;
	pthread_rwlock_t lock;
	struct memory_list list;
	uint64_t watermark, generation, next_number;
	bool rebuilding;
};

struct memory_rebuild {
	struct search_rebuild base;
	struct memory_list list;
};

static void
document_free(struct memory_document *document)
{
	arena_release(&document->arena);
	free(document);
}

static void
list_release(struct memory_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		document_free(list->at[i]);
	free(list->at);
	*list = (struct memory_list){ 0 };
}

static bool
is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static void
document_words(struct memory_document *document)
{
	const struct search_document *d = &document->document;
	const char *const texts[] = { d->title, d->artist, d->album };
	struct search_words words = { 0 };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		if (texts[i] != NULL)
			search_words_add(&document->arena, span_of(texts[i]),
					 SEARCH_WORDS_OF_DOCUMENT, &words);
	}
	document->words =
		arena_new(&document->arena, struct memory_word, words.count);
	document->word_count = words.count;
	for (size_t i = 0; i < words.count; i++) {
		struct memory_word *word = &document->words[i];
		char *loose = arena_alloc(&document->arena,
					  words.at[i].length_bytes + 1u);

		word->word = words.at[i];
		search_word_loosen(word->word.text, word->word.length_bytes,
				   loose);
		word->loose = loose;
		search_translit_key(word->word.text, word->word.length_bytes,
				    word->key);
		word->is_latin = is_ascii(word->word.text);
	}
}

static struct memory_document *
document_new(const struct search_document *from, uint64_t number)
{
	struct memory_document *document = mem_new(1, sizeof *document);
	struct arena *arena = &document->arena;
	struct search_document *d = &document->document;

	arena_init(arena);
	*d = *from;
	d->title = arena_copy_text(arena, from->title ? from->title : "");
	d->artist = arena_copy_text(arena, from->artist);
	d->album = arena_copy_text(arena, from->album);
	d->genre = arena_copy_text(arena, from->genre);
	document->genre_folded =
		fold_identity(arena, from->genre ? from->genre : "");
	document->step = search_popularity_step(from->popularity);
	document->title_hash = search_title_hash(arena, span_of(d->title));
	document->number = number;
	document_words(document);
	return document;
}

static void
list_remove(struct memory_list *list, enum search_kind kind, int64_t id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->at[i]->document.kind != kind ||
		    list->at[i]->document.id != id)
			continue;
		document_free(list->at[i]);
		list->at[i] = list->at[--list->count];
		return;
	}
}

static void
list_change(struct memory_list *list, const struct search_document *document,
	    uint64_t number)
{
	list_remove(list, document->kind, document->id);
	if (document->gone)
		return;
	if (list->count == list->room) {
		list->room = list->room > 0 ? list->room * 2 : 64;
		list->at = mem_grow(list->at, list->room, sizeof *list->at);
	}
	list->at[list->count++] = document_new(document, number);
}

/* A rank that is found is better than the one before. */
static void
better(enum search_rank *rank, enum search_rank found)
{
	if (found < *rank)
		*rank = found;
}

static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static enum search_rank
rank_of_distance(uint8_t distance, uint8_t edits)
{
	if (distance == 0 || distance > edits)
		return SEARCH_UNRANKED;
	return distance == 1 ? SEARCH_TYPO : SEARCH_TYPO_TWICE;
}

static uint8_t
distance_of(const char *typed, size_t typed_bytes, const char *word,
	    size_t word_bytes, bool prefix, size_t *matched)
{
	uint32_t a[SEARCH_WORD_LETTERS_MAX], b[SEARCH_WORD_LETTERS_MAX];
	size_t a_count = search_letters_of(typed, typed_bytes, a);
	size_t b_count = search_letters_of(word, word_bytes, b);

	return search_distance(a, a_count, b, b_count, prefix, matched);
}

/* A rank and how many letters of the word it is about. */
struct word_match {
	enum search_rank rank;
	size_t letters;
};

/* The letters of a word that sound as what was typed. */
static size_t
letters_begun(const struct memory_word *word, const struct plan_word *typed)
{
	uint32_t letters[SEARCH_WORD_LETTERS_MAX];

	return search_letters_of(
		word->word.text,
		search_translit_begun(word->word.text, word->word.length_bytes,
				      typed->key, typed->key_length),
		letters);
}

static struct word_match
typed_match(const struct plan_word *typed, const struct memory_word *word)
{
	struct word_match match = { SEARCH_UNRANKED, word->word.letters };
	char loose[SEARCH_WORD_LETTERS_MAX * 4 + 1];
	const char *text = word->word.text;
	bool prefix = typed->prefix;
	size_t letters = match.letters;

	search_word_loosen(typed->text, typed->length_bytes, loose);
	if (strcmp(text, typed->text) == 0)
		better(&match.rank, SEARCH_EXACT);
	if (strcmp(word->loose, loose) == 0)
		better(&match.rank, SEARCH_LOOSE);
	if (prefix && begins(word->loose, loose) &&
	    match.rank > SEARCH_PREFIX) {
		better(&match.rank, SEARCH_PREFIX);
		match.letters = typed->letters;
	}
	if (*typed->key != '\0' &&
	    (prefix ? begins(word->key, typed->key)
		    : strcmp(word->key, typed->key) == 0))
		better(&match.rank, SEARCH_TRANSLIT);
	if (prefix && match.rank == SEARCH_TRANSLIT)
		match.letters = letters_begun(word, typed);
	if (match.rank < SEARCH_UNRANKED)
		return match;
	better(&match.rank,
	       rank_of_distance(distance_of(typed->text, typed->length_bytes,
					    text, word->word.length_bytes,
					    prefix, &letters),
				typed->edits));
	match.letters = letters;
	if (word->is_latin != typed->is_latin && *word->key != '\0')
		better(&match.rank,
		       rank_of_distance(
			       distance_of(typed->key, typed->key_length,
					   word->key, strlen(word->key), prefix,
					   NULL),
			       typed->key_edits));
	return match;
}

static struct word_match
other_layout_match(const struct plan_word *typed,
		   const struct memory_word *word)
{
	struct word_match match = { SEARCH_UNRANKED, word->word.letters };

	if (strcmp(word->word.text, typed->text) == 0) {
		match.rank = SEARCH_LAYOUT;
	} else if (typed->prefix && begins(word->word.text, typed->text)) {
		match.rank = SEARCH_LAYOUT;
		match.letters = typed->letters;
	}
	return match;
}

typedef struct word_match match_words(const struct plan_word *typed,
				      const struct memory_word *word);

/* The best word of the document for a word of the query. */
static const struct memory_word *
best_word(const struct memory_document *document, const struct plan_word *typed,
	  match_words *match, enum search_rank *rank)
{
	const struct memory_word *best = NULL;

	*rank = SEARCH_UNRANKED;
	for (size_t i = 0; i < document->word_count; i++) {
		enum search_rank here = match(typed, &document->words[i]).rank;

		if (here < *rank) {
			*rank = here;
			best = &document->words[i];
		}
	}
	return best;
}

static enum search_rank
reading_rank(const struct memory_document *document,
	     const struct plan_reading *reading, match_words *match)
{
	enum search_rank worst =
		reading->count > 0 ? SEARCH_EXACT : SEARCH_UNRANKED;

	for (size_t i = 0; i < reading->count; i++) {
		enum search_rank rank;

		best_word(document, &reading->words[i], match, &rank);
		worst = rank > worst ? rank : worst;
	}
	return worst;
}

static enum search_rank
piece_rank(const struct memory_document *document,
	   const struct plan_piece *piece)
{
	enum search_rank typed =
		reading_rank(document, &piece->typed, typed_match);
	enum search_rank other = reading_rank(document, &piece->other_layout,
					      other_layout_match);

	return other < typed ? other : typed;
}

static enum search_rank
document_rank(const struct memory_document *document,
	      const struct search_plan *plan)
{
	enum search_rank rank = SEARCH_EXACT;

	/* 0: a title without words, or a plan that is a part of one */
	if (plan->title_hash != 0 && document->title_hash == plan->title_hash)
		return SEARCH_TITLE;
	for (size_t i = 0; i < plan->piece_count; i++) {
		enum search_rank piece = piece_rank(document, &plan->pieces[i]);

		rank = piece > rank ? piece : rank;
	}
	return rank;
}

struct memory_hit {
	const struct memory_document *document;
	enum search_rank rank;
};

struct memory_hits {
	struct memory_hit *at;
	size_t count;
	enum search_rank worst;
};

static int
hit_compare(const void *a, const void *b)
{
	const struct memory_hit *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->document->step != y->document->step)
		return x->document->step < y->document->step ? -1 : 1;
	return x->document->number < y->document->number ? -1 : 1;
}

static bool
filters_pass(const struct memory_document *document,
	     const struct search_query *query, const char *genre)
{
	const struct search_document *d = &document->document;

	return (query->genre == NULL ||
		(*genre != '\0' &&
		 strcmp(genre, document->genre_folded) == 0)) &&
	       (query->year == 0 || query->year == d->year) &&
	       (query->artist_id == 0 || query->artist_id == d->artist_id);
}

static void
kind_find(const struct memory_index *index, struct arena *arena,
	  const struct search_query *query, const struct search_plan *plan,
	  enum search_kind kind, struct memory_hits *out)
{
	const char *genre =
		query->genre == NULL ? "" : fold_identity(arena, query->genre);
	size_t kept = 0;

	out->at = arena_new(arena, struct memory_hit, index->list.count);
	for (size_t i = 0; i < index->list.count; i++) {
		const struct memory_document *document = index->list.at[i];
		enum search_rank rank;

		if (document->document.kind != kind ||
		    !filters_pass(document, query, genre))
			continue;
		rank = document_rank(document, plan);
		if (rank < SEARCH_UNRANKED)
			out->at[out->count++] =
				(struct memory_hit){ document, rank };
	}
	qsort(out->at, out->count, sizeof *out->at, hit_compare);
	for (out->worst = SEARCH_PREFIX;; out->worst++) {
		while (kept < out->count && out->at[kept].rank <= out->worst)
			kept++;
		if (kept >= SEARCH_ENOUGH || out->worst == SEARCH_TYPO_TWICE)
			break;
	}
	out->count = kept;
}

/* Copied: the answer may outlive the document, and the index. */
static void
hit_text(struct arena *arena, const struct search_document *document,
	 struct search_hit *hit)
{
	hit->title = arena_copy_text(arena, document->title);
	hit->artist = arena_copy_text(arena, document->artist);
}

static void
kind_hits(struct arena *arena, const struct search_query *query,
	  const struct memory_hits *hits, struct search_found *out)
{
	out->hits = arena_new(arena, struct search_hit, query->limit);
	for (size_t i = query->offset;
	     i < hits->count && out->count < query->limit; i++) {
		const struct memory_hit *hit = &hits->at[i];
		const struct search_document *d = &hit->document->document;

		out->hits[out->count++] = (struct search_hit){
			.kind = d->kind,
			.id = d->id,
			.rank = hit->rank,
			.step = hit->document->step,
		};
		if (query->want_text)
			hit_text(arena, d, &out->hits[out->count - 1]);
	}
	out->total = (uint32_t)hits->count;
	out->total_is_lower_bound =
		query->count_up_to > 0 && hits->count > query->count_up_to;
	if (out->total_is_lower_bound)
		out->total = query->count_up_to;
	out->worst = hits->worst;
}

/* Counts one value, known by its id or, for genres, by its folded name. */
static void
facet_add(struct arena *arena, struct search_facets *facets, const char *text,
	  int64_t id)
{
	for (size_t i = 0; i < facets->count; i++) {
		struct search_facet *facet = &facets->values[i];

		if (facet->id == id &&
		    (id != 0 || strcmp(fold_identity(arena, facet->text),
				       fold_identity(arena, text)) == 0)) {
			facet->count++;
			return;
		}
	}
	facets->values[facets->count++] = (struct search_facet){ text, id, 1 };
}

static int
facet_compare(const void *a, const void *b)
{
	const struct search_facet *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void
facets_finish(struct search_facets *facets)
{
	qsort(facets->values, facets->count, sizeof *facets->values,
	      facet_compare);
	if (facets->count > SEARCH_FACET_VALUES_MAX)
		facets->count = SEARCH_FACET_VALUES_MAX;
}

static const char *
artist_name(const struct memory_index *index, int64_t id)
{
	for (size_t i = 0; i < index->list.count; i++) {
		const struct search_document *d = &index->list.at[i]->document;

		if (d->kind == SEARCH_ARTIST && d->id == id)
			return d->title;
	}
	return "";
}

static void
kind_facets(const struct memory_index *index, struct arena *arena,
	    const struct memory_hits *hits, struct search_found *out)
{
	struct search_facets *const all[] = { &out->genres, &out->years,
					      &out->artists };

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		all[i]->values =
			arena_new(arena, struct search_facet, hits->count);
	for (size_t i = 0; i < hits->count; i++) {
		const struct search_document *d =
			&hits->at[i].document->document;

		if (*hits->at[i].document->genre_folded != '\0')
			facet_add(arena, &out->genres,
				  arena_copy_text(arena, d->genre), 0);
		if (d->year != 0)
			facet_add(arena, &out->years, NULL, d->year);
		if (d->artist_id != 0)
			facet_add(arena, &out->artists, NULL, d->artist_id);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		facets_finish(all[i]);
	for (size_t i = 0; i < out->artists.count; i++)
		out->artists.values[i].text = arena_copy_text(
			arena, artist_name(index, out->artists.values[i].id));
}

/* What was found of each word, as patterns of whole words and beginnings. */
struct pattern_sink {
	struct arena *arena;
	struct search_answer *out;
	size_t room;
};

static void
pattern_add(struct pattern_sink *sink, const struct plan_word *typed,
	    const struct memory_word *word, struct word_match match)
{
	struct search_answer *out = sink->out;
	const char *at = word->word.text;
	const char *end = at + word->word.length_bytes;

	if (out->pattern_count == sink->room) {
		size_t room = sink->room > 0 ? sink->room * 2 : 64;
		struct search_pattern *more =
			arena_new(sink->arena, struct search_pattern, room);

		if (sink->room > 0)
			memcpy(more, out->patterns, sink->room * sizeof *more);
		out->patterns = more;
		sink->room = room;
	}
	for (size_t i = 0; i < match.letters; i++)
		utf8_next(&at, end);
	out->patterns[out->pattern_count++] = (struct search_pattern){
		.text = arena_copy_bytes(sink->arena, word->word.text,
					 (size_t)(at - word->word.text)),
		.length_bytes = (uint16_t)(at - word->word.text),
		.word = typed->number,
		.prefix = match.letters < word->word.letters,
		.rank = match.rank,
	};
}

static void
reading_patterns(struct pattern_sink *sink,
		 const struct memory_document *document,
		 const struct plan_reading *reading, match_words *match)
{
	for (size_t i = 0; i < reading->count; i++) {
		for (size_t k = 0; k < document->word_count; k++) {
			struct word_match found =
				match(&reading->words[i], &document->words[k]);

			if (found.rank < SEARCH_UNRANKED)
				pattern_add(sink, &reading->words[i],
					    &document->words[k], found);
		}
	}
}

static void
hits_patterns(struct pattern_sink *sink, const struct search_plan *plan,
	      const struct memory_hits *hits)
{
	for (size_t i = 0; i < hits->count; i++) {
		for (size_t p = 0; p < plan->piece_count; p++) {
			reading_patterns(sink, hits->at[i].document,
					 &plan->pieces[p].typed, typed_match);
			reading_patterns(sink, hits->at[i].document,
					 &plan->pieces[p].other_layout,
					 other_layout_match);
		}
	}
}

/* The pieces of the query in the words of a document. */
static const char *
mean_of(struct arena *arena, const struct search_plan *plan,
	const struct memory_document *document)
{
	struct buffer text;
	const char *copy;

	buffer_init(&text, 0);
	for (size_t p = 0; p < plan->piece_count; p++) {
		const struct plan_piece *piece = &plan->pieces[p];
		bool other = piece_rank(document, piece) == SEARCH_LAYOUT;
		const struct plan_reading *reading =
			other ? &piece->other_layout : &piece->typed;

		for (size_t i = 0; i < reading->count; i++) {
			enum search_rank rank;
			const struct memory_word *word = best_word(
				document, &reading->words[i],
				other ? other_layout_match : typed_match,
				&rank);

			if (text.length > 0)
				buffer_add_char(&text, ' ');
			buffer_add_text(&text, word->word.text);
		}
	}
	copy = arena_copy_bytes(arena, text.bytes, text.length);
	buffer_release(&text);
	return copy;
}

/* A part of the query's pieces that finds something. */
static const char *
mean_of_part(const struct memory_index *index, struct arena *arena,
	     const struct search_query *query, const struct search_plan *plan,
	     size_t first, size_t end)
{
	struct search_plan part = *plan;

	part.pieces += first;
	part.piece_count = end - first;
	part.title_hash = 0;
	for (int k = 0; k < SEARCH_KINDS; k++) {
		struct memory_hits hits = { 0 };

		if (!(query->kinds & SEARCH_KIND_BIT(k)))
			continue;
		kind_find(index, arena, query, &part, (enum search_kind)k,
			  &hits);
		if (hits.count > 0)
			return mean_of(arena, &part, hits.at[0].document);
	}
	return NULL;
}

static const char *
mean_of_less(const struct memory_index *index, struct arena *arena,
	     const struct search_query *query, const struct search_plan *plan)
{
	size_t count = plan->piece_count;
	const char *mean = NULL;

	if (count < 2)
		return NULL;
	mean = mean_of_part(index, arena, query, plan, 0, count - 1);
	if (mean == NULL)
		mean = mean_of_part(index, arena, query, plan, 1, count);
	for (size_t i = 0; mean == NULL && i < count && i < 4; i++)
		mean = mean_of_part(index, arena, query, plan, i, i + 1);
	return mean;
}

static void
query_run(const struct memory_index *index, struct arena *arena,
	  const struct search_query *query, struct search_answer *out)
{
	struct pattern_sink sink = { .arena = arena, .out = out };
	struct memory_hit best = { NULL, SEARCH_UNRANKED };
	struct search_plan plan;

	search_plan_make(arena, query->text, &plan);
	if (plan.piece_count == 0)
		return;
	for (int k = 0; k < SEARCH_KINDS; k++) {
		struct memory_hits hits = { 0 };

		if (!(query->kinds & SEARCH_KIND_BIT(k)))
			continue;
		kind_find(index, arena, query, &plan, (enum search_kind)k,
			  &hits);
		kind_hits(arena, query, &hits, &out->found[k]);
		if (query->want_facets)
			kind_facets(index, arena, &hits, &out->found[k]);
		hits_patterns(&sink, &plan, &hits);
		if (hits.count > 0 && hits.at[0].rank < best.rank)
			best = hits.at[0];
	}
	if (best.document == NULL)
		out->did_you_mean = mean_of_less(index, arena, query, &plan);
	else if (best.rank == SEARCH_LAYOUT || best.rank >= SEARCH_TYPO)
		out->did_you_mean = mean_of(arena, &plan, best.document);
}

static enum status
memory_query(struct search_index *base, struct arena *arena,
	     const struct search_query *query, struct search_answer *out,
	     struct fault *fault)
{
	struct memory_index *index =
		container_of(base, struct memory_index, base);
	struct search_answer answer = { 0 };

	(void)fault;
	pthread_rwlock_rdlock(&index->lock);
	query_run(index, arena, query, &answer);
	pthread_rwlock_unlock(&index->lock);
	*out = answer;
	return STATUS_OK;
}

static enum status
memory_open(const struct search_open_args *args, struct search_index **out,
	    struct fault *fault)
{
	struct memory_index *index = mem_new(1, sizeof *index);

	(void)args;
	(void)fault;
	pthread_rwlock_init(&index->lock, NULL);
	index->generation = 1;
	*out = &index->base;
	return STATUS_OK;
}

static void
memory_close(struct search_index *base)
{
	struct memory_index *index =
		container_of(base, struct memory_index, base);

	list_release(&index->list);
	pthread_rwlock_destroy(&index->lock);
	free(index);
}

static enum status
memory_state(struct search_index *base, struct search_state *out,
	     struct fault *fault)
{
	struct memory_index *index =
		container_of(base, struct memory_index, base);
	struct search_state state = { 0 };

	(void)fault;
	pthread_rwlock_rdlock(&index->lock);
	state.watermark = index->watermark;
	state.generation = index->generation;
	state.is_new = index->generation == 1 && index->watermark == 0;
	for (size_t i = 0; i < index->list.count; i++)
		state.documents[index->list.at[i]->document.kind]++;
	pthread_rwlock_unlock(&index->lock);
	*out = state;
	return STATUS_OK;
}

static enum status
memory_update(struct search_index *base,
	      const struct search_document *documents, size_t count,
	      uint64_t after, uint64_t watermark, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct memory_index *index =
		container_of(base, struct memory_index, base);

	pthread_rwlock_wrlock(&index->lock);
	if (index->watermark < after) {
		status = fault_field(fault, STATUS_CONFLICT, "search",
				     "the index went back");
	} else if (watermark >= index->watermark) {
		for (size_t i = 0; i < count; i++)
			list_change(&index->list, &documents[i],
				    index->next_number++);
		index->watermark = watermark;
	}
	pthread_rwlock_unlock(&index->lock);
	return status;
}

static enum status
memory_rebuild_begin(struct search_index *base, struct search_rebuild **out,
		     struct fault *fault)
{
	struct memory_index *index =
		container_of(base, struct memory_index, base);
	struct memory_rebuild *rebuild;
	bool busy;

	pthread_rwlock_wrlock(&index->lock);
	busy = index->rebuilding;
	index->rebuilding = true;
	pthread_rwlock_unlock(&index->lock);
	if (busy)
		return fault_field(fault, STATUS_CONFLICT, "search",
				   "a rebuild is running");
	rebuild = mem_new(1, sizeof *rebuild);
	rebuild->base.index = base;
	*out = &rebuild->base;
	return STATUS_OK;
}

static enum status
memory_rebuild_add(struct search_rebuild *base,
		   const struct search_document *documents, size_t count,
		   struct fault *fault)
{
	struct memory_rebuild *rebuild =
		container_of(base, struct memory_rebuild, base);

	(void)fault;
	for (size_t i = 0; i < count; i++)
		list_change(&rebuild->list, &documents[i], i);
	return STATUS_OK;
}

static enum status
memory_rebuild_commit(struct search_rebuild *base, uint64_t watermark,
		      struct fault *fault)
{
	struct memory_rebuild *rebuild =
		container_of(base, struct memory_rebuild, base);
	struct memory_index *index =
		container_of(base->index, struct memory_index, base);

	(void)fault;
	pthread_rwlock_wrlock(&index->lock);
	list_release(&index->list);
	index->list = rebuild->list;
	for (size_t i = 0; i < index->list.count; i++)
		index->list.at[i]->number = index->next_number++;
	index->watermark = watermark;
	index->generation++;
	index->rebuilding = false;
	pthread_rwlock_unlock(&index->lock);
	free(rebuild);
	return STATUS_OK;
}

static void
memory_rebuild_abort(struct search_rebuild *base)
{
	struct memory_rebuild *rebuild =
		container_of(base, struct memory_rebuild, base);
	struct memory_index *index =
		container_of(base->index, struct memory_index, base);

	pthread_rwlock_wrlock(&index->lock);
	index->rebuilding = false;
	pthread_rwlock_unlock(&index->lock);
	list_release(&rebuild->list);
	free(rebuild);
}

static enum status
memory_reset(struct search_index *base, struct fault *fault)
{
	struct memory_index *index =
		container_of(base, struct memory_index, base);

	(void)fault;
	pthread_rwlock_wrlock(&index->lock);
	list_release(&index->list);
	index->watermark = 0;
	index->generation = 1;
	pthread_rwlock_unlock(&index->lock);
	return STATUS_OK;
}

static enum status
memory_tidy(struct search_index *base, struct fault *fault)
{
	(void)base;
	(void)fault;
	return STATUS_OK;
}

const struct search_driver search_driver_memory = {
	.name = "memory",
	.summary = "a list in memory, for tests",
	.open = memory_open,
	.close = memory_close,
	.state = memory_state,
	.update = memory_update,
	.query = memory_query,
	.rebuild_begin = memory_rebuild_begin,
	.rebuild_add = memory_rebuild_add,
	.rebuild_commit = memory_rebuild_commit,
	.rebuild_abort = memory_rebuild_abort,
	.reset = memory_reset,
	.tidy = memory_tidy,
};
