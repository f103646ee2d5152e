/* source_bucket.h - where a bucket is: the server of a source of kind "s3", as an
 * admin says it and as its row keeps it.
 *
 * A row without an address is on the server of the settings (S3_ENDPOINT). One
 * with an address has keys of its own; the secret is sealed (base/seal.h), and is
 * in no answer, log line or audit row.
 *
 * Floor: 4 (service). Threads: every call may block: from workers.
 */
#ifndef OGMA_SERVICE_SOURCE_BUCKET_H
#define OGMA_SERVICE_SOURCE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"

struct s3_access;
struct store;

/* Texts are NULL when nothing was said of them. */
struct source_bucket {
	const char *endpoint; /* "": the server of the settings */
	const char *region, *access_key, *secret_key;
	bool path_style, path_style_given;
};

/* What a row keeps, without the secret. Arena-owned; endpoint "" and the rest
 * NULL for the server of the settings. */
struct source_bucket_seen {
	const char *endpoint, *region, *access_key;
	bool has_secret, path_style;
};
void source_bucket_look(const char *config, struct arena *arena,
			struct source_bucket_seen *out);

/* The row's config with what is given put over `config` ("{}" for a new row).
 * Another address forgets the secret: it was for another server. STATUS_INVALID
 * with the field that is missing. */
enum status source_bucket_config(const char *config,
				 const struct source_bucket *given,
				 const struct s3_access *s3,
				 struct arena *arena, const char **out,
				 struct fault *fault);

/* Asks the bucket itself. STATUS_UNAVAILABLE with a sentence that says what is
 * wrong with it. */
enum status source_bucket_try(const struct s3_access *s3, const char *root,
			      const char *config, struct fault *fault);

/* The same of what an admin is about to write: `id` is the source that is
 * changed, 0 for a new one. */
enum status source_bucket_try_given(struct store *store,
				    const struct s3_access *s3, int64_t id,
				    const char *path,
				    const struct source_bucket *given,
				    struct fault *fault);

#endif /* OGMA_SERVICE_SOURCE_BUCKET_H */
