/* admin_logs.c - single rows of the logs of requests, searches and what people
 * did, for admins: see driver/events.h for what a look can ask. */
#include "api/handlers.h"

#include <string.h>

#include "api/things.h"
#include "api/api.h"
#include "api/forms_people.h"
#include "api/listing.h"
#include "driver/events.h"
#include "library/users.h"
#include "service/listening.h"

struct log_row {
	int64_t seq, at_ms, user_id;
	const char *username; /* NULL: nobody signed in, or gone */
	union {
		struct event_request request;
		struct event_search search;
		struct event_activity activity;
	};
};

/* Rows that are looked at for a page: under a tenth of a second, of texts too.
 * What is rare needs several pages, which may be empty. */
#define PAGE_LOOKS 200000
#define PAGE_TEXT_LOOKS 100000

struct log_listing {
	struct listing listing;
	struct events_look look;
	struct events_reach reach;
	struct log_row rows[PAGE_LIMIT_MAX];
	bool more;
};

static struct log_listing *
log_listing_of(const struct listing *listing)
{
	return container_of(listing, struct log_listing, listing);
}

/* ---- reading -------------------------------------------------------------- */

/* Room for one more row; NULL: the page is full and the walk ends. */
static struct log_row *
row_add(struct log_listing *list, int64_t seq, int64_t at_ms,
	int64_t user_id)
{
	struct log_row *row;

	list->more = list->listing.count == list->listing.page.limit;
	if (list->more)
		return NULL;
	row = &list->rows[list->listing.count++];
	*row = (struct log_row){ .seq = seq,
				 .at_ms = at_ms,
				 .user_id = user_id };
	return row;
}

static const char *
kept(struct log_listing *list, const char *text)
{
	return text == NULL ? NULL :
			      arena_copy_text(&list->listing.arena, text);
}

static bool
request_take(void *cookie, int64_t seq, const struct event_request *request)
{
	struct log_listing *list = cookie;
	struct log_row *row =
		row_add(list, seq, request->at_ms, request->user_id);

	if (row == NULL)
		return false;
	row->request = *request;
	row->request.method = kept(list, request->method);
	row->request.route = kept(list, request->route);
	row->request.address = kept(list, request->address);
	row->request.client = kept(list, request->client);
	return true;
}

static bool
search_take(void *cookie, int64_t seq, const struct event_search *search)
{
	struct log_listing *list = cookie;
	struct log_row *row =
		row_add(list, seq, search->at_ms, search->user_id);

	if (row == NULL)
		return false;
	row->search = *search;
	row->search.query = kept(list, search->query);
	row->search.surface = kept(list, search->surface);
	row->search.clicked = kept(list, search->clicked);
	return true;
}

static bool
activity_take(void *cookie, int64_t seq, const struct event_activity *activity)
{
	struct log_listing *list = cookie;
	struct log_row *row =
		row_add(list, seq, activity->at_ms, activity->user_id);

	if (row == NULL)
		return false;
	row->activity = *activity;
	row->activity.action = kept(list, activity->action);
	row->activity.object = kept(list, activity->object);
	return true;
}

static enum status
name_find(struct store_session *session, struct log_listing *list, size_t at,
	  struct fault *fault)
{
	int64_t id = list->rows[at].user_id;
	struct user user;
	enum status status;

	if (id <= 0)
		return STATUS_OK;
	for (size_t i = 0; i < at; i++)
		if (list->rows[i].user_id == id) {
			list->rows[at].username = list->rows[i].username;
			return STATUS_OK;
		}
	status = users_get(session, id, &list->listing.arena, &user, fault);
	if (status == STATUS_OK)
		list->rows[at].username = user.username;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
page_begin_at(struct log_listing *list, struct fault *fault)
{
	const char *cursor = list->listing.page.cursor;
	int64_t seq = 0;

	if (cursor != NULL &&
	    (!span_to_i64(span_of(cursor), &seq) || seq <= 0))
		return fault_field(fault, STATUS_INVALID, "cursor",
				   "the cursor is not one of this list's");
	list->look.after_seq = seq;
	list->look.reach = &list->reach;
	list->listing.count = 0;
	list->more = false;
	return STATUS_OK;
}

static enum status
names_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct log_listing *list = cookie;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < list->listing.count && status == STATUS_OK; i++)
		status = name_find(session, list, i, fault);
	return status;
}

