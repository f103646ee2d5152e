/* routes_schedules.h - rows of the route table about work by the clock and its
 * reports, with their parameters; included by routes.c alone.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_SCHEDULES_H
#define OGMA_API_ROUTES_SCHEDULES_H

#define SCHEDULE_PARAM \
	{ .name = "name", .type = PARAM_TEXT, .required = true, .min = 1, \
	  .max = 40, .summary = "music_etl, monitoring, log_cleanup, " \
				"daily_report, backup or cleanup." }

static const struct param schedule_list_params[] = {
	PAGE_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the name or of what it does." },
	{ .name = "enabled", .type = PARAM_BOOL },
	{ .name = "changed", .type = PARAM_BOOL,
	  .summary = "Whether a person gave the time." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "next_run_at",
	  .choices = "next_run_at|-last_run_at|name|-name",
	  .summary = "Order; a minus means descending." },
	{ 0 }
};
static const struct param schedule_params[] = { SCHEDULE_PARAM, { 0 } };
static const struct param schedule_run_params[] = { SCHEDULE_PARAM,
						    PAGE_PARAMS, { 0 } };
static const struct param schedule_body[] = {
	{ .name = "cron", .type = PARAM_TEXT, .nullable = true, .min = 1,
	  .max = 200, .summary = "Five fields as in crontab, @daily and the "
				 "like, or off; null: as the setting says." },
	{ .name = "enabled", .type = PARAM_BOOL },
	{ 0 }
};
static const struct param report_list_params[] = {
	PAGE_PARAMS,
	{ .name = "kind", .type = PARAM_CHOICE, .preset = "daily",
	  .choices = "daily|monitoring" },
	{ 0 }
};

/* clang-format off: rows */
#define SCHEDULE_ROWS \
	GET_FOR(USER_ROLE_ADMIN, API "/schedules", handle_schedules_list, \
		"jobs", "Work by the clock.", schedule_list_params, \
		"[Schedule]", "400 422 503"), \
	SEND(HTTP_PATCH, API "/schedules/{name}", USER_ROLE_ADMIN, \
	     handle_schedule_patch, "jobs", \
	     "Changes when it comes, or whether.", schedule_params, \
	     schedule_body, 0, "Schedule", "404 503"), \
	SEND(HTTP_POST, API "/schedules/{name}/run", USER_ROLE_ADMIN, \
	     handle_schedule_run, "jobs", "Queues it now.", schedule_params, \
	     NULL, 202, "Job", "404 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/schedules/{name}/runs", \
		handle_schedule_runs, "jobs", \
		"What came of it, the newest first.", schedule_run_params, \
		"[ScheduleRun]", "400 404 422 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/monitoring/report", \
		handle_monitoring_report, "jobs", \
		"What the last look found, and the alerts.", NULL, \
		"MonitoringReport", "503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/reports", handle_reports_list, "jobs", \
		"Kept reports, the newest first.", report_list_params, \
		"[JobReport]", "400 422 503")
/* clang-format on */

#endif /* OGMA_API_ROUTES_SCHEDULES_H */
