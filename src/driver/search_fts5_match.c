/* search_fts5_match.c - what the words of a query may mean, by the words in
 * memory, and the MATCH expressions that say so; see search_fts5.h. */
#include "driver/search_fts5.h"

/* Beginnings that the index keeps no list for are written out as the words that
 * begin so, when these are few: FTS5 would gather all their documents before
 * the first, a list of words stops early. */
#define PREFIX_WORDS_MAX 64

/* Beginnings of so few letters have this many patterns of sound, or more when
 * these stand for too little. */
#define CHOICES_BEGUN 6
#define BEGUN_DOCUMENTS 100

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

/* What is begun so shortly is asked for with every key pressed, and where there
 * is much some will do. */
static void
begun_cut(struct term_matches *matches)
{
	uint64_t documents = 0;
	size_t count = 0;

	while (count < matches->count &&
	       (count < CHOICES_BEGUN || documents < BEGUN_DOCUMENTS))
		documents += matches->at[count++].documents;
	matches->count = count;
}

static void
key_word(struct fts5_search *search, struct plan_word *word)
{
	struct term_matches matches = { .arena = search->arena,
					.kinds = search->kinds };
	bool begun = word->prefix && word->letters <= FTS5_BEGUN_LETTERS;

	if (word->key_length == 0)
		return;
	if (begun)
		term_list_key_begun(search->terms, word->key, word->key_length,
				    FTS5_BEGUN_LETTERS, &matches);
	else
		term_list_key(search->terms, word->key, word->key_length,
			      word->prefix, &matches);
	term_matches_finish(&matches, search->choices_max);
	if (begun)
		begun_cut(&matches);
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

static size_t
letters_of(const char *text, size_t length)
{
	size_t letters = 0;

	for (size_t i = 0; i < length; i++)
		letters += ((unsigned char)text[i] & 0xC0) != 0x80;
	return letters;
}

static void
leaf_add(struct arena *arena, struct fts5_leaves *leaves, struct fts5_leaf leaf)
{
	if (leaves->count == leaves->room) {
		size_t room = leaves->room > 0 ? leaves->room * 2 : 8;
		struct fts5_leaf *at = arena_new(arena, struct fts5_leaf, room);

		if (leaves->count > 0)
			memcpy(at, leaves->at, leaves->count * sizeof *at);
		leaves->at = at;
		leaves->room = room;
	}
	leaves->at[leaves->count++] = leaf;
}

/* A beginning as the words that begin so; false: there are too many. */
static bool
leaves_add_begun(const struct fts5_search *search,
		 const struct search_pattern *pattern, enum search_kind kind,
		 struct fts5_leaves *out)
{
	struct term_matches matches = { .arena = search->arena,
					.kinds = SEARCH_KIND_BIT(kind) };

	if (letters_of(pattern->text, pattern->length_bytes) <=
	    FTS5_BEGUN_LETTERS)
		return false;
	term_list_prefix(search->terms, pattern->text, pattern->length_bytes,
			 PREFIX_WORDS_MAX, &matches);
	if (matches.count > PREFIX_WORDS_MAX)
		return false;
	for (size_t i = 0; i < matches.count; i++)
		leaf_add(search->arena, out,
			 (struct fts5_leaf){
				 .text = matches.at[i].text,
				 .length = matches.at[i].length_bytes,
				 .documents = matches.at[i].documents });
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

void
fts5_leaves_add(const struct fts5_search *search, const struct plan_word *word,
		enum search_kind kind, enum search_rank best,
		enum search_rank worst, struct fts5_leaves *out)
{
	for (size_t i = 0; i < word->pattern_count; i++) {
		const struct plan_pattern *at = &word->patterns[i];
		const struct search_pattern *pattern = &at->pattern;

		if (pattern->rank > worst)
			break;
		if (pattern->rank < best ||
		    !(at->kinds & SEARCH_KIND_BIT(kind)) ||
		    pattern_is_covered(word, i, kind, worst) ||
		    (pattern->prefix &&
		     leaves_add_begun(search, pattern, kind, out)))
			continue;
		leaf_add(search->arena, out,
			 (struct fts5_leaf){ .text = pattern->text,
					     .length = pattern->length_bytes,
					     .prefix = pattern->prefix,
					     .documents = at->documents });
	}
}

/* What an expression is made for. */
struct expression {
	const struct fts5_search *search;
	enum search_kind kind;
	enum search_rank worst;
	struct buffer *out;
};

static void
expression_text(struct buffer *out, const char *text, size_t length)
{
	const char *quote;

	buffer_add_char(out, '"');
	while ((quote = memchr(text, '"', length)) != NULL) {
		size_t part = (size_t)(quote + 1 - text);

		buffer_add(out, text, part);
		buffer_add_char(out, '"');
		text += part;
		length -= part;
	}
	buffer_add(out, text, length);
	buffer_add_char(out, '"');
}

/* "a" OR "b"* … */
static void
expression_leaves(struct buffer *out, const struct fts5_leaves *leaves)
{
	for (size_t i = 0; i < leaves->count; i++) {
		if (i > 0)
			buffer_add_text(out, " OR ");
		expression_text(out, leaves->at[i].text, leaves->at[i].length);
		if (leaves->at[i].prefix)
			buffer_add_char(out, '*');
	}
}

const char *
fts5_expression_any(struct arena *arena, const struct fts5_leaves *leaves)
{
	const char *copy;
	struct buffer out;

	buffer_init(&out, 0);
	expression_leaves(&out, leaves);
	copy = arena_copy_bytes(arena, out.bytes, out.length);
	buffer_release(&out);
	return copy;
}

/* False when no pattern is wanted. */
static bool
expression_word(const struct expression *to, enum search_rank best,
		const struct plan_word *word)
{
	struct fts5_leaves leaves = { 0 };

	fts5_leaves_add(to->search, word, to->kind, best, to->worst, &leaves);
	buffer_add_char(to->out, '(');
	expression_leaves(to->out, &leaves);
	buffer_add_char(to->out, ')');
	return leaves.count > 0;
}

/* All words of a reading; false, and nothing added, when one has no pattern. */
static bool
expression_reading(const struct expression *to, enum search_rank best,
		   const struct plan_reading *reading)
{
	size_t before = to->out->length;

	for (size_t i = 0; i < reading->count; i++) {
		if (i > 0)
			buffer_add_text(to->out, " AND ");
		if (expression_word(to, best, &reading->words[i]))
			continue;
		to->out->length = before;
		return false;
	}
	return reading->count > 0;
}

static bool
expression_piece(const struct expression *to, const struct plan_piece *piece)
{
	bool typed, other;
	size_t before;

	buffer_add_char(to->out, '(');
	typed = expression_reading(to, piece->best, &piece->typed);
	before = to->out->length;
	if (typed)
		buffer_add_text(to->out, ") OR (");
	other = to->worst >= SEARCH_LAYOUT &&
		expression_reading(to, piece->best, &piece->other_layout);
	if (!other)
		to->out->length = before;
	buffer_add_char(to->out, ')');
	return typed || other;
}

/* All pieces; false when one cannot match. */
static bool
expression_plan(const struct expression *to, const struct search_plan *plan)
{
	for (size_t i = 0; i < plan->piece_count; i++) {
		buffer_add_text(to->out, i > 0 ? " AND (" : "(");
		if (!expression_piece(to, &plan->pieces[i]))
			return false;
		buffer_add_char(to->out, ')');
	}
	return plan->piece_count > 0;
}

const char *
fts5_expression(const struct fts5_search *search,
		const struct search_plan *plan, enum search_kind kind,
		enum search_rank worst, const char *filter)
{
	struct buffer out;
	struct expression to = {
		.search = search, .kind = kind, .worst = worst, .out = &out
	};
	const char *copy = NULL;
	bool alive;

	buffer_init(&out, 0);
	buffer_add_char(&out, '(');
	alive = expression_plan(&to, plan);
	buffer_add_char(&out, ')');
	buffer_add_text(&out, filter);
	if (alive && !out.full)
		copy = arena_copy_bytes(search->arena, out.bytes, out.length);
	buffer_release(&out);
	return copy;
}

static bool
reading_has(const struct plan_reading *reading, enum search_kind kind,
	    enum search_rank best, enum search_rank worst)
{
	for (size_t i = 0; i < reading->count; i++) {
		const struct plan_word *word = &reading->words[i];

		for (size_t k = 0; k < word->pattern_count; k++) {
			const struct plan_pattern *at = &word->patterns[k];

			if (at->pattern.rank >= best &&
			    at->pattern.rank <= worst &&
			    (at->kinds & SEARCH_KIND_BIT(kind)))
				return true;
		}
	}
	return false;
}

bool
fts5_piece_has(const struct plan_piece *piece, enum search_kind kind,
	       enum search_rank best, enum search_rank worst)
{
	return reading_has(&piece->typed, kind, best, worst) ||
	       reading_has(&piece->other_layout, kind, best, worst);
}

static uint64_t
reading_estimate(const struct plan_reading *reading, enum search_rank best,
		 enum search_rank worst)
{
	uint64_t least = reading->count == 0 ? 0 : UINT64_MAX;

	for (size_t i = 0; i < reading->count; i++) {
		const struct plan_word *word = &reading->words[i];
		uint64_t all = 0;

		for (size_t k = 0; k < word->pattern_count; k++) {
			if (word->patterns[k].pattern.rank >= best &&
			    word->patterns[k].pattern.rank <= worst)
				all += word->patterns[k].documents;
		}
		least = all < least ? all : least;
	}
	return least;
}

uint64_t
fts5_estimate(const struct plan_piece *piece, enum search_rank worst)
{
	return reading_estimate(&piece->typed, piece->best, worst) +
	       reading_estimate(&piece->other_layout, piece->best, worst);
}
