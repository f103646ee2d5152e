/* search_fts5_common.c - bitmaps of what very many documents have; see
 * search_fts5.h.
 *
 * Invariant: in every snapshot a bit of a common word is set when, and only
 * when, a document with that id (1 to 2^23 - 1) has the word. So a bitmap is
 * filled from FTS5's own list in the transaction that makes the word common,
 * and every later change of a document's words changes its bits with them. */
#include <stdlib.h>
#include <string.h>

#include "driver/search_fts5.h"

#define COMMON_SHARE 256 /* a word is common when this part of all has it */
#define PART_BYTES (FTS5_BITS_IDS / 8)
#define PART_WORDS (FTS5_BITS_IDS / 64)
#define PARTS_MAX 0x10000 /* of one word: more than ids give */
#define SPARSE_MAX 800	  /* so few ids of a part are written as numbers */

uint32_t fts5_common_least = 1024;

uint64_t
fts5_common_bar(int64_t documents)
{
	uint64_t share = (uint64_t)documents / COMMON_SHARE;

	return share > fts5_common_least ? share : fts5_common_least;
}

/* The number in the only row of a statement; 0: there is none. */
static enum status
number_read(struct fts5_conn *conn, sqlite3_stmt *row, int64_t *out,
	    const char *what, struct fault *fault)
{
	enum status status = STATUS_OK;
	int code = sqlite3_step(row);

	*out = code == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, what);
	sqlite3_reset(row);
	return status;
}

static enum status
last_id(struct fts5_conn *conn, enum search_kind kind, int64_t *out,
	struct fault *fault)
{
	enum status status;
	sqlite3_stmt *row =
		fts5_of_kind(conn, kind, FTS5_LAST_ID, &status, fault);

	if (row == NULL)
		return status;
	sqlite3_bind_int64(row, 1, FTS5_ROW_IDS);
	return number_read(conn, row, out, "last id", fault);
}

enum status
fts5_bits_clear(struct fts5_conn *conn, enum search_kind kind,
		struct arena *arena, struct fts5_bits *bits,
		struct fault *fault)
{
	enum status status;
	int64_t last = 0;

	if (bits->at != NULL) {
		memset(bits->at, 0, bits->parts * PART_BYTES);
		return STATUS_OK;
	}
	status = last_id(conn, kind, &last, fault);
	if (status != STATUS_OK)
		return status;
	bits->parts = (size_t)(last > 0 ? last : 0) / FTS5_BITS_IDS + 1;
	bits->at = arena_new(arena, uint64_t, bits->parts * PART_WORDS);
	return STATUS_OK;
}

static bool
bit_is_set(const void *bits, int64_t at)
{
	return (((const uint8_t *)bits)[at / 8] >> (at % 8) & 1) != 0;
}

static void
bit_put(void *bits, int64_t at, bool set)
{
	uint8_t *byte = (uint8_t *)bits + at / 8, bit = (uint8_t)(1u << at % 8);

	*byte = (uint8_t)(set ? *byte | bit : *byte & ~bit);
}

bool
fts5_bits_have(const struct fts5_bits *bits, int64_t id)
{
	return fts5_has_bit(id) && (size_t)id < bits->parts * FTS5_BITS_IDS &&
	       bit_is_set(bits->at, id);
}

void
fts5_bits_set(struct fts5_bits *bits, int64_t id)
{
	if (fts5_has_bit(id) && (size_t)id < bits->parts * FTS5_BITS_IDS)
		bit_put(bits->at, id, true);
}

void
fts5_bits_and(struct fts5_bits *bits, const struct fts5_bits *others)
{
	for (size_t i = 0; i < bits->parts * PART_WORDS; i++)
		bits->at[i] &= others->at[i];
}

bool
fts5_bits_next(const struct fts5_bits *bits, int64_t *id)
{
	int64_t end = (int64_t)(bits->parts * FTS5_BITS_IDS);

	for (int64_t at = *id + 1; at < end; at++) {
		if (at % 64 == 0 && bits->at[at / 64] == 0) {
			at += 63;
		} else if (bit_is_set(bits->at, at)) {
			*id = at;
			return true;
		}
	}
	return false;
}

static size_t
words_count(const uint64_t *words, size_t count, size_t most)
{
	size_t bits = 0;

	for (size_t i = 0; i < count && bits < most; i++) {
		if (words[i] != 0)
			bits += (size_t)__builtin_popcountll(words[i]);
	}
	return bits;
}

size_t
fts5_bits_count(const struct fts5_bits *bits, size_t most)
{
	return words_count(bits->at, bits->parts * PART_WORDS, most);
}

