/* users.c - people who may sign in; see users.h. */
#include "library/users.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "library/page_private.h"
#include "library/users_private.h"

/* ---- words ---------------------------------------------------------------- */

static const char *const role_names[] = { "none", "user", "artist",
					  "moderator", "admin", "superadmin" };
static const char *const status_names[] = { "pending", "active", "rejected",
					    "blocked" };

const char *
user_role_name(enum user_role role)
{
	return role_names[role];
}

enum user_role
user_role_of(const char *name)
{
	for (size_t i = 1; i < ARRAY_LENGTH(role_names); i++) {
		if (strcmp(name, role_names[i]) == 0)
			return (enum user_role)i;
	}
	return USER_ROLE_NONE;
}

bool
user_role_valid(const char *role)
{
	return user_role_of(role) != USER_ROLE_NONE;
}

bool
user_status_valid(const char *status)
{
	for (size_t i = 0; i < ARRAY_LENGTH(status_names); i++) {
		if (strcmp(status, status_names[i]) == 0)
			return true;
	}
	return false;
}

bool
user_may_sign_in(const struct user *user)
{
	return user->is_active && strcmp(user->status, "active") == 0;
}

/* ---- what is well-formed -------------------------------------------------- */

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

/* Something@host.part: the rest only a letter sent there can tell. */
static bool
email_plausible(const char *email)
{
	const char *at = strchr(email, '@');
	size_t length = strlen(email);

	return at != NULL && at != email && strchr(at + 1, '@') == NULL &&
	       strchr(at + 1, '.') != NULL && !has_control(email) &&
	       strpbrk(email, " <>,;\"\\") == NULL &&
	       length <= USER_EMAIL_MAX_BYTES && utf8_valid(email, length);
}

/* A name never looks like an e-mail: signing in takes either. */
static bool
username_plausible(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= USER_NAME_MAX_BYTES &&
	       utf8_valid(name, length) && !has_control(name) &&
	       strpbrk(name, "@ /\\<>\"") == NULL;
}

static enum status
username_check(const char *username, const char *key, struct fault *fault)
{
	/* Invisible letters alone fold to nothing. */
	if (username_plausible(username) && *key != '\0')
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "username",
			   "a username has 1 to %d bytes and no blanks, "
			   "slashes, quotes or @",
			   USER_NAME_MAX_BYTES);
}

static enum status
email_check(const char *email, struct fault *fault)
{
	if (email == NULL || email_plausible(email))
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "email",
			   "that is not an e-mail address");
}

static enum status
full_name_check(const char *full_name, struct fault *fault)
{
	if (full_name == NULL ||
	    (strlen(full_name) <= USER_FULL_NAME_MAX_BYTES &&
	     !has_control(full_name)))
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "full_name",
			   "a name has at most %d bytes on one line",
			   USER_FULL_NAME_MAX_BYTES);
}

static enum status
role_check(const char *role, struct fault *fault)
{
	if (user_role_valid(role))
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "role",
			   "a role is user, artist, moderator, admin or "
			   "superadmin");
}

static enum status
status_check(const char *word, struct fault *fault)
{
	if (user_status_valid(word))
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "status",
			   "a status is pending, active, rejected or blocked");
}

/* STATUS_CONFLICT when `key` stands in `column` of somebody but `id`. */
static enum status
key_free(struct store_session *session, const char *column, const char *key,
	 int64_t id, struct fault *fault)
{
	bool email = strcmp(column, "email") == 0;
	int64_t other;
	enum status status = sql_query_int(
		session,
		email ? "select id from users where email_key = $1 and "
			"id <> $2" :
			"select id from users where username_key = $1 and "
			"id <> $2",
		SQL_ARGS(sql_text(key), SQL_INT(id)), &other, NULL);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return fault_set(fault, status, "cannot look up a user");
	return fault_field(fault, STATUS_CONFLICT, column,
			   "somebody has this %s already",
			   email ? "e-mail" : "username");
}

