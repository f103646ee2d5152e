/* search_fts5_match.c - what the words of a query may mean, by the words in
 * memory, and the MATCH expressions that say so; see search_fts5.h. */
#include "driver/search_fts5.h"

/* Beginnings that the index keeps lists for. Longer ones are written out as
 * the words that begin so, when these are few: FTS5 would gather all their
 * documents before the first, a list of words stops early. */
#define PREFIX_LETTERS_INDEXED 4
#define PREFIX_WORDS_MAX 64
#define CHOICES_BEGUN 6

static bool
text_begins(const char *text, size_t length, const struct plan_word *word)
{
	return length >= word->length_bytes &&
	       memcmp(text, word->text, word->length_bytes) == 0;
}

/* True when the word itself, or for the last one its beginning, says it. */
static bool
match_is_plain(const struct plan_word *word, const struct term_match *match)
{
	if (word->prefix)
		return text_begins(match->text, match->length_bytes, word);
	return !match->prefix && match->length_bytes == word->length_bytes &&
	       memcmp(match->text, word->text, word->length_bytes) == 0;
}

static void
pattern_add(struct fts5_search *search, struct plan_word *word,
	    const struct term_match *match, enum search_rank rank)
{
	const struct plan_pattern pattern = {
		.pattern = {
			/* outlives the words in memory */
			.text = arena_copy_bytes(search->arena, match->text,
						 match->length_bytes),
			.length_bytes = match->length_bytes,
			.prefix = match->prefix,
			.rank = rank,
		},
		.kinds = match->kinds,
		.documents = match->documents,
	};

	plan_word_add(search->arena, word, &pattern);
}

/* The word itself and, for the last one, what begins with it. */
static void
find_plain(struct fts5_search *search, struct plan_word *word,
	   enum search_rank whole, enum search_rank begun)
{
	struct term_match match = { 0 };
	uint64_t documents = 0;

	if (term_find(search->terms, word->text, word->length_bytes,
		      search->kinds, &match)) {
		pattern_add(search, word, &match, whole);
		documents = match.documents;
	}
	if (word->prefix &&
	    term_find_prefix(search->terms, word->text, word->length_bytes,
			     search->kinds, &match) &&
	    match.documents > documents)
		pattern_add(search, word, &match, begun);
}

static void
find_loose(struct fts5_search *search, struct plan_word *word, bool prefix)
{
	struct term_matches matches = { .arena = search->arena,
					.kinds = search->kinds };

	term_list_loose(search->terms, word->text, word->length_bytes, prefix,
			&matches);
	term_matches_finish(&matches, search->choices_max);
	for (size_t i = 0; i < matches.count; i++)
		pattern_add(search, word, &matches.at[i],
			    prefix ? SEARCH_PREFIX : SEARCH_LOOSE);
}

typedef void visit_word(struct fts5_search *search, struct plan_word *word);

static void
reading_each(struct fts5_search *search, struct plan_reading *reading,
	     visit_word *visit)
{
	for (size_t i = 0; i < reading->count; i++)
		visit(search, &reading->words[i]);
}

static void
base_word(struct fts5_search *search, struct plan_word *word)
{
	find_plain(search, word, SEARCH_EXACT, SEARCH_PREFIX);
	find_loose(search, word, false);
	if (word->prefix)
		find_loose(search, word, true);
}

void
fts5_find_base(struct fts5_search *search)
{
	for (size_t i = 0; i < search->plan.piece_count; i++)
		reading_each(search, &search->plan.pieces[i].typed, base_word);
}

static void
layout_word(struct fts5_search *search, struct plan_word *word)
{
	find_plain(search, word, SEARCH_LAYOUT, SEARCH_LAYOUT);
}

