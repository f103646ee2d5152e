/* search_terms.c - runs and sets of words: making, merging, keeping; the
 * looking is in search_terms_find.c. See search_terms.h.
 *
 * A run is one block of memory that is also its form on disk: a header, then
 * the arrays in falling order of alignment. */
#include "driver/search_terms.h"

#include <stdlib.h>

#include "driver/search.h"
#include "driver/search_terms_inside.h"
#include "driver/search_translit.h"

#define RUN_MAGIC 0x314E5552u /* "RUN1" */
#define RUN_WORDS_MAX (1u << 26)
#define RUN_TEXT_MAX (1u << 30)

/* What comes first in the block. Counts of words, then bytes of text. */
struct run_header {
	uint32_t magic;
	uint32_t count[TERM_LISTS];
	uint32_t text_bytes[TERM_LISTS];
	uint32_t spare;
};

static size_t
run_size(const struct run_header *header)
{
	size_t size = sizeof *header;

	for (size_t i = 0; i < TERM_LISTS; i++)
		size += ((size_t)header->count[i] + 1) * 4 +
			(size_t)header->count[i] * 4 + header->text_bytes[i];
	return size + header->count[TERM_WORDS];
}

/* Points the run's arrays into its block. */
static void
run_lay_out(struct term_run *run)
{
	const struct run_header *header = (const void *)run->block;
	char *at = run->block + sizeof *header;

	for (size_t i = 0; i < TERM_LISTS; i++) {
		struct term_list *list = &run->list[i];

		list->count = header->count[i];
		list->offset = (uint32_t *)(void *)at;
		at += ((size_t)list->count + 1) * 4;
		list->number = (uint32_t *)(void *)at;
		at += (size_t)list->count * 4;
	}
	run->flags = (uint8_t *)at;
	at += header->count[TERM_WORDS];
	for (size_t i = 0; i < TERM_LISTS; i++) {
		run->list[i].text = at;
		at += header->text_bytes[i];
	}
	run->block_bytes = (size_t)(at - run->block);
}

static struct term_run *
run_alloc(const struct run_header *header)
{
	struct term_run *run = mem_new(1, sizeof *run);

	run->references = 1;
	run->block = mem_new(1, run_size(header));
	memcpy(run->block, header, sizeof *header);
	run_lay_out(run);
	return run;
}

static int
bytes_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t least = a_length < b_length ? a_length : b_length;
	int order = memcmp(a, b, least);

	if (order != 0)
		return order;
	return a_length < b_length ? -1 : a_length > b_length;
}

static int
input_compare(const void *a, const void *b)
{
	const struct term_input *x = a, *y = b;

	return bytes_compare(x->text, x->length_bytes, y->text,
			     y->length_bytes);
}

static size_t
inputs_merge(struct term_input *inputs, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 &&
		    input_compare(&inputs[kept - 1], &inputs[i]) == 0) {
			inputs[kept - 1].kinds |= inputs[i].kinds;
			inputs[kept - 1].documents += inputs[i].documents;
		} else {
			inputs[kept++] = inputs[i];
		}
	}
	return kept;
}

/* A key and the word it belongs to, until both arrays are laid out. */
struct alias {
	uint32_t word;
	uint32_t at; /* in the text of keys */
	uint16_t length;
	bool latin;
};

struct aliases {
	struct alias *at;
	size_t count;
	struct buffer text;
};

static int
alias_compare(const void *a, const void *b, void *text)
{
	const struct alias *x = a, *y = b;
	int order;

	if (x->latin != y->latin)
		return x->latin ? 1 : -1;
	order = bytes_compare((char *)text + x->at, x->length,
			      (char *)text + y->at, y->length);
	return order != 0 ? order : x->word < y->word ? -1 : 1;
}

static bool
is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return false;
	}
	return true;
}

/* Keys of all words; flags[i] gets TERM_PLAIN when word i is its own key. */
static void
aliases_make(const struct term_input *inputs, size_t count, uint8_t *flags,
	     struct aliases *out)
{
	char key[SEARCH_KEY_BYTES];

