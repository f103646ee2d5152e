/* sessions.c - see sessions.h. */
#include "library/sessions.h"

#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"

#define COLUMNS \
	"id, user_id, kind, family_hash, refresh_hash, address, user_agent, " \
	"created_at, used_at, expires_at, revoked_at, revoked_why"
#define AGENT_LIMIT 400

static void
hash_read(struct store_rows *rows, int column, uint8_t out[SHA256_BYTES])
{
	struct span span = sql_column_span(rows, column);

	if (!sql_column_null(rows, column) && span.length == SHA256_BYTES)
		memcpy(out, span.at, SHA256_BYTES);
}

static void
row_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct sign_in *out = thing;

	*out = (struct sign_in){
		.id = sql_column_int(rows, 0),
		.user_id = sql_column_int(rows, 1),
		.kind = (enum session_kind)sql_column_int(rows, 2),
		.address = sql_column_text(rows, 5, arena),
		.user_agent = sql_column_text(rows, 6, arena),
		.created_at_ms = sql_column_int(rows, 7),
		.used_at_ms = sql_column_int(rows, 8),
		.expires_at_ms = sql_column_int(rows, 9),
		.revoked_at_ms = sql_column_int(rows, 10),
		.revoked_why = sql_column_text(rows, 11, arena),
	};
	hash_read(rows, 3, out->family_hash);
	hash_read(rows, 4, out->refresh_hash);
}

static struct sql_value
hash_value(const uint8_t hash[SHA256_BYTES])
{
	return sql_bytes(hash, SHA256_BYTES);
}

/* ---- adding --------------------------------------------------------------- */

static enum status
make_room(struct store_session *session, int64_t user_id, struct fault *fault)
{
	return sql_exec(session,
			"update sessions set revoked_at = $2, "
			"revoked_why = 'too many' where id in (select id from "
			"sessions where user_id = $1 and revoked_at = 0 "
			"order by used_at desc, id desc limit 1000 offset $3)",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(clock_now_ms()),
				 SQL_INT(SESSIONS_PER_USER - 1)),
			NULL, fault);
}

static const char *
agent_cut(const char *agent, struct arena *arena)
{
	size_t length = agent == NULL ? 0 : strlen(agent);

	if (length == 0 || !utf8_valid(agent, length))
		return NULL;
	return arena_copy_bytes(arena, agent,
				utf8_cut(agent, length, AGENT_LIMIT));
}

enum status
sessions_add(struct store_session *session, const struct sign_in *row,
	     int64_t *id, struct fault *fault)
{
	enum status status = make_room(session, row->user_id, fault);
	struct arena arena;

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = sql_query_int(
		session,
		"insert into sessions (user_id, kind, family_hash, "
		"refresh_hash, address, user_agent, created_at, used_at, "
		"expires_at, revoked_at) values ($1, $2, $3, $4, $5, $6, $7, "
		"$7, $8, 0) returning id",
		SQL_ARGS(SQL_INT(row->user_id), SQL_INT(row->kind),
			 hash_value(row->family_hash),
			 row->kind == SESSION_OF_TOKENS ?
				 hash_value(row->refresh_hash) :
				 SQL_NULL,
			 sql_text(row->address),
			 sql_text(agent_cut(row->user_agent, &arena)),
			 SQL_INT(clock_now_ms()), SQL_INT(row->expires_at_ms)),
		id, fault);
	arena_release(&arena);
	return status;
}

/* ---- reading -------------------------------------------------------------- */

enum status
sessions_get(struct store_session *session, int64_t id, struct arena *arena,
	     struct sign_in *out, struct fault *fault)
{
	return row_find(session,
			"select " COLUMNS " from sessions where id = $1",
			SQL_ARGS(SQL_INT(id)), row_read, arena, out, fault,
			"there is no such session");
}

enum status
sessions_of_user(struct store_session *session, int64_t user_id,
		 struct arena *arena, struct sign_in **out, size_t *count,
		 struct fault *fault)
{
	struct sign_in *list = arena_new(arena, struct sign_in,
					 SESSIONS_PER_USER);
	struct store_rows *rows = NULL;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select " COLUMNS " from sessions where user_id = $1 and "
		"revoked_at = 0 and expires_at > $2 "
		"order by used_at desc, id desc limit $3",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(clock_now_ms()),
			 SQL_INT(SESSIONS_PER_USER)),
		&rows, fault);

	while (status == STATUS_OK && found < SESSIONS_PER_USER &&
	       sql_next(rows, &status, fault))
		row_read(rows, arena, &list[found++]);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

enum status
sessions_know_address(struct store_session *session, int64_t user_id,
		      const char *address, int64_t since_ms, bool *out,
		      struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from (select id from sessions where "
		"user_id = $1 and address = $2 and used_at >= $3 limit 1) s",
		SQL_ARGS(SQL_INT(user_id), sql_text(address),
			 SQL_INT(since_ms)),
		&count, fault);

	if (status == STATUS_OK)
		*out = count > 0;
	return status;
}

