/* logins.c - see logins.h. */
#include "library/logins.h"

#include "base/clock.h"

enum status
logins_find(struct store_session *session, const char *provider,
	    const char *subject, int64_t *user_id, struct fault *fault)
{
	enum status status = sql_query_int(
		session,
		"update user_logins set used_at = $3 where provider = $1 and "
		"subject = $2 returning user_id",
		SQL_ARGS(sql_text(provider), sql_text(subject),
			 SQL_INT(clock_now_ms())),
		user_id, fault);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status,
				 "nobody here is linked with that account");
	return status;
}

enum status
logins_add(struct store_session *session, const struct user_login *login,
	   struct fault *fault)
{
	int64_t owner = 0;
	enum status status = sql_exec(
		session,
		"insert into user_logins (provider, subject, user_id, name, "
		"created_at, used_at) values ($1, $2, $3, $4, $5, $5) "
		"on conflict do nothing",
		SQL_ARGS(sql_text(login->provider), sql_text(login->subject),
			 SQL_INT(login->user_id), sql_text(login->name),
			 SQL_INT(clock_now_ms())),
		NULL, fault);

	if (status == STATUS_OK)
		status = logins_find(session, login->provider, login->subject,
				     &owner, fault);
	if (status == STATUS_OK && owner != login->user_id)
		return fault_field(fault, STATUS_CONFLICT, "login",
				   "that account is linked with somebody "
				   "else");
	return status;
}

enum status
logins_of_user(struct store_session *session, int64_t user_id,
	       struct arena *arena, struct user_login **out, size_t *count,
	       struct fault *fault)
{
	struct user_login *list = arena_new(arena, struct user_login,
					    LOGINS_PER_USER);
	struct store_rows *rows = NULL;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select provider, subject, name, created_at from user_logins "
		"where user_id = $1 order by provider, subject limit $2",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(LOGINS_PER_USER)), &rows,
		fault);

	while (status == STATUS_OK && found < LOGINS_PER_USER &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct user_login){
			.provider = sql_column_text(rows, 0, arena),
			.subject = sql_column_text(rows, 1, arena),
			.user_id = user_id,
			.name = sql_column_text(rows, 2, arena),
			.created_at_ms = sql_column_int(rows, 3),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

enum status
logins_remove(struct store_session *session, int64_t user_id,
	      const char *provider, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(session,
				      "delete from user_logins where "
				      "user_id = $1 and provider = $2",
				      SQL_ARGS(SQL_INT(user_id),
					       sql_text(provider)),
				      &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "no account there is linked");
	return status;
}

enum status
logins_remove_all(struct store_session *session, int64_t user_id,
		  struct fault *fault)
{
	return sql_exec(session, "delete from user_logins where user_id = $1",
			SQL_ARGS(SQL_INT(user_id)), NULL, fault);
}
