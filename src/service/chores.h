/* chores.h - the kinds of jobs that come by the clock (service/scheduler.h):
 * music_etl (pipeline.c), monitoring (checkup.c), cleanup (cleanup.c),
 * log_cleanup, daily_report and backup.
 *
 * Floor: 4 (service). Threads: each runs in its job's thread.
 */
#ifndef OGMA_SERVICE_CHORES_H
#define OGMA_SERVICE_CHORES_H

#include "base/option.h"
#include "service/backup.h"
#include "service/cleanup.h"
#include "service/job.h"
#include "service/storage.h"

struct index_service;
struct listening;
struct live_hub;
struct upload_service;

struct chores_settings {
	uint32_t log_keep_days; /* LOG_KEEP_DAYS; 0: all */
	uint32_t slow_alert_ms; /* ALERT_SLOW_MS */
};
extern const struct option chores_options[];

struct chores { /* the cookie; all borrowed */
	struct store *store;
	struct index_service *index;
	struct listening *listening;
	struct live_hub *hub;
	struct upload_service *uploads;
	bool analyses; /* tracks are listened to */
	const struct chores_settings *settings;
	uint32_t disk_alert_percent; /* as the monitor's; 0: never */
	const char *data_dir;
	struct backup_place backups;
	struct storage storage;
	struct cleanup cleanup;
};

extern const struct job_kind chore_kinds[];

/* Kinds of reports in library/job_reports.h. */
#define REPORT_MONITORING "monitoring"
#define REPORT_DAILY "daily"

/* pipeline.c, checkup.c */
enum status music_etl_run(struct job *job, void *cookie, struct fault *fault);
enum status checkup_run(struct job *job, void *cookie, struct fault *fault);

#endif /* OGMA_SERVICE_CHORES_H */