enum status
fts5_common_find(struct fts5_conn *conn, enum search_kind kind,
		 const char *text, size_t length, bool prefix, int64_t *number,
		 struct fault *fault)
{
	enum status status;
	sqlite3_stmt *row =
		fts5_of_kind(conn, kind, FTS5_COMMON_FIND, &status, fault);

	if (row == NULL)
		return status;
	sqlite3_bind_text(row, 1, text, (int)length, SQLITE_STATIC);
	sqlite3_bind_int(row, 2, prefix);
	return number_read(conn, row, number, "common word", fault);
}

/* Where a word's part of the ids stands in the table of bits. */
static int64_t
part_key(int64_t number, int64_t part)
{
	return number * PARTS_MAX + part;
}

/* Adds what was written of a part: a bit for each id, or, of few, two bytes
 * each. */
static void
part_add(const uint8_t *bytes, size_t length, uint64_t *words)
{
	if (length < PART_BYTES) {
		for (size_t i = 0; i + 1 < length; i += 2) {
			unsigned at = bytes[i] | (unsigned)bytes[i + 1] << 8;

			if (at < FTS5_BITS_IDS)
				bit_put(words, at, true);
		}
		return;
	}
	for (size_t i = 0; i < PART_WORDS; i++) {
		uint64_t word;

		memcpy(&word, bytes + i * sizeof word, sizeof word);
		words[i] |= word;
	}
}

/* Adds the parts from one key to another; the first of the word's has the key
 * `base`. */
static enum status
parts_read(struct fts5_conn *conn, enum search_kind kind, int64_t from,
	   int64_t to, int64_t base, struct fts5_bits *bits,
	   struct fault *fault)
{
	enum status status;
	sqlite3_stmt *rows =
		fts5_of_kind(conn, kind, FTS5_BITS, &status, fault);
	int code;

	if (rows == NULL)
		return status;
	sqlite3_bind_int64(rows, 1, from);
	sqlite3_bind_int64(rows, 2, to);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		size_t part = (size_t)(sqlite3_column_int64(rows, 0) - base);
		const uint8_t *bytes = sqlite3_column_blob(rows, 1);
		size_t length = (size_t)sqlite3_column_bytes(rows, 1);

		if (part < bits->parts && bytes != NULL && length <= PART_BYTES)
			part_add(bytes, length, bits->at + part * PART_WORDS);
	}
	if (code != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "bits");
	sqlite3_reset(rows);
	return status;
}

enum status
fts5_common_bits(struct fts5_conn *conn, enum search_kind kind, int64_t number,
		 struct fts5_bits *bits, struct fault *fault)
{
	int64_t first = part_key(number, 0);

	return parts_read(conn, kind, first, first + PARTS_MAX - 1, first, bits,
			  fault);
}

enum status
fts5_common_load(struct fts5_conn *conn, enum search_kind kind,
		 struct arena *arena, struct fts5_common *out,
		 struct fault *fault)
{
	enum status status;
	sqlite3_stmt *rows =
		fts5_of_kind(conn, kind, FTS5_COMMON_ALL, &status, fault);
	int code;

	if (rows == NULL)
		return status;
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		size_t length = (size_t)sqlite3_column_bytes(rows, 1);

		out->at = fts5_grow(out->at, out->count, &out->room,
				    sizeof *out->at);
		out->at[out->count++] = (struct fts5_common_word){
			.number = sqlite3_column_int64(rows, 0),
			.text = arena_copy_bytes(
				arena, sqlite3_column_text(rows, 1), length),
			.length = length,
			.prefix = sqlite3_column_int(rows, 2) != 0,
		};
	}
	if (code != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "common words");
	sqlite3_reset(rows);
	return status;
}

/* By bytes, the word before the beginning. */
static int
common_compare(const void *a, const void *b)
{
	const struct fts5_common_word *x = a, *y = b;
	size_t least = x->length < y->length ? x->length : y->length;
	int order = memcmp(x->text, y->text, least);

	if (order != 0)
		return order;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->prefix - y->prefix;
}

static void
common_mark_one(struct fts5_common *common, const char *text, size_t length,
		bool prefix, uint8_t mark)
{
	const struct fts5_common_word key = { .text = text,
					      .length = length,
					      .prefix = prefix };
	struct fts5_common_word *found = bsearch(
		&key, common->at, common->count, sizeof key, common_compare);

	if (found != NULL)
		found->has |= mark;
}

/* The length of the first letter at `text`. */
static size_t
letter_length(const char *text, size_t length)
{
	size_t at = 1;

	while (at < length && ((unsigned char)text[at] & 0xC0) == 0x80)
		at++;
	return at;
}

