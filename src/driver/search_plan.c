/* search_plan.c - taking a query apart; see search_plan.h. */
#include "driver/search_plan.h"

#include "driver/search_distance.h"
#include "driver/search_layout.h"
#include "driver/search_translit.h"

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

/* A number with a slip is another number. */
static bool
is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == 0;
}

static uint8_t
least_edits(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

static void
word_make(struct search_plan *plan, const struct search_word *from,
	  struct plan_word *out)
{
	char key[SEARCH_KEY_BYTES];
	size_t key_length =
		search_translit_key(from->text, from->length_bytes, key);

	*out = (struct plan_word){
		.text = from->text,
		.length_bytes = from->length_bytes,
		.letters = from->letters,
		.number = (uint8_t)plan->word_count++,
		.is_latin = is_ascii(from->text),
		.edits = is_number(from->text)
				 ? 0
				 : search_edits_allowed(from->letters),
		.key = arena_copy_bytes(plan->arena, key, key_length),
		.key_length = (uint16_t)key_length,
	};
	out->key_edits =
		least_edits(out->edits, search_edits_allowed(key_length));
}

static void
reading_make(struct search_plan *plan, const struct search_words *words,
	     struct plan_reading *out)
{
	size_t room = SEARCH_QUERY_WORDS_MAX * 2 - plan->word_count;
	size_t count = words->count < room ? words->count : room;

	*out = (struct plan_reading){
		arena_new(plan->arena, struct plan_word, count), count
	};
	for (size_t i = 0; i < count; i++)
		word_make(plan, &words->at[i], &out->words[i]);
}

static bool
words_equal(const struct search_words *a, const struct plan_reading *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->at[i].text, b->words[i].text) != 0)
			return false;
	}
	return true;
}

/* Gives how many words were typed. */
static size_t
piece_make(struct search_plan *plan, struct span text, size_t room,
	   bool only_signs, struct plan_piece *out)
{
	struct search_words words = { 0 }, other = { 0 };
	char *other_text;

	search_words_add(plan->arena, text, SEARCH_WORDS_OF_QUERY, &words);
	if (words.count == 0 || (words.only_signs && !only_signs))
		return 0;
	if (words.count > room)
		words.count = room;
	reading_make(plan, &words, &out->typed);
	other_text = search_layout_other(plan->arena, text);
	if (other_text == NULL)
		return words.count;
	search_words_add(plan->arena, span_of(other_text),
			 SEARCH_WORDS_OF_QUERY, &other);
	if (other.count > 0 && other.count <= SEARCH_QUERY_WORDS_MAX &&
	    !other.only_signs && !words_equal(&other, &out->typed))
		reading_make(plan, &other, &out->other_layout);
	return words.count;
}

static struct span
piece_next(const char **at, const char *end)
{
	const char *start = *at, *next;

	while (start < end) {
		next = start;
		if (!search_is_blank(utf8_next(&next, end)))
			break;
		start = next;
	}
	for (*at = start; *at < end; *at = next) {
		next = *at;
		if (search_is_blank(utf8_next(&next, end)))
			break;
	}
	return (struct span){ start, (size_t)(*at - start) };
}

static void
reading_end(struct plan_reading *reading)
{
	if (reading->count > 0)
		reading->words[reading->count - 1].prefix = true;
}

void
search_plan_make(struct arena *arena, const char *text, struct search_plan *out)
{
	size_t length =
		utf8_cut(text, strnlen(text, SEARCH_QUERY_BYTES_MAX + 1),
			 SEARCH_QUERY_BYTES_MAX);
	const char *at = text, *end = text + length;
	size_t room = SEARCH_QUERY_WORDS_MAX;
	struct search_words all = { 0 };

	*out = (struct search_plan){ .arena = arena };
	search_words_add(arena, (struct span){ text, length },
			 SEARCH_WORDS_OF_QUERY, &all);
	if (all.count == 0)
		return;
	out->title_hash =
		search_title_hash(arena, (struct span){ text, length });
	out->pieces =
		arena_new(arena, struct plan_piece, SEARCH_QUERY_WORDS_MAX);
	while (room > 0 && at < end) {
		struct plan_piece *piece = &out->pieces[out->piece_count];
		struct span part = piece_next(&at, end);
		size_t used = part.length == 0
				      ? 0
				      : piece_make(out, part, room,
						   all.only_signs, piece);

		room -= used;
		out->piece_count += used > 0;
	}
	if (out->piece_count == 0)
		return;
	reading_end(&out->pieces[out->piece_count - 1].typed);
	reading_end(&out->pieces[out->piece_count - 1].other_layout);
}

void
plan_word_add(struct arena *arena, struct plan_word *word,
	      const struct plan_pattern *pattern)
{
	struct plan_pattern *at;

	if (word->pattern_count == word->pattern_room) {
		word->pattern_room =
			word->pattern_room > 0 ? word->pattern_room * 2 : 8;
		at = arena_new(arena, struct plan_pattern, word->pattern_room);
		if (word->pattern_count > 0)
			memcpy(at, word->patterns,
			       word->pattern_count * sizeof *at);
		word->patterns = at;
	}
	at = word->patterns + word->pattern_count++;
	while (at > word->patterns &&
	       at[-1].pattern.rank > pattern->pattern.rank) {
		at[0] = at[-1];
		at--;
	}
	*at = *pattern;
	at->pattern.word = word->number;
}

static enum search_rank
word_rank(const struct plan_word *word, const struct search_words *words,
	  enum search_rank worst)
{
	for (size_t i = 0; i < word->pattern_count; i++) {
		const struct search_pattern *pattern =
			&word->patterns[i].pattern;

		if (pattern->rank > worst)
			break;
		for (size_t k = 0; k < words->count; k++) {
			if (search_pattern_matches(pattern, &words->at[k]))
				return pattern->rank;
		}
	}
	return SEARCH_UNRANKED;
}

static enum search_rank
reading_rank(const struct plan_reading *reading,
	     const struct search_words *words, enum search_rank worst)
{
	enum search_rank rank =
		reading->count > 0 ? SEARCH_EXACT : SEARCH_UNRANKED;

	for (size_t i = 0; i < reading->count && rank < SEARCH_UNRANKED; i++) {
		enum search_rank here =
			word_rank(&reading->words[i], words, worst);

		rank = here > rank ? here : rank;
	}
	return rank;
}

enum search_rank
search_plan_rank(const struct search_plan *plan,
		 const struct search_words *words, enum search_rank worst)
{
	enum search_rank rank = SEARCH_EXACT;

	for (size_t i = 0; i < plan->piece_count && rank < SEARCH_UNRANKED;
	     i++) {
		enum search_rank here =
			reading_rank(&plan->pieces[i].typed, words, worst);
		enum search_rank other = reading_rank(
			&plan->pieces[i].other_layout, words, worst);

		here = other < here ? other : here;
		rank = here > rank ? here : rank;
	}
	return rank;
}
