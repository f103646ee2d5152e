/* sign_in.h - becoming somebody: passwords, refresh tokens, links, accounts
 * elsewhere, and ending it.
 *
 * Against guessing: five failures a minute for an account from one address
 * (LIMIT_LOGIN), and for an account as a whole thirty failures, then one in
 * twenty seconds, which only addresses feel that the account has not signed in
 * from in the last 90 days. So nobody can lock a person out of the places they
 * sign in from. Names that nobody has behave, and take as long, as others.
 *
 * Floor: 4 (service). Threads: all calls block; those that hash a password are to
 * run by access_password_submit().
 */
#ifndef OGMA_SERVICE_SIGN_IN_H
#define OGMA_SERVICE_SIGN_IN_H

#include "library/channel_djs.h"
#include "service/access.h"

#define LINK_HOURS 24

/* Where the sign-in comes from and what it wants. */
struct sign_in_client {
	const char *address, *user_agent;
	bool cookie; /* a session cookie instead of tokens */
};

struct signed_in {
	struct user user;
	int64_t session_id; /* 0: nobody was signed in */
	const char *access_token, *refresh_token; /* or NULL */
	const char *cookie, *csrf_token;          /* or NULL */
	uint32_t expires_in_seconds;
	uint32_t retry_after_seconds; /* set with STATUS_AGAIN_LATER */
};

/* Everything in *out is arena-owned.
 *
 * STATUS_UNAUTHENTICATED: wrong pair. STATUS_DENIED with field "pending" or
 * "blocked": the pair is right but the account may not sign in; STATUS_AGAIN_LATER with field
 * "login": too many tries. Hashes. */
enum status sign_in_password(struct access *access,
			     const struct sign_in_client *client,
			     const char *name, const char *password,
			     struct arena *arena, struct signed_in *out,
			     struct fault *fault);

struct sign_up {
	const char *username, *email, *full_name, *password;
	const char *invitation; /* a code, or NULL */
};

/* As REGISTRATION says; who has to wait for approval is not signed in.
 * STATUS_DENIED with field "invitation" or "registration"; STATUS_CONFLICT and
 * STATUS_INVALID as users_add(). Hashes. */
enum status sign_up(struct access *access, const struct sign_in_client *client,
		    const struct sign_up *wanted, struct arena *arena,
		    struct signed_in *out, struct fault *fault);

/* STATUS_UNAUTHENTICATED: not valid; a spent token has ended its family. */
enum status sign_in_refresh(struct access *access,
			    const struct sign_in_client *client,
			    struct span refresh_token, struct arena *arena,
			    struct signed_in *out, struct fault *fault);

/* Ends the caller's session, or all of theirs. */
enum status sign_out(struct access *access, const struct caller *caller,
		     bool everywhere, struct fault *fault);

/* STATUS_UNAUTHENTICATED with field "current_password" when it is wrong. Ends
 * all sessions but the caller's. `current` may be NULL when there is none yet.
 * Guesses are limited as in sign_in_password(). Hashes. */
enum status sign_in_change_password(struct access *access,
				    const struct caller *caller,
				    const char *current, const char *next,
				    uint32_t *retry_after_seconds,
				    struct fault *fault);

/* The same test alone, before something that cannot be undone. An account
 * without a password passes. */
enum status sign_in_check_password(struct access *access,
				   const struct caller *caller,
				   const char *password,
				   uint32_t *retry_after_seconds,
				   struct fault *fault);

/* A DJ's program, on one channel. `name` is his; or "source", as old programs
 * say: then the password is "name:password", or that of the only DJ there is.
 * Statuses as of sign_in_password(). Hashes; limited likewise. */
enum status sign_in_dj(struct access *access, int64_t channel_id,
		       const char *name, const char *password,
		       const char *address, struct arena *arena,
		       struct dj_row *out, uint32_t *retry_after_seconds,
		       struct fault *fault);

/* ---- links that work once ------------------------------------------------- */

struct link_info {
	bool is_setup;
	const char *username; /* of a password link */
};

/* The address of a page that sets somebody's password; earlier ones of theirs
 * end. Arena-owned. Inside a write of the caller's. */
enum status link_make_password(struct store_session *session,
			       const char *public_url, int64_t user_id,
			       struct arena *arena, const char **link,
			       int64_t *expires_at_ms, struct fault *fault);

/* The address of the page that makes the first superadmin; NULL when there is
 * one already. */
enum status link_make_setup(struct store *store, const char *public_url,
			    struct arena *arena, const char **link,
			    struct fault *fault);

/* STATUS_NOT_FOUND: not valid (any more). */
enum status link_describe(struct access *access, const char *code,
			  struct arena *arena, struct link_info *out,
			  struct fault *fault);

/* Sets the password, or makes the superadmin, and signs in. Hashes. */
enum status sign_in_link(struct access *access,
			 const struct sign_in_client *client, const char *code,
			 const struct sign_up *wanted, struct arena *arena,
			 struct signed_in *out, struct fault *fault);

/* ---- accounts elsewhere --------------------------------------------------- */

struct outsider { /* whom a provider vouches for */
	const char *provider, *subject;
	const char *username, *full_name, *email; /* as they are there, or NULL */
	bool email_verified;
	int64_t telegram_id; /* 0: not Telegram */
	bool may_sign_up;    /* an account may be made */
	bool may_join_email; /* who has this verified e-mail here is the one */
};

/* Links with `caller` when somebody is signed in, else finds who is linked, else
 * makes an account as REGISTRATION allows. STATUS_NOT_FOUND with field
 * "account": there is none and none may be made; STATUS_DENIED with field
 * "pending" or "blocked" as above; STATUS_CONFLICT with field "login": linked with somebody
 * else. */
enum status sign_in_outsider(struct access *access,
			     const struct sign_in_client *client,
			     const struct caller *caller,
			     const struct outsider *outsider,
			     struct arena *arena, struct signed_in *out,
			     struct fault *fault);

#endif /* OGMA_SERVICE_SIGN_IN_H */