/* ---- adding --------------------------------------------------------------- */

static enum status
draft_check(const struct user_draft *draft, const char *name_key,
	    struct fault *fault)
{
	enum status status = username_check(draft->username, name_key, fault);

	if (status == STATUS_OK)
		status = email_check(draft->email, fault);
	if (status == STATUS_OK)
		status = full_name_check(draft->full_name, fault);
	if (status == STATUS_OK)
		status = role_check(draft->role, fault);
	if (status == STATUS_OK && draft->status != NULL)
		status = status_check(draft->status, fault);
	return status;
}

/* Somebody may take the name between the look and the insert: "do nothing" and
 * the count say so without losing the transaction. */
static enum status
user_insert(struct store_session *session, const struct user_draft *draft,
	    const char *name_key, const char *email_key, int64_t *id,
	    struct fault *fault)
{
	int64_t now_ms = clock_now_ms();
	enum status status = sql_query_int(
		session,
		"insert into users (username, username_key, username_sort, "
		"email, email_key, full_name, role, status, password_hash, "
		"is_active, created_at, updated_at) values ($1, $2, $3, $4, "
		"$5, $6, $7, $8, $9, 1, $10, $10) on conflict do nothing "
		"returning id",
		SQL_ARGS(sql_text(draft->username), sql_text(name_key),
			 sql_bytes(name_key, strlen(name_key)),
			 sql_text(draft->email), sql_text(email_key),
			 sql_text(draft->full_name), sql_text(draft->role),
			 sql_text(draft->status != NULL ? draft->status :
							  "active"),
			 sql_text(draft->password_hash), SQL_INT(now_ms)),
		id, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_field(fault, STATUS_CONFLICT, "username",
				   "somebody has this username already");
	return status;
}

enum status
users_add(struct store_session *session, const struct user_draft *draft,
	  int64_t *id, struct fault *fault)
{
	const char *name_key, *email_key = NULL;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	name_key = fold_identity(&arena, draft->username);
	status = draft_check(draft, name_key, fault);
	if (status == STATUS_OK)
		status = key_free(session, "username", name_key, 0, fault);
	if (status == STATUS_OK && draft->email != NULL) {
		email_key = fold_identity(&arena, draft->email);
		status = key_free(session, "email", email_key, 0, fault);
	}
	if (status == STATUS_OK)
		status = user_insert(session, draft, name_key, email_key, id,
				     fault);
	arena_release(&arena);
	return status;
}

/* ---- finding -------------------------------------------------------------- */

void
user_row_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct user *out = thing;

	*out = (struct user){
		.id = sql_column_int(rows, 0),
		.username = sql_column_text(rows, 1, arena),
		.email = sql_column_text(rows, 2, arena),
		.full_name = sql_column_text(rows, 3, arena),
		.role = sql_column_text(rows, 4, arena),
		.status = sql_column_text(rows, 5, arena),
		.is_active = sql_column_int(rows, 6) != 0,
		.has_password = sql_column_int(rows, 7) != 0,
		.telegram_id = sql_column_int(rows, 8),
		.reviewed_by = sql_column_int(rows, 9),
		.reviewed_at_ms = sql_column_int(rows, 10),
		.last_login_at_ms = sql_column_int(rows, 11),
		.created_at_ms = sql_column_int(rows, 12),
		.updated_at_ms = sql_column_int(rows, 13),
	};
}

static enum status
user_read(struct store_session *session, const char *sql,
	  struct sql_value value, struct arena *arena, struct user *out,
	  struct fault *fault)
{
	return row_find(session, sql, SQL_ARGS(value), user_row_read, arena,
			out, fault, "there is no such user");
}

enum status
users_find(struct store_session *session, const char *name,
	   struct arena *arena, struct user *out, struct fault *fault)
{
	return user_read(session,
			 "select " USER_COLUMNS " from users u where "
			 "u.left_at is null and "
			 "(u.username_key = $1 or u.email_key = $1)",
			 sql_text(fold_identity(arena, name)), arena, out,
			 fault);
}

