/* token.c - see token.h. */
#include "service/token.h"

#include <assert.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/json.h"

/* ---- keys ----------------------------------------------------------------- */

enum status
token_ring_add(struct token_ring *ring, struct span key, struct fault *fault)
{
	struct token_key *slot = &ring->keys[ring->count];
	uint8_t sum[SHA256_BYTES];
	struct buffer text;

	if (key.length < TOKEN_KEY_MIN_BYTES ||
	    key.length > TOKEN_KEY_MAX_BYTES)
		return fault_set(fault, STATUS_INVALID,
				 "a secret that signs tokens has %d to %d bytes",
				 TOKEN_KEY_MIN_BYTES, TOKEN_KEY_MAX_BYTES);
	if (ring->count == TOKEN_KEYS_MAX)
		return fault_set(fault, STATUS_INVALID,
				 "at most %d secrets are kept", TOKEN_KEYS_MAX);
	buffer_init(&text, 0);
	buffer_add_text(&text, "ogma kid ");
	buffer_add_span(&text, key);
	sha256(text.bytes, text.length, sum);
	explicit_bzero(text.bytes, text.length);
	buffer_release(&text);
	hex_print(sum, 8, slot->id);
	for (size_t i = 0; i < ring->count; i++) {
		if (strcmp(ring->keys[i].id, slot->id) == 0)
			return STATUS_OK;
	}
	memcpy(slot->bytes, key.at, key.length);
	slot->length = key.length;
	ring->count++;
	return STATUS_OK;
}

static struct span
key_bytes(const struct token_key *key)
{
	return (struct span){ key->bytes, key->length };
}

/* ---- signing -------------------------------------------------------------- */

static void
header_print(struct buffer *out, const struct token_key *key)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_object_begin(&json);
	json_member_text(&json, "alg", "HS256");
	json_member_text(&json, "typ", "JWT");
	json_member_text(&json, "kid", key->id);
	json_object_end(&json);
}

static void
claims_print(struct buffer *out, const struct token_ring *ring,
	     const struct token_claims *claims)
{
	struct json_writer json;
	uint8_t id[12];
	char text[32];

	json_writer_init(&json, out);
	json_object_begin(&json);
	json_member_text(&json, "iss", ring->issuer);
	json_member_text(&json, "aud", ring->audience);
	snprintf(text, sizeof text, "%lld", (long long)claims->user_id);
	json_member_text(&json, "sub", text);
	json_member_int(&json, "sid", claims->session_id);
	json_member_int(&json, "iat", claims->issued_at_ms / 1000);
	json_member_int(&json, "nbf", claims->issued_at_ms / 1000);
	json_member_int(&json, "exp", claims->expires_at_ms / 1000);
	random_bytes(id, sizeof id);
	hex_print(id, sizeof id, text);
	json_member_text(&json, "jti", text);
	json_object_end(&json);
}

const char *
token_sign(const struct token_ring *ring, const struct token_claims *claims,
	   struct arena *arena)
{
	uint8_t signature[SHA256_BYTES];
	struct buffer out, part;
	const char *token;

	assert(ring->count > 0);
	buffer_init(&out, TOKEN_MAX_BYTES);
	buffer_init(&part, TOKEN_MAX_BYTES);
	header_print(&part, &ring->keys[0]);
	base64url_add(&out, part.bytes, part.length);
	buffer_add_char(&out, '.');
	buffer_clear(&part);
	claims_print(&part, ring, claims);
	base64url_add(&out, part.bytes, part.length);
	hmac_sha256(key_bytes(&ring->keys[0]),
		    (struct span){ out.bytes, out.length }, signature);
	buffer_add_char(&out, '.');
	base64url_add(&out, signature, sizeof signature);
	assert(!out.full && !part.full);
	token = arena_copy_text(arena, out.bytes);
	buffer_release(&part);
	buffer_release(&out);
	return token;
}

/* ---- verifying ------------------------------------------------------------ */

static enum status
refuse(struct fault *fault, const char *why)
{
	return fault_field(fault, STATUS_UNAUTHENTICATED, "token",
			   "the access token %s", why);
}

