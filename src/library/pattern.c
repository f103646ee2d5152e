/* pattern.c - see pattern.h.
 *
 * The classes come from fold_identity() itself, over the letters that music is
 * tagged with; a letter beyond them stands for itself. */
#include "library/pattern.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/text.h"

/* The letters of European tags, and quotes and dashes. Not more: each letter of
 * a class is compared with each of a title, and a title holds hardly others. */
static const struct {
	uint32_t first, last;
} ranges[] = {
	{ 0x21, 0x17f },  { 0x386, 0x3ce },   { 0x400, 0x45f },
	{ 0x490, 0x491 }, { 0x2010, 0x2033 },
};

struct letter {
	uint32_t folded, letter;
};

static struct letter *letters; /* by folded, then letter */
static size_t letter_count;
static pthread_once_t letters_once = PTHREAD_ONCE_INIT;

static int
letter_compare(const void *a, const void *b)
{
	const struct letter *left = a, *right = b;

	if (left->folded != right->folded)
		return left->folded < right->folded ? -1 : 1;
	return (left->letter > right->letter) - (left->letter < right->letter);
}

/* What one letter folds to; 0 when that is not one letter. */
static uint32_t
letter_fold(struct arena *arena, uint32_t letter)
{
	char text[5] = "";
	const char *at, *end;
	uint32_t folded;

	utf8_write(letter, text);
	at = fold_identity(arena, text);
	end = at + strlen(at);
	if (at == end)
		return 0;
	folded = utf8_next(&at, end);
	return at == end ? folded : 0;
}

static void
letters_make(void)
{
	struct arena arena;
	size_t room = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++)
		room += ranges[i].last - ranges[i].first + 1;
	letters = mem_new(room, sizeof *letters);
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++) {
		for (uint32_t c = ranges[i].first; c <= ranges[i].last; c++) {
			uint32_t folded = letter_fold(&arena, c);

			arena_reset(&arena);
			if (folded != 0)
				letters[letter_count++] =
					(struct letter){ folded, c };
		}
	}
	arena_release(&arena);
	qsort(letters, letter_count, sizeof *letters, letter_compare);
}

/* These mean something inside a class; together they are any sign. */
static bool
is_awkward(uint32_t letter)
{
	return letter < 0x80 && strchr("[]^-\\!", (int)letter) != NULL;
}

static void
add_letter(struct buffer *out, uint32_t letter)
{
	char text[4];

	buffer_add(out, text, utf8_write(letter, text));
}

static void
add_class(struct buffer *out, uint32_t folded)
{
	struct letter key = { .folded = folded };
	size_t first = 0, last = letter_count;

	if (is_awkward(folded)) {
		buffer_add_text(out, "[!-~]");
		return;
	}
	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (letter_compare(&letters[middle], &key) < 0)
			first = middle + 1;
		else
			last = middle;
	}
	if (first == letter_count || letters[first].folded != folded) {
		add_letter(out, folded);
		return;
	}
	buffer_add_char(out, '[');
	for (; first < letter_count && letters[first].folded == folded;
	     first++) {
		if (!is_awkward(letters[first].letter))
			add_letter(out, letters[first].letter);
	}
	buffer_add_char(out, ']');
}

const char *
pattern_of(struct arena *arena, const char *text)
{
	const char *at = fold_identity(arena, text);
	const char *end = at + strlen(at), *pattern;
	struct buffer out;

	pthread_once(&letters_once, letters_make);
	buffer_init(&out, 0);
	for (int i = 0; i < PATTERN_LETTERS_MAX && at < end; i++) {
		uint32_t folded = utf8_next(&at, end);

		if (folded == ' ')
			buffer_add_char(&out, ' ');
		else
			add_class(&out, folded);
	}
	pattern = arena_copy_text(arena, out.length > 0 ? out.bytes : "");
	buffer_release(&out);
	return pattern;
}
