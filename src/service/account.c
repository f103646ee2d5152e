/* account.c - see account.h. */
#include "service/account.h"

#include <string.h>

#include "base/clock.h"
#include "library/audit.h"
#include "library/logins.h"
#include "library/outbox.h"
#include "library/playlists.h"
#include "service/access_private.h"
#include "service/account_data.h"
#include "service/listening.h"
#include "service/people.h"

#define PLAYLISTS_AT_ONCE 50
#define PREFIX_LETTERS 11 /* "ogma_" and six more */

/* ---- profile -------------------------------------------------------------- */

struct change_work {
	const struct caller *caller;
	const struct user_change *change;
};

static enum status
change_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct change_work *work = cookie;

	return users_change(session, work->caller->user_id, work->change,
			    fault);
}

enum status
account_change(struct access *access, const struct caller *caller,
	       const struct user_change *change, struct fault *fault)
{
	struct change_work work = { caller, change };
	enum status status =
		store_write(access->store, change_work, &work, fault);

	access_forget(access, caller->user_id);
	return status;
}

/* ---- keys ----------------------------------------------------------------- */

struct key_add {
	struct api_key *key;
	uint8_t hash[SHA256_BYTES];
};

static enum status
key_add_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct key_add *add = cookie;

	return keys_add(session, add->key, add->hash, &add->key->id, fault);
}

enum status
account_key_add(struct access *access, struct api_key *key,
		struct arena *arena, const char **text, struct fault *fault)
{
	const char *made = secret_make(arena, ACCESS_KEY_PREFIX);
	struct key_add add = { .key = key };
	enum status status;

	if (key->expires_at_ms != 0 && key->expires_at_ms <= clock_now_ms())
		return fault_field(fault, STATUS_INVALID, "expires_at",
				   "that time has passed");
	key->prefix = arena_copy_bytes(arena, made, PREFIX_LETTERS);
	key->created_at_ms = clock_now_ms();
	secret_hash(span_of(made), add.hash);
	status = store_write(access->store, key_add_work, &add, fault);
	if (status == STATUS_OK)
		*text = made;
	return status;
}

struct one_thing {
	const struct caller *caller;
	int64_t id;
	const char *provider;
};

static enum status
key_remove_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	const struct one_thing *thing = cookie;

	return keys_revoke(session, thing->id, thing->caller->user_id, fault);
}

enum status
account_key_remove(struct access *access, const struct caller *caller,
		   int64_t id, struct fault *fault)
{
	struct one_thing thing = { .caller = caller, .id = id };
	enum status status =
		store_write(access->store, key_remove_work, &thing, fault);

	access_forget(access, caller->user_id);
	return status;
}

/* ---- sessions ------------------------------------------------------------- */

static enum status
session_end_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	const struct one_thing *thing = cookie;

	return sessions_revoke(session, thing->id, thing->caller->user_id,
			       "ended", fault);
}

enum status
account_session_end(struct access *access, const struct caller *caller,
		    int64_t id, struct fault *fault)
{
	struct one_thing thing = { .caller = caller, .id = id };
	enum status status =
		store_write(access->store, session_end_work, &thing, fault);

	access_forget(access, caller->user_id);
	return status;
}

/* ---- accounts elsewhere --------------------------------------------------- */

static enum status
unlink_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct one_thing *thing = cookie;
	int64_t user_id = thing->caller->user_id;
	bool telegram = strcmp(thing->provider, "telegram") == 0;
	struct user_login *logins;
	const char *provider = NULL;
	size_t count = 0;
	struct arena arena;
	struct user user;
	enum status status;

	arena_init(&arena);
	status = users_get(session, user_id, &arena, &user, fault);
	if (status == STATUS_OK)
		status = logins_of_user(session, user_id, &arena, &logins,
					&count, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		if (telegram == (strcmp(logins[i].provider, "telegram") == 0))
			provider = logins[i].provider;
	}
	if (status == STATUS_OK && provider == NULL)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "no account there is linked");
	if (status == STATUS_OK && count == 1 && !user.has_password)
		status = fault_field(fault, STATUS_CONFLICT, "login",
				     "this is the last way to sign in: set a "
				     "password first");
	if (status == STATUS_OK)
		status = logins_remove(session, user_id, provider, fault);
	if (status == STATUS_OK && telegram)
		status = users_set_telegram(session, user_id, 0, fault);
	arena_release(&arena);
	return status;
}

enum status
account_unlink(struct access *access, const struct caller *caller,
	       const char *provider, struct fault *fault)
{
	struct one_thing thing = { .caller = caller, .provider = provider };

	return store_write(access->store, unlink_work, &thing, fault);
}

/* ---- leaving -------------------------------------------------------------- */

static enum status
erase_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct caller *caller = cookie;
	int64_t id = caller->user_id;
	enum status status = users_lock(session, fault);

	if (status == STATUS_OK)
		status = people_keep_superadmin(session, id, fault);
	if (status == STATUS_OK)
		status = account_data_remove(session, id, fault);
	if (status == STATUS_OK)
		status = users_leave(session, id, true, fault);
	if (status == STATUS_OK && caller->role >= USER_ROLE_MODERATOR)
		status = audit_add(session, caller, "delete", "user", id, NULL,
				   NULL, fault);
	return status;
}

static enum status
may_leave_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct caller *caller = cookie;

	return people_keep_superadmin(session, caller->user_id, fault);
}

/* A playlist takes its words out of the search index with it, which is a
 * transaction of its own kind; at most so many at once. */
static enum status
playlists_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct one_thing *thing = cookie;
	int64_t ids[PLAYLISTS_AT_ONCE];
	struct store_rows *rows = NULL;
	size_t count = 0;
	enum status status = outbox_begin(session, fault);

	thing->id = 0;
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select id from playlists where "
				   "owner_id = $1 order by id limit $2",
				   SQL_ARGS(SQL_INT(thing->caller->user_id),
					    SQL_INT(PLAYLISTS_AT_ONCE)),
				   &rows, fault);
	while (status == STATUS_OK && count < PLAYLISTS_AT_ONCE &&
	       sql_next(rows, &status, fault))
		ids[count++] = sql_column_int(rows, 0);
	sql_end(rows);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = playlists_remove(session, ids[i], fault);
	thing->id = (int64_t)count;
	return status;
}

enum status
account_erase(struct access *access, struct listening *listening,
	      const struct caller *caller, struct fault *fault)
{
	struct caller copy = *caller;
	struct one_thing thing = { .caller = caller };
	enum status status =
		store_read(access->store, may_leave_work, &copy, fault);

	do {
		if (status == STATUS_OK)
			status = store_write(access->store, playlists_work,
					     &thing, fault);
	} while (status == STATUS_OK && thing.id == PLAYLISTS_AT_ONCE);
	/* Before the account goes: what fails here can be asked for again. */
	if (status == STATUS_OK && listening != NULL)
		status = listening_forget_user(listening, caller->user_id,
					       fault);
	if (status == STATUS_OK)
		status = store_write(access->store, erase_work, &copy, fault);

	access_forget(access, caller->user_id);
	return status;
}
