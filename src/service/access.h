/* access.h - who is asking: from what a request carries to a struct caller.
 *
 * Five proofs are known (enum caller_proof): an access token ("Authorization:
 * Bearer" with a JWT), a personal API key (the same header, or X-API-Key, with
 * "ogma_…"), the session cookie of the web app, and, when the operator has
 * named its address, the header of a reverse proxy that signed the person in.
 * Signing in itself is sign_in.h.
 *
 * What a proof says is checked against the store each time, through a small
 * cache that forgets after ACCESS_CACHE_MS: who was blocked, demoted or signed
 * out by another process loses their rights within that time, by this process
 * at once (access_forget()).
 *
 * Floor: 4 (service). Threads: all calls from any thread at the same time; those
 * marked "blocks" only from workers.
 */
#ifndef OGMA_SERVICE_ACCESS_H
#define OGMA_SERVICE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "base/text.h"
#include "base/worker.h"
#include "driver/store.h"
#include "service/caller.h"

#define ACCESS_CACHE_MS 1000
#define ACCESS_COOKIE "ogma_session"
#define ACCESS_CSRF_FIELD "X-CSRF-Token"
#define ACCESS_KEY_FIELD "X-API-Key"

#define ACCESS_KEY_PREFIX "ogma_"

struct access;
struct limits;

struct access_settings {
	bool members_only; /* nothing of the library for who is not signed in */
	const char *registration; /* open, invitation, approval or closed */
	const char *public_url;   /* "https://music.example.org", or "" */

	const char *jwt_secret;  /* API_JWT_SECRET: signs, when given */
	const char *secret_key;  /* SECRET_KEY: signs when the one above is "" */
	const char *admin_key;   /* ADMIN_SECRET_KEY: as a last choice */
	const char *old_secrets; /* comma separated: only checked */
	const char *jwt_issuer, *jwt_audience;
	uint32_t jwt_skew_seconds; /* clocks may differ by so much */
	uint32_t access_minutes;   /* life of an access token */
	uint32_t refresh_days;     /* of a session that is not used */
	uint32_t admin_seconds;    /* of an admin's session in all; 0: as others */

	uint32_t password_memory_kib; /* for password_set_memory() */
	uint32_t password_threads; /* Argon2 computations at once */
	uint32_t password_queue_max;

	const char *proxy_field;     /* of a reverse proxy; "": none */
	const char *proxy_addresses; /* networks that are believed */
	bool proxy_creates;          /* makes users it does not know */

	const char *telegram_bot_token; /* "": no sign-in with Telegram */
	const char *telegram_bot_name;  /* "music_bot"; "": not told */
	bool telegram_signs_up;         /* makes users */
	uint32_t telegram_age_seconds;  /* oldest init data taken */
};

extern const struct option access_options[];

struct access_args {
	const struct access_settings *settings; /* borrowed */
	struct store *store;                    /* borrowed */
	struct limits *limits;                  /* borrowed */
	const char *key_path; /* file for a signing key of our own, made with
			       * mode 0600 when no secret is set; NULL: kept
			       * in the store, for several servers */
};

/* STATUS_INVALID names a setting that is wrong. Blocks. */
enum status access_open(const struct access_args *args, struct access **out,
			struct fault *fault);

/* All calls have returned before; runs queued password work to its end. NULL
 * is fine. */
void access_close(struct access *access);

/* What a request carries; an absent field has length 0. */
struct credentials {
	struct span authorization; /* Authorization */
	struct span api_key;       /* X-API-Key */
	struct span cookie;        /* Cookie */
	struct span csrf;          /* X-CSRF-Token */
	struct span proxy_user;    /* the field access_proxy_field() names */
	bool unsafe;               /* neither GET, HEAD nor OPTIONS */
	const char *address;       /* of the client, behind trusted proxies */
	const char *peer;          /* who is connected; NULL: address */
	const char *user_agent;    /* may be NULL */
};

/* The name of the header field for credentials.proxy_user, or NULL. */
const char *access_proxy_field(const struct access *access);

/* Without any proof the answer is STATUS_OK and nobody (user_id 0), at once and
 * without the store. STATUS_UNAUTHENTICATED: a proof was given that is wrong,
 * spent, or of somebody who may not sign in (any more). STATUS_DENIED with field
 * "csrf": a cookie came with an unsafe method and without its token. Scopes of a
 * key are in out->scopes and for the caller to check. Blocks. */
enum status access_identify(struct access *access,
			    const struct credentials *credentials,
			    struct arena *arena, struct caller *out,
			    struct fault *fault);

/* The value of ?sig= in a link that gives `thing` ("track/17") to whoever has it,
 * in the caller's name, until expires_ms. Arena-owned. */
const char *access_link_make(struct access *access,
			     const struct caller *caller, const char *thing,
			     int64_t expires_ms, struct arena *arena);

/* Who made such a link. STATUS_UNAUTHENTICATED with field "sig" when it is not
 * ours, for another thing, spent, or its maker may not sign in any more.
 * Blocks. */
enum status access_link_identify(struct access *access, const char *thing,
				 struct span text, struct arena *arena,
				 struct caller *out, struct fault *fault);

/* What somebody proved when they began something that lasts. */
struct standing {
	int64_t user_id, session_id, key_id; /* as in struct caller */
	enum user_role role;                 /* set anew */
	bool stands;                         /* set: they may sign in still */
};

/* Whether session, key and account are still good, and which role the account
 * has now; past the cache, in one reading. Any other status than STATUS_OK says
 * nothing about anybody. Blocks. */
enum status access_look_again(struct access *access,
			      struct standing *standings, size_t count,
			      struct fault *fault);

/* Sessions of admins and superadmins that asked for anything within the last five
 * minutes, as far as the cache remembers. Does not block. */
uint32_t access_admin_sessions(struct access *access);

/* The session cookie in a Cookie field, with its value. */
bool access_cookie_find(struct span cookies, struct span *value);

/* What a request with that cookie has to send along. Arena-owned. */
const char *access_csrf(struct span cookie_value, struct arena *arena);

const struct access_settings *access_settings_of(const struct access *access);

/* True when access_identify() would have to look at anything at all. */
bool access_has_proof(const struct access *access,
		      const struct credentials *credentials);

/* The user, or a session or key of theirs, was changed: after this returns no
 * older state is believed by this process. */
void access_forget(struct access *access, int64_t user_id);

/* The few threads on which passwords are hashed: who answers sign-ins submits
 * the whole piece of work, so that neither loops nor other workers wait for
 * Argon2. STATUS_FULL: answer 503. */
enum status access_password_submit(struct access *access, worker_job *job,
				   void *cookie);

#endif /* OGMA_SERVICE_ACCESS_H */