enum status
users_get(struct store_session *session, int64_t id, struct arena *arena,
	  struct user *out, struct fault *fault)
{
	return user_read(session,
			 "select " USER_COLUMNS " from users u where "
			 "u.left_at is null and u.id = $1",
			 SQL_INT(id), arena, out, fault);
}

/* ---- passwords ------------------------------------------------------------ */

enum status
users_password_hash(struct store_session *session, int64_t id,
		    struct arena *arena, const char **out,
		    struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = sql_query(session,
				       "select password_hash from users "
				       "where id = $1 and left_at is null",
				       SQL_ARGS(SQL_INT(id)), &rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault))
			*out = sql_column_text(rows, 0, arena);
		else if (status == STATUS_OK)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no such user");
	}
	sql_end(rows);
	return status;
}

static enum status
changed_one(enum status status, int64_t changed, struct fault *fault)
{
	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such user");
	return status;
}

enum status
users_set_password(struct store_session *session, int64_t id,
		   const char *password_hash, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update users set password_hash = $2, updated_at = $3, "
		"password_changed_at = $3 where id = $1 and left_at is null",
		SQL_ARGS(SQL_INT(id), sql_text(password_hash),
			 SQL_INT(clock_now_ms())),
		&changed, fault);

	return changed_one(status, changed, fault);
}

enum status
users_upgrade_password(struct store_session *session, int64_t id,
		       const char *old_hash, const char *password_hash,
		       struct fault *fault)
{
	return sql_exec(session,
			"update users set password_hash = $3 where id = $1 "
			"and password_hash = $2",
			SQL_ARGS(SQL_INT(id), sql_text(old_hash),
				 sql_text(password_hash)),
			NULL, fault);
}

/* ---- changing ------------------------------------------------------------- */

enum status
users_lock(struct store_session *session, struct fault *fault)
{
	return sql_lock(session, "users", fault);
}

static enum status
change_check(struct store_session *session, int64_t id,
	     const struct user_change *change, const char *name_key,
	     const char *email_key, struct fault *fault)
{
	enum status status = STATUS_OK;

	if (name_key != NULL) {
		status = username_check(change->username, name_key, fault);
		if (status == STATUS_OK)
			status = key_free(session, "username", name_key, id,
					  fault);
	}
	if (status == STATUS_OK && email_key != NULL) {
		status = email_check(change->email, fault);
		if (status == STATUS_OK)
			status = key_free(session, "email", email_key, id,
					  fault);
	}
	if (status == STATUS_OK && (change->bits & USER_CHANGE_FULL_NAME))
		status = full_name_check(change->full_name, fault);
	if (status == STATUS_OK && (change->bits & USER_CHANGE_ROLE))
		status = role_check(change->role, fault);
	if (status == STATUS_OK && (change->bits & USER_CHANGE_STATUS))
		status = status_check(change->status, fault);
	return status;
}

