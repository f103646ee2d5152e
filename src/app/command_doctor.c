/* command_doctor.c - `ogma doctor` and `ogma drivers`: is all of it here? */
#include "app/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/password.h"
#include "library/catalogue.h"
#include "library/migrations.h"
#include "media/media.h"
#include "service/storage.h"

struct checkup {
	bool json;
	unsigned failed, warned;
};

enum finding { FINDING_OK, FINDING_WARNING, FINDING_FAILED };

static void
finding_print(struct checkup *checkup, enum finding finding, const char *what,
	      const char *text)
{
	static const char *const words[] = { "ok", "warning", "failed" };
	struct json_writer json;
	struct buffer line;

	checkup->failed += finding == FINDING_FAILED;
	checkup->warned += finding == FINDING_WARNING;
	if (!checkup->json) {
		printf("%-8s %-12s %s\n", words[finding], what, text);
		return;
	}
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_text(&json, "check", what);
	json_member_text(&json, "state", words[finding]);
	json_member_text(&json, "text", text);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
}

static void
check_status(struct checkup *checkup, const char *what, enum status status,
	     const struct fault *fault, const char *good)
{
	if (status == STATUS_OK)
		finding_print(checkup, FINDING_OK, what, good);
	else
		finding_print(checkup, FINDING_FAILED, what, fault->message);
}

static void
check_disk(struct checkup *checkup, const char *folder)
{
	struct statvfs facts;
	char text[160];
	double free_gib;

	if (statvfs(folder, &facts) != 0) {
		finding_print(checkup, FINDING_FAILED, "disk",
			      "cannot look at the data folder");
		return;
	}
	free_gib = (double)facts.f_bavail * (double)facts.f_frsize /
		   (1024.0 * 1024 * 1024);
	snprintf(text, sizeof text, "%.1f GiB free in %s", free_gib, folder);
	finding_print(checkup, free_gib < 1 ? FINDING_WARNING : FINDING_OK,
		      "disk", text);
}

static void
check_files(struct checkup *checkup)
{
	struct rlimit limit = { 0 };
	char text[160];

	getrlimit(RLIMIT_NOFILE, &limit);
	snprintf(text, sizeof text, "%llu open files allowed%s",
		 (unsigned long long)limit.rlim_max,
		 limit.rlim_max < 10000 ?
			 "; each listener takes one: raise the hard limit" :
			 "");
	finding_print(checkup,
		      limit.rlim_max < 10000 ? FINDING_WARNING : FINDING_OK,
		      "files", text);
}

static void
check_passwords(struct checkup *checkup, const struct access_settings *settings)
{
	uint32_t kib = settings->password_memory_kib;
	bool good = kib >= PASSWORD_MEMORY_KIB;
	char text[160], advice[80] = "";

	if (!good)
		snprintf(advice, sizeof advice,
			 "; OWASP asks for %d: raise PASSWORD_MEMORY_KIB",
			 PASSWORD_MEMORY_KIB);
	snprintf(text, sizeof text,
		 "hashed with Argon2id over %" PRIu32 " KiB%s", kib, advice);
	finding_print(checkup, good ? FINDING_OK : FINDING_WARNING,
		      "passwords", text);
}

static void
check_store(struct checkup *checkup, struct app *app)
{
	struct fault fault = { 0 };
	char text[160];
	int64_t version = 0;
	enum status status = store_ping(app->store, &fault);

	if (status == STATUS_OK)
		status = migrations_version(app->store, &version, &fault);
	snprintf(text, sizeof text, "%s, schema %lld",
		 app->store->driver->name, (long long)version);
	check_status(checkup, "store", status, &fault, text);
}

static enum status
catalogue_work_check(struct store_session *session, void *cookie,
		     struct fault *fault)
{
	(void)cookie;
	return catalogue_check(session, fault);
}

static void
check_catalogue(struct checkup *checkup, struct app *app)
{
	struct fault fault = { 0 };

	check_status(checkup, "catalogue",
		     store_read(app->store, catalogue_work_check, NULL,
				&fault),
		     &fault, "every kept number is right");
}

/* A WAV of silence, 16 bit mono at 8 kHz, as the smallest file that a media
 * process must understand. */