/* The JSON object in one part; NULL when it is none. */
static json_t *
part_parse(struct span part)
{
	struct buffer text;
	json_t *object = NULL;

	buffer_init(&text, TOKEN_MAX_BYTES);
	if (base64url_parse(part, &text) && !text.full)
		json_parse(text.bytes, text.length, &object, NULL);
	buffer_release(&text);
	if (json_is_object(object))
		return object;
	json_decref(object);
	return NULL;
}

static bool
text_is(const json_t *object, const char *name, const char *expected)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && strcmp(text, expected) == 0;
}

/* The key a header names; NULL when it is not one of ours, or asks for anything
 * but HS256, or for an extension (crit). */
static const struct token_key *
header_key(const struct token_ring *ring, struct span part)
{
	json_t *header = part_parse(part);
	const struct token_key *key = NULL;

	if (header == NULL)
		return NULL;
	if (text_is(header, "alg", "HS256") &&
	    json_object_get(header, "crit") == NULL) {
		for (size_t i = 0; i < ring->count && key == NULL; i++) {
			if (text_is(header, "kid", ring->keys[i].id))
				key = &ring->keys[i];
		}
	}
	json_decref(header);
	return key;
}

static bool
signature_fits(const struct token_key *key, struct span signed_part,
	       struct span part)
{
	uint8_t expected[SHA256_BYTES];
	struct buffer given;
	bool fits;

	buffer_init(&given, 256);
	hmac_sha256(key_bytes(key), signed_part, expected);
	fits = base64url_parse(part, &given) &&
	       given.length == sizeof expected &&
	       bytes_equal_secret(given.bytes, expected, sizeof expected);
	buffer_release(&given);
	return fits;
}

static bool
time_read(const json_t *claims, const char *name, int64_t *ms)
{
	const json_t *value = json_object_get(claims, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > INT64_MAX / 2000)
		return false;
	*ms = json_integer_value(value) * 1000;
	return true;
}

static enum status
claims_read(const struct token_ring *ring, const json_t *claims,
	    int64_t now_ms, struct token_claims *out, struct fault *fault)
{
	const char *subject = json_string_value(json_object_get(claims,
								"sub"));
	int64_t skew_ms = (int64_t)ring->skew_seconds * 1000, not_before_ms;
	struct token_claims read = { 0 };

	if (!text_is(claims, "iss", ring->issuer) ||
	    !text_is(claims, "aud", ring->audience))
		return refuse(fault, "is for somebody else");
	if (!time_read(claims, "iat", &read.issued_at_ms) ||
	    !time_read(claims, "nbf", &not_before_ms) ||
	    !time_read(claims, "exp", &read.expires_at_ms) ||
	    subject == NULL ||
	    !span_to_i64(span_of(subject), &read.user_id) ||
	    read.user_id < 1 || !json_is_integer(json_object_get(claims, "sid")))
		return refuse(fault, "lacks a claim");
	read.session_id = json_integer_value(json_object_get(claims, "sid"));
	if (now_ms >= read.expires_at_ms + skew_ms)
		return refuse(fault, "has expired");
	if (now_ms < not_before_ms - skew_ms ||
	    now_ms < read.issued_at_ms - skew_ms)
		return refuse(fault, "is not valid yet");
	*out = read;
	return STATUS_OK;
}

enum status
token_verify(const struct token_ring *ring, struct span token,
	     int64_t now_ms, struct token_claims *out, struct fault *fault)
{
	struct span rest = token, header, payload, signature;
	const struct token_key *key;
	enum status status;
	json_t *claims;

	if (token.length == 0 || token.length > TOKEN_MAX_BYTES ||
	    !span_next(&rest, '.', &header) ||
	    !span_next(&rest, '.', &payload) ||
	    !span_next(&rest, '.', &signature) ||
	    span_next(&rest, '.', &(struct span){ 0 }))
		return refuse(fault, "is not well-formed");
	key = header_key(ring, header);
	if (key == NULL)
		return refuse(fault, "is signed with no key of ours");
	if (!signature_fits(key,
			    (struct span){ token.at,
					   header.length + 1 +
						   payload.length },
			    signature))
		return refuse(fault, "has a wrong signature");
	claims = part_parse(payload);
	if (claims == NULL)
		return refuse(fault, "is not well-formed");
	status = claims_read(ring, claims, now_ms, out, fault);
	json_decref(claims);
	return status;
}