	out->at = mem_new(count, sizeof *out->at);
	buffer_init(&out->text, RUN_TEXT_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct term_input *in = &inputs[i];
		size_t length =
			search_translit_key(in->text, in->length_bytes, key);

		if (length == in->length_bytes &&
		    memcmp(key, in->text, length) == 0) {
			flags[i] |= TERM_PLAIN;
			continue;
		}
		if (length == 0)
			continue;
		out->at[out->count++] = (struct alias){
			.word = (uint32_t)i,
			.at = (uint32_t)out->text.length,
			.length = (uint16_t)length,
			.latin = is_ascii(in->text, in->length_bytes),
		};
		buffer_add(&out->text, key, length);
	}
	if (out->count > 1)
		qsort_r(out->at, out->count, sizeof *out->at, alias_compare,
			out->text.bytes);
}

static void
list_put(struct term_list *list, size_t i, const char *text, size_t length,
	 uint32_t number)
{
	char *to = list->text + list->offset[i];

	memcpy(to, text, length);
	list->number[i] = number;
	list->offset[i + 1] = list->offset[i] + (uint32_t)length;
}

static void
run_fill(struct term_run *run, const struct term_input *inputs,
	 const uint8_t *flags, const struct aliases *aliases)
{
	size_t foreign = run->list[TERM_FOREIGN_KEYS].count;

	for (size_t i = 0; i < run->list[TERM_WORDS].count; i++) {
		list_put(&run->list[TERM_WORDS], i, inputs[i].text,
			 inputs[i].length_bytes, inputs[i].documents);
		run->flags[i] = flags[i] | inputs[i].kinds;
	}
	for (size_t i = 0; i < aliases->count; i++) {
		const struct alias *alias = &aliases->at[i];

		list_put(&run->list[alias->latin ? TERM_LATIN_KEYS
						 : TERM_FOREIGN_KEYS],
			 alias->latin ? i - foreign : i,
			 aliases->text.bytes + alias->at, alias->length,
			 alias->word);
	}
}

struct term_run *
term_run_new(struct term_input *inputs, size_t count)
{
	struct run_header header = { .magic = RUN_MAGIC };
	struct aliases aliases = { 0 };
	struct term_run *run;
	uint8_t *flags;

	if (count > 1)
		qsort(inputs, count, sizeof *inputs, input_compare);
	count = inputs_merge(inputs, count);
	if (count > RUN_WORDS_MAX)
		count = RUN_WORDS_MAX;
	flags = mem_new(count, 1);
	aliases_make(inputs, count, flags, &aliases);
	header.count[TERM_WORDS] = (uint32_t)count;
	for (size_t i = 0; i < count; i++)
		header.text_bytes[TERM_WORDS] += inputs[i].length_bytes;
	for (size_t i = 0; i < aliases.count; i++) {
		enum term_list_of list = aliases.at[i].latin
						 ? TERM_LATIN_KEYS
						 : TERM_FOREIGN_KEYS;

		header.count[list]++;
		header.text_bytes[list] += aliases.at[i].length;
	}
	run = run_alloc(&header);
	run_fill(run, inputs, flags, &aliases);
	free(aliases.at);
	buffer_release(&aliases.text);
	free(flags);
	return run;
}

size_t
term_run_count(const struct term_run *run)
{
	return run->list[TERM_WORDS].count;
}

struct term_run *
term_run_hold(struct term_run *run)
{
	__atomic_add_fetch(&run->references, 1, __ATOMIC_RELAXED);
	return run;
}

