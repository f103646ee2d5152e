/* sessions.h - where people are signed in: families of refresh tokens, cookies.
 *
 * What a client holds is two random secrets: the family's, which stays, and the
 * current refresh secret, which each use replaces. The store keeps SHA-256 of
 * both. Who shows the right family with a refresh secret that is not the current
 * one has a spent token: it was copied, and the whole family ends. A guessed
 * token names no family and ends nothing. A cookie is a family without refresh
 * secrets.
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_SESSIONS_H
#define OGMA_LIBRARY_SESSIONS_H

#include "base/digest.h"
#include "driver/store.h"

#define SESSIONS_PER_USER 50 /* the oldest unused ends when there are more */

enum session_kind {
	SESSION_OF_TOKENS = 1,
	SESSION_OF_COOKIE = 2,
};

struct sign_in {
	int64_t id, user_id;
	enum session_kind kind;
	uint8_t family_hash[SHA256_BYTES];
	uint8_t refresh_hash[SHA256_BYTES]; /* of tokens */
	const char *address, *user_agent;   /* or NULL */
	int64_t created_at_ms, used_at_ms, expires_at_ms;
	int64_t revoked_at_ms;   /* 0: it lives */
	const char *revoked_why; /* "logout", "reuse", "password", … */
};

/* Sets out->id; created_at is now. Ends the least recently used one of somebody
 * with too many. */
enum status sessions_add(struct store_session *session,
			 const struct sign_in *row, int64_t *id,
			 struct fault *fault);

enum status sessions_get(struct store_session *session, int64_t id,
			 struct arena *arena, struct sign_in *out,
			 struct fault *fault);

enum session_rotation {
	ROTATION_DONE,
	ROTATION_REFUSED, /* no such family, ended, or expired */
	ROTATION_REUSE,   /* a spent token: the family was ended now */
};

/* Replaces the current refresh secret, in one statement, so that of two who
 * show the same token one is too late. *user_id is set unless refused. */
enum status sessions_rotate(struct store_session *session, int64_t id,
			    const uint8_t family_hash[SHA256_BYTES],
			    const uint8_t shown_hash[SHA256_BYTES],
			    const uint8_t next_hash[SHA256_BYTES],
			    int64_t expires_at_ms, const char *address,
			    enum session_rotation *out, int64_t *user_id,
			    struct fault *fault);

/* Notes that a cookie was used. */
enum status sessions_touch(struct store_session *session, int64_t id,
			   int64_t expires_at_ms, const char *address,
			   struct fault *fault);

/* STATUS_NOT_FOUND when it is not theirs or has ended. user_id 0: anybody's. */
enum status sessions_revoke(struct store_session *session, int64_t id,
			    int64_t user_id, const char *why,
			    struct fault *fault);

/* All of somebody's but `except` (0: all). */
enum status sessions_revoke_all(struct store_session *session, int64_t user_id,
				int64_t except, const char *why,
				struct fault *fault);

/* Those that live, the last used first, at most SESSIONS_PER_USER. */
enum status sessions_of_user(struct store_session *session, int64_t user_id,
			     struct arena *arena, struct sign_in **out,
			     size_t *count, struct fault *fault);

/* Somebody signed in from this address since then: it is no stranger's. */
enum status sessions_know_address(struct store_session *session,
				  int64_t user_id, const char *address,
				  int64_t since_ms, bool *out,
				  struct fault *fault);

enum status sessions_count(struct store_session *session, int64_t *out,
			   struct fault *fault);

/* Takes out those that ended or expired before then. */
enum status sessions_sweep(struct store_session *session, int64_t before_ms,
			   struct fault *fault);

#endif /* OGMA_LIBRARY_SESSIONS_H */
