/* jws.h - tokens that somebody else signed: RS256 and ES256 with keys published
 * as a JSON Web Key Set. Our own are token.h.
 *
 * The algorithm follows from the kind of key and must be the one the token names:
 * a token that asks for another, such as HS256 with a public key as the secret,
 * is refused.
 *
 * Floor: 4 (service). Threads: pure functions.
 * Sources: RFC 7515, RFC 7517, RFC 7518 3.3 and 3.4, RFC 8725.
 */
#ifndef OGMA_SERVICE_JWS_H
#define OGMA_SERVICE_JWS_H

#include <jansson.h>

#include "base/fault.h"
#include "base/text.h"

#define JWS_MAX_BYTES 16384
#define JWS_RSA_MIN_BITS 2048

/* The claims of a token that one of the keys has signed; json_decref() them.
 * STATUS_NOT_FOUND: no key of that name is in the set (it may be newer than the
 * set); STATUS_UNAUTHENTICATED else. Claims are not judged here. */
enum status jws_verify(const json_t *key_set, struct span token,
		       json_t **claims, struct fault *fault);

#endif /* OGMA_SERVICE_JWS_H */