/* One statement for every mix of members: $n flags say which count. */
static enum status
change_write(struct store_session *session, int64_t id,
	     const struct user_change *change, const char *name_key,
	     const char *email_key, struct fault *fault)
{
	bool reviewed = (change->bits & USER_CHANGE_STATUS) &&
			change->reviewed_by != 0;
	int64_t now_ms = clock_now_ms(), changed = 0;
	enum status status = sql_exec(
		session,
		"update users set "
		"username = coalesce($2, username), "
		"username_key = coalesce($3, username_key), "
		"username_sort = coalesce($4, username_sort), "
		"email = case when $5 = 1 then $6 else email end, "
		"email_key = case when $5 = 1 then $7 else email_key end, "
		"full_name = case when $8 = 1 then $9 else full_name end, "
		"role = coalesce($10, role), status = coalesce($11, status), "
		"is_active = coalesce($12, is_active), "
		"reviewed_by = coalesce($13, reviewed_by), "
		"reviewed_at = coalesce($14, reviewed_at), "
		"updated_at = $15 where id = $1 and left_at is null",
		SQL_ARGS(SQL_INT(id),
			 name_key != NULL ? sql_text(change->username) :
					    SQL_NULL,
			 sql_text(name_key),
			 name_key != NULL ?
				 sql_bytes(name_key, strlen(name_key)) :
				 SQL_NULL,
			 SQL_INT((change->bits & USER_CHANGE_EMAIL) != 0),
			 sql_text(change->email), sql_text(email_key),
			 SQL_INT((change->bits & USER_CHANGE_FULL_NAME) != 0),
			 sql_text(change->full_name),
			 change->bits & USER_CHANGE_ROLE ?
				 sql_text(change->role) :
				 SQL_NULL,
			 change->bits & USER_CHANGE_STATUS ?
				 sql_text(change->status) :
				 SQL_NULL,
			 sql_int_or_null(change->is_active,
					 change->bits & USER_CHANGE_ACTIVE),
			 sql_int_or_null(change->reviewed_by, reviewed),
			 sql_int_or_null(now_ms, reviewed), SQL_INT(now_ms)),
		&changed, fault);

	return changed_one(status, changed, fault);
}

enum status
users_change(struct store_session *session, int64_t id,
	     const struct user_change *change, struct fault *fault)
{
	const char *name_key = NULL, *email_key = NULL;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	if (change->bits & USER_CHANGE_USERNAME)
		name_key = fold_identity(&arena, change->username);
	if ((change->bits & USER_CHANGE_EMAIL) && change->email != NULL)
		email_key = fold_identity(&arena, change->email);
	status = change_check(session, id, change, name_key, email_key, fault);
	if (status == STATUS_OK)
		status = change_write(session, id, change, name_key, email_key,
				      fault);
	arena_release(&arena);
	return status;
}

enum status
users_set_telegram(struct store_session *session, int64_t id,
		   int64_t telegram_id, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update users set telegram_id = $2, updated_at = $3 "
		"where id = $1 and left_at is null",
		SQL_ARGS(SQL_INT(id),
			 sql_int_or_null(telegram_id, telegram_id != 0),
			 SQL_INT(clock_now_ms())),
		&changed, fault);

	return changed_one(status, changed, fault);
}

enum status
users_note_login(struct store_session *session, int64_t id,
		 struct fault *fault)
{
	return sql_exec(session,
			"update users set last_login_at = $2 where id = $1",
			SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms())), NULL,
			fault);
}

enum status
users_count_superadmins(struct store_session *session, int64_t *out,
			struct fault *fault)
{
	return sql_query_int(session,
			     "select count(*) from users where "
			     "role = 'superadmin' and status = 'active' and "
			     "is_active = 1 and left_at is null",
			     SQL_NO_ARGS, out, fault);
}

static enum status
user_erase(struct store_session *session, int64_t id, struct fault *fault)
{
	struct arena arena;
	const char *name;
	enum status status;

	arena_init(&arena);
	name = arena_print(&arena, "deleted-%lld", (long long)id);
	/* A person may have called themselves so: "@" is in no name. */
	status = sql_exec(session,
			  "update users set username = $2, username_key = $3, "
			  "username_sort = $4, email = null, email_key = null, "
			  "full_name = null where id = $1",
			  SQL_ARGS(SQL_INT(id), sql_text(name),
				   sql_text(arena_print(&arena, "@%s", name)),
				   sql_bytes(name, strlen(name))),
			  NULL, fault);
	arena_release(&arena);
	return status;
}

enum status
users_leave(struct store_session *session, int64_t id, bool erase,
	    struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update users set left_at = $2, is_active = 0, "
		"password_hash = null, telegram_id = null, updated_at = $2 "
		"where id = $1 and left_at is null",
		SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms())), &changed,
		fault);

	status = changed_one(status, changed, fault);
	if (status == STATUS_OK && erase)
		status = user_erase(session, id, fault);
	return status;
}