static enum status
page_finish(struct log_listing *list, struct fault *fault)
{
	struct listing *listing = &list->listing;
	int64_t seq = list->more ? list->rows[listing->count - 1].seq :
				   list->reach.seq;

	listing->info = (struct page_info){ .total = -1, .searches = true };
	if (seq != 0)
		listing->info.next_cursor =
			arena_print(&listing->arena, "%lld", (long long)seq);
	if (!list->more)
		listing->info.searched_to_ms = list->reach.at_ms;
	return store_read(listing->call->api->args.store, names_work, list,
			  fault);
}

static struct events_log *
log_of(const struct listing *listing)
{
	return listening_log(listing->call->api->args.listening);
}

static enum status
requests_read(struct store_session *session, struct listing *listing,
	      struct fault *fault)
{
	struct log_listing *list = log_listing_of(listing);
	enum status status = page_begin_at(list, fault);

	if (status == STATUS_OK)
		status = events_requests(log_of(listing), &list->look,
					 request_take, list, fault);
	(void)session;
	return status != STATUS_OK ? status : page_finish(list, fault);
}

static enum status
searches_read(struct store_session *session, struct listing *listing,
	      struct fault *fault)
{
	struct log_listing *list = log_listing_of(listing);
	enum status status = page_begin_at(list, fault);

	if (status == STATUS_OK)
		status = events_searches(log_of(listing), &list->look,
					 search_take, list, fault);
	(void)session;
	return status != STATUS_OK ? status : page_finish(list, fault);
}

static enum status
activities_read(struct store_session *session, struct listing *listing,
		struct fault *fault)
{
	struct log_listing *list = log_listing_of(listing);
	enum status status = page_begin_at(list, fault);

	if (status == STATUS_OK)
		status = events_activities(log_of(listing), &list->look,
					   activity_take, list, fault);
	(void)session;
	return status != STATUS_OK ? status : page_finish(list, fault);
}

/* ---- writing -------------------------------------------------------------- */

static void
json_who(struct json_writer *json, const struct log_row *row)
{
	json_object_begin(json);
	json_member_int(json, "id", row->seq);
	json_member_time(json, "at", row->at_ms);
	form_int_or_null(json, "user_id", row->user_id);
	json_member_text(json, "username", row->username);
}

static void
csv_who(struct csv_writer *csv, const struct log_row *row)
{
	csv_int(csv, row->seq);
	csv_time(csv, row->at_ms);
	csv_int_or_empty(csv, row->user_id);
	csv_text(csv, row->username);
}

static void
json_request(struct json_writer *json, const struct listing *listing, size_t i)
{
	const struct log_row *row = &log_listing_of(listing)->rows[i];
	const struct event_request *request = &row->request;

	json_who(json, row);
	json_member_text(json, "method", request->method);
	json_member_text(json, "path", request->route);
	json_member_int(json, "status", request->status);
	json_member_int(json, "took_us", request->took_us);
	json_member_text(json, "ip_address", request->address);
	json_member_text(json, "user_agent", request->client);
	json_object_end(json);
}

static void
csv_request(struct csv_writer *csv, const struct listing *listing, size_t i)
{
	const struct log_row *row = &log_listing_of(listing)->rows[i];
	const struct event_request *request = &row->request;

	csv_who(csv, row);
	csv_text(csv, request->method);
	csv_text(csv, request->route);
	csv_int(csv, request->status);
	csv_int(csv, request->took_us);
	csv_text(csv, request->address);
	csv_text(csv, request->client);
	csv_row_end(csv);
}

static void
json_search(struct json_writer *json, const struct listing *listing, size_t i)
{
	const struct log_row *row = &log_listing_of(listing)->rows[i];
	const struct event_search *search = &row->search;

	json_who(json, row);
	json_member_text(json, "query", search->query);
	json_member_text(json, "surface", search->surface);
	json_member_int(json, "results", search->results);
	json_member_int(json, "took_us", search->took_us);
	json_member_text(json, "clicked_type", search->clicked);
	form_int_or_null(json, "clicked_id", search->clicked_id);
	json_object_end(json);
}

static void
csv_search(struct csv_writer *csv, const struct listing *listing, size_t i)
{
	const struct log_row *row = &log_listing_of(listing)->rows[i];
	const struct event_search *search = &row->search;

	csv_who(csv, row);
	csv_text(csv, search->query);
	csv_text(csv, search->surface);
	csv_int(csv, search->results);
	csv_int(csv, search->took_us);
	csv_text(csv, search->clicked);
	csv_int_or_empty(csv, search->clicked_id);
	csv_row_end(csv);
}

