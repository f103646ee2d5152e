/* scheduler.c - see scheduler.h. */
#include "service/scheduler.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "library/audit.h"
#include "library/leases.h"
#include "service/cron.h"
#include "service/owner.h"

#define TICK_MS 5000
#define LATE_MS 90000 /* later than this it is a time that was missed */
#define LEASE "scheduler"
#define OFF "off"

#define OFFSET(field) offsetof(struct scheduler_settings, field)

const struct option scheduler_options[] = {
	{ .name = "SCHEDULE_MUSIC_ETL", .type = OPTION_TEXT,
	  .preset = "0 * * * *",
	  .summary = "When all sources are scanned: five fields as in "
		     "crontab, of the server's time zone; off: never.",
	  .offset = OFFSET(music_etl) },
	{ .name = "SCHEDULE_MONITORING", .type = OPTION_TEXT,
	  .preset = "*/15 * * * *",
	  .summary = "When services, data and answer times are looked at.",
	  .offset = OFFSET(monitoring) },
	{ .name = "SCHEDULE_LOG_CLEANUP", .type = OPTION_TEXT,
	  .preset = "40 3 * * *",
	  .summary = "When what is older than its retention is removed.",
	  .offset = OFFSET(log_cleanup) },
	{ .name = "SCHEDULE_DAILY_REPORT", .type = OPTION_TEXT,
	  .preset = "5 0 * * *",
	  .summary = "When the day before is summed up.",
	  .offset = OFFSET(daily_report) },
	{ .name = "SCHEDULE_BACKUP", .type = OPTION_TEXT, .preset = OFF,
	  .summary = "When a backup is made in BACKUP_DIR.",
	  .offset = OFFSET(backup) },
	{ .name = "SCHEDULE_CLEANUP", .type = OPTION_TEXT,
	  .preset = "20 4 * * *",
	  .summary = "When the rules look for what could be tidied up; they "
		     "do so after each music_etl as well.",
	  .offset = OFFSET(cleanup) },
	{ 0 },
};

/* A schedule's name is its job's kind. */
static const struct rule {
	const char *name, *summary;
	size_t offset;
} rules[] = {
	{ "music_etl", "Scans every source and brings all in step with it.",
	  OFFSET(music_etl) },
	{ "monitoring", "Looks at services, data and answer times.",
	  OFFSET(monitoring) },
	{ "log_cleanup", "Removes what is older than its retention.",
	  OFFSET(log_cleanup) },
	{ "daily_report", "Sums up the day before.", OFFSET(daily_report) },
	{ "backup", "Makes a backup in BACKUP_DIR.", OFFSET(backup) },
	{ "cleanup", "Looks for what could be tidied up.", OFFSET(cleanup) },
};

struct scheduler {
	struct scheduler_args args;
	char owner[OWNER_BYTES];
	pthread_t thread;
	pthread_mutex_t lock; /* of what is below */
	pthread_cond_t wake;
	bool ending;
};

/* ---- rules and rows --------------------------------------------------------- */

static const char *
rule_preset(const struct rule *rule, const struct scheduler_settings *settings)
{
	return *(const char *const *)((const char *)settings + rule->offset);
}

static const struct rule *
rule_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}

/* 0: never. What was stored was parsed before. */
static int64_t
next_of(const char *text, int64_t now_ms)
{
	struct cron cron;

	if (strcmp(text, OFF) == 0 ||
	    cron_parse(text, &cron, NULL) != STATUS_OK)
		return 0;
	return cron_next(&cron, now_ms);
}

/* The row as it is or would be; *fresh: what is stored does not fit. */
static void
row_resolve(const struct rule *rule, const struct scheduler_settings *settings,
	    const struct schedule_row *rows, size_t count, int64_t now_ms,
	    struct schedule_row *out, bool *fresh)
{
	const char *preset = rule_preset(rule, settings), *cron;

	*out = (struct schedule_row){ .name = rule->name, .enabled = true,
				      .next_cron = "" };
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, rule->name) == 0)
			*out = rows[i];
	cron = out->cron != NULL ? out->cron : preset;
	*fresh = strcmp(out->next_cron, cron) != 0;
	if (*fresh) {
		out->next_cron = cron;
		out->next_run_ms = next_of(cron, now_ms);
	}
}

/* ---- looking ------------------------------------------------------------------ */

