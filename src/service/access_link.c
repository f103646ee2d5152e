/* access_link.c - signed links: one track's bytes for players that cannot send
 * header fields; see access.h.
 *
 * The text is USER.EXPIRES.SIGNATURE: a user's id, Unix seconds, and an
 * HMAC-SHA-256 over both and what the link is for. */
#include <stdio.h>

#include "base/clock.h"
#include "service/access_private.h"

#define SIGNATURE_TEXT_BYTES 43 /* base64url of 32 bytes */

static void
link_sign(const struct token_key *key, const char *thing, int64_t user_id,
	  int64_t expires_s, uint8_t out[SHA256_BYTES])
{
	struct buffer message;

	buffer_init(&message, 0);
	buffer_print(&message, "ogma link\n%s\n%lld\n%lld", thing,
		     (long long)user_id, (long long)expires_s);
	hmac_sha256((struct span){ key->bytes, key->length },
		    (struct span){ message.bytes, message.length }, out);
	buffer_release(&message);
}

const char *
access_link_make(struct access *access, const struct caller *caller,
		 const char *thing, int64_t expires_ms, struct arena *arena)
{
	uint8_t signature[SHA256_BYTES];
	struct buffer text;
	const char *made;

	link_sign(&access->ring.keys[0], thing, caller->user_id,
		  expires_ms / 1000, signature);
	buffer_init(&text, 0);
	buffer_print(&text, "%lld.%lld.", (long long)caller->user_id,
		     (long long)(expires_ms / 1000));
	base64url_add(&text, signature, sizeof signature);
	made = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return made;
}

static enum status
refuse(struct fault *fault, const char *why)
{
	return fault_field(fault, STATUS_UNAUTHENTICATED, "sig",
			   "this link %s", why);
}

static bool
signature_fits(const struct access *access, const char *thing,
	       int64_t user_id, int64_t expires_s, struct span text)
{
	uint8_t expected[SHA256_BYTES];
	struct buffer given;
	bool fits = false;

	buffer_init(&given, 256);
	if (base64url_parse(text, &given) && given.length == SHA256_BYTES) {
		for (size_t i = 0; i < access->ring.count && !fits; i++) {
			link_sign(&access->ring.keys[i], thing, user_id,
				  expires_s, expected);
			fits = bytes_equal_secret(given.bytes, expected,
						  sizeof expected);
		}
	}
	buffer_release(&given);
	return fits;
}

enum status
access_link_identify(struct access *access, const char *thing,
		     struct span text, struct arena *arena,
		     struct caller *out, struct fault *fault)
{
	struct span rest = text, user, expires, signature;
	int64_t user_id, expires_s;

	if (!span_next(&rest, '.', &user) || !span_next(&rest, '.', &expires) ||
	    !span_next(&rest, '.', &signature) ||
	    !span_to_i64(user, &user_id) || user_id < 1 ||
	    !span_to_i64(expires, &expires_s) ||
	    signature.length != SIGNATURE_TEXT_BYTES)
		return refuse(fault, "is not well-formed");
	if (!signature_fits(access, thing, user_id, expires_s, signature))
		return refuse(fault, "is not for this, or not ours");
	if (clock_now_ms() / 1000 >= expires_s)
		return refuse(fault, "has expired");
	return access_by_user(access, user_id, arena, out, fault);
}
