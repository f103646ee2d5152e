/* routes_cleanup.h - rows of the route table about tidying up the catalogue,
 * with their parameters; included by routes.c alone.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_CLEANUP_H
#define OGMA_API_ROUTES_CLEANUP_H

static const struct param cleanup_list_params[] = {
	PAGE_PARAMS,
	{ .name = "rule", .type = PARAM_TEXT, .min = 1, .max = 40,
	  .summary = "A name out of /cleanup/rules." },
	{ .name = "kind", .type = PARAM_CHOICE,
	  .choices = "track|album|artist" },
	{ .name = "state", .type = PARAM_CHOICE, .preset = "open",
	  .choices = SUGGESTION_STATE_NAMES "|all" },
	{ .name = "automatic", .type = PARAM_BOOL,
	  .summary = "Only those that were accepted without asking." },
	AGE_SORT_PARAM,
	{ 0 }
};
static const struct param cleanup_bulk_body[] = {
	{ .name = "action", .type = PARAM_CHOICE, .required = true,
	  .choices = "accept|dismiss|undo" },
	{ .name = "ids", .type = PARAM_IDS, .min = 1, .max = 200 },
	{ .name = "rule", .type = PARAM_TEXT, .min = 1, .max = 40,
	  .summary = "Instead of ids: the first 200 open suggestions of it "
		     "that can be accepted." },
	{ 0 }
};

static const struct param quality_params[] = {
	{ .name = "name", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 40, .summary = "A check of /quality." },
	LIMIT_PARAM,
	{ .name = "cursor", .type = PARAM_TEXT, .max = 20,
	  .summary = "next_cursor of the page before." },
	AGE_SORT_PARAM,
	{ 0 }
};

static const struct param tag_write_list_params[] = {
	PAGE_PARAMS,
	{ .name = "state", .type = PARAM_CHOICE,
	  .choices = TAG_WRITE_STATE_NAMES },
	{ .name = "track_id", .type = PARAM_ID },
	AGE_SORT_PARAM,
	{ 0 }
};
static const struct param tag_writes_body[] = {
	{ .name = "ids", .type = PARAM_IDS, .required = true, .min = 1,
	  .max = 500, .summary = "Of tracks." },
	{ 0 }
};

/* clang-format off: rows */
#define CLEANUP_ROWS \
	GET_FOR(USER_ROLE_ADMIN, API "/tag-writes", handle_tag_writes_list, \
		"cleanup", "Tags that were written into files, the newest " \
		"first.", tag_write_list_params, "[TagWrite]", \
		"400 422 503"), \
	SEND(HTTP_POST, API "/tag-writes", USER_ROLE_ADMIN, \
	     handle_tag_writes_post, "cleanup", \
	     "Queues a job that writes the tags of tracks into their files.", \
	     NULL, tag_writes_body, 202, "Job", "404 409 503"), \
	SEND(HTTP_POST, API "/tag-writes/{id}/confirm", USER_ROLE_ADMIN, \
	     handle_tag_write_confirm, "cleanup", \
	     "Lets go of the original file.", id_params, NULL, 0, \
	     "TagWrite", "404 409 503"), \
	SEND(HTTP_POST, API "/tag-writes/{id}/undo", USER_ROLE_ADMIN, \
	     handle_tag_write_undo, "cleanup", \
	     "Puts the original file back.", id_params, NULL, 0, \
	     "TagWrite", "404 409 503"), \
	SEND(HTTP_POST, API "/tracks/{id}/write-tags", USER_ROLE_ADMIN, \
	     handle_track_write_tags, "cleanup", \
	     "Writes the edited tags of a track into its file; null: the " \
	     "file says it already.", id_params, NULL, 0, "TagWriteAnswer", \
	     "404 409 503"), \
	GET_FOR(USER_ROLE_MODERATOR, API "/quality", handle_quality, \
		"cleanup", "What is odd in the library, in numbers.", NULL, \
		"Quality", "503"), \
	GET_FOR(USER_ROLE_MODERATOR, API "/quality/{name}", \
		handle_quality_things, "cleanup", \
		"The tracks, albums or files that a check counts.", \
		quality_params, "[OddThing]", "404 422 503"), \
	GET_FOR(USER_ROLE_MODERATOR, API "/cleanup", handle_cleanup_list, \
		"cleanup", "What could be tidied up, the newest first.", \
		cleanup_list_params, "[CleanupSuggestion]", "400 422 503"), \
	GET_FOR(USER_ROLE_MODERATOR, API "/cleanup/rules", \
		handle_cleanup_rules, "cleanup", \
		"The rules, and how many suggestions there are of each.", \
		NULL, "[CleanupRule]", "503"), \
	SEND(HTTP_POST, API "/cleanup/bulk", USER_ROLE_MODERATOR, \
	     handle_cleanup_bulk, "cleanup", \
	     "Decides about several, each by itself.", NULL, \
	     cleanup_bulk_body, 0, "BulkOutcome", "503"), \
	SEND(HTTP_POST, API "/cleanup/{id}/accept", USER_ROLE_MODERATOR, \
	     handle_cleanup_accept, "cleanup", \
	     "Makes the edit that is suggested.", id_params, NULL, 0, \
	     "CleanupSuggestion", "404 409 422 503"), \
	SEND(HTTP_POST, API "/cleanup/{id}/dismiss", USER_ROLE_MODERATOR, \
	     handle_cleanup_dismiss, "cleanup", \
	     "Never suggests this for this thing again.", id_params, NULL, 0, \
	     "CleanupSuggestion", "404 409 503"), \
	SEND(HTTP_POST, API "/cleanup/{id}/undo", USER_ROLE_MODERATOR, \
	     handle_cleanup_undo, "cleanup", \
	     "Takes back what was accepted.", id_params, NULL, 0, \
	     "CleanupSuggestion", "404 409 503")
/* clang-format on */

#endif /* OGMA_API_ROUTES_CLEANUP_H */
