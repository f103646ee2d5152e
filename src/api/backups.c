/* backups.c - backups on the admin page. */
#include "api/handlers.h"

#include "api/api.h"
#include "api/forms.h"
#include "api/short_list.h"
#include "service/backup.h"

#include <string.h>

static void
backup_form(struct json_writer *json, const struct backup_info *info)
{
	json_object_begin(json);
	json_member_text(json, "name", info->name);
	json_member_time(json, "created_at", info->created_at_ms);
	json_member_int(json, "size_bytes", info->size_bytes);
	json_member_int(json, "files", info->files);
	json_member_text(json, "store", info->store);
	json_member_text(json, "version", info->version);
	json_member_bool(json, "complete", info->complete);
	json_object_end(json);
}

static const char *
backup_key(const void *row, struct arena *arena)
{
	(void)arena;
	return ((const struct backup_info *)row)->name;
}

static const char *
backup_words(const void *row, struct arena *arena)
{
	const struct backup_info *info = row;

	return arena_print(arena, "%s %s %s", info->name, info->store,
			   info->version);
}

static bool
backup_passes(const void *row, const struct call *call)
{
	return short_flag(call, "complete",
			  ((const struct backup_info *)row)->complete);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct backup_info *)a)->name,
		      ((const struct backup_info *)b)->name);
}

static int
by_time(const void *a, const void *b)
{
	int order = short_by_number(
		((const struct backup_info *)a)->created_at_ms,
		((const struct backup_info *)b)->created_at_ms);

	return order != 0 ? order : by_name(a, b);
}

static int
by_size(const void *a, const void *b)
{
	int order = short_by_number(
		((const struct backup_info *)a)->size_bytes,
		((const struct backup_info *)b)->size_bytes);

	return order != 0 ? order : by_name(a, b);
}

static const struct short_kind backups = {
	.size = sizeof(struct backup_info),
	.key = backup_key,
	.words = backup_words,
	.passes = backup_passes,
	.orders = { { "name", by_name },
		    { "created_at", by_time },
		    { "size_bytes", by_size } },
};

void
handle_backups_list(struct call *call)
{
	const struct backup_place *place = &call->api->args.backups;
	const char *folder = place->settings->folder;
	struct backup_info *list;
	struct page_info page = { 0 };
	struct page_answer answer;
	struct fault fault = { 0 };
	size_t count;

	if (backup_list(place, call->arena, &list, &count, &fault) !=
		    STATUS_OK ||
	    short_list_cut(call, &backups, list, &count, &page, &fault) !=
		    STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	page_begin(&answer);
	for (size_t i = 0; i < count; i++)
		backup_form(&answer.json, &list[i]);
	page_items_end(&answer, &page);
	json_member_text(&answer.json, "folder",
			 *folder != '\0' ? folder : NULL);
	page_send(&answer, call);
}

void
handle_backup_make(struct call *call)
{
	struct backup_info info = { 0 };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (backup_make_here(&call->api->args.backups, &call->caller,
			     call->arena, &info, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	backup_form(&json, &info);
	call_answer_json(call, 201, &body);
}
