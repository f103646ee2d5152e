/* access_private.h - the inside of access, for access*.c and sign_in*.c.
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_ACCESS_PRIVATE_H
#define OGMA_SERVICE_ACCESS_PRIVATE_H

#include <stdatomic.h>

#include "base/digest.h"
#include "library/sessions.h"
#include "net/address.h"
#include "service/access.h"
#include "service/limits.h"
#include "service/token.h"

/* ---- what was lately proved (access_cache.c) ------------------------------ */

struct proof {
	uint8_t key[SHA256_BYTES]; /* what was shown, or a session's number */
	uint64_t generation;       /* of the cache, before the store was read */
	int64_t loaded_ms;         /* monotonic */

	int64_t user_id, session_id, key_id;
	int64_t expires_at_ms; /* Unix; 0: never */
	int64_t used_at_ms, created_at_ms; /* of a session, in the store */
	uint8_t family_hash[SHA256_BYTES];
	enum session_kind kind;
	unsigned scopes;
	enum user_role role;
	bool may_sign_in;
	char username[USER_NAME_MAX_BYTES + 1];
};

struct proof_cache;

struct proof_cache *proof_cache_new(void);
void proof_cache_free(struct proof_cache *cache);

/* To note in a proof before the store is read for it. */
uint64_t proof_cache_generation(struct proof_cache *cache);

bool proof_cache_find(struct proof_cache *cache,
		      const uint8_t key[SHA256_BYTES], struct proof *out);

/* Keeps it unless anything was forgotten since it was read. */
void proof_cache_keep(struct proof_cache *cache, const struct proof *proof);
void proof_cache_forget(struct proof_cache *cache, int64_t user_id);
uint32_t proof_cache_admins(struct proof_cache *cache); /* see access.h */

/* ---- access itself -------------------------------------------------------- */

struct access {
	struct access_settings settings;
	struct store *store;
	struct limits *limits;
	struct token_ring ring;
	struct networks proxies;
	struct proof_cache *proofs;
	struct worker_pool *passwords;
	_Atomic int64_t swept_ms; /* monotonic: old sessions were taken out */
};

/* SHA-256 of what a client shows. */
void secret_hash(struct span secret, uint8_t out[SHA256_BYTES]);

/* 32 random bytes as text, arena-owned, after `prefix`. */
const char *secret_make(struct arena *arena, const char *prefix);

/* Cuts "ID.SECRET[.SECRET]" of cookies and refresh tokens; false when it is not
 * of that form. `rest` gets what follows the second dot, or length 0. */
bool secret_split(struct span text, int64_t *id, struct span *secret,
		  struct span *rest);

/* What a cookie's holder has to send along; arena-owned. */
const char *csrf_of(struct span cookie_secret, struct arena *arena);

/* A link's maker, who has to be somebody who may sign in. */
enum status access_by_user(struct access *access, int64_t user_id,
			   struct arena *arena, struct caller *out,
			   struct fault *fault);

int64_t session_expiry_ms(const struct access *access);

#endif /* OGMA_SERVICE_ACCESS_PRIVATE_H */
