/* invitations.c - see invitations.h. */
#include "library/invitations.h"

#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"
#include "library/pattern.h"

#define COLUMNS \
	"i.id, i.prefix, i.role, i.note, i.uses, i.uses_max, i.created_by, " \
	"i.created_at, i.expires_at, i.revoked_at"

static void
row_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct invitation *out = thing;

	*out = (struct invitation){
		.id = sql_column_int(rows, 0),
		.prefix = sql_column_text(rows, 1, arena),
		.role = sql_column_text(rows, 2, arena),
		.note = sql_column_text(rows, 3, arena),
		.uses = sql_column_int(rows, 4),
		.uses_max = sql_column_int(rows, 5),
		.created_by = sql_column_int(rows, 6),
		.created_at_ms = sql_column_int(rows, 7),
		.expires_at_ms = sql_column_int(rows, 8),
		.revoked_at_ms = sql_column_int(rows, 9),
	};
}

enum status
invitations_add(struct store_session *session,
		const struct invitation *invitation,
		const uint8_t hash[SHA256_BYTES], int64_t *id,
		struct fault *fault)
{
	return sql_query_int(
		session,
		"insert into invitations (code_hash, prefix, role, note, "
		"uses_max, uses, created_by, created_at, expires_at, "
		"revoked_at) values ($1, $2, $3, $4, $5, 0, $6, $7, $8, 0) "
		"returning id",
		SQL_ARGS(sql_bytes(hash, SHA256_BYTES),
			 sql_text(invitation->prefix),
			 sql_text(invitation->role),
			 sql_text(invitation->note),
			 SQL_INT(invitation->uses_max),
			 sql_int_or_null(invitation->created_by,
					 invitation->created_by != 0),
			 SQL_INT(clock_now_ms()),
			 SQL_INT(invitation->expires_at_ms)),
		id, fault);
}

enum status
invitations_use(struct store_session *session,
		const uint8_t hash[SHA256_BYTES], struct arena *arena,
		const char **role, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = sql_query(
		session,
		"update invitations set uses = uses + 1 where code_hash = $1 "
		"and uses < uses_max and revoked_at = 0 and "
		"(expires_at = 0 or expires_at > $2) returning role",
		SQL_ARGS(sql_bytes(hash, SHA256_BYTES),
			 SQL_INT(clock_now_ms())),
		&rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault))
			*role = sql_column_text(rows, 0, arena);
		else if (status == STATUS_OK)
			status = fault_field(fault, STATUS_DENIED,
					     "invitation",
					     "this invitation is not valid "
					     "(any more)");
	}
	sql_end(rows);
	return status;
}

static enum status
invitations_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct invitation *out, struct fault *fault)
{
	return rows_of_ids(session,
			   "select " COLUMNS " from invitations i "
			   "where i.id in ",
			   ids, count, row_read, sizeof *out, arena, out,
			   fault);
}

static const struct page_sort sorts[] = {
	{ "-created_at", { { "i.created_at", false } }, true },
	{ "created_at", { { "i.created_at", false } }, false },
	{ "expires_at", { { "i.expires_at", false } }, false },
	{ "-expires_at", { { "i.expires_at", false } }, true },
	{ "-uses", { { "i.uses", false } }, true },
};

static void
filter_add(struct page_query *query, const struct invitation_filter *filter,
	   struct arena *arena)
{
	static const char words[] =
		"(i.prefix || ' ' || coalesce(i.note, '')) "
		"@matches@ (@any@ || ? || @any@)";
	static const char open[] =
		"(i.revoked_at = 0 and i.uses < i.uses_max and "
		"(i.expires_at = 0 or i.expires_at > ?))";
	static const char over[] =
		"(i.revoked_at <> 0 or i.uses >= i.uses_max or "
		"(i.expires_at <> 0 and i.expires_at <= ?))";

	if (filter->text != NULL)
		page_filter(query, words, words,
			    sql_text(pattern_of(arena, filter->text)));
	if (filter->role != NULL)
		page_filter(query, "i.role = ?", "i.role = ?",
			    sql_text(filter->role));
	if (filter->open != NULL)
		page_filter(query, *filter->open ? open : over,
			    *filter->open ? open : over,
			    SQL_INT(filter->now_ms));
}

