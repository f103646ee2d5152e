/* token.h - access tokens: JSON Web Tokens signed with HMAC-SHA-256.
 *
 * Only what we issue is read back: three parts, a header with alg HS256 and a
 * kid that names one of our keys, and the claims below. Everything else, "none"
 * and the asymmetric algorithms first of all, is refused before any claim is
 * looked at. Why not a library: docs/decisions/0011-signing-in.md.
 *
 * Floor: 4 (service). Threads: pure functions over a constant ring.
 * Sources: RFC 7515, RFC 7519, RFC 8725.
 */
#ifndef OGMA_SERVICE_TOKEN_H
#define OGMA_SERVICE_TOKEN_H

#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

#define TOKEN_KEYS_MAX 8
#define TOKEN_KEY_MIN_BYTES 32 /* RFC 7518 3.2 */
#define TOKEN_KEY_MAX_BYTES 512
#define TOKEN_MAX_BYTES 2048

struct token_key {
	char id[17]; /* kid: from the key's SHA-256, tells nothing about it */
	char bytes[TOKEN_KEY_MAX_BYTES];
	size_t length;
};

struct token_ring {
	struct token_key keys[TOKEN_KEYS_MAX]; /* [0] signs, all verify */
	size_t count;
	const char *issuer, *audience; /* borrowed */
	uint32_t skew_seconds;
};

struct token_claims {
	int64_t user_id;    /* sub */
	int64_t session_id; /* sid */
	int64_t issued_at_ms, expires_at_ms; /* iat = nbf, exp: whole seconds */
};

/* STATUS_INVALID: too short or too long. The same key twice is kept once. */
enum status token_ring_add(struct token_ring *ring, struct span key,
			   struct fault *fault);

/* Arena-owned text. */
const char *token_sign(const struct token_ring *ring,
		       const struct token_claims *claims, struct arena *arena);

/* STATUS_UNAUTHENTICATED with the reason when it is none of ours, or not valid
 * at now_ms. */
enum status token_verify(const struct token_ring *ring, struct span token,
			 int64_t now_ms, struct token_claims *out,
			 struct fault *fault);

#endif /* OGMA_SERVICE_TOKEN_H */
