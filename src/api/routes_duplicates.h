/* routes_duplicates.h - rows of the route table about tracks that sound the
 * same, with their parameters; included by routes.c alone.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_DUPLICATES_H
#define OGMA_API_ROUTES_DUPLICATES_H

static const struct param duplicate_list_params[] = {
	PAGE_PARAMS,
	{ .name = "state", .type = PARAM_CHOICE, .preset = "open",
	  .choices = "open|merged|dismissed" },
	{ .name = "sure", .type = PARAM_BOOL,
	  .summary = "Only groups that nothing speaks against." },
	AGE_SORT_PARAM,
	{ 0 }
};
static const struct param duplicate_merge_body[] = {
	{ .name = "keep", .type = PARAM_ID, .required = true,
	  .summary = "The track that takes the place of the others." },
	{ 0 }
};
static const struct param duplicate_dismiss_body[] = {
	{ .name = "track_id", .type = PARAM_ID,
	  .summary = "Only this one is none of them; absent: all." },
	{ 0 }
};

/* clang-format off: rows */
#define DUPLICATE_ROWS \
	GET_FOR(USER_ROLE_MODERATOR, API "/duplicates", \
		handle_duplicates_list, "duplicates", \
		"Groups of tracks that sound the same, the newest first.", \
		duplicate_list_params, "[DuplicateGroup]", "400 422 503"), \
	GET_FOR(USER_ROLE_MODERATOR, API "/duplicates/{id}", \
		handle_duplicates_get, "duplicates", "One group.", id_params, \
		"DuplicateGroup", "404 503"), \
	SEND(HTTP_POST, API "/duplicates/{id}/merge", USER_ROLE_MODERATOR, \
	     handle_duplicates_merge, "duplicates", \
	     "Keeps one track; the others are hidden, and who asks for them " \
	     "is answered with the kept one.", id_params, \
	     duplicate_merge_body, 0, "DuplicateGroup", "404 409 503"), \
	SEND(HTTP_POST, API "/duplicates/{id}/dismiss", USER_ROLE_MODERATOR, \
	     handle_duplicates_dismiss, "duplicates", \
	     "These are no duplicates; this is remembered.", id_params, \
	     duplicate_dismiss_body, 0, "DuplicateGroup", "404 409 503"), \
	SEND(HTTP_POST, API "/duplicates/{id}/undo", USER_ROLE_MODERATOR, \
	     handle_duplicates_undo, "duplicates", \
	     "Takes a merge or a dismissal back.", id_params, NULL, 0, \
	     "DuplicateGroup", "404 409 503")
/* clang-format on */

#endif /* OGMA_API_ROUTES_DUPLICATES_H */