struct looking {
	struct scheduler *scheduler;
	int64_t now_ms, queued;
	bool needed; /* something is due, or not as it should be */
};

static bool
is_due(const struct schedule_row *row, int64_t now_ms)
{
	return row->enabled && row->next_run_ms > 0 &&
	       row->next_run_ms <= now_ms;
}

static enum status
need_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	struct schedule_row *rows;
	struct arena arena;
	enum status status;
	size_t count;

	arena_init(&arena);
	looking->needed = false;
	status = schedules_list(session, &arena, &rows, &count, fault);
	for (size_t i = 0; status == STATUS_OK && i < ARRAY_LENGTH(rules);
	     i++) {
		struct schedule_row row;
		bool fresh;

		row_resolve(&rules[i], looking->scheduler->args.settings, rows,
			    count, looking->now_ms, &row, &fresh);
		looking->needed = looking->needed || fresh ||
				  is_due(&row, looking->now_ms);
	}
	arena_release(&arena);
	return status;
}

/* The same job that waits still is as good. */
static enum status
run_queue(struct store_session *session, const char *name,
	  struct schedule_run *run, int64_t user_id, struct fault *fault)
{
	const struct job_ask ask = { .kind = name, .requested_by = user_id };
	enum status status = jobs_ask(session, &ask, &run->job_id, fault);

	if (status != STATUS_OK && status != STATUS_CONFLICT)
		return status;
	return schedule_runs_add(session, name, run, fault);
}

static enum status
rule_look(struct store_session *session, const struct rule *rule,
	  struct looking *looking, const struct schedule_row *rows,
	  size_t count, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t now_ms = looking->now_ms;
	struct schedule_row row;
	struct schedule_run run = { .started_at_ms = now_ms };
	bool fresh;

	row_resolve(rule, looking->scheduler->args.settings, rows, count,
		    now_ms, &row, &fresh);
	if (is_due(&row, now_ms)) {
		run.due_at_ms = row.next_run_ms;
		run.reason = now_ms - row.next_run_ms > LATE_MS ? "catch_up" :
								  "clock";
		row.next_run_ms = next_of(row.next_cron, now_ms);
		row.last_run_ms = now_ms;
		status = schedules_put(session, &row, fault);
		if (status == STATUS_OK)
			status = run_queue(session, rule->name, &run, 0,
					   fault);
		looking->queued++;
	} else if (fresh) {
		status = schedules_put(session, &row, fault);
	}
	return status;
}

/* A holder of this machine that is gone need not be waited for. */
static enum status
lease_free(struct store_session *session, struct fault *fault)
{
	struct arena arena;
	const char *holder;
	int64_t until_ms;
	enum status status;

	arena_init(&arena);
	status = leases_get(session, LEASE, &arena, &holder, &until_ms, fault);
	if (status == STATUS_OK && owner_dead(holder))
		status = leases_drop(session, LEASE, holder, fault);
	arena_release(&arena);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
look_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	struct schedule_row *rows;
	struct arena arena;
	enum status status;
	bool held = false;
	size_t count = 0;

	arena_init(&arena);
	looking->queued = 0;
	status = sql_lock(session, "etl_jobs", fault); /* see jobs_ask() */
	if (status == STATUS_OK)
		status = lease_free(session, fault);
	if (status == STATUS_OK)
		status = leases_take(session, LEASE, looking->scheduler->owner,
				     looking->now_ms,
				     looking->now_ms + SCHEDULER_LEASE_MS,
				     &held, fault);
	if (status == STATUS_OK && held)
		status = schedules_list(session, &arena, &rows, &count, fault);
	for (size_t i = 0;
	     status == STATUS_OK && held && i < ARRAY_LENGTH(rules); i++)
		status = rule_look(session, &rules[i], looking, rows, count,
				   fault);
	arena_release(&arena);
	return status;
}

enum status
scheduler_look(struct scheduler *scheduler, int64_t now_ms, int64_t *queued,
	       struct fault *fault)
{
	struct looking looking = { .scheduler = scheduler, .now_ms = now_ms };
	struct store *store = scheduler->args.store;
	enum status status = store_read(store, need_read, &looking, fault);

	if (status == STATUS_OK && looking.needed)
		status = store_write(store, look_write, &looking, fault);
	if (status != STATUS_OK)
		return status;
	if (looking.queued > 0 && scheduler->args.jobs != NULL)
		job_runner_wake(scheduler->args.jobs);
	*queued = looking.queued;
	return STATUS_OK;
}

