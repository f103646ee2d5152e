/* password.h - keeping passwords so that nobody can read them back.
 *
 * Argon2id (RFC 9106) in its usual text form "$argon2id$v=19$m=…", so that the
 * cost can be raised later without losing old hashes. bcrypt hashes of older
 * systems ("$2a$", "$2b$", "$2y$") are checked too, never made.
 *
 * Floor: 0 (base). Threads: none but the cost is shared. Each call costs tens
 * of milliseconds and 19 MiB by design: never on an event loop.
 */
#ifndef OGMA_BASE_PASSWORD_H
#define OGMA_BASE_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

#define PASSWORD_HASH_BYTES 128
#define PASSWORD_MIN_BYTES 8
#define PASSWORD_MAX_BYTES 256

/* OWASP's second choice for Argon2id, with two passes and one lane. */
#define PASSWORD_MEMORY_KIB 19456

/* What new hashes cost from now on. Before there are threads. */
void password_set_memory(uint32_t kib);

/* STATUS_INVALID with field "password" when it is too short or too long. */
enum status password_hash(const char *password, char out[PASSWORD_HASH_BYTES],
			  struct fault *fault);

/* False for a wrong password and for a hash of no known form. */
bool password_matches(const char *password, const char *hash);

/* A hash of a form that password_matches() reads. */
bool password_hash_known(const char *hash);

/* The hash is of an older form, or of another cost than a new one would be. */
bool password_is_outdated(const char *hash);

/* Takes as long as password_matches() of a new hash and matches nothing, for
 * names that nobody has. */
void password_pretend(const char *password);

#endif /* OGMA_BASE_PASSWORD_H */