enum status
invitations_list(struct store_session *session,
		 const struct invitation_filter *filter,
		 const struct page_request *page, struct arena *arena,
		 struct invitation_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "invitations i",
		.id = "i.id",
		.visible = "i.id > 0",
		.sorts = sorts,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct invitation_list list = { 0 };
	enum status status;

	if (filter->sort != NULL &&
	    !page_sort_parse(sorts, ARRAY_LENGTH(sorts), filter->sort,
			     &query.sort))
		return fault_field(fault, STATUS_INVALID, "sort",
				   "invitations are sorted by "
				   INVITATION_SORTS);
	filter_add(&query, filter, arena);
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct invitation, list.count);
	status = invitations_of_ids(session, ids, list.count, arena, list.items,
			     fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
invitations_get(struct store_session *session, int64_t id,
		struct arena *arena, struct invitation *out,
		struct fault *fault)
{
	struct invitation found = { 0 };
	enum status status =
		invitations_of_ids(session, &id, 1, arena, &found, fault);

	if (status == STATUS_OK && found.id == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such invitation");
	if (status == STATUS_OK)
		*out = found;
	return status;
}

enum status
invitations_revoke(struct store_session *session, int64_t id,
		   struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(session,
				      "update invitations set revoked_at = $2 "
				      "where id = $1 and revoked_at = 0",
				      SQL_ARGS(SQL_INT(id),
					       SQL_INT(clock_now_ms())),
				      &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such invitation");
	return status;
}

/* ---- links that work once ------------------------------------------------- */

static const char *const purposes[] = { "setup", "password" };

enum status
one_time_links_add(struct store_session *session, enum link_purpose purpose,
		   int64_t user_id, const uint8_t hash[SHA256_BYTES],
		   int64_t expires_at_ms, struct fault *fault)
{
	int64_t now_ms = clock_now_ms();
	enum status status = sql_exec(
		session,
		"delete from one_time_links where (purpose = $1 and "
		"coalesce(user_id, 0) = $2) or expires_at < $3",
		SQL_ARGS(sql_text(purposes[purpose]), SQL_INT(user_id),
			 SQL_INT(now_ms)),
		NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"insert into one_time_links (purpose, user_id, "
			"code_hash, created_at, expires_at, used_at) "
			"values ($1, $2, $3, $4, $5, 0)",
			SQL_ARGS(sql_text(purposes[purpose]),
				 sql_int_or_null(user_id, user_id != 0),
				 sql_bytes(hash, SHA256_BYTES),
				 SQL_INT(now_ms), SQL_INT(expires_at_ms)),
			NULL, fault);
}

enum status
one_time_links_find(struct store_session *session,
		    const uint8_t hash[SHA256_BYTES],
		    struct one_time_link *out, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = sql_query(
		session,
		"select id, purpose, user_id from one_time_links where "
		"code_hash = $1 and used_at = 0 and expires_at > $2",
		SQL_ARGS(sql_bytes(hash, SHA256_BYTES),
			 SQL_INT(clock_now_ms())),
		&rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault))
			*out = (struct one_time_link){
				.id = sql_column_int(rows, 0),
				.purpose = span_equal(sql_column_span(rows, 1),
						      SPAN("setup")) ?
						   LINK_SETUP :
						   LINK_PASSWORD,
				.user_id = sql_column_int(rows, 2),
			};
		else if (status == STATUS_OK)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "this link is not valid (any "
					   "more)");
	}
	sql_end(rows);
	return status;
}

enum status
one_time_links_spend(struct store_session *session, int64_t id,
		     struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(session,
				      "update one_time_links set used_at = $2 "
				      "where id = $1 and used_at = 0",
				      SQL_ARGS(SQL_INT(id),
					       SQL_INT(clock_now_ms())),
				      &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "this link is not valid (any more)");
	return status;
}