void
fts5_common_mark(struct fts5_common *common, const struct search_words *words,
		 uint8_t mark)
{
	if (common->count == 0)
		return;
	for (size_t i = 0; i < words->count; i++) {
		const char *text = words->at[i].text;
		size_t length = words->at[i].length_bytes, begun = 0;

		common_mark_one(common, text, length, false, mark);
		for (int n = 0; n < FTS5_BEGUN_LETTERS && begun < length; n++) {
			begun += letter_length(text + begun, length - begun);
			common_mark_one(common, text, begun, true, mark);
		}
	}
}

static int
bit_compare(const void *a, const void *b)
{
	const struct fts5_bit *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The numbers of the bits that are set; their length in bytes. */
static size_t
part_numbers(const uint64_t *part, uint8_t *out)
{
	const struct fts5_bits bits = { (uint64_t *)(uintptr_t)part, 1 };
	size_t length = 0;
	int64_t at = -1;

	while (fts5_bits_next(&bits, &at)) {
		out[length++] = (uint8_t)at;
		out[length++] = (uint8_t)(at >> 8);
	}
	return length;
}

static enum status
part_write(struct fts5_conn *conn, enum search_kind kind, int64_t key,
	   const uint64_t *part, struct fault *fault)
{
	enum status status;
	sqlite3_stmt *put =
		fts5_of_kind(conn, kind, FTS5_BITS_PUT, &status, fault);
	uint8_t numbers[SPARSE_MAX * 2];

	if (put == NULL)
		return status;
	sqlite3_bind_int64(put, 1, key);
	if (words_count(part, PART_WORDS, SPARSE_MAX + 1) > SPARSE_MAX)
		sqlite3_bind_blob(put, 2, part, PART_BYTES, SQLITE_STATIC);
	else
		sqlite3_bind_blob(put, 2, numbers,
				  (int)part_numbers(part, numbers),
				  SQLITE_STATIC);
	if (sqlite3_step(put) != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "write bits");
	sqlite3_reset(put);
	return status;
}

/* The bits of one part; *used is how many of them these are. */
static enum status
part_change(struct fts5_conn *conn, const struct fts5_bit *bits, size_t count,
	    size_t *used, struct fault *fault)
{
	uint64_t words[PART_WORDS] = { 0 };
	struct fts5_bits part = { words, 1 };
	int64_t of = bits->id / FTS5_BITS_IDS;
	int64_t key = part_key(bits->number, of);
	enum status status =
		parts_read(conn, bits->kind, key, key, key, &part, fault);
	size_t i;

	for (i = 0;
	     i < count && bits[i].kind == bits->kind &&
	     bits[i].number == bits->number && bits[i].id / FTS5_BITS_IDS == of;
	     i++)
		bit_put(words, bits[i].id % FTS5_BITS_IDS, bits[i].set);
	*used = i;
	return status == STATUS_OK
		       ? part_write(conn, bits->kind, key, words, fault)
		       : status;
}

enum status
fts5_bits_write(struct fts5_conn *conn, struct fts5_bit *bits, size_t count,
		struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t used;

	if (count > 1)
		qsort(bits, count, sizeof *bits, bit_compare);
	for (size_t at = 0; status == STATUS_OK && at < count; at += used)
		status = part_change(conn, bits + at, count - at, &used, fault);
	return status;
}

static void
choice_add(struct fts5_choices *choices, const struct fts5_choice *choice)
{
	choices->at = fts5_grow(choices->at, choices->count, &choices->room,
				sizeof *choices->at);
	choices->at[choices->count++] = *choice;
}

/* The beginning of `letters` letters; 0: the word is shorter. */
static size_t
begun_length(const struct term_input *word, int letters)
{
	size_t length = 0;

	for (; letters > 0 && length < word->length_bytes; letters--)
		length += letter_length(word->text + length,
					word->length_bytes - length);
	return letters > 0 ? 0 : length;
}

/* Beginnings of so many letters. A document with two such words is counted
 * twice: fts5_common_make() counts again. */
static void
choose_begun(const struct term_input *words, size_t count, int letters,
	     uint64_t bar, enum search_kind kind, struct fts5_choices *out)
{
	struct fts5_choice begun = { .kind = kind, .prefix = true };
	uint64_t documents = 0;

	for (size_t i = 0; i <= count; i++) {
		size_t length =
			i < count ? begun_length(&words[i], letters) : 0;

		if (length != begun.length || length == 0 ||
		    memcmp(words[i].text, begun.text, length) != 0) {
			if (begun.length > 0 && documents >= bar)
				choice_add(out, &begun);
			documents = 0;
			begun.length = length;
			begun.text = length > 0 ? words[i].text : NULL;
		}
		if (length > 0)
			documents += words[i].documents;
	}
}

void
fts5_common_choose(const struct term_input *words, size_t count,
		   enum search_kind kind, int64_t documents,
		   struct fts5_choices *out)
{
	uint64_t bar = fts5_common_bar(documents);

	for (size_t i = 0; i < count; i++) {
		if (words[i].documents >= bar)
			choice_add(out, &(struct fts5_choice){
						.kind = kind,
						.text = words[i].text,
						.length = words[i].length_bytes,
					});
	}
	for (int letters = 1; letters <= FTS5_BEGUN_LETTERS; letters++)
		choose_begun(words, count, letters, bar, kind, out);
}

/* Sets the bits of all documents that FTS5 has for the choice. */
static enum status
choice_read(struct fts5_conn *conn, const struct fts5_choice *choice,
	    struct fts5_bits *bits, struct fault *fault)
{
	enum status status;
	sqlite3_stmt *rows =
		fts5_of_kind(conn, choice->kind, FTS5_MATCH, &status, fault);
	struct fts5_leaf leaf = { .text = choice->text,
				  .length = choice->length,
				  .prefix = choice->prefix };
	struct fts5_leaves leaves = { &leaf, 1, 1 };
	struct arena arena;
	int code;

	if (rows == NULL)
		return status;
	arena_init(&arena);
	sqlite3_bind_text(rows, 1, fts5_expression_any(&arena, &leaves), -1,
			  SQLITE_STATIC);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW)
		fts5_bits_set(bits, sqlite3_column_int64(rows, 0) &
					    (FTS5_ROW_SEQUENCES - 1));
	if (code != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "read a common word");
	sqlite3_reset(rows);
	arena_release(&arena);
	return status;
}