/* ---- the thread ------------------------------------------------------------------ */

static bool
rest(struct scheduler *scheduler)
{
	int64_t end_ms = clock_now_ms() + TICK_MS;
	struct timespec end = { .tv_sec = end_ms / 1000,
				.tv_nsec = end_ms % 1000 * 1000000 };
	bool ending;

	pthread_mutex_lock(&scheduler->lock);
	while (!scheduler->ending &&
	       pthread_cond_timedwait(&scheduler->wake, &scheduler->lock,
				      &end) == 0)
		;
	ending = scheduler->ending;
	pthread_mutex_unlock(&scheduler->lock);
	return !ending;
}

static void *
scheduler_run(void *cookie)
{
	struct scheduler *scheduler = cookie;
	bool was_bad = false;

	do {
		struct fault fault = { 0 };
		int64_t queued;
		bool bad = scheduler_look(scheduler, clock_now_ms(), &queued,
					  &fault) != STATUS_OK;

		if (bad && !was_bad)
			log_warning("scheduler", "schedules cannot be read",
				    LOG_TEXT("reason", fault.message));
		was_bad = bad;
	} while (rest(scheduler));
	return NULL;
}

static enum status
cron_check(const char *text, const char *field, struct fault *fault)
{
	struct fault why;
	struct cron cron;

	if (strcmp(text, OFF) == 0 ||
	    cron_parse(text, &cron, &why) == STATUS_OK)
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, field, "%s: %.200s", field,
			   why.message);
}

struct scheduler *
scheduler_new(const struct scheduler_args *args)
{
	struct scheduler *scheduler = mem_new(1, sizeof *scheduler);

	scheduler->args = *args;
	owner_name(scheduler->owner);
	pthread_mutex_init(&scheduler->lock, NULL);
	pthread_cond_init(&scheduler->wake, NULL);
	return scheduler;
}

void
scheduler_free(struct scheduler *scheduler)
{
	pthread_cond_destroy(&scheduler->wake);
	pthread_mutex_destroy(&scheduler->lock);
	free(scheduler);
}

enum status
scheduler_open(const struct scheduler_args *args, struct scheduler **out,
	       struct fault *fault)
{
	struct scheduler *scheduler;

	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		enum status status =
			cron_check(rule_preset(&rules[i], args->settings),
				   scheduler_options[i].name, fault);

		if (status != STATUS_OK)
			return status;
	}
	scheduler = scheduler_new(args);
	if (pthread_create(&scheduler->thread, NULL, scheduler_run,
			   scheduler) != 0) {
		scheduler_free(scheduler);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the scheduler's thread");
	}
	*out = scheduler;
	return STATUS_OK;
}

void
scheduler_close(struct scheduler *scheduler)
{
	if (scheduler == NULL)
		return;
	pthread_mutex_lock(&scheduler->lock);
	scheduler->ending = true;
	pthread_cond_broadcast(&scheduler->wake);
	pthread_mutex_unlock(&scheduler->lock);
	pthread_join(scheduler->thread, NULL);
	scheduler_free(scheduler);
}

/* ---- for the admin page ----------------------------------------------------------- */

enum status
scheduler_list(struct store_session *session,
	       const struct scheduler_settings *settings, struct arena *arena,
	       struct schedule_view **out, size_t *count, struct fault *fault)
{
	struct schedule_view *views = arena_new(arena, struct schedule_view,
						ARRAY_LENGTH(rules));
	struct schedule_row *rows;
	size_t found = 0;
	enum status status =
		schedules_list(session, arena, &rows, &found, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		struct schedule_view *view = &views[i];
		bool fresh;

		row_resolve(&rules[i], settings, rows, found, clock_now_ms(),
			    &view->row, &fresh);
		view->cron = view->row.next_cron;
		view->preset = rule_preset(&rules[i], settings);
		view->summary = rules[i].summary;
		if (!view->row.enabled)
			view->row.next_run_ms = 0;
	}
	*out = views;
	*count = ARRAY_LENGTH(rules);
	return STATUS_OK;
}

struct changing {
	const struct caller *caller;
	const struct scheduler_settings *settings;
	const struct schedule_change *change;
	const struct rule *rule;
	int64_t job_id;
};

