/* settings.c - every setting on the admin page; changed in the server's own
 * configuration only. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/short_list.h"
#include "base/option.h"

#define SETTINGS_ROOM 256 /* at first */

/* ---- all of them ------------------------------------------------------------- */

struct setting {
	const char *group, *name, *value, *unit, *origin, *summary;
	size_t place; /* among all */
};

struct setting_rows {
	struct arena *arena;
	struct setting *items;
	size_t count, room;
};

static void
rows_widen(struct setting_rows *rows)
{
	size_t room = rows->room == 0 ? SETTINGS_ROOM : rows->room * 2;
	struct setting *wider = arena_new(rows->arena, struct setting, room);

	if (rows->count > 0)
		memcpy(wider, rows->items, rows->count * sizeof *wider);
	rows->items = wider;
	rows->room = room;
}

static void
setting_add(void *cookie, const struct option_table *table,
	    const struct option *row, const char *value,
	    enum option_origin origin)
{
	static const char *const origins[] = { "default", "file",
					       "environment", "flag" };
	struct setting_rows *rows = cookie;

	if (rows->count == rows->room)
		rows_widen(rows);
	rows->items[rows->count] = (struct setting){
		.group = table->title,
		.name = row->name,
		.value = value,
		.unit = row->unit,
		.origin = origins[origin],
		.summary = row->summary,
		.place = rows->count,
	};
	rows->count++;
}

/* Names of the groups, in their order. */
static size_t
groups_of(const struct setting_rows *rows, const char ***out)
{
	const char **groups = arena_new(rows->arena, const char *, rows->count);
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const char *group = rows->items[i].group;
		size_t known = 0;

		while (known < count && strcmp(groups[known], group) != 0)
			known++;
		if (known == count)
			groups[count++] = group;
	}
	*out = groups;
	return count;
}

/* ---- those that are asked for ------------------------------------------------- */

static const char *
setting_key(const void *row, struct arena *arena)
{
	(void)arena;
	return ((const struct setting *)row)->name;
}

static const char *
setting_words(const void *row, struct arena *arena)
{
	const struct setting *setting = row;

	return arena_print(arena, "%s %s %s", setting->name, setting->value,
			   setting->summary);
}

static bool
setting_passes(const void *row, const struct call *call)
{
	const struct setting *setting = row;

	return short_choice(call, "group", setting->group) &&
	       short_flag(call, "changed",
			  strcmp(setting->origin, "default") != 0);
}

static int
by_place(const void *a, const void *b)
{
	return short_by_number((int64_t)((const struct setting *)a)->place,
			       (int64_t)((const struct setting *)b)->place);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct setting *)a)->name,
		      ((const struct setting *)b)->name);
}

static int
by_origin(const void *a, const void *b)
{
	int order = strcmp(((const struct setting *)a)->origin,
			   ((const struct setting *)b)->origin);

	return order != 0 ? order : by_place(a, b);
}

static const struct short_kind settings_list = {
	.size = sizeof(struct setting),
	.key = setting_key,
	.words = setting_words,
	.passes = setting_passes,
	.orders = { { "group", by_place },
		    { "name", by_name },
		    { "origin", by_origin } },
};

static void
setting_form(struct json_writer *json, const struct setting *setting)
{
	json_object_begin(json);
	json_member_text(json, "group", setting->group);
	json_member_text(json, "name", setting->name);
	json_member_text(json, "value", setting->value);
	json_member_text(json, "unit", setting->unit);
	json_member_text(json, "origin", setting->origin);
	json_member_text(json, "summary", setting->summary);
	json_object_end(json);
}

void
handle_admin_settings(struct call *call)
{
	struct setting_rows rows = { .arena = call->arena };
	struct page_info page = { 0 };
	struct fault fault = { 0 };
	struct page_answer answer;
	const char **groups;
	size_t group_count;

	options_each(call->api->args.options, setting_add, &rows);
	group_count = groups_of(&rows, &groups);
	if (short_list_cut(call, &settings_list, rows.items, &rows.count, &page,
			   &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	page_begin(&answer);
	for (size_t i = 0; i < rows.count; i++)
		setting_form(&answer.json, &rows.items[i]);
	page_items_end(&answer, &page);
	json_member_array_begin(&answer.json, "groups");
	for (size_t i = 0; i < group_count; i++)
		json_text(&answer.json, groups[i]);
	json_array_end(&answer.json);
	page_send(&answer, call);
}