static const unsigned char silence[] = {
	'R', 'I', 'F', 'F', 44 + 36, 0, 0, 0, 'W', 'A', 'V', 'E',
	'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0, 1, 0,
	0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0,
	'd', 'a', 't', 'a', 44, 0, 0, 0, [44 + 43] = 0,
};

static void
check_media(struct checkup *checkup, struct app *app)
{
	struct media_probe_args args = { .name_hint = "silence.wav" };
	struct media_facts facts;
	struct fault fault = { 0 };
	struct arena arena;
	FILE *file = tmpfile();
	enum status status;

	if (file == NULL || fwrite(silence, 1, sizeof silence, file) !=
				    sizeof silence ||
	    fflush(file) != 0) {
		finding_print(checkup, FINDING_FAILED, "media",
			      "cannot write a temporary file");
		if (file != NULL)
			fclose(file);
		return;
	}
	arena_init(&arena);
	status = media_probe(app->media, fileno(file), &args, &arena, &facts,
			     &fault);
	check_status(checkup, "media", status, &fault,
		     "the media process reads files");
	arena_release(&arena);
	fclose(file);
}

static void
check_storage(struct checkup *checkup, struct app *app)
{
	const struct s3_settings *settings = &app->settings->s3;
	const struct storage storage = { .s3 = app->s3,
					 .settings = settings,
					 .blobs_path = app->blobs_path };
	struct fault fault = { 0 };
	char text[320];
	int64_t start_us = clock_monotonic_us();
	enum status status = storage_ping(&storage, &fault);

	if (app->s3 != NULL)
		snprintf(text, sizeof text,
			 "S3 at %.150s answers in %.1f ms, bucket %.60s",
			 settings->server.endpoint,
			 (double)(clock_monotonic_us() - start_us) / 1000,
			 settings->bucket_covers);
	else
		snprintf(text, sizeof text, "folder %.250s", app->blobs_path);
	check_status(checkup, "storage", status, &fault, text);
}

static void
check_telegram(struct checkup *checkup, struct app *app)
{
	const struct telegram_settings *settings = &app->settings->telegram;
	const struct telegram_args args = app_telegram_args(app);
	char version[32], account[160], text[256];
	struct fault fault = { 0 };

	if (settings->api_id == 0)
		return;
	if (telegram_version(settings, version, &fault) != STATUS_OK) {
		finding_print(checkup, FINDING_FAILED, "telegram",
			      fault.message);
		return;
	}
	if (telegram_account(&args, account))
		snprintf(text, sizeof text, "libtdjson %s, signed in as %s",
			 version, account);
	else
		snprintf(text, sizeof text,
			 "libtdjson %s, not logged in: `ogma telegram login`",
			 version);
	finding_print(checkup,
		      telegram_account(&args, account) ? FINDING_OK :
							 FINDING_WARNING,
		      "telegram", text);
}

int
command_doctor(struct invocation *invocation)
{
	struct checkup checkup = { .json = invocation->json };
	const struct settings *settings = invocation->settings;
	struct log_settings quiet = { .level = LOG_ERROR };
	struct fault fault = { 0 };
	struct app app;

	if (invocation->count > 0)
		return EXIT_USAGE;
	log_open(&quiet, NULL);
	if (app_open(&app, settings, APP_INDEX | APP_MEDIA, &fault) !=
	    STATUS_OK) {
		finding_print(&checkup, FINDING_FAILED, "open", fault.message);
		return EXIT_FAILED;
	}
	check_disk(&checkup, settings->program.data_dir);
	check_files(&checkup);
	check_passwords(&checkup, &settings->access);
	check_store(&checkup, &app);
	check_catalogue(&checkup, &app);
	check_status(&checkup, "search", index_ping(app.index, &fault), &fault,
		     index_engine(app.index));
	check_media(&checkup, &app);
	check_storage(&checkup, &app);
	check_telegram(&checkup, &app);
	app_close(&app);
	if (!checkup.json)
		printf("%u failed, %u warnings\n", checkup.failed,
		       checkup.warned);
	return checkup.failed == 0 ? EXIT_DONE : EXIT_FAILED;
}
