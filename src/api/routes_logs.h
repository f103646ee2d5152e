/* routes_logs.h - the rows about the logs of requests, searches and what people
 * did; a part of routes.c.
 *
 * Floor: 5 (api); private.
 */
#ifndef OGMA_API_ROUTES_LOGS_H
#define OGMA_API_ROUTES_LOGS_H

#define LOG_PARAMS \
	LIMIT_PARAM, \
	{ .name = "cursor", .type = PARAM_TEXT, .max = 20, \
	  .summary = "next_cursor of the page before." }, \
	{ .name = "user_id", .type = PARAM_ID }, \
	{ .name = "from", .type = PARAM_TIME }, \
	{ .name = "to", .type = PARAM_TIME, .summary = "Before this time." }, \
	AGE_SORT_PARAM, \
	FORMAT_PARAM

static const struct param request_log_params[] = {
	LOG_PARAMS,
	{ .name = "method", .type = PARAM_CHOICE,
	  .choices = "GET|HEAD|POST|PUT|PATCH|DELETE" },
	{ .name = "path", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the route's pattern." },
	{ .name = "status_min", .type = PARAM_INT, .min = 100, .max = 599,
	  .preset = "100" },
	{ .name = "status_max", .type = PARAM_INT, .min = 100, .max = 599,
	  .preset = "599" },
	{ 0 }
};

static const struct param search_log_params[] = {
	LOG_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of what was searched for." },
	{ .name = "surface", .type = PARAM_TEXT, .max = 60,
	  .summary = "tracks, multi, …; click for a click." },
	{ .name = "empty", .type = PARAM_BOOL,
	  .summary = "Only those that found nothing, or something." },
	{ 0 }
};

static const struct param activity_log_params[] = {
	LOG_PARAMS,
	{ .name = "action", .type = PARAM_TEXT, .max = 60,
	  .summary = "login, playlist_play, …" },
	{ .name = "object", .type = PARAM_TEXT, .min = 1, .max = 60,
	  .summary = "Part of the kind of thing: playlist, …" },
	{ 0 }
};

#define LOG_ROWS \
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/request-log", \
		handle_admin_requests, "admin", \
		"Answered requests of the API, one by one.", \
		request_log_params, "RequestLog", "400 413 422 503"), \
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/search-log", \
		handle_admin_searches, "admin", \
		"What was searched for, one by one.", search_log_params, \
		"SearchLog", "400 413 422 503"), \
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/activity-log", \
		handle_admin_activity, "admin", \
		"What people did, one by one.", activity_log_params, \
		"ActivityLog", "400 413 422 503")

#endif /* OGMA_API_ROUTES_LOGS_H */
