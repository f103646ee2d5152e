/* digest.h - hashes, random bytes and their text forms, on OpenSSL.
 *
 * Floor: 0 (base). Threads: a running digest belongs to one thread.
 */
#ifndef OGMA_BASE_DIGEST_H
#define OGMA_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define SHA256_BYTES 32
#define SHA1_BYTES 20

struct digest; /* a running SHA-256, or SHA-1 (FIPS 180-4) */

struct digest *digest_new(void);
struct digest *digest_new_sha1(void); /* for checks that others ask for */
void digest_add(struct digest *digest, const void *bytes, size_t count);
/* Frees it. Of SHA-1 the first SHA1_BYTES are written. */
void digest_finish(struct digest *digest, uint8_t out[SHA256_BYTES]);
void digest_free(struct digest *digest);

void sha256(const void *bytes, size_t count, uint8_t out[SHA256_BYTES]);
void hmac_sha256(struct span key, struct span message,
		 uint8_t out[SHA256_BYTES]);

/* Compares in a time that does not depend on the content. */
bool bytes_equal_secret(const void *a, const void *b, size_t count);

/* From the kernel, for keys, tokens and ids. */
void random_bytes(void *out, size_t count);

/* Lower-case hex, terminated: 2 * count + 1 bytes at `out`. */
void hex_print(const void *bytes, size_t count, char *out);
bool hex_parse(struct span text, uint8_t *out, size_t count);

/* Base64 with padding (RFC 4648 4). */
void base64_add(struct buffer *out, const void *bytes, size_t count);

/* Base64url without padding (RFC 4648 5). */
void base64url_add(struct buffer *out, const void *bytes, size_t count);
bool base64url_parse(struct span text, struct buffer *out);

/* Reads base64, padded or not. */
bool base64_parse(struct span text, struct buffer *out);

#endif /* OGMA_BASE_DIGEST_H */