enum status
sessions_count(struct store_session *session, int64_t *out,
	       struct fault *fault)
{
	return sql_query_int(session,
			     "select count(*) from sessions where "
			     "revoked_at = 0 and expires_at > $1",
			     SQL_ARGS(SQL_INT(clock_now_ms())), out, fault);
}

/* ---- using ---------------------------------------------------------------- */

static enum status
rotate_now(struct store_session *session, int64_t id,
	   const uint8_t family_hash[SHA256_BYTES],
	   const uint8_t shown_hash[SHA256_BYTES],
	   const uint8_t next_hash[SHA256_BYTES], int64_t expires_at_ms,
	   const char *address, int64_t *changed, struct fault *fault)
{
	return sql_exec(session,
			"update sessions set refresh_hash = $4, used_at = $5, "
			"expires_at = $6, address = coalesce($7, address) "
			"where id = $1 and family_hash = $2 and "
			"refresh_hash = $3 and revoked_at = 0 and "
			"expires_at > $5 and kind = 1",
			SQL_ARGS(SQL_INT(id), hash_value(family_hash),
				 hash_value(shown_hash), hash_value(next_hash),
				 SQL_INT(clock_now_ms()),
				 SQL_INT(expires_at_ms), sql_text(address)),
			changed, fault);
}

/* The family is right but the refresh secret is not its present one. */
static enum status
end_copied(struct store_session *session, int64_t id,
	   const uint8_t family_hash[SHA256_BYTES], int64_t *changed,
	   struct fault *fault)
{
	return sql_exec(session,
			"update sessions set revoked_at = $3, "
			"revoked_why = 'reuse' where id = $1 and "
			"family_hash = $2 and revoked_at = 0 and kind = 1 and "
			"expires_at > $3",
			SQL_ARGS(SQL_INT(id), hash_value(family_hash),
				 SQL_INT(clock_now_ms())),
			changed, fault);
}

enum status
sessions_rotate(struct store_session *session, int64_t id,
		const uint8_t family_hash[SHA256_BYTES],
		const uint8_t shown_hash[SHA256_BYTES],
		const uint8_t next_hash[SHA256_BYTES], int64_t expires_at_ms,
		const char *address, enum session_rotation *out,
		int64_t *user_id, struct fault *fault)
{
	int64_t changed = 0;
	enum session_rotation rotation = ROTATION_DONE;
	enum status status = rotate_now(session, id, family_hash, shown_hash,
					next_hash, expires_at_ms, address,
					&changed, fault);

	if (status == STATUS_OK && changed == 0) {
		rotation = ROTATION_REUSE;
		status = end_copied(session, id, family_hash, &changed, fault);
		if (changed == 0)
			rotation = ROTATION_REFUSED;
	}
	if (status == STATUS_OK && rotation != ROTATION_REFUSED)
		status = sql_query_int(session,
				       "select user_id from sessions "
				       "where id = $1",
				       SQL_ARGS(SQL_INT(id)), user_id, fault);
	if (status == STATUS_OK)
		*out = rotation;
	return status;
}

enum status
sessions_touch(struct store_session *session, int64_t id,
	       int64_t expires_at_ms, const char *address,
	       struct fault *fault)
{
	return sql_exec(session,
			"update sessions set used_at = $2, expires_at = $3, "
			"address = coalesce($4, address) "
			"where id = $1 and revoked_at = 0",
			SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms()),
				 SQL_INT(expires_at_ms), sql_text(address)),
			NULL, fault);
}

/* ---- ending --------------------------------------------------------------- */

enum status
sessions_revoke(struct store_session *session, int64_t id, int64_t user_id,
		const char *why, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update sessions set revoked_at = $3, revoked_why = $4 "
		"where id = $1 and ($2 = 0 or user_id = $2) and "
		"revoked_at = 0",
		SQL_ARGS(SQL_INT(id), SQL_INT(user_id),
			 SQL_INT(clock_now_ms()), sql_text(why)),
		&changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such session");
	return status;
}

enum status
sessions_revoke_all(struct store_session *session, int64_t user_id,
		    int64_t except, const char *why, struct fault *fault)
{
	return sql_exec(session,
			"update sessions set revoked_at = $3, "
			"revoked_why = $4 where user_id = $1 and id <> $2 and "
			"revoked_at = 0",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(except),
				 SQL_INT(clock_now_ms()), sql_text(why)),
			NULL, fault);
}

enum status
sessions_sweep(struct store_session *session, int64_t before_ms,
	       struct fault *fault)
{
	return sql_exec(session,
			"delete from sessions where expires_at < $1 or "
			"(revoked_at > 0 and revoked_at < $1)",
			SQL_ARGS(SQL_INT(before_ms)), NULL, fault);
}