static enum status
choice_write(struct fts5_conn *conn, const struct fts5_choice *choice,
	     const struct fts5_bits *bits, struct fault *fault)
{
	enum status status;
	sqlite3_stmt *put = fts5_of_kind(conn, choice->kind, FTS5_COMMON_PUT,
					 &status, fault);
	int64_t number;

	if (put == NULL)
		return status;
	sqlite3_bind_text(put, 1, choice->text, (int)choice->length,
			  SQLITE_STATIC);
	sqlite3_bind_int(put, 2, choice->prefix);
	if (sqlite3_step(put) != SQLITE_DONE)
		status = fts5_fault(conn->db, fault, "common word");
	sqlite3_reset(put);
	number = sqlite3_last_insert_rowid(conn->db);
	for (size_t i = 0; status == STATUS_OK && i < bits->parts; i++)
		status = part_write(conn, choice->kind,
				    part_key(number, (int64_t)i),
				    bits->at + i * PART_WORDS, fault);
	return status;
}

static enum status
choice_make(struct fts5_conn *conn, const struct fts5_choice *choice,
	    uint64_t bar, struct fault *fault)
{
	struct fts5_bits bits = { 0 };
	enum status status;
	struct arena arena;
	int64_t number;

	arena_init(&arena);
	status = fts5_common_find(conn, choice->kind, choice->text,
				  choice->length, choice->prefix, &number,
				  fault);
	if (status == STATUS_OK && number == 0) {
		status = fts5_bits_clear(conn, choice->kind, &arena, &bits,
					 fault);
		if (status == STATUS_OK)
			status = choice_read(conn, choice, &bits, fault);
		if (status == STATUS_OK && fts5_bits_count(&bits, bar) >= bar)
			status = choice_write(conn, choice, &bits, fault);
	}
	arena_release(&arena);
	return status;
}

/* One transaction; *gone: a rebuild has taken the generation's place. */
static enum status
choice_transact(struct fts5_conn *conn, const struct fts5_choice *choice,
		uint64_t bar, bool *gone, struct fault *fault)
{
	enum status status = fts5_step(conn, FTS5_BEGIN_WRITE, fault);
	struct fts5_state state;

	if (status != STATUS_OK)
		return status;
	status = fts5_state_read(conn, &state, fault);
	*gone = status == STATUS_OK && state.generation > conn->generation;
	if (status == STATUS_OK && !*gone)
		status = choice_make(conn, choice, bar, fault);
	return fts5_end(conn, status, fault);
}

enum status
fts5_common_make(struct fts5_index *index, struct fts5_conn *conn,
		 const struct fts5_choices *choices,
		 const int64_t documents[SEARCH_KINDS], struct fault *fault)
{
	enum status status = STATUS_OK;
	bool gone = false;

	for (size_t i = 0; status == STATUS_OK && !gone && i < choices->count;
	     i++) {
		const struct fts5_choice *choice = &choices->at[i];
		uint64_t bar = fts5_common_bar(documents[choice->kind]);

		pthread_mutex_lock(&index->write_lock);
		status = choice_transact(conn, choice, bar, &gone, fault);
		pthread_mutex_unlock(&index->write_lock);
	}
	return status;
}
