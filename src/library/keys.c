/* keys.c - see keys.h. */
#include "library/keys.h"

#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"

#define COLUMNS \
	"id, user_id, name, prefix, scopes, created_at, expires_at, " \
	"last_used_at"

static void
row_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct api_key *out = thing;

	*out = (struct api_key){
		.id = sql_column_int(rows, 0),
		.user_id = sql_column_int(rows, 1),
		.name = sql_column_text(rows, 2, arena),
		.prefix = sql_column_text(rows, 3, arena),
		.scopes = (unsigned)sql_column_int(rows, 4),
		.created_at_ms = sql_column_int(rows, 5),
		.expires_at_ms = sql_column_int(rows, 6),
		.last_used_at_ms = sql_column_int(rows, 7),
	};
}

static enum status
room_check(struct store_session *session, int64_t user_id,
	   struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(session,
					   "select count(*) from api_keys "
					   "where user_id = $1 and "
					   "revoked_at = 0",
					   SQL_ARGS(SQL_INT(user_id)), &count,
					   fault);

	if (status == STATUS_OK && count >= KEYS_PER_USER)
		return fault_field(fault, STATUS_CONFLICT, "keys",
				   "there are %d keys already",
				   KEYS_PER_USER);
	return status;
}

enum status
keys_add(struct store_session *session, const struct api_key *key,
	 const uint8_t hash[SHA256_BYTES], int64_t *id, struct fault *fault)
{
	size_t length = strlen(key->name);
	enum status status;

	if (length == 0 || length > KEY_NAME_MAX_BYTES)
		return fault_field(fault, STATUS_INVALID, "name",
				   "a key's name has 1 to %d bytes",
				   KEY_NAME_MAX_BYTES);
	status = room_check(session, key->user_id, fault);
	if (status != STATUS_OK)
		return status;
	return sql_query_int(
		session,
		"insert into api_keys (user_id, name, prefix, key_hash, "
		"scopes, created_at, expires_at, last_used_at, revoked_at) "
		"values ($1, $2, $3, $4, $5, $6, $7, 0, 0) returning id",
		SQL_ARGS(SQL_INT(key->user_id), sql_text(key->name),
			 sql_text(key->prefix), sql_bytes(hash, SHA256_BYTES),
			 SQL_INT(key->scopes), SQL_INT(clock_now_ms()),
			 SQL_INT(key->expires_at_ms)),
		id, fault);
}

enum status
keys_find(struct store_session *session, const uint8_t hash[SHA256_BYTES],
	  struct arena *arena, struct api_key *out, struct fault *fault)
{
	return row_find(
		session,
		"select " COLUMNS " from api_keys where key_hash = $1 and "
		"revoked_at = 0 and (expires_at = 0 or expires_at > $2)",
		SQL_ARGS(sql_bytes(hash, SHA256_BYTES),
			 SQL_INT(clock_now_ms())),
		row_read, arena, out, fault, "there is no such key");
}

enum status
keys_of_user(struct store_session *session, int64_t user_id,
	     struct arena *arena, struct api_key **out, size_t *count,
	     struct fault *fault)
{
	struct api_key *list = arena_new(arena, struct api_key, KEYS_PER_USER);
	struct store_rows *rows = NULL;
	size_t found = 0;
	enum status status = sql_query(session,
				       "select " COLUMNS " from api_keys "
				       "where user_id = $1 and revoked_at = 0 "
				       "order by id desc limit $2",
				       SQL_ARGS(SQL_INT(user_id),
						SQL_INT(KEYS_PER_USER)),
				       &rows, fault);

	while (status == STATUS_OK && found < KEYS_PER_USER &&
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
keys_revoke(struct store_session *session, int64_t id, int64_t user_id,
	    struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(session,
				      "update api_keys set revoked_at = $3 "
				      "where id = $1 and user_id = $2 and "
				      "revoked_at = 0",
				      SQL_ARGS(SQL_INT(id), SQL_INT(user_id),
					       SQL_INT(clock_now_ms())),
				      &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such key");
	return status;
}

enum status
keys_revoke_all(struct store_session *session, int64_t user_id,
		struct fault *fault)
{
	return sql_exec(session,
			"update api_keys set revoked_at = $2 where "
			"user_id = $1 and revoked_at = 0",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(clock_now_ms())),
			NULL, fault);
}

enum status
keys_touch(struct store_session *session, int64_t id, struct fault *fault)
{
	return sql_exec(session,
			"update api_keys set last_used_at = $2 where id = $1",
			SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms())), NULL,
			fault);
}
