/* users.c - people who may sign in; see users.h. */
#include "library/users.h"

#include <string.h>

#include "base/clock.h"
#include "base/fold.h"

#define COLUMNS \
	"id, username, email, full_name, role, is_active, created_at, " \
	"updated_at"

static const char *const role_names[] = { "none", "user", "artist",
					  "moderator", "admin", "superadmin" };

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

/* Something@host.part: the rest only a letter sent there can tell. */
static bool
email_plausible(const char *email)
{
	const char *at = strchr(email, '@');

	return at != NULL && at != email && strchr(at + 1, '@') == NULL &&
	       strchr(at + 1, '.') != NULL && strpbrk(email, " \t\r\n<>,;") ==
						      NULL &&
	       strlen(email) <= USER_EMAIL_MAX_BYTES;
}

/* A name never looks like an e-mail: signing in takes either. */
static bool
username_plausible(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= USER_NAME_MAX_BYTES &&
	       utf8_valid(name, length) &&
	       strpbrk(name, "@ \t\r\n/\\<>\"") == NULL;
}

static enum status
draft_check(const struct user_draft *draft, struct fault *fault)
{
	if (!username_plausible(draft->username))
		return fault_field(fault, STATUS_INVALID, "username",
				   "a username has 1 to %d bytes and no "
				   "blanks, slashes or @",
				   USER_NAME_MAX_BYTES);
	if (draft->email != NULL && !email_plausible(draft->email))
		return fault_field(fault, STATUS_INVALID, "email",
				   "that is not an e-mail address");
	if (!user_role_valid(draft->role))
		return fault_field(fault, STATUS_INVALID, "role",
				   "a role is user, artist, moderator, admin "
				   "or superadmin");
	return STATUS_OK;
}

/* STATUS_CONFLICT when `key` stands in `column` already. */
static enum status
key_free(struct store_session *session, const char *column, const char *key,
	 struct fault *fault)
{
	bool email = strcmp(column, "email") == 0;
	int64_t id;
	enum status status = sql_query_int(
		session,
		email ? "select id from users where email_key = $1" :
			"select id from users where username_key = $1",
		SQL_ARGS(sql_text(key)), &id, NULL);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return fault_set(fault, status, "cannot look up a user");
	return fault_field(fault, STATUS_CONFLICT, column,
			   "somebody has this %s already",
			   email ? "e-mail" : "username");
}

enum status
users_add(struct store_session *session, const struct user_draft *draft,
	  int64_t *id, struct fault *fault)
{
	int64_t now_ms = clock_now_ms();
	const char *name_key, *email_key = NULL;
	struct arena arena;
	enum status status = draft_check(draft, fault);

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	name_key = fold_identity(&arena, draft->username);
	status = key_free(session, "username", name_key, fault);
	if (status == STATUS_OK && draft->email != NULL) {
		email_key = fold_identity(&arena, draft->email);
		status = key_free(session, "email", email_key, fault);
	}
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"insert into users (username, username_key, email, "
			"email_key, full_name, role, password_hash, is_active, "
			"created_at, updated_at) values ($1, $2, $3, $4, $5, "
			"$6, $7, 1, $8, $8) returning id",
			SQL_ARGS(sql_text(draft->username), sql_text(name_key),
				 sql_text(draft->email), sql_text(email_key),
				 sql_text(draft->full_name),
				 sql_text(draft->role),
				 sql_text(draft->password_hash),
				 SQL_INT(now_ms)),
			id, fault);
	arena_release(&arena);
	return status;
}

static void
row_read(struct store_rows *rows, struct arena *arena, struct user *out)
{
	*out = (struct user){
		.id = sql_column_int(rows, 0),
		.username = sql_column_text(rows, 1, arena),
		.email = sql_column_text(rows, 2, arena),
		.full_name = sql_column_text(rows, 3, arena),
		.role = sql_column_text(rows, 4, arena),
		.is_active = sql_column_int(rows, 5) != 0,
		.created_at_ms = sql_column_int(rows, 6),
		.updated_at_ms = sql_column_int(rows, 7),
	};
}

enum status
users_find(struct store_session *session, const char *name,
	   struct arena *arena, struct user *out, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = sql_query(
		session,
		"select " COLUMNS " from users where left_at is null and "
		"(username_key = $1 or email_key = $1)",
		SQL_ARGS(sql_text(fold_identity(arena, name))), &rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault))
			row_read(rows, arena, out);
		else if (status == STATUS_OK)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "nobody is called \"%s\"", name);
	}
	sql_end(rows);
	return status;
}

enum status
users_set_password(struct store_session *session, int64_t id,
		   const char *password_hash, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update users set password_hash = $2, updated_at = $3 "
		"where id = $1",
		SQL_ARGS(SQL_INT(id), sql_text(password_hash),
			 SQL_INT(clock_now_ms())),
		&changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND, "no such user");
	return status;
}

enum status
users_list(struct store_session *session, int64_t after_id, size_t limit,
	   struct arena *arena, struct user **out, size_t *count,
	   struct fault *fault)
{
	struct store_rows *rows = NULL;
	struct user *list = arena_new(arena, struct user, limit);
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select " COLUMNS " from users where left_at is null and "
		"id > $1 order by id limit $2",
		SQL_ARGS(SQL_INT(after_id), SQL_INT(limit)), &rows, fault);

	while (status == STATUS_OK && found < limit &&
	       sql_next(rows, &status, fault))
		row_read(rows, arena, &list[found++]);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}