static void
key_word(struct fts5_search *search, struct plan_word *word)
{
	struct term_matches matches = { .arena = search->arena,
					.kinds = search->kinds };
	bool begun = word->prefix && word->letters <= PREFIX_LETTERS_INDEXED;

	if (word->key_length == 0)
		return;
	term_list_key(search->terms, word->key, word->key_length, word->prefix,
		      &matches);
	term_matches_finish(&matches, search->choices_max);
	/* What is begun so shortly is asked for with every key pressed, and
	 * where there is much some will do. */
	if (begun && matches.count == search->choices_max &&
	    matches.count > CHOICES_BEGUN)
		matches.count = CHOICES_BEGUN;
	for (size_t i = 0; i < matches.count; i++) {
		if (!match_is_plain(word, &matches.at[i]))
			pattern_add(search, word, &matches.at[i],
				    SEARCH_TRANSLIT);
	}
}

void
fts5_find_sound(struct fts5_search *search)
{
	if (search->has_sound)
		return;
	search->has_sound = true;
	for (size_t i = 0; i < search->plan.piece_count; i++) {
		struct plan_piece *piece = &search->plan.pieces[i];

		reading_each(search, &piece->other_layout, layout_word);
		reading_each(search, &piece->typed, key_word);
	}
}

static void
typo_word(struct fts5_search *search, struct plan_word *word)
{
	struct term_matches matches = { .arena = search->arena,
					.kinds = search->kinds };

	if (word->edits > 0)
		term_list_typo(search->terms, word->text, word->length_bytes,
			       word->edits, word->prefix, &matches);
	if (word->key_edits > 0)
		term_list_key_typo(search->terms, word->key, word->key_length,
				   word->key_edits, word->prefix,
				   word->is_latin, &matches);
	term_matches_finish(&matches, search->choices_max);
	for (size_t i = 0; i < matches.count; i++) {
		/* Distance 0 is a better rank's finding. */
		if (matches.at[i].distance > 0)
			pattern_add(search, word, &matches.at[i],
				    matches.at[i].distance == 1
					    ? SEARCH_TYPO
					    : SEARCH_TYPO_TWICE);
	}
}

void
fts5_find_typos(struct fts5_search *search)
{
	if (search->has_typos)
		return;
	search->has_typos = true;
	for (size_t i = 0; i < search->plan.piece_count; i++)
		reading_each(search, &search->plan.pieces[i].typed, typo_word);
}

static void
expression_text(struct buffer *out, const char *text, size_t length)
{
	buffer_add_char(out, '"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			buffer_add_char(out, '"');
		buffer_add_char(out, text[i]);
	}
	buffer_add_char(out, '"');
}

static void
expression_or(struct buffer *out, size_t *count)
{
	if ((*count)++ > 0)
		buffer_add_text(out, " OR ");
}

static size_t
letters_of(const char *text, size_t length)
{
	size_t letters = 0;

	for (size_t i = 0; i < length; i++)
		letters += ((unsigned char)text[i] & 0xC0) != 0x80;
	return letters;
}

/* A beginning as the words that begin so; false: there are too many. */
static bool
expression_begun(struct buffer *out, const struct fts5_search *search,
		 enum search_kind kind, const struct search_pattern *pattern,
		 size_t *count)
{
	struct term_matches matches = { .arena = search->arena,
					.kinds = SEARCH_KIND_BIT(kind) };

	if (letters_of(pattern->text, pattern->length_bytes) <=
	    PREFIX_LETTERS_INDEXED)
		return false;
	term_list_prefix(search->terms, pattern->text, pattern->length_bytes,
			 PREFIX_WORDS_MAX, &matches);
	if (matches.count > PREFIX_WORDS_MAX)
		return false;
	for (size_t i = 0; i < matches.count; i++) {
		expression_or(out, count);
		expression_text(out, matches.at[i].text,
				matches.at[i].length_bytes);
	}
	return true;
}

/* True when another pattern of the word, up to `worst`, says the same and
 * more. */
static bool
pattern_is_covered(const struct plan_word *word, size_t which,
		   enum search_kind kind, enum search_rank worst)
{
	const struct search_pattern *this = &word->patterns[which].pattern;

