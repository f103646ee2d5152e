/* audit.c - see audit.h. There is no statement here that changes or removes a
 * row, and the store would refuse it. */
#include "library/audit.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/json.h"
#include "library/page_private.h"

#define AGENT_LIMIT 400

static struct metric actions = METRIC_COUNTER(
	"ogma_admin_actions_total", "Changes by people with rights.",
	"action");

void
audit_metrics_register(void)
{
	metric_register(&actions);
}

/* ---- writing -------------------------------------------------------------- */

static const char *const secret_words[] = { "password", "secret", "token",
					    "hash",	"code",	  "api_key" };

static bool
name_is_secret(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(secret_words); i++)
		if (strcasestr(name, secret_words[i]) != NULL)
			return true;
	return false;
}

/* Replaces what must not be kept; what an object holds is looked through too. */
static void
secrets_hide(json_t *value)
{
	const char *name;
	json_t *member;
	void *next;
	size_t i;

	json_array_foreach(value, i, member)
		secrets_hide(member);
	json_object_foreach_safe(value, next, name, member) {
		if (name_is_secret(name) && json_is_string(member))
			json_object_set_new(value, name, json_string("***"));
		else
			secrets_hide(member);
	}
}

/* NULL stays NULL. The text is freed with the arena. */
static enum status
values_clean(const char *text, struct arena *arena, const char **out,
	     struct fault *fault)
{
	enum status status;
	json_t *value;
	char *dumped;

	*out = NULL;
	if (text == NULL)
		return STATUS_OK;
	status = json_parse(text, strlen(text), &value, fault);
	if (status != STATUS_OK)
		return status;
	secrets_hide(value);
	dumped = json_dumps(value, JSON_COMPACT);
	json_decref(value);
	if (dumped == NULL)
		return fault_set(fault, STATUS_INVALID,
				 "values of the audit log are JSON objects");
	*out = arena_copy_text(arena, dumped);
	free(dumped);
	return STATUS_OK;
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
audit_write(struct store_session *session, const struct audit_actor *actor,
	    const char *action, const char *model, int64_t model_id,
	    const char *old_values, const char *new_values,
	    struct fault *fault)
{
	const char *before, *after;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = values_clean(old_values, &arena, &before, fault);
	if (status == STATUS_OK)
		status = values_clean(new_values, &arena, &after, fault);
	if (status == STATUS_OK)
		status = sql_exec(
			session,
			"insert into admin_audit_logs (admin_user_id, action, "
			"model_name, model_id, old_values, new_values, "
			"ip_address, user_agent, created_at) "
			"values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			SQL_ARGS(sql_int_or_null(actor->user_id,
						 actor->user_id != 0),
				 sql_text(action), sql_text(model),
				 sql_int_or_null(model_id, model_id != 0),
				 sql_text(before), sql_text(after),
				 sql_text(actor->address),
				 sql_text(agent_cut(actor->user_agent,
						    &arena)),
				 SQL_INT(clock_now_ms())),
			NULL, fault);
	arena_release(&arena);
	if (status == STATUS_OK)
		counter_add(metric_cell(&actions, action), 1);
	return status;
}

/* ---- reading -------------------------------------------------------------- */

static const struct page_sort sorts[] = { { "-id", { { 0 } }, true },
					  { "id", { { 0 } }, false } };

static void
row_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct audit_row *out = thing;

	*out = (struct audit_row){
		.id = sql_column_int(rows, 0),
		.admin_user_id = sql_column_int(rows, 1),
		.admin_username = sql_column_text(rows, 2, arena),
		.action = sql_column_text(rows, 3, arena),
		.model_name = sql_column_text(rows, 4, arena),
		.model_id = sql_column_int(rows, 5),
		.old_values = sql_column_text(rows, 6, arena),
		.new_values = sql_column_text(rows, 7, arena),
		.ip_address = sql_column_text(rows, 8, arena),
		.user_agent = sql_column_text(rows, 9, arena),
		.created_at_ms = sql_column_int(rows, 10),
	};
}

static enum status
audit_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct audit_row *out, struct fault *fault)
{
	return rows_of_ids(session,
			   "select l.id, l.admin_user_id, u.username, "
			   "l.action, l.model_name, l.model_id, l.old_values, "
			   "l.new_values, l.ip_address, l.user_agent, "
			   "l.created_at from admin_audit_logs l "
			   "left join users u on u.id = l.admin_user_id "
			   "where l.id in ",
			   ids, count, row_read, sizeof *out, arena, out,
			   fault);
}

static void
filter_add(struct page_query *query, const struct audit_filter *filter)
{
	if (filter->admin_user_id != 0)
		page_filter(query, "l.admin_user_id = ?",
			    "l.admin_user_id = ?",
			    SQL_INT(filter->admin_user_id));
	if (filter->model_name != NULL)
		page_filter(query, "l.model_name = ?", "l.model_name = ?",
			    sql_text(filter->model_name));
	if (filter->model_id != 0)
		page_filter(query, "l.model_id = ?", "l.model_id = ?",
			    SQL_INT(filter->model_id));
	if (filter->action != NULL)
		page_filter(query, "l.action = ?", "l.action = ?",
			    sql_text(filter->action));
	if (filter->from_ms != 0)
		page_filter(query, "l.created_at >= ?", "l.created_at >= ?",
			    SQL_INT(filter->from_ms));
	if (filter->to_ms != 0)
		page_filter(query, "l.created_at < ?", "l.created_at < ?",
			    SQL_INT(filter->to_ms));
}

enum status
audit_list(struct store_session *session, const struct audit_filter *filter,
	   bool oldest_first, const struct page_request *page,
	   struct arena *arena, struct audit_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "admin_audit_logs l",
		.id = "l.id",
		.visible = "l.id > 0",
		.sorts = sorts,
		.sort = oldest_first ? 1 : 0,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct audit_list list = { 0 };
	enum status status;

	filter_add(&query, filter);
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct audit_row, list.count);
	status = audit_of_ids(session, ids, list.count, arena, list.items,
			     fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}