static void
sum_form(struct json_writer *json, const char *name,
	 const struct event_activity *activity, uint32_t value)
{
	if (activity->sums_up)
		json_member_int(json, name, value);
	else
		json_member_null(json, name);
}

static void
sum_cell(struct csv_writer *csv, const struct event_activity *activity,
	 uint32_t value)
{
	if (activity->sums_up)
		csv_int(csv, value);
	else
		csv_text(csv, NULL);
}

static void
json_activity(struct json_writer *json, const struct listing *listing,
	      size_t i)
{
	const struct log_row *row = &log_listing_of(listing)->rows[i];
	const struct event_activity *activity = &row->activity;

	json_who(json, row);
	json_member_text(json, "action", activity->action);
	json_member_text(json, "object_type", activity->object);
	form_int_or_null(json, "object_id", activity->object_id);
	sum_form(json, "session_duration_minutes", activity,
		 activity->visit_minutes);
	sum_form(json, "tracks_played", activity, activity->tracks_played);
	sum_form(json, "searches_made", activity, activity->searches_made);
	json_object_end(json);
}

static void
csv_activity(struct csv_writer *csv, const struct listing *listing, size_t i)
{
	const struct log_row *row = &log_listing_of(listing)->rows[i];
	const struct event_activity *activity = &row->activity;

	csv_who(csv, row);
	csv_text(csv, activity->action);
	csv_text(csv, activity->object);
	csv_int_or_empty(csv, activity->object_id);
	sum_cell(csv, activity, activity->visit_minutes);
	sum_cell(csv, activity, activity->tracks_played);
	sum_cell(csv, activity, activity->searches_made);
	csv_row_end(csv);
}

/* ---- the three lists ------------------------------------------------------ */

#define WHO "id,at,user_id,username,"

static const struct listing_kind requests_listing = {
	.file = "ogma-requests",
	.model = "request_log",
	.elsewhere = true,
	.head = WHO "method,path,status,took_us,ip_address,user_agent",
	.read = requests_read,
	.json = json_request,
	.csv = csv_request,
};

static const struct listing_kind searches_listing = {
	.file = "ogma-searches",
	.model = "search_log",
	.elsewhere = true,
	.head = WHO "query,surface,results,took_us,clicked_type,clicked_id",
	.read = searches_read,
	.json = json_search,
	.csv = csv_search,
};

static const struct listing_kind activities_listing = {
	.file = "ogma-activity",
	.model = "activity_log",
	.elsewhere = true,
	.head = WHO "action,object_type,object_id,session_duration_minutes,"
		    "tracks_played,searches_made",
	.read = activities_read,
	.json = json_activity,
	.csv = csv_activity,
};

/* What the three narrow alike. `word` and `text` name their parameters. */
static void
log_listing_init(struct log_listing *list, const struct listing_kind *kind,
		 struct call *call, const char *word, const char *text)
{
	const struct page_request page = {
		.limit = (uint32_t)call_int(call, "limit"),
		.cursor = call_text(call, "cursor"),
	};

	listing_init(&list->listing, kind, call, &page);
	list->look = (struct events_look){
		.oldest_first = strcmp(call_text(call, "sort"), "id") == 0,
		.from_ms = call_int(call, "from"),
		.until_ms = call_int(call, "to"),
		.user_id = call_int(call, "user_id"),
		.word = call_text(call, word),
		.text = call_text(call, text),
	};
	list->reach.rows = PAGE_LOOKS;
}

void
handle_admin_requests(struct call *call)
{
	struct log_listing list;

	log_listing_init(&list, &requests_listing, call, "method", "path");
	list.look.bounded = true;
	list.look.least = call_int(call, "status_min");
	list.look.most = call_int(call, "status_max");
	listing_answer(&list.listing);
}

void
handle_admin_searches(struct call *call)
{
	const struct param_value *empty = call_value(call, "empty");
	struct log_listing list;

	log_listing_init(&list, &searches_listing, call, "surface", "q");
	list.look.bounded = empty->given;
	list.look.least = empty->number != 0 ? 0 : 1;
	list.look.most = empty->number != 0 ? 0 : UINT32_MAX;
	if (list.look.text != NULL)
		list.reach.rows = PAGE_TEXT_LOOKS;
	listing_answer(&list.listing);
}

void
handle_admin_activity(struct call *call)
{
	struct log_listing list;

	log_listing_init(&list, &activities_listing, call, "action", "object");
	listing_answer(&list.listing);
}