	for (size_t i = 0; i < word->pattern_count; i++) {
		const struct search_pattern *other = &word->patterns[i].pattern;

		if (other->rank > worst)
			break;
		if (i == which || !other->prefix ||
		    !(word->patterns[i].kinds & SEARCH_KIND_BIT(kind)) ||
		    other->length_bytes > this->length_bytes ||
		    memcmp(other->text, this->text, other->length_bytes) != 0)
			continue;
		if (other->length_bytes < this->length_bytes || !this->prefix ||
		    i < which)
			return true;
	}
	return false;
}

/* "a" OR "b"* …; false when no pattern is of this kind and rank. */
static bool
expression_word(struct buffer *out, const struct fts5_search *search,
		enum search_kind kind, enum search_rank worst,
		const struct plan_word *word)
{
	size_t count = 0;

	buffer_add_char(out, '(');
	for (size_t i = 0; i < word->pattern_count; i++) {
		const struct plan_pattern *at = &word->patterns[i];
		const struct search_pattern *pattern = &at->pattern;

		if (pattern->rank > worst)
			break;
		if (!(at->kinds & SEARCH_KIND_BIT(kind)) ||
		    pattern_is_covered(word, i, kind, worst) ||
		    (pattern->prefix &&
		     expression_begun(out, search, kind, pattern, &count)))
			continue;
		expression_or(out, &count);
		expression_text(out, pattern->text, pattern->length_bytes);
		if (pattern->prefix)
			buffer_add_char(out, '*');
	}
	buffer_add_char(out, ')');
	return count > 0;
}

/* All words of a reading; false, and nothing added, when one has no pattern. */
static bool
expression_reading(struct buffer *out, const struct fts5_search *search,
		   enum search_kind kind, enum search_rank worst,
		   const struct plan_reading *reading)
{
	size_t before = out->length;

	for (size_t i = 0; i < reading->count; i++) {
		if (i > 0)
			buffer_add_text(out, " AND ");
		if (expression_word(out, search, kind, worst,
				    &reading->words[i]))
			continue;
		out->length = before;
		return false;
	}
	return reading->count > 0;
}

static bool
expression_piece(struct buffer *out, const struct fts5_search *search,
		 enum search_kind kind, enum search_rank worst,
		 const struct plan_piece *piece)
{
	bool typed, other;
	size_t before;

	buffer_add_char(out, '(');
	typed = expression_reading(out, search, kind, worst, &piece->typed);
	before = out->length;
	if (typed)
		buffer_add_text(out, ") OR (");
	other = worst >= SEARCH_LAYOUT &&
		expression_reading(out, search, kind, worst,
				   &piece->other_layout);
	if (!other)
		out->length = before;
	buffer_add_char(out, ')');
	return typed || other;
}

const char *
fts5_expression(const struct fts5_search *search,
		const struct search_plan *plan, enum search_kind kind,
		enum search_rank worst, const char *filter)
{
	struct buffer out;
	bool alive = plan->piece_count > 0;
	const char *copy = NULL;

	buffer_init(&out, 0);
	for (size_t i = 0; alive && i < plan->piece_count; i++) {
		buffer_add_text(&out, i > 0 ? " AND (" : "(");
		alive = expression_piece(&out, search, kind, worst,
					 &plan->pieces[i]);
		buffer_add_char(&out, ')');
	}
	buffer_add_text(&out, filter);
	if (alive && !out.full)
		copy = arena_copy_bytes(search->arena, out.bytes, out.length);
	buffer_release(&out);
	return copy;
}

static uint64_t
reading_estimate(const struct plan_reading *reading, enum search_rank worst)
{
	uint64_t least = reading->count == 0 ? 0 : UINT64_MAX;

	for (size_t i = 0; i < reading->count; i++) {
		const struct plan_word *word = &reading->words[i];
		uint64_t all = 0;

		for (size_t k = 0; k < word->pattern_count; k++) {
			if (word->patterns[k].pattern.rank <= worst)
				all += word->patterns[k].documents;
		}
		least = all < least ? all : least;
	}
	return least;
}

uint64_t
fts5_estimate(const struct plan_piece *piece, enum search_rank worst)
{
	return reading_estimate(&piece->typed, worst) +
	       reading_estimate(&piece->other_layout, worst);
}
