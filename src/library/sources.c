/* sources.c - see sources.h. */
#include "library/sources.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "library/page_private.h"

#define ROOT_KEY_BYTES 16

#define SOURCE_COLUMNS \
	"id, kind, root, config, state, file_count, rejected_count, " \
	"created_at, updated_at, last_scan_at, last_error, managed"

static void
source_read(struct store_rows *rows, struct arena *arena,
	    void *thing)
{
	struct source_row *out = thing;

	*out = (struct source_row){
		.id = sql_column_int(rows, 0),
		.kind = sql_column_text(rows, 1, arena),
		.root = sql_column_text(rows, 2, arena),
		.config = sql_column_text(rows, 3, arena),
		.state = (enum source_state)sql_column_int(rows, 4),
		.file_count = sql_column_int(rows, 5),
		.rejected_count = sql_column_int(rows, 6),
		.created_at_ms = sql_column_int(rows, 7),
		.updated_at_ms = sql_column_int(rows, 8),
		.last_scan_at_ms = sql_column_int(rows, 9),
		.last_error = sql_column_text(rows, 10, arena),
		.managed = sql_column_int(rows, 11) != 0,
	};
}

struct known_source {
	int64_t id; /* 0: none */
	enum source_state state;
};

static enum status
source_find(struct store_session *session, const char *kind,
	    const uint8_t *root_key, struct known_source *out,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(session,
			   "select id, state from sources "
			   "where kind = $1 and root_key = $2",
			   SQL_ARGS(sql_text(kind),
				    sql_bytes(root_key, ROOT_KEY_BYTES)),
			   &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct known_source){
			sql_column_int(rows, 0),
			(enum source_state)sql_column_int(rows, 1)
		};
	sql_end(rows);
	return status;
}

static enum status
source_insert(struct store_session *session, const char *kind,
	      const char *root, const uint8_t *root_key, const char *config,
	      int64_t *id, struct fault *fault)
{
	int64_t now_ms = clock_now_ms();

	return sql_query_int(
		session,
		"insert into sources (kind, root, root_key, config, state, "
		"file_count, rejected_count, created_at, updated_at) "
		"values ($1, $2, $3, $4, 0, 0, 0, $5, $6) returning id",
		SQL_ARGS(sql_text(kind), sql_bytes(root, strlen(root)),
			 sql_bytes(root_key, ROOT_KEY_BYTES), sql_text(config),
			 SQL_INT(now_ms), SQL_INT(now_ms)),
		id, fault);
}

enum status
sources_add(struct store_session *session, const char *kind, const char *root,
	    const char *config, int64_t *id, struct fault *fault)
{
	struct known_source known = { 0 };
	uint8_t sum[SHA256_BYTES];
	int64_t count = 0;
	enum status status;

	sha256(root, strlen(root), sum);
	status = source_find(session, kind, sum, &known, fault);
	if (status != STATUS_OK)
		return status;
	if (known.id != 0) {
		*id = known.id;
		if (known.state != SOURCE_REMOVED)
			return fault_field(fault, STATUS_CONFLICT, "root",
					   "this source is there already");
		status = sources_set_config(
			session, known.id, config == NULL ? "{}" : config,
			fault);
		return status != STATUS_OK ?
			       status :
			       sources_set_state(session, known.id,
						 SOURCE_ACTIVE, fault);
	}
	status = sql_query_int(session, "select count(*) from sources",
			       SQL_NO_ARGS, &count, fault);
	if (status != STATUS_OK)
		return status;
	if (count >= SOURCES_MAX)
		return fault_set(fault, STATUS_FULL,
				 "there are %d sources already", SOURCES_MAX);
	return source_insert(session, kind, root, sum,
			     config == NULL ? "{}" : config, id, fault);
}

enum status
sources_get(struct store_session *session, int64_t id, struct arena *arena,
	    struct source_row *out, struct fault *fault)
{
	return row_find(session,
			"select " SOURCE_COLUMNS " from sources "
			"where id = $1",
			SQL_ARGS(SQL_INT(id)), source_read, arena, out, fault,
			"there is no source %lld", (long long)id);
}

enum status
sources_list(struct store_session *session, struct arena *arena,
	     struct source_row **out, size_t *count, struct fault *fault)
{
	struct source_row *sources =
		arena_new(arena, struct source_row, SOURCES_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status;

	status = sql_query(session,
			   "select " SOURCE_COLUMNS " from sources "
			   "where state <> 2 order by id limit $1",
			   SQL_ARGS(SQL_INT(SOURCES_MAX)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		source_read(rows, arena, &sources[found++]);
	sql_end(rows);
	if (status != STATUS_OK)
		return status;
	*out = sources;
	*count = found;
	return STATUS_OK;
}

/* One row must change. */
static enum status
source_change(struct store_session *session, const char *sql,
	      const struct sql_value *args, size_t count, int64_t id,
	      struct fault *fault)
{
	int64_t changed = 0;
	enum status status =
		sql_exec(session, sql, args, count, &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no source %lld", (long long)id);
	return status;
}

enum status
sources_set_state(struct store_session *session, int64_t id,
		  enum source_state state, struct fault *fault)
{
	return source_change(session,
			     "update sources set state = $1, updated_at = $2 "
			     "where id = $3",
			     SQL_ARGS(SQL_INT(state), SQL_INT(clock_now_ms()),
				      SQL_INT(id)),
			     id, fault);
}

enum status
sources_set_managed(struct store_session *session, int64_t id, bool managed,
		    struct fault *fault)
{
	return source_change(session,
			     "update sources set managed = $1 where id = $2",
			     SQL_ARGS(SQL_INT(managed), SQL_INT(id)), id,
			     fault);
}

enum status
sources_set_config(struct store_session *session, int64_t id,
		   const char *config, struct fault *fault)
{
	return source_change(session,
			     "update sources set config = $1, updated_at = $2 "
			     "where id = $3",
			     SQL_ARGS(sql_text(config), SQL_INT(clock_now_ms()),
				      SQL_INT(id)),
			     id, fault);
}

enum status
sources_note_scan(struct store_session *session, int64_t id, const char *error,
		  struct fault *fault)
{
	return source_change(session,
			     "update sources set last_scan_at = $1, "
			     "last_error = $2 where id = $3",
			     SQL_ARGS(SQL_INT(clock_now_ms()),
				      sql_text(error), SQL_INT(id)),
			     id, fault);
}

enum status
sources_remove(struct store_session *session, int64_t id, struct fault *fault)
{
	enum status status = sources_set_config(session, id, "{}", fault);

	return status != STATUS_OK ?
		       status :
		       sources_set_state(session, id, SOURCE_REMOVED, fault);
}
