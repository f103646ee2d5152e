/* users.h - people who may sign in.
 *
 * A name and an e-mail belong to one person each, compared by fold_identity().
 * Leaving is soft: the row stays, so that what a person did keeps its author.
 *
 * Functions that change the role or state of people count on sql_lock() of
 * "users" as the first statement of the transaction wherever the last
 * superadmin could be lost (users_lock()).
 *
 * Floor: 3 (library). Threads: a session's.
 */
#ifndef OGMA_LIBRARY_USERS_H
#define OGMA_LIBRARY_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

#define USER_NAME_MAX_BYTES 64
#define USER_EMAIL_MAX_BYTES 254
#define USER_FULL_NAME_MAX_BYTES 200

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
	const char *status; /* pending, active, rejected, blocked */
	bool is_active;     /* may sign in, when status is active too */
	bool has_password;
	int64_t telegram_id; /* 0: none */
	int64_t reviewed_by; /* who approved or rejected; 0: nobody */
	int64_t reviewed_at_ms, last_login_at_ms; /* 0: never */
	int64_t created_at_ms, updated_at_ms;
};

struct user_draft {
	const char *username, *email, *full_name, *role;
	const char *status;        /* NULL: active */
	const char *password_hash; /* as password.h makes it; NULL: none yet */
};

const char *user_role_name(enum user_role role); /* "none", "user", … */

/* USER_ROLE_NONE for a word that is no role. */
enum user_role user_role_of(const char *name);
bool user_role_valid(const char *role);
bool user_status_valid(const char *status);

/* Active by both words. */
bool user_may_sign_in(const struct user *user);

/* Keeps other transactions that change roles or states out until the end of
 * this one. The first statement of a store_write(). */
enum status users_lock(struct store_session *session, struct fault *fault);

/* STATUS_INVALID with the field; STATUS_CONFLICT when somebody has the name or
 * the e-mail (field). */
enum status users_add(struct store_session *session,
		      const struct user_draft *draft, int64_t *id,
		      struct fault *fault);

/* By name or e-mail. STATUS_NOT_FOUND. */
enum status users_find(struct store_session *session, const char *name,
		       struct arena *arena, struct user *out,
		       struct fault *fault);
enum status users_get(struct store_session *session, int64_t id,
		      struct arena *arena, struct user *out,
		      struct fault *fault);

/* What the password is checked against; *out is NULL when there is none. */
enum status users_password_hash(struct store_session *session, int64_t id,
				struct arena *arena, const char **out,
				struct fault *fault);

enum status users_set_password(struct store_session *session, int64_t id,
			       const char *password_hash,
			       struct fault *fault);

/* Only the same password in a better form: no session ends because of it. */
enum status users_upgrade_password(struct store_session *session, int64_t id,
				   const char *old_hash,
				   const char *password_hash,
				   struct fault *fault);

enum user_change_bits {
	USER_CHANGE_USERNAME = 1,
	USER_CHANGE_EMAIL = 2,
	USER_CHANGE_FULL_NAME = 4,
	USER_CHANGE_ROLE = 8,
	USER_CHANGE_STATUS = 16,
	USER_CHANGE_ACTIVE = 32,
};

struct user_change {
	unsigned bits; /* which of the members count */
	const char *username, *email, *full_name, *role, *status;
	bool is_active;
	int64_t reviewed_by; /* with a status: who decided; 0: leave */
};

/* STATUS_INVALID and STATUS_CONFLICT as users_add(); STATUS_NOT_FOUND. */
enum status users_change(struct store_session *session, int64_t id,
			 const struct user_change *change,
			 struct fault *fault);

enum status users_set_telegram(struct store_session *session, int64_t id,
			       int64_t telegram_id, struct fault *fault);
enum status users_note_login(struct store_session *session, int64_t id,
			     struct fault *fault);

/* Superadmins who may sign in. */
enum status users_count_superadmins(struct store_session *session,
				    int64_t *out, struct fault *fault);

/* The row stays, nobody can sign in with it. `erase` takes out all that says
 * who it was: the name becomes "deleted-" and the id. */
enum status users_leave(struct store_session *session, int64_t id, bool erase,
			struct fault *fault);

/* ---- lists (users_list.c) ------------------------------------------------- */

/* Everybody who has not left, by id, after `after_id`, at most `limit`. */
enum status users_list(struct store_session *session, int64_t after_id,
		       size_t limit, struct arena *arena, struct user **out,
		       size_t *count, struct fault *fault);

struct user_filter { /* NULL: any */
	const char *text; /* part of name, e-mail or Telegram id */
	const char *role, *status;
	const bool *is_active;
};

struct user_page {
	struct user *items;
	size_t count;
	struct page_info page;
};

struct user_name {
	int64_t id;
	const char *name;
};

/* Of at most PAGE_LIMIT_MAX people, in no order; who is not there is left
 * out. */
enum status users_names(struct store_session *session, const int64_t *ids,
			size_t count, struct arena *arena,
			struct user_name **out, size_t *out_count,
			struct fault *fault);

/* sort: "-created_at", "created_at", "username",
 * "-last_login_at", "last_login_at", "id", "-id"; NULL: the first. */
#define USER_SORTS \
	"-created_at|created_at|username|-last_login_at|last_login_at|id|-id"
enum status users_page(struct store_session *session,
		       const struct user_filter *filter, const char *sort,
		       const struct page_request *page, struct arena *arena,
		       struct user_page *out, struct fault *fault);

struct user_totals {
	int64_t total, active, pending, blocked, created_since;
	int64_t by_role[USER_ROLE_SUPERADMIN + 1];
};

enum status users_totals(struct store_session *session, int64_t since_ms,
			 struct user_totals *out, struct fault *fault);

#endif /* OGMA_LIBRARY_USERS_H */
