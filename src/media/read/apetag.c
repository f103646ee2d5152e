/* apetag.c - see apetag.h. An item is: value length, flags, key, NUL, value. */
#include "media/read/apetag.h"

#include <strings.h>

#include "media/read/unicode.h"

#define FOOTER_BYTES 32
#define ITEMS_MAX 500
#define KEY_BYTES_MAX 255
#define VALUE_BYTES_MAX (256u << 10)

/* flags of an item */
#define ITEM_KIND_MASK 6u
#define ITEM_TEXT 0u
#define ITEM_BINARY 2u
/* flags of a tag */
#define TAG_HAS_HEADER 0x80000000u
#define TAG_IS_HEADER 0x20000000u

struct item {
	uint64_t at; /* of the value */
	uint32_t length, flags;
	char key[KEY_BYTES_MAX + 1];
};

/* "Cover Art (Front)": file name, NUL, bytes. */
static void
offer_cover(struct source *source, const struct item *item,
	    struct tag_set *set)
{
	struct tag_picture picture = { .rank = TAG_RANK_APE };
	char name[300];
	size_t got = sizeof name;
	const char *nul;

	if (strncasecmp(item->key, "Cover Art (", 11) != 0)
		return;
	picture.kind = strncasecmp(item->key + 11, "Front", 5) == 0 ? 3 : 0;
	if (got > item->length)
		got = item->length;
	got = source_read(source, item->at, name, got);
	nul = memchr(name, 0, got);
	if (nul == NULL)
		return;
	picture.offset = item->at + (uint64_t)(nul + 1 - name);
	picture.length = item->length - (uint64_t)(nul + 1 - name);
	tag_offer_picture(set, &picture);
}

static void
read_item(struct source *source, const struct item *item, struct tag_set *set,
	  bool old)
{
	enum tag_field field;
	struct span value;
	char *bytes;

	if ((item->flags & ITEM_KIND_MASK) == ITEM_BINARY) {
		offer_cover(source, item, set);
		return;
	}
	field = tag_field_named(span_of(item->key));
	if ((item->flags & ITEM_KIND_MASK) != ITEM_TEXT ||
	    field == TAG_NONE || item->length > VALUE_BYTES_MAX)
		return;
	bytes = arena_alloc(set->arena, item->length + 1);
	value.at = bytes;
	value.length = source_read(source, item->at, bytes, item->length);
	/* v1 has no rule for text; some programs broke v2's */
	old = old || !utf8_valid(value.at, value.length);
	tag_add_list(set, field, TAG_RANK_APE, value, old);
}

/* Reads one item header at *at, moving it past the item. */
static bool
next_item(struct source *source, uint64_t *at, uint64_t end, struct item *item)
{
	uint8_t head[8];
	size_t got, key_length;

	if (end - *at < sizeof head + 2 ||
	    !source_read_all(source, *at, head, sizeof head))
		return false;
	item->length = le32(head);
	item->flags = le32(head + 4);
	got = source_read(source, *at + 8, item->key, KEY_BYTES_MAX);
	item->key[got] = '\0';
	key_length = strlen(item->key);
	if (key_length == got)
		return false;
	item->at = *at + 8 + key_length + 1;
	if (item->at > end || item->length > end - item->at)
		return false;
	*at = item->at + item->length;
	return true;
}

uint64_t
apetag_read(struct source *source, uint64_t end, struct tag_set *set)
{
	uint8_t footer[FOOTER_BYTES];
	uint64_t at, items_end;
	uint32_t length, flags, version;
	struct item item;

	if (end < FOOTER_BYTES ||
	    !source_read_all(source, end - FOOTER_BYTES, footer,
			     sizeof footer) ||
	    memcmp(footer, "APETAGEX", 8) != 0)
		return 0;
	version = le32(footer + 8);
	length = le32(footer + 12); /* with the footer, without a header */
	flags = le32(footer + 20);
	if (version > 2000 || flags & TAG_IS_HEADER ||
	    length < FOOTER_BYTES || length > end)
		return 0;
	at = end - length;
	items_end = end - FOOTER_BYTES;
	for (int i = 0; i < ITEMS_MAX; i++) {
		if (!next_item(source, &at, items_end, &item))
			break;
		read_item(source, &item, set, version < 2000);
	}
	if (version == 2000 && flags & TAG_HAS_HEADER &&
	    length + FOOTER_BYTES <= end)
		return length + FOOTER_BYTES;
	return length;
}
