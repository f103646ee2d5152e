/* command_backup.c - `ogma backup --to DIR` and `ogma restore --from DIR`. */
#include "app/command.h"

#include <stdio.h>

#include "app/app.h"
#include "base/json.h"
#include "base/log.h"
#include "service/backup.h"

/* What lies elsewhere and is saved there; NULL: nothing. */
static const char *
bucket_left_out(const struct invocation *invocation)
{
	const struct s3_settings *s3 = &invocation->settings->s3;

	return *s3->server.endpoint != '\0' ? s3->bucket_covers : NULL;
}

static void
info_print(const struct invocation *invocation, const char *event,
	   const struct backup_info *info, const char *place)
{
	const char *bucket = bucket_left_out(invocation);
	struct json_writer json;
	struct buffer line;

	if (!invocation->json) {
		printf("%s: %lld files, %.1f MiB, in %s\n", event,
		       (long long)info->files,
		       (double)info->size_bytes / 1048576, place);
		if (bucket != NULL)
			printf("Pictures are not among them: they stay in the "
			       "S3 bucket %s.\n",
			       bucket);
		return;
	}
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_text(&json, "event", event);
	json_member_text(&json, "folder", place);
	json_member_int(&json, "files", info->files);
	json_member_int(&json, "size_bytes", info->size_bytes);
	json_member_text(&json, "bucket_left_out", bucket);
	json_member_text(&json, "store", info->store);
	json_member_text(&json, "version", info->version);
	json_member_time(&json, "created_at", info->created_at_ms);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

/* Errors are told by the command itself. */
static void
log_quiet(void)
{
	struct log_settings quiet = { .level = LOG_ERROR };

	log_open(&quiet, NULL);
}

int
command_backup(struct invocation *invocation)
{
	const struct settings *settings = invocation->settings;
	const char *to = invocation_take(invocation, "--to");
	struct backup_place place = { .settings = &settings->backup,
				      .options = settings->options,
				      .data_dir = settings->program.data_dir };
	struct backup_info info = { 0 };
	struct fault fault = { 0 };
	struct arena arena;
	struct app app;
	enum status status;

	if (to == NULL || *to == '\0' || invocation->count > 0)
		return EXIT_USAGE;
	log_quiet();
	if (app_open(&app, settings, APP_STORE, &fault) != STATUS_OK)
		return command_fail(invocation, &fault);
	arena_init(&arena);
	place.store = app.store;
	place.store_path = *settings->sqlite.path != '\0' ?
				   settings->sqlite.path :
				   app.store_path;
	place.blobs_path = app.blobs_path;
	status = backup_make(&place, to, &arena, &info, &fault);
	if (status == STATUS_OK)
		info_print(invocation, "saved", &info, to);
	arena_release(&arena);
	app_close(&app);
	return status == STATUS_OK ? EXIT_DONE :
				     command_fail(invocation, &fault);
}

int
command_restore(struct invocation *invocation)
{
	const char *data_dir = invocation->settings->program.data_dir;
	const char *from = invocation_take(invocation, "--from");
	struct backup_info info = { 0 };
	struct fault fault = { 0 };
	struct arena arena;
	enum status status;

	if (from == NULL || *from == '\0' || invocation->count > 0)
		return EXIT_USAGE;
	log_quiet();
	arena_init(&arena);
	status = backup_restore(from, data_dir, &arena, &info, &fault);
	if (status == STATUS_OK)
		info_print(invocation, "restored", &info, data_dir);
	arena_release(&arena);
	return status == STATUS_OK ? EXIT_DONE :
				     command_fail(invocation, &fault);
}