static enum status
schedule_audit(struct store_session *session, const struct changing *changing,
	       json_t *values, struct fault *fault)
{
	enum status status;
	char *text;

	json_object_set_new(values, "schedule",
			    json_string(changing->rule->name));
	text = json_dumps(values, JSON_COMPACT);
	status = audit_add(session, changing->caller, "update", "schedule", 0,
			   NULL, text, fault);
	free(text);
	json_decref(values);
	return status;
}

static enum status
row_of(struct store_session *session, const struct changing *changing,
       struct arena *arena, struct schedule_row *out, struct fault *fault)
{
	struct schedule_row *rows;
	size_t count;
	enum status status =
		schedules_list(session, arena, &rows, &count, fault);
	bool fresh;

	if (status == STATUS_OK)
		row_resolve(changing->rule, changing->settings, rows, count,
			    clock_now_ms(), out, &fresh);
	return status;
}

static enum status
change_write(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct changing *changing = cookie;
	const struct schedule_change *change = changing->change;
	struct schedule_row row;
	json_t *values = json_object();
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sql_lock(session, "etl_jobs", fault);
	if (status == STATUS_OK)
		status = row_of(session, changing, &arena, &row, fault);
	if (status == STATUS_OK && change->cron_given) {
		row.cron = change->cron;
		json_object_set_new(values, "cron",
				    change->cron == NULL ?
					    json_null() :
					    json_string(change->cron));
	}
	if (status == STATUS_OK && change->enabled_given) {
		row.enabled = change->enabled;
		json_object_set_new(values, "enabled",
				    json_boolean(change->enabled));
	}
	if (status == STATUS_OK) {
		/* What was missed while it was off is not made up for. */
		row.next_cron = row.cron != NULL ?
					row.cron :
					rule_preset(changing->rule,
						    changing->settings);
		row.next_run_ms = next_of(row.next_cron, clock_now_ms());
		status = schedules_put(session, &row, fault);
	}
	if (status == STATUS_OK)
		status = schedule_audit(session, changing, json_incref(values),
					fault);
	json_decref(values);
	arena_release(&arena);
	return status;
}

static enum status
rule_expect(const char *name, const struct rule **out, struct fault *fault)
{
	*out = rule_find(name);
	if (*out != NULL)
		return STATUS_OK;
	return fault_set(fault, STATUS_NOT_FOUND, "there is no schedule %.40s",
			 name);
}

enum status
scheduler_change(struct store *store, const struct caller *caller,
		 const struct scheduler_settings *settings,
		 const struct schedule_change *change, struct fault *fault)
{
	struct changing changing = { .caller = caller, .settings = settings,
				     .change = change };
	enum status status =
		rule_expect(change->name, &changing.rule, fault);

	if (status == STATUS_OK && change->cron_given && change->cron != NULL)
		status = cron_check(change->cron, "cron", fault);
	if (status != STATUS_OK)
		return status;
	return store_write(store, change_write, &changing, fault);
}

static enum status
run_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct changing *changing = cookie;
	int64_t now_ms = clock_now_ms();
	struct schedule_run run = { .reason = "person", .due_at_ms = now_ms,
				    .started_at_ms = now_ms };
	struct schedule_row row;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sql_lock(session, "etl_jobs", fault);
	if (status == STATUS_OK)
		status = row_of(session, changing, &arena, &row, fault);
	row.last_run_ms = now_ms;
	if (status == STATUS_OK)
		status = schedules_put(session, &row, fault);
	if (status == STATUS_OK)
		status = run_queue(session, changing->rule->name, &run,
				   changing->caller->user_id, fault);
	if (status == STATUS_OK)
		status = schedule_audit(session, changing,
					json_pack("{s:s}", "asked", "run"),
					fault);
	changing->job_id = run.job_id;
	arena_release(&arena);
	return status;
}

enum status
scheduler_run_now(struct store *store, const struct caller *caller,
		  const struct scheduler_settings *settings, const char *name,
		  int64_t *job_id, struct fault *fault)
{
	struct changing changing = { .caller = caller, .settings = settings };
	enum status status = rule_expect(name, &changing.rule, fault);

	if (status == STATUS_OK)
		status = store_write(store, run_write, &changing, fault);
	if (status == STATUS_OK)
		*job_id = changing.job_id;
	return status;
}
