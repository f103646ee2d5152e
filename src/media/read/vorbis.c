/* vorbis.c - see vorbis.h. */
#include "media/read/vorbis.h"

#include <strings.h>

#include "media/read/unicode.h"

#define COMMENTS_MAX 2000
#define BASE64_HEAD 800 /* letters: enough for type and description */

/* Takes `length` bytes off the front. */
static bool
take(struct span *bytes, size_t length, struct span *out)
{
	if (length > bytes->length)
		return false;
	*out = (struct span){ bytes->at, length };
	bytes->at += length;
	bytes->length -= length;
	return true;
}

static bool
take_le32(struct span *bytes, uint32_t *out)
{
	struct span number;

	if (!take(bytes, 4, &number))
		return false;
	*out = le32((const uint8_t *)number.at);
	return true;
}

static bool
take_be32(struct span *bytes, uint32_t *out)
{
	struct span number;

	if (!take(bytes, 4, &number))
		return false;
	*out = be32((const uint8_t *)number.at);
	return true;
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Standard base64 up to the first letter that is none. Arena-owned. */
static struct span
base64_read(struct arena *arena, struct span text)
{
	uint8_t *out = arena_alloc(arena, text.length / 4 * 3 + 4);
	uint32_t bits = 0;
	size_t length = 0;
	int count = 0;

	for (size_t i = 0; i < text.length; i++) {
		int digit = base64_digit(text.at[i]);

		if (digit < 0)
			break;
		bits = bits << 6 | (uint32_t)digit;
		if (++count == 4) {
			out[length++] = (uint8_t)(bits >> 16);
			out[length++] = (uint8_t)(bits >> 8);
			out[length++] = (uint8_t)bits;
			count = 0;
		}
	}
	if (count >= 2)
		out[length++] = (uint8_t)(bits >> (6 * count - 8));
	if (count == 3)
		out[length++] = (uint8_t)(bits >> 2);
	return (struct span){ (const char *)out, length };
}

bool
flac_picture_head(struct arena *arena, struct span head,
		  struct tag_picture *out, size_t *skip, uint32_t *length)
{
	struct span rest = head, type, words, sizes;
	uint32_t kind, count;

	if (!take_be32(&rest, &kind) || !take_be32(&rest, &count) ||
	    !take(&rest, count, &type) || !take_be32(&rest, &count) ||
	    !take(&rest, count, &words) || !take(&rest, 16, &sizes) ||
	    !take_be32(&rest, length))
		return false;
	if (span_equal(type, SPAN("-->")))
		return false;
	out->kind = kind;
	if (span_starts(type, SPAN("image/")) && type.length < 30 &&
	    utf8_valid(type.at, type.length))
		out->type = arena_copy_bytes(arena, type.at, type.length);
	*skip = (size_t)(rest.at - head.at);
	return true;
}

bool
flac_picture_from_base64(struct arena *arena, struct span text,
			 struct span *bytes)
{
	struct span block = base64_read(arena, text);
	struct tag_picture picture = { 0 };
	uint32_t length;
	size_t skip;

	if (!flac_picture_head(arena, block, &picture, &skip, &length) ||
	    length == 0 || length > block.length - skip)
		return false;
	*bytes = (struct span){ block.at + skip, length };
	return true;
}

static void
offer_base64(struct span value, struct tag_set *set)
{
	struct tag_picture picture = { .rank = TAG_RANK_NATIVE,
				       .base64 = true };
	struct span head = value;
	uint32_t length;
	size_t skip;

	if (head.length > BASE64_HEAD)
		head.length = BASE64_HEAD;
	head = base64_read(set->arena, head);
	if (!flac_picture_head(set->arena, head, &picture, &skip, &length) ||
	    length > value.length / 4 * 3 + 3)
		return;
	picture.length = length;
	picture.bytes = value; /* lives as long as the comment packet */
	tag_offer_picture(set, &picture);
}

static void
read_comment(struct span comment, struct tag_set *set)
{
	struct span name, value = comment;
	enum tag_field field;
	bool legacy;

	if (!span_next(&value, '=', &name) || value.at == NULL)
		return;
	if (span_equal_nocase(name, SPAN("METADATA_BLOCK_PICTURE"))) {
		offer_base64(value, set);
		return;
	}
	field = tag_field_named(name);
	legacy = !utf8_valid(value.at, value.length);
	tag_add(set, field, TAG_RANK_NATIVE, value, legacy);
}

bool
vorbis_comment_read(struct span bytes, struct tag_set *set)
{
	struct span text;
	uint32_t length, count;

	if (!take_le32(&bytes, &length) || !take(&bytes, length, &text) ||
	    !take_le32(&bytes, &count))
		return false;
	for (uint32_t i = 0; i < count && i < COMMENTS_MAX; i++) {
		if (!take_le32(&bytes, &length) ||
		    !take(&bytes, length, &text))
			return false;
		read_comment(text, set);
	}
	return true;
}
