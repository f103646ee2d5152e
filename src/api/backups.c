/* backups.c - backups on the admin page. */
#include "api/handlers.h"

#include "api/api.h"
#include "service/backup.h"

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

void
handle_backups_list(struct call *call)
{
	const struct backup_place *place = &call->api->args.backups;
	const char *folder = place->settings->folder;
	struct backup_info *list;
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	size_t count;

	if (backup_list(place, call->arena, &list, &count, &fault) !=
	    STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "items");
	for (size_t i = 0; i < count; i++)
		backup_form(&json, &list[i]);
	json_array_end(&json);
	json_member_int(&json, "total", (int64_t)count);
	json_member_null(&json, "next_cursor");
	json_member_text(&json, "folder", *folder != '\0' ? folder : NULL);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
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
