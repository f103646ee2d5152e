/* short_list.c - see short_list.h. */
#include "api/short_list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/forms.h"
#include "base/digest.h"
#include "base/fold.h"

#define DIGEST_BYTES 8

/* What a cursor says. */
struct short_cursor {
	uint8_t list[DIGEST_BYTES]; /* of order and filters */
	uint8_t last[DIGEST_BYTES]; /* of the key of the last row told */
	uint32_t next;              /* place of the row after it */
};

bool
short_choice(const struct call *call, const char *name, const char *value)
{
	const char *wanted = call_text(call, name);

	return wanted == NULL || strcmp(wanted, value) == 0;
}

bool
short_flag(const struct call *call, const char *name, bool value)
{
	const struct param_value *wanted = call_value(call, name);

	return !wanted->given || (wanted->number != 0) == value;
}

int
short_by_number(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* ---- what is left, and in which order -------------------------------------- */

static size_t
rows_keep(const struct call *call, const struct short_kind *kind, char *rows,
	  size_t count)
{
	struct arena *arena = call->arena;
	const char *words = call_text(call, "q");
	size_t kept = 0;

	words = words == NULL ? "" : fold_identity(arena, words);
	for (size_t i = 0; i < count; i++) {
		char *row = rows + i * kind->size;

		if (!kind->passes(row, call) ||
		    (*words != '\0' &&
		     strstr(fold_identity(arena, kind->words(row, arena)),
			    words) == NULL))
			continue;
		if (kept != i)
			memcpy(rows + kept * kind->size, row, kind->size);
		kept++;
	}
	return kept;
}

static void
rows_turn(struct arena *arena, char *rows, size_t count, size_t size)
{
	char *third = arena_alloc(arena, size);

	for (size_t i = 0; i < count / 2; i++) {
		char *a = rows + i * size, *b = rows + (count - 1 - i) * size;

		memcpy(third, a, size);
		memcpy(a, b, size);
		memcpy(b, third, size);
	}
}

static void
rows_order(const struct call *call, const struct short_kind *kind, char *rows,
	   size_t count)
{
	const char *sort = call_text(call, "sort");
	bool down = *sort == '-';
	size_t i = 0;

	while (strcmp(kind->orders[i].name, sort + down) != 0) {
		i++;
		assert(i < SHORT_ORDERS_MAX && kind->orders[i].name != NULL);
	}
	if (kind->orders[i].compare != NULL)
		qsort(rows, count, kind->size, kind->orders[i].compare);
	if (down)
		rows_turn(call->arena, rows, count, kind->size);
}

/* ---- cursors ---------------------------------------------------------------- */

static void
digest_short(const char *text, size_t length, uint8_t out[DIGEST_BYTES])
{
	uint8_t sum[SHA256_BYTES];

	sha256(text, length, sum);
	memcpy(out, sum, DIGEST_BYTES);
}

static bool
says_which_page(const char *param)
{
	return strcmp(param, "limit") == 0 || strcmp(param, "offset") == 0 ||
	       strcmp(param, "cursor") == 0;
}

/* Tells sets of filters and orders apart. */
static void
list_digest(const struct call *call, uint8_t out[DIGEST_BYTES])
{
	const struct param *params = call->route->params;
	struct buffer text;

	buffer_init(&text, 0);
	buffer_add_text(&text, call->route->pattern);
	for (size_t i = 0; params[i].name != NULL; i++) {
		const struct param_value *value = &call->values[i];

		if (!value->given || says_which_page(params[i].name))
			continue;
		buffer_print(&text, "|%s|%lld|%s", params[i].name,
			     (long long)value->number,
			     value->text != NULL ? value->text : "");
	}
	digest_short(text.bytes, text.length, out);
	buffer_release(&text);
}

static void
key_digest(const struct short_kind *kind, const void *row, struct arena *arena,
	   uint8_t out[DIGEST_BYTES])
{
	const char *key = kind->key(row, arena);

	digest_short(key, strlen(key), out);
}

static const char *
cursor_print(const struct short_cursor *cursor, struct arena *arena)
{
	struct buffer text;
	const char *printed;

	buffer_init(&text, 0);
	base64url_add(&text, cursor, sizeof *cursor);
	printed = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return printed;
}

static enum status
cursor_parse(const char *text, const uint8_t list[DIGEST_BYTES],
	     struct short_cursor *out, struct fault *fault)
{
	struct buffer bytes;
	bool good;

	buffer_init(&bytes, sizeof *out);
	good = base64url_parse(span_of(text), &bytes) && !bytes.full &&
	       bytes.length == sizeof *out;
	if (good)
		memcpy(out, bytes.bytes, sizeof *out);
	buffer_release(&bytes);
	if (good && memcmp(out->list, list, DIGEST_BYTES) == 0)
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "cursor",
			   "this cursor is not one of this list");
}

/* Where the page begins: after the row the one before ended with, which may
 * have moved; when it is gone, those after it moved up by one. */
static size_t
place_after(const struct short_cursor *cursor, const struct short_kind *kind,
	    const char *rows, size_t count, struct arena *arena)
{
	uint8_t key[DIGEST_BYTES];

	for (size_t i = 0; i < count; i++) {
		key_digest(kind, rows + i * kind->size, arena, key);
		if (memcmp(key, cursor->last, DIGEST_BYTES) == 0)
			return i + 1;
	}
	return cursor->next > 0 ? cursor->next - 1 : 0;
}

enum status
short_list_cut(const struct call *call, const struct short_kind *kind,
	       void *rows, size_t *count, struct page_info *info,
	       struct fault *fault)
{
	const struct page_request page = call_page(call);
	struct short_cursor cursor = { 0 }, before = { 0 };
	size_t start = page.offset, all, left;
	enum status status = page_request_check(&page, fault);

	if (status != STATUS_OK)
		return status;
	all = rows_keep(call, kind, rows, *count);
	rows_order(call, kind, rows, all);
	list_digest(call, cursor.list);
	if (page.cursor != NULL) {
		status = cursor_parse(page.cursor, cursor.list, &before, fault);
		if (status != STATUS_OK)
			return status;
		start = place_after(&before, kind, rows, all, call->arena);
	}
	if (start > all)
		start = all;
	left = all - start;
	*count = left < page.limit ? left : page.limit;
	*info = (struct page_info){ .total = (int64_t)all };
	memmove(rows, (char *)rows + start * kind->size, *count * kind->size);
	if (left > *count) {
		key_digest(kind, (char *)rows + (*count - 1) * kind->size,
			   call->arena, cursor.last);
		cursor.next = (uint32_t)(start + *count);
		info->next_cursor = cursor_print(&cursor, call->arena);
	}
	return STATUS_OK;
}
