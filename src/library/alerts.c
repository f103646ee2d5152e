/* alerts.c - see alerts.h. */
#include "library/alerts.h"

struct alert_state {
	bool known, active;
	int64_t streak, raised_at_ms, ended_at_ms;
};

static enum status
state_read(struct store_session *session, const char *name,
	   struct alert_state *out, struct fault *fault)
{
	struct alert_state state = { 0 };
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select active, streak, raised_at, "
				       "ended_at from alerts where name = $1",
				       SQL_ARGS(sql_text(name)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		state.known = true;
		state.active = sql_column_int(rows, 0) != 0;
		state.streak = sql_column_int(rows, 1);
		state.raised_at_ms = sql_column_int(rows, 2);
		state.ended_at_ms = sql_column_int(rows, 3);
	}
	sql_end(rows);
	if (status == STATUS_OK)
		*out = state;
	return status;
}

/* What one look makes of the state. */
static enum alert_change
state_step(struct alert_state *state, const struct alert_look *look)
{
	state->streak = look->bad == state->active ? 0 : state->streak + 1;
	if (state->streak < ALERT_STREAK &&
	    !(state->streak > 0 && look->bad && look->at_once))
		return ALERT_SAME;
	state->streak = 0;
	state->active = look->bad;
	if (look->bad)
		state->raised_at_ms = look->now_ms;
	else
		state->ended_at_ms = look->now_ms;
	return look->bad ? ALERT_RAISED : ALERT_ENDED;
}

enum status
alerts_look(struct store_session *session, const struct alert_look *look,
	    enum alert_change *change, struct fault *fault)
{
	struct alert_state state;
	enum status status = state_read(session, look->name, &state, fault);

	if (status != STATUS_OK)
		return status;
	*change = ALERT_SAME;
	if (!state.known && !look->bad)
		return STATUS_OK;
	*change = state_step(&state, look);
	/* The sentence of an alert that ends says what was wrong. */
	return sql_exec(
		session,
		"insert into alerts (name, level, active, streak, message, "
		"raised_at, ended_at, updated_at) "
		"values ($1, $2, $3, $4, $5, $6, $7, $8) "
		"on conflict (name) do update set level = excluded.level, "
		"active = excluded.active, streak = excluded.streak, "
		"message = case when $9 = 1 then excluded.message "
		"else alerts.message end, raised_at = excluded.raised_at, "
		"ended_at = excluded.ended_at, "
		"updated_at = excluded.updated_at",
		SQL_ARGS(sql_text(look->name), sql_text(look->level),
			 SQL_INT(state.active), SQL_INT(state.streak),
			 sql_text(look->message), SQL_INT(state.raised_at_ms),
			 SQL_INT(state.ended_at_ms), SQL_INT(look->now_ms),
			 SQL_INT(look->bad)),
		NULL, fault);
}

enum status
alerts_list(struct store_session *session, struct arena *arena,
	    struct alert **out, size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	int64_t expected = 0;
	size_t found = 0;
	struct alert *items;
	enum status status = sql_query_int(session,
					   "select count(*) from alerts "
					   "where raised_at > 0",
					   SQL_NO_ARGS, &expected, fault);

	if (status != STATUS_OK)
		return status;
	items = arena_new(arena, struct alert, (size_t)expected);
	status = sql_query(session,
			   "select name, level, message, active, raised_at, "
			   "ended_at from alerts where raised_at > 0 "
			   "order by active desc, name",
			   SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault) &&
	       found < (size_t)expected)
		items[found++] = (struct alert){
			.name = sql_column_text(rows, 0, arena),
			.level = sql_column_text(rows, 1, arena),
			.message = sql_column_text(rows, 2, arena),
			.active = sql_column_int(rows, 3) != 0,
			.raised_at_ms = sql_column_int(rows, 4),
			.ended_at_ms = sql_column_int(rows, 5),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = items;
		*count = found;
	}
	return status;
}
