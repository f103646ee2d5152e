/* users.h - people who may sign in.
 *
 * A name and an e-mail belong to one person each, compared by fold_identity().
 * Leaving is soft: the row stays, so that what a person did keeps its author.
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_USERS_H
#define OGMA_LIBRARY_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/store.h"

#define USER_NAME_MAX_BYTES 64
#define USER_EMAIL_MAX_BYTES 254

/* Each role may do what the ones before it may. */
enum user_role {
	USER_ROLE_NONE, /* nobody is signed in */
	USER_ROLE_USER,
	USER_ROLE_ARTIST,
	USER_ROLE_MODERATOR,
	USER_ROLE_ADMIN,
	USER_ROLE_SUPERADMIN,
};

struct user {
	int64_t id;
	const char *username;
	const char *email;     /* NULL: none */
	const char *full_name; /* NULL: none */
	const char *role; /* user, artist, moderator, admin, superadmin */
	bool is_active;
	int64_t created_at_ms, updated_at_ms;
};

struct user_draft {
	const char *username, *email, *full_name, *role;
	const char *password_hash; /* as password.h makes it; NULL: none yet */
};

const char *user_role_name(enum user_role role); /* "none", "user", … */

/* USER_ROLE_NONE for a word that is no role. */
enum user_role user_role_of(const char *name);
bool user_role_valid(const char *role);

/* STATUS_INVALID with the field; STATUS_CONFLICT with field "username" or
 * "email" when somebody has it. */
enum status users_add(struct store_session *session,
		      const struct user_draft *draft, int64_t *id,
		      struct fault *fault);

/* By name or e-mail. STATUS_NOT_FOUND. */
enum status users_find(struct store_session *session, const char *name,
		       struct arena *arena, struct user *out,
		       struct fault *fault);

enum status users_set_password(struct store_session *session, int64_t id,
			       const char *password_hash,
			       struct fault *fault);

/* Everybody who has not left, by id, after `after_id`, at most `limit`. */
enum status users_list(struct store_session *session, int64_t after_id,
		       size_t limit, struct arena *arena, struct user **out,
		       size_t *count, struct fault *fault);

#endif /* OGMA_LIBRARY_USERS_H */
