/* channel_listens.c - see channel_listens.h. */
#include "library/channel_listens.h"

#include <string.h>

#include "base/digest.h"
#include "library/page_private.h"

#define DIGEST_BYTES 8 /* that are kept */

enum status
channel_listens_add(struct store_session *session,
		    const struct channel_listen *listen, const char *address,
		    struct fault *fault)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * DIGEST_BYTES + 1];

	sha256(address == NULL ? "" : address,
	       address == NULL ? 0 : strlen(address), digest);
	hex_print(digest, DIGEST_BYTES, hex);
	return sql_exec(session,
			"insert into channel_listens (channel_id, user_id, "
			"format, client, address_hash, started_at, ended_at, "
			"bytes) select id, $1, $2, $3, $4, $5, $6, $7 "
			"from channels where id = $8",
			SQL_ARGS(sql_int_or_null(listen->user_id,
						 listen->user_id != 0),
				 sql_text(listen->format),
				 sql_text(listen->client), sql_text(hex),
				 SQL_INT(listen->started_at_ms),
				 SQL_INT(listen->ended_at_ms),
				 SQL_INT(listen->bytes),
				 SQL_INT(listen->channel_id)),
			NULL, fault);
}

static void
row_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct channel_listen *out = thing;

	*out = (struct channel_listen){
		.id = sql_column_int(rows, 0),
		.channel_id = sql_column_int(rows, 1),
		.user_id = sql_column_int(rows, 2),
		.username = sql_column_text(rows, 3, arena),
		.format = sql_column_text(rows, 4, arena),
		.client = sql_column_text(rows, 5, arena),
		.address_hash = sql_column_text(rows, 6, arena),
		.started_at_ms = sql_column_int(rows, 7),
		.ended_at_ms = sql_column_int(rows, 8),
		.bytes = sql_column_int(rows, 9),
	};
}

static enum status
listens_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct channel_listen *out,
	    struct fault *fault)
{
	return rows_of_ids(session,
			   "select l.id, l.channel_id, l.user_id, u.username, "
			   "l.format, l.client, l.address_hash, l.started_at, "
			   "l.ended_at, l.bytes from channel_listens l "
			   "left join users u on u.id = l.user_id "
			   "where l.id in ",
			   ids, count, row_read, sizeof *out, arena, out,
			   fault);
}

static const struct page_sort newest = { "-id", { { 0 } }, true };

enum status
channel_listens_list(struct store_session *session,
		     const struct channel_listen_filter *filter,
		     const struct page_request *page, struct arena *arena,
		     struct channel_listen_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "channel_listens t",
		.id = "t.id",
		.visible = "1 = 1",
		.sorts = &newest,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct channel_listen_list list = { 0 };
	enum status status;

	page_filter(&query, "t.channel_id = ?", "t.channel_id = ?",
		    SQL_INT(filter->channel_id));
	if (filter->from_ms != 0)
		page_filter(&query, "t.started_at >= ?", "t.started_at >= ?",
			    SQL_INT(filter->from_ms));
	if (filter->to_ms != 0)
		page_filter(&query, "t.started_at < ?", "t.started_at < ?",
			    SQL_INT(filter->to_ms));
	if (filter->format != NULL)
		page_filter(&query, "t.format = ?", "t.format = ?",
			    sql_text(filter->format));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	list.items = arena_new(arena, struct channel_listen, list.count + 1);
	if (status == STATUS_OK)
		status = listens_of_ids(session, ids, list.count, arena,
				     list.items, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}
