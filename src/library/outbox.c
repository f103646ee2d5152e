/* outbox.c - see outbox.h. Whoever adds a row has locked the totals table, so
 * numbers are given in the order of commits. */
#include "library/outbox.h"

#include <assert.h>

#define TRIM_EVERY 65536 /* rows between looks at the length */

enum status
outbox_begin(struct store_session *session, struct fault *fault)
{
	return sql_lock(session, "totals", fault);
}

enum status
outbox_add(struct store_session *session, enum search_kind kind, int64_t id,
	   struct fault *fault)
{
	int64_t seq = 0;
	enum status status;

	status = sql_post(session,
			  "insert into outbox (kind, entity_id) values ($1, $2)",
			  SQL_ARGS(SQL_INT(kind), SQL_INT(id)), fault);
	if (status != STATUS_OK || id % TRIM_EVERY != 0)
		return status;
	/* Now and then: nobody may have read it for a long time. */
	status = outbox_newest(session, &seq, fault);
	if (status == STATUS_OK && seq > OUTBOX_KEEP_ROWS)
		status = outbox_trim(session, seq - OUTBOX_KEEP_ROWS, fault);
	return status;
}

enum status
outbox_newest(struct store_session *session, int64_t *seq, struct fault *fault)
{
	return sql_query_int(session,
			     "select coalesce((select max(seq) from outbox), "
			     "(select value from totals "
			     "where key = 'outbox_trimmed'))",
			     SQL_NO_ARGS, seq, fault);
}

enum status
outbox_read(struct store_session *session, int64_t after_seq,
	    struct outbox_row *out, size_t room, size_t *count,
	    struct fault *fault)
{
	struct store_rows *rows;
	int64_t trimmed = 0;
	size_t found = 0;
	enum status status;

	status = sql_query_int(session,
			       "select value from totals "
			       "where key = 'outbox_trimmed'",
			       SQL_NO_ARGS, &trimmed, fault);
	if (status != STATUS_OK)
		return status;
	if (after_seq < trimmed)
		return fault_set(fault, STATUS_OUT_OF_RANGE,
				 "changes up to %lld are forgotten",
				 (long long)trimmed);
	status = sql_query(session,
			   "select seq, kind, entity_id from outbox "
			   "where seq > $1 order by seq limit $2",
			   SQL_ARGS(SQL_INT(after_seq), SQL_INT(room)), &rows,
			   fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		out[found++] = (struct outbox_row){
			.seq = sql_column_int(rows, 0),
			.kind = (enum search_kind)sql_column_int(rows, 1),
			.id = sql_column_int(rows, 2),
		};
	sql_end(rows);
	assert(found <= room);
	if (status == STATUS_OK)
		*count = found;
	return status;
}

enum status
outbox_trim(struct store_session *session, int64_t seq, struct fault *fault)
{
	enum status status;

	status = sql_post(session,
			  "update totals set value = $1 "
			  "where key = 'outbox_trimmed' and value < $2",
			  SQL_ARGS(SQL_INT(seq), SQL_INT(seq)), fault);
	if (status == STATUS_OK)
		status = sql_exec(session, "delete from outbox where seq <= $1",
				  SQL_ARGS(SQL_INT(seq)), NULL, fault);
	return status;
}
