/* leases.c - see leases.h. */
#include "library/leases.h"

enum status
leases_take(struct store_session *session, const char *name,
	    const char *holder, int64_t now_ms, int64_t until_ms, bool *held,
	    struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"insert into leases (name, holder, until) values ($1, $2, $3) "
		"on conflict (name) do update "
		"set holder = excluded.holder, until = excluded.until "
		"where leases.holder = excluded.holder or leases.until <= $4",
		SQL_ARGS(sql_text(name), sql_text(holder), SQL_INT(until_ms),
			 SQL_INT(now_ms)),
		&changed, fault);

	if (status == STATUS_OK)
		*held = changed > 0;
	return status;
}

enum status
leases_drop(struct store_session *session, const char *name,
	    const char *holder, struct fault *fault)
{
	return sql_exec(session,
			"delete from leases where name = $1 and holder = $2",
			SQL_ARGS(sql_text(name), sql_text(holder)), NULL,
			fault);
}

enum status
leases_get(struct store_session *session, const char *name,
	   struct arena *arena, const char **holder, int64_t *until_ms,
	   struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select holder, until from leases "
				       "where name = $1",
				       SQL_ARGS(sql_text(name)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		*holder = sql_column_text(rows, 0, arena);
		*until_ms = sql_column_int(rows, 1);
	} else if (status == STATUS_OK) {
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "nobody holds the lease %s", name);
	}
	sql_end(rows);
	return status;
}
