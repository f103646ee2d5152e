/* keys.h - personal API keys, for programs that act for a person.
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_KEYS_H
#define OGMA_LIBRARY_KEYS_H

#include "base/digest.h"
#include "driver/store.h"

#define KEYS_PER_USER 50
#define KEY_NAME_MAX_BYTES 100

struct api_key {
	int64_t id, user_id;
	const char *name;   /* the person's own word for it */
	const char *prefix; /* the key's first letters, to tell them apart */
	unsigned scopes;    /* bits of enum caller_scope */
	int64_t created_at_ms, expires_at_ms, last_used_at_ms; /* 0: never */
};

/* STATUS_INVALID with field "name"; STATUS_CONFLICT with field "keys" at
 * KEYS_PER_USER. */
enum status keys_add(struct store_session *session, const struct api_key *key,
		     const uint8_t hash[SHA256_BYTES], int64_t *id,
		     struct fault *fault);

/* By what the client shows. STATUS_NOT_FOUND: unknown, revoked or expired. */
enum status keys_find(struct store_session *session,
		      const uint8_t hash[SHA256_BYTES], struct arena *arena,
		      struct api_key *out, struct fault *fault);

/* Those that were not revoked, newest first. */
enum status keys_of_user(struct store_session *session, int64_t user_id,
			 struct arena *arena, struct api_key **out,
			 size_t *count, struct fault *fault);

/* STATUS_NOT_FOUND when it is not theirs. */
enum status keys_revoke(struct store_session *session, int64_t id,
			int64_t user_id, struct fault *fault);
enum status keys_revoke_all(struct store_session *session, int64_t user_id,
			    struct fault *fault);
enum status keys_touch(struct store_session *session, int64_t id,
		       struct fault *fault);

#endif /* OGMA_LIBRARY_KEYS_H */
