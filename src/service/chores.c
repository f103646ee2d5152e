/* chores.c - see chores.h. */
#include "service/chores.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "driver/events.h"
#include "library/job_reports.h"
#include "library/summary.h"
#include "library/tracks.h"
#include "service/listening.h"
#include "service/report.h"
#include "service/upload.h"

#define TOP 10

#define OFFSET(field) offsetof(struct chores_settings, field)

const struct option chores_options[] = {
	{ .name = "LOG_KEEP_DAYS", .type = OPTION_U32, .preset = "30",
	  .unit = "days", .max = 3650,
	  .summary = "Rotated log files older than this are removed by the "
		     "schedule log_cleanup; 0: they are not.",
	  .offset = OFFSET(log_keep_days) },
	{ .name = "ALERT_SLOW_MS", .type = OPTION_U32, .preset = "1000",
	  .unit = "ms", .min = 1, .max = 600000,
	  .summary = "An alert is raised when one in twenty answers of a route "
		     "takes longer.",
	  .offset = OFFSET(slow_alert_ms) },
	{ 0 },
};

/* ---- log_cleanup ------------------------------------------------------------------ */

/* "ogma.log.3": rotated, so nobody writes to it. */
static int64_t
log_files_remove(const struct chores *chores)
{
	int64_t before = (int64_t)time(NULL) -
			 (int64_t)chores->settings->log_keep_days * 86400;
	char path[4096];
	struct dirent *entry;
	int64_t removed = 0;
	DIR *folder;

	snprintf(path, sizeof path, "%s/logs", chores->data_dir);
	folder = opendir(path);
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct stat facts;

		if (strncmp(entry->d_name, "ogma.log.", 9) != 0 ||
		    fstatat(dirfd(folder), entry->d_name, &facts,
			    AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(facts.st_mode) || facts.st_mtime >= before)
			continue;
		removed += unlinkat(dirfd(folder), entry->d_name, 0) == 0;
	}
	if (folder != NULL)
		closedir(folder);
	return removed;
}

static enum status
log_cleanup_run(struct job *job, void *cookie, struct fault *fault)
{
	const struct chores *chores = cookie;
	struct events_log *log = listening_log(chores->listening);
	struct job_progress progress = { .eta_seconds = -1 };
	struct events_state before, after;
	enum status status = events_get_state(log, &before, fault);
	int64_t files = 0, uploads = 0;
	char line[160];
	bool more = true;

	while (status == STATUS_OK && more) {
		if (job_stopping(job))
			return STATUS_CANCELLED;
		status = events_tidy(log, clock_now_ms(), &more, fault);
		progress.done++;
		if (status == STATUS_OK)
			status = job_note(job, &progress, fault);
	}
	if (status == STATUS_OK)
		status = events_get_state(log, &after, fault);
	if (status == STATUS_OK)
		status = upload_tidy(chores->uploads, &uploads, fault);
	if (status != STATUS_OK)
		return status;
	if (chores->settings->log_keep_days > 0)
		files = log_files_remove(chores);
	snprintf(line, sizeof line,
		 "%lld log files removed, %lld listens and %lld uploads "
		 "forgotten",
		 (long long)files, (long long)(before.listens - after.listens),
		 (long long)uploads);
	job_log(job, "info", NULL, line);
	return STATUS_OK;
}

/* ---- daily_report -------------------------------------------------------------------- */

struct summing {
	const struct chores *chores;
	struct arena arena;
	struct json_writer json;
	struct buffer body;
	int32_t day;
	struct report_ranks tracks;
};

static void
platform_form(struct json_writer *json, const struct report_platform *platform)
{
	json_member_object_begin(json, "listening");
	json_member_int(json, "plays", platform->totals.plays);
	json_member_int(json, "skips", platform->totals.skips);
	json_member_int(json, "heard_ms", platform->totals.heard_ms);
	json_member_int(json, "listeners", platform->listeners);
	json_member_int(json, "active_users", platform->active_users);
	json_member_int(json, "new_users", platform->new_users);
	json_member_int(json, "users", platform->users);
	json_member_int(json, "searches", platform->searches);
	json_member_int(json, "empty_searches", platform->empty_searches);
	json_member_int(json, "requests", platform->requests);
	json_member_int(json, "errors", platform->errors);
	json_member_int(json, "plays_before", platform->previous.plays);
	json_object_end(json);
}

static void
rank_begin(struct json_writer *json, const struct report_rank *rank)
{
	json_object_begin(json);
	json_member_int(json, "id", rank->id);
	json_member_int(json, "plays", rank->plays);
	json_member_int(json, "heard_ms", rank->heard_ms);
}

