/* seal.h - secrets that have to be used again (keys of buckets, of streams), so
 * that a row, a backup or a dump of the store alone does not tell them.
 *
 * AES-256-GCM (NIST SP 800-38D) under a key made from SECRET_KEY, or from a key
 * file beside the store. What is sealed names its key and is bound to its purpose:
 * it cannot be put in another's place. Written as
 * "sealed:1:{key}:{base64url of nonce, text and tag}".
 *
 * Floor: 0 (base). Threads: no shared state after seal_open().
 */
#ifndef OGMA_BASE_SEAL_H
#define OGMA_BASE_SEAL_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/memory.h"

#define SEAL_KEYS_MAX 16
#define SEAL_SECRET_BYTES_MAX 65536

struct seal;

struct seal_args {
	const char *secret;      /* seals; "", NULL: the key of the file does */
	const char *old_secrets; /* separated by commas; these open only */
	const char *key_path;    /* made with mode 0600 where it is needed;
				  * NULL: none, and without a secret nothing is
				  * sealed */
};

/* STATUS_INVALID: too many old secrets; or as file_read(), file_write(). */
enum status seal_open(const struct seal_args *args, struct seal **out,
		      struct fault *fault);
void seal_close(struct seal *seal); /* NULL is fine; keys are wiped */

/* Arena-owned. The text itself where nothing is sealed (seal NULL, or without
 * keys), and NULL for NULL. */
const char *seal_text(const struct seal *seal, const char *purpose,
		      const char *text, struct arena *arena);

/* Whether it is as seal_text() would write it today: false for plain text and for
 * what an older key has sealed. */
bool seal_is_current(const struct seal *seal, const char *text);

/* The plain text; what was never sealed is given back as it is. STATUS_UNAVAILABLE
 * with a sentence: it was sealed by a key that is not here, or was changed. */
enum status seal_read(const struct seal *seal, const char *purpose,
		      const char *text, struct arena *arena, const char **out,
		      struct fault *fault);

#endif /* OGMA_BASE_SEAL_H */
