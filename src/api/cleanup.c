/* cleanup.c - routes about tidying up the catalogue. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/jobs.h"
#include "api/listing.h"
#include "service/cleanup.h"

/* ---- the list -------------------------------------------------------------------- */

struct cleanup_work {
	struct call *call;
	int64_t id;
	struct suggestion one;
	struct suggestion_filter filter;
	struct page_request page;
	struct suggestion_list list;
	struct suggestion_count *counts;
	size_t count;
};

static void
suggestion_form(struct json_writer *json, const struct suggestion *suggestion)
{
	json_object_begin(json);
	json_member_int(json, "id", suggestion->id);
	json_member_text(json, "rule", suggestion->rule);
	json_member_text(json, "kind", edit_kind_name(suggestion->kind));
	json_member_int(json, "thing_id", suggestion->thing_id);
	json_member_text(json, "title", suggestion->title);
	json_member_text(json, "artist", suggestion->artist);
	json_member_text(json, "field", suggestion->field);
	json_member_text(json, "was", suggestion->was);
	json_member_text(json, "becomes", suggestion->becomes);
	json_name(json, "change");
	if (suggestion->change == NULL)
		json_null_value(json);
	else
		json_raw(json, span_of(suggestion->change));
	json_member_int(json, "confidence", suggestion->confidence);
	json_member_text(json, "state",
			 suggestion_state_name(suggestion->state));
	json_member_bool(json, "automatic", suggestion->automatic);
	json_member_time(json, "created_at", suggestion->created_at_ms);
	json_member_time(json, "decided_at", suggestion->decided_at_ms);
	json_member_text(json, "decided_by", suggestion->decider);
	json_object_end(json);
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct cleanup_work *work = cookie;

	return suggestions_list(session, &work->filter, &work->page,
				work->call->arena, &work->list, fault);
}

static enum edit_kind
kind_of(const char *name)
{
	static const enum edit_kind kinds[] = { EDIT_TRACK, EDIT_ALBUM,
						EDIT_ARTIST };

	for (size_t i = 0; name != NULL && i < ARRAY_LENGTH(kinds); i++)
		if (strcmp(edit_kind_name(kinds[i]), name) == 0)
			return kinds[i];
	return 0;
}

static struct suggestion_filter
filter_of(const struct call *call)
{
	const char *state = call_text(call, "state");
	struct suggestion_filter filter = {
		.rule = call_text(call, "rule"),
		.kind = kind_of(call_text(call, "kind")),
		.automatic = call_int(call, "automatic") != 0,
	};

	for (int i = 0; i < SUGGESTION_STATES; i++)
		if (strcmp(suggestion_state_name((enum suggestion_state)i),
			   state) == 0) {
			filter.state = (enum suggestion_state)i;
			filter.state_given = true;
		}
	return filter;
}

void
handle_cleanup_list(struct call *call)
{
	struct cleanup_work work = { .call = call,
				     .filter = filter_of(call),
				     .page = call_page_by_age(call) };
	struct page_answer answer;

	if (!call_read_store(call, list_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		suggestion_form(&answer.json, &work.list.items[i]);
	page_end(&answer, call, &work.list.page);
}

/* ---- the rules --------------------------------------------------------------------- */

static enum status
counts_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct cleanup_work *work = cookie;

	return suggestions_count(session, work->call->arena, &work->counts,
				 &work->count, fault);
}

static void
rule_form(struct json_writer *json, const struct cleanup_rule *rule,
	  const struct cleanup_work *work)
{
	int64_t states[SUGGESTION_STATES] = { 0 }, automatic = 0;
	bool russian = work->call->language == LANGUAGE_RU;

	for (size_t i = 0; i < work->count; i++) {
		const struct suggestion_count *count = &work->counts[i];

		if (strcmp(count->rule, rule->name) != 0)
			continue;
		states[count->state] += count->count;
		if (count->automatic && count->state == SUGGESTION_ACCEPTED)
			automatic += count->count;
	}
	json_object_begin(json);
	json_member_text(json, "name", rule->name);
	json_member_text(json, "summary", russian ? rule->ru : rule->en);
	json_member_bool(json, "suggests", rule->suggests);
	for (int i = 0; i < SUGGESTION_STATES; i++)
		json_member_int(json,
				suggestion_state_name((enum suggestion_state)i),
				states[i]);
	json_member_int(json, "automatic", automatic);
	json_object_end(json);
}

void
handle_cleanup_rules(struct call *call)
{
	struct cleanup_work work = { .call = call };
	struct page_answer answer;
	size_t count = 0;

	if (!call_read_store(call, counts_work, &work))
		return;
	page_begin(&answer);
	while (cleanup_rules[count].name != NULL)
		rule_form(&answer.json, &cleanup_rules[count++], &work);
	page_end_whole(&answer, call, count);
}

/* ---- deciding ------------------------------------------------------------------------ */

static enum status
one_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct cleanup_work *work = cookie;

	return suggestions_get(session, work->id, work->call->arena,
			       &work->one, fault);
}

static void
decide(struct call *call, enum cleanup_action action)
{
	struct cleanup_work work = { .call = call,
				     .id = call_int(call, "id") };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!work_done(call,
		       cleanup_decide(&call->api->args.editor, &call->caller,
				      action, work.id, &fault),
		       &fault) ||
	    !call_read_store(call, one_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	suggestion_form(&json, &work.one);
	call_answer_json(call, 200, &body);
}

void
handle_cleanup_accept(struct call *call)
{
	decide(call, CLEANUP_ACCEPT);
}

void
handle_cleanup_dismiss(struct call *call)
{
	decide(call, CLEANUP_DISMISS);
}

void
handle_cleanup_undo(struct call *call)
{
	decide(call, CLEANUP_UNDO);
}

static enum cleanup_action
action_of(const char *name)
{
	return strcmp(name, "accept") == 0  ? CLEANUP_ACCEPT :
	       strcmp(name, "dismiss") == 0 ? CLEANUP_DISMISS :
					      CLEANUP_UNDO;
}

static void
bulk_answer(struct call *call, const struct edit_outcome *outcomes,
	    size_t count)
{
	struct listing_outcome *told =
		arena_new(call->arena, struct listing_outcome, count + 1);

	for (size_t i = 0; i < count; i++)
		told[i] = (struct listing_outcome){ outcomes[i].id,
						    outcomes[i].status,
						    outcomes[i].reason };
	listing_answer_outcomes(call, told, count);
}

void
handle_cleanup_bulk(struct call *call)
{
	const struct param_value *ids = call_field(call, "ids");
	const char *rule = call_field_text(call, "rule");
	enum cleanup_action action =
		action_of(call_field_text(call, "action"));
	struct edit_outcome *outcomes = arena_new(
		call->arena, struct edit_outcome, CLEANUP_BULK_MAX);
	struct fault fault = { 0 };
	size_t count = 0;

	if (ids->id_count == 0 && rule == NULL)
		call_answer_field(call, "ids", "name them, or a rule");
	else if (ids->id_count == 0 && cleanup_rule_find(rule) == NULL)
		call_answer_field(call, "rule", "there is no such rule");
	else if (ids->id_count == 0 && action == CLEANUP_UNDO)
		call_answer_field(call, "ids", "undo takes ids");
	else if (work_done(call,
			   cleanup_bulk(&call->api->args.editor,
					&call->caller, action, rule, ids->ids,
					ids->id_count, outcomes, &count,
					&fault),
			   &fault))
		bulk_answer(call, outcomes, count);
}