/* Titles of what was played; what is gone since has none. */
static enum status
names_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct summing *sum = cookie;
	struct json_writer *json = &sum->json;
	struct library_summary library;
	int64_t jobs[JOB_STATES];
	enum status status = library_summary_get(session, &library, fault);

	if (status == STATUS_OK)
		status = jobs_count(session, jobs, fault);
	if (status != STATUS_OK)
		return status;
	json_member_array_begin(json, "top_tracks");
	for (size_t i = 0; i < sum->tracks.count; i++) {
		struct track track;
		bool known = tracks_get(session, sum->tracks.items[i].id,
					&sum->arena, &track,
					NULL) == STATUS_OK;

		rank_begin(json, &sum->tracks.items[i]);
		json_member_text(json, "title", known ? track.title : NULL);
		json_member_text(json, "artist", known ? track.artist : NULL);
		json_object_end(json);
	}
	json_array_end(json);
	json_member_object_begin(json, "library");
	json_member_int(json, "tracks", library.tracks);
	json_member_int(json, "albums", library.albums);
	json_member_int(json, "artists", library.artists);
	json_member_int(json, "duration_ms", library.duration_ms);
	json_member_int(json, "size_bytes", library.size_bytes);
	json_object_end(json);
	json_member_object_begin(json, "jobs");
	for (int i = 0; i < JOB_STATES; i++)
		json_member_int(json, job_state_name((enum job_state)i),
				jobs[i]);
	json_object_end(json);
	return STATUS_OK;
}

static enum status
daily_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct summing *sum = cookie;

	return job_reports_add(session, REPORT_DAILY, clock_now_ms(),
			       sum->body.bytes, fault);
}

static enum status
daily_make(struct summing *sum, struct fault *fault)
{
	const struct report_period period = {
		.days = { sum->day, sum->day }, .step = REPORT_BY_DAY,
	};
	struct listening *listening = sum->chores->listening;
	struct report_platform platform;
	char day[CLOCK_TEXT_BYTES];
	enum status status = report_platform(listening, &period, &sum->arena,
					     &platform, fault);

	if (status == STATUS_OK)
		status = report_top(listening, EVENTS_TRACK, &period, TOP,
				    false, &sum->arena, &sum->tracks, fault);
	if (status != STATUS_OK)
		return status;
	clock_print_rfc3339((int64_t)sum->day * DAY_MS, day);
	day[10] = '\0';
	json_object_begin(&sum->json);
	json_member_text(&sum->json, "day", day);
	platform_form(&sum->json, &platform);
	status = store_read(sum->chores->store, names_read, sum, fault);
	json_object_end(&sum->json);
	return status;
}

static enum status
daily_run(struct job *job, void *cookie, struct fault *fault)
{
	struct summing sum = { .chores = cookie,
			       .day = events_day_of(clock_now_ms()) - 1 };
	enum status status;

	(void)job;
	arena_init(&sum.arena);
	buffer_init(&sum.body, 0);
	json_writer_init(&sum.json, &sum.body);
	status = daily_make(&sum, fault);
	if (status == STATUS_OK)
		status = store_write(sum.chores->store, daily_write, &sum,
				     fault);
	buffer_release(&sum.body);
	arena_release(&sum.arena);
	return status;
}

/* ---- backup --------------------------------------------------------------------------- */

static enum status
backup_run(struct job *job, void *cookie, struct fault *fault)
{
	const struct chores *chores = cookie;
	const struct caller caller = { .user_id = job_requested_by(job) };
	struct backup_info info;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = backup_make_here(&chores->backups, &caller, &arena, &info,
				  fault);
	if (status == STATUS_OK)
		job_log(job, "info", info.name, "the backup is whole");
	arena_release(&arena);
	return status;
}

/* ---- cleanup -------------------------------------------------------------------------- */

static enum status
tidy_run(struct job *job, void *cookie, struct fault *fault)
{
	struct chores *chores = cookie;

	return cleanup_run(job, &chores->cleanup, fault);
}

const struct job_kind chore_kinds[] = {
	{ .name = "music_etl",
	  .summary = "Scans every source and brings all in step with it.",
	  .attempts = 3, .backoff_seconds = 60, .run = music_etl_run },
	{ .name = "monitoring",
	  .summary = "Looks at services, data and answer times.",
	  .attempts = 2, .timeout_seconds = 600, .run = checkup_run },
	{ .name = "log_cleanup",
	  .summary = "Removes what is older than its retention.",
	  .attempts = 3, .run = log_cleanup_run },
	{ .name = "daily_report", .summary = "Sums up the day before.",
	  .attempts = 5, .backoff_seconds = 60, .run = daily_run },
	{ .name = "backup", .summary = "Makes a backup in BACKUP_DIR.",
	  .attempts = 3, .backoff_seconds = 300, .run = backup_run },
	{ .name = CLEANUP_JOB, .summary = "Looks for what could be tidied up.",
	  .attempts = 3, .run = tidy_run },
	{ 0 },
};