void
term_run_drop(struct term_run *run)
{
	if (run == NULL ||
	    __atomic_sub_fetch(&run->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	free(run->block);
	free(run);
}

struct span
term_run_bytes(const struct term_run *run)
{
	return (struct span){ run->block, run->block_bytes };
}

/* Offsets must rise and end with the text, numbers must point at words. */
static bool
list_is_sound(const struct term_list *list, uint32_t text_bytes,
	      uint32_t number_limit)
{
	if (list->offset[0] != 0 || list->offset[list->count] != text_bytes)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (list->offset[i + 1] <= list->offset[i] ||
		    list->offset[i + 1] - list->offset[i] > UINT16_MAX ||
		    list->number[i] >= number_limit)
			return false;
	}
	return true;
}

static bool
run_is_sound(const struct term_run *run, const struct run_header *header)
{
	for (size_t i = 0; i < TERM_LISTS; i++) {
		if (!list_is_sound(&run->list[i], header->text_bytes[i],
				   i == TERM_WORDS ? UINT32_MAX
						   : header->count[TERM_WORDS]))
			return false;
	}
	return true;
}

enum status
term_run_load(struct span bytes, struct term_run **out, struct fault *fault)
{
	struct run_header header;
	struct term_run *run = NULL;
	bool sound = bytes.length >= sizeof header;

	if (sound) {
		memcpy(&header, bytes.at, sizeof header);
		sound = header.magic == RUN_MAGIC;
	}
	for (size_t i = 0; sound && i < TERM_LISTS; i++)
		sound = header.count[i] <= RUN_WORDS_MAX &&
			header.text_bytes[i] <= RUN_TEXT_MAX;
	sound = sound && run_size(&header) == bytes.length;
	if (sound) {
		run = run_alloc(&header);
		memcpy(run->block, bytes.at, bytes.length);
		sound = run_is_sound(run, &header);
	}
	if (!sound) {
		term_run_drop(run);
		return fault_field(fault, STATUS_CORRUPT, "search",
				   "the kept list of words makes no sense");
	}
	*out = run;
	return STATUS_OK;
}

struct term_set *
term_set_new(struct term_run *run)
{
	struct term_set *set = mem_new(1, sizeof *set);

	set->references = 1;
	if (run != NULL)
		set->runs[set->count++] = run;
	return set;
}

static size_t
inputs_of_run(const struct term_run *run, struct term_input *out)
{
	const struct term_list *words = &run->list[TERM_WORDS];

	for (size_t i = 0; i < words->count; i++)
		out[i] = (struct term_input){
			.text = words->text + words->offset[i],
			.length_bytes = (uint16_t)(words->offset[i + 1] -
						   words->offset[i]),
			.kinds = run->flags[i] & SEARCH_ALL_KINDS,
			.documents = words->number[i],
		};
	return words->count;
}

static struct term_run *
runs_merge(struct term_run *a, struct term_run *b)
{
	size_t count = term_run_count(a) + term_run_count(b);
	struct term_input *inputs = mem_new(count, sizeof *inputs);
	struct term_run *run;

	count = inputs_of_run(a, inputs);
	count += inputs_of_run(b, inputs + count);
	run = term_run_new(inputs, count);
	free(inputs);
	term_run_drop(a);
	term_run_drop(b);
	return run;
}

struct term_set *
term_set_add(const struct term_set *set, struct term_run *run)
{
	struct term_set *next = term_set_new(NULL);

	for (size_t i = 0; i < set->count; i++)
		next->runs[i] = term_run_hold(set->runs[i]);
	next->count = set->count;
	/* The first run is left alone: it is made anew from the index. */
	while (next->count > 1 &&
	       (term_run_count(run) * 2 >=
			term_run_count(next->runs[next->count - 1]) ||
		next->count == TERM_RUNS_MAX))
		run = runs_merge(next->runs[--next->count], run);
	next->runs[next->count++] = run;
	return next;
}

struct term_set *
term_set_hold(struct term_set *set)
{
	__atomic_add_fetch(&set->references, 1, __ATOMIC_RELAXED);
	return set;
}

void
term_set_drop(struct term_set *set)
{
	if (set == NULL ||
	    __atomic_sub_fetch(&set->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < set->count; i++)
		term_run_drop(set->runs[i]);
	free(set);
}

size_t
term_set_new_count(const struct term_set *set)
{
	size_t count = 0;

	for (size_t i = 1; i < set->count; i++)
		count += term_run_count(set->runs[i]);
	return count;
}

size_t
term_set_count(const struct term_set *set)
{
	return term_set_new_count(set) +
	       (set->count > 0 ? term_run_count(set->runs[0]) : 0);
}
