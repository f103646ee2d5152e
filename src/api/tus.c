/* tus.c - see tus.h. */
#include "api/tus.h"

#include <string.h>

#include "base/digest.h"

#define VALUE_MAX_BYTES 2000
#define PAIRS_MAX 64

static enum status
bad(struct fault *fault, const char *reason)
{
	return fault_set(fault, STATUS_INVALID, "Upload-Metadata: %s", reason);
}

static bool
key_good(struct span key)
{
	for (size_t i = 0; i < key.length; i++) {
		if (key.at[i] <= ' ' || key.at[i] >= 0x7F || key.at[i] == ',')
			return false;
	}
	return key.length > 0;
}

/* Text, arena-owned; NULL: it is none. */
static const char *
value_read(struct span encoded, struct arena *arena)
{
	const char *text = NULL;
	struct buffer bytes;
	bool good;

	buffer_init(&bytes, VALUE_MAX_BYTES);
	buffer_add(&bytes, "", 0);
	good = base64_parse(encoded, &bytes) && !bytes.full &&
	       utf8_valid(bytes.bytes, bytes.length);
	for (size_t i = 0; good && i < bytes.length; i++)
		good = (unsigned char)bytes.bytes[i] >= ' ' &&
		       bytes.bytes[i] != 0x7F;
	if (good)
		text = arena_copy_bytes(arena, bytes.length > 0 ? bytes.bytes :
								  "",
					bytes.length);
	buffer_release(&bytes);
	return text;
}

static const char **
place_of(struct tus_metadata *out, struct span key)
{
	const struct {
		const char *key;
		const char **place;
	} places[] = {
		{ "filename", &out->filename },
		{ "name", &out->filename },
		{ "album", &out->album },
		{ "artist", &out->artist },
		{ "batch", &out->batch },
		{ "relativePath", &out->relative_path },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		if (span_equal(key, span_of(places[i].key)))
			return places[i].place;
	}
	return NULL;
}

static bool
key_again(const struct span *keys, size_t count, struct span key)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(keys[i], key))
			return true;
	}
	return false;
}

enum status
tus_metadata_parse(struct span value, struct arena *arena,
		   struct tus_metadata *out, struct fault *fault)
{
	struct tus_metadata found = { 0 };
	struct span keys[PAIRS_MAX], pair;
	size_t count = 0;

	value = span_trim(value);
	while (value.length > 0 && span_next(&value, ',', &pair)) {
		struct span rest = span_trim(pair), key;
		const char **place, *text;

		if (!span_next(&rest, ' ', &key) || !key_good(key))
			return bad(fault, "a key is missing");
		if (count == PAIRS_MAX || key_again(keys, count, key))
			return bad(fault, "a key comes twice");
		keys[count++] = key;
		if (rest.at == NULL)
			rest = (struct span){ "", 0 };
		text = value_read(span_trim(rest), arena);
		if (text == NULL)
			return bad(fault, "a value is no text in base64");
		place = place_of(&found, key);
		if (place != NULL && *text != '\0' && *place == NULL)
			*place = text;
	}
	*out = found;
	return STATUS_OK;
}

const char *
tus_metadata_print(const struct upload *upload, struct arena *arena)
{
	const struct {
		const char *key, *value;
	} pairs[] = {
		{ "filename", upload->name },
		{ "album", upload->album },
		{ "artist", upload->artist },
	};
	const char *text;
	struct buffer out;

	buffer_init(&out, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
		if (pairs[i].value == NULL)
			continue;
		buffer_print(&out, "%s%s ", i > 0 ? "," : "", pairs[i].key);
		base64_add(&out, pairs[i].value, strlen(pairs[i].value));
	}
	text = arena_copy_text(arena, out.bytes);
	buffer_release(&out);
	return text;
}

enum status
tus_checksum_parse(struct span value, struct upload_writing *out,
		   struct fault *fault)
{
	struct span rest = span_trim(value), name;
	enum upload_checksum kind = UPLOAD_UNCHECKED;
	size_t wanted = SHA256_BYTES;
	struct buffer sum;
	bool good;

	if (span_next(&rest, ' ', &name) && rest.at != NULL) {
		if (span_equal(name, SPAN("sha1"))) {
			kind = UPLOAD_SHA1;
			wanted = SHA1_BYTES;
		} else if (span_equal(name, SPAN("sha256"))) {
			kind = UPLOAD_SHA256;
		}
	}
	if (kind == UPLOAD_UNCHECKED)
		return fault_set(fault, STATUS_INVALID,
				 "Upload-Checksum: only " TUS_CHECKSUMS
				 " are known");
	buffer_init(&sum, 0);
	good = base64_parse(span_trim(rest), &sum) && sum.length == wanted;
	if (good) {
		out->checksum = kind;
		memcpy(out->sum, sum.bytes, wanted);
	}
	buffer_release(&sum);
	return good ? STATUS_OK :
		      fault_set(fault, STATUS_INVALID,
				"Upload-Checksum: this is no sum");
}
