/* routes_edit.h - rows of the route table that change the catalogue, and those
 * about owners, sources, jobs and backups, with their parameters; included by
 * routes.c alone.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_EDIT_H
#define OGMA_API_ROUTES_EDIT_H

#define PICTURE_BYTES (10u << 20)

#define RESET_FIELD \
	{ .name = "reset", .type = PARAM_LIST, .max = 20, \
	  .summary = "Names of fields that go back to what the files say." }
#define GENRES_FIELD \
	{ .name = "genres", .type = PARAM_LIST, .max = 16, \
	  .summary = "Names or ids, the main one first." }, \
	{ .name = "genre", .type = PARAM_TEXT, .nullable = true, .max = 100, \
	  .summary = "The same for one." }

static const struct param track_edit_body[] = {
	{ .name = "title", .type = PARAM_TEXT, .min = 1, .max = 500 },
	{ .name = "artists", .type = PARAM_LIST, .min = 1, .max = 64,
	  .summary = "Names, or {name or id, role}; one is the main one." },
	{ .name = "album", .type = PARAM_TEXT, .nullable = true, .max = 500,
	  .summary = "Title; null: on no album." },
	{ .name = "album_id", .type = PARAM_ID,
	  .summary = "Moves the track to this album." },
	{ .name = "album_artist", .type = PARAM_TEXT, .nullable = true,
	  .max = 200 },
	{ .name = "track_no", .type = PARAM_INT, .nullable = true, .min = 0,
	  .max = 9999 },
	{ .name = "disc_no", .type = PARAM_INT, .nullable = true, .min = 0,
	  .max = 999 },
	{ .name = "year", .type = PARAM_INT, .nullable = true, .min = 1,
	  .max = 9998 },
	GENRES_FIELD,
	{ .name = "composer", .type = PARAM_TEXT, .nullable = true,
	  .max = 500, .summary = "Several with ; between." },
	RESET_FIELD,
	{ 0 }
};

static const struct param bulk_tracks_body[] = {
	{ .name = "ids", .type = PARAM_IDS, .required = true, .min = 1,
	  .max = 500 },
	{ .name = "action", .type = PARAM_CHOICE, .required = true,
	  .choices = "hide|restore|edit|reset",
	  .summary = "edit sets the members below; reset takes edits back, "
		     "all of them or those that reset names." },
	{ .name = "artists", .type = PARAM_LIST, .min = 1, .max = 64 },
	{ .name = "album", .type = PARAM_TEXT, .nullable = true, .max = 500 },
	{ .name = "album_id", .type = PARAM_ID },
	{ .name = "album_artist", .type = PARAM_TEXT, .nullable = true,
	  .max = 200 },
	{ .name = "disc_no", .type = PARAM_INT, .nullable = true, .min = 0,
	  .max = 999 },
	{ .name = "year", .type = PARAM_INT, .nullable = true, .min = 1,
	  .max = 9998 },
	GENRES_FIELD,
	{ .name = "composer", .type = PARAM_TEXT, .nullable = true,
	  .max = 500 },
	RESET_FIELD,
	{ 0 }
};

#define ALBUM_FIELDS_BODY(required_) \
	{ .name = "title", .type = PARAM_TEXT, .required = (required_), \
	  .min = 1, .max = 500 }, \
	{ .name = "artists", .type = PARAM_LIST, .max = 20, \
	  .summary = "Names or {name or id}; empty: various artists." }, \
	{ .name = "year", .type = PARAM_INT, .nullable = true, .min = 1, \
	  .max = 9998 }

static const struct param album_make_body[] = { ALBUM_FIELDS_BODY(true),
						{ 0 } };
static const struct param album_edit_body[] = {
	ALBUM_FIELDS_BODY(false),
	GENRES_FIELD,
	RESET_FIELD,
	{ 0 }
};

#define ARTIST_FIELDS_BODY(required_) \
	{ .name = "name", .type = PARAM_TEXT, .required = (required_), \
	  .min = 1, .max = 200 }, \
	{ .name = "sort_name", .type = PARAM_TEXT, .min = 1, .max = 200, \
	  .summary = "Where it stands in lists." }, \
	{ .name = "bio", .type = PARAM_TEXT, .nullable = true, .max = 10000 }

static const struct param artist_make_body[] = { ARTIST_FIELDS_BODY(true),
						 { 0 } };
static const struct param artist_edit_body[] = { ARTIST_FIELDS_BODY(false),
						 RESET_FIELD, { 0 } };

static const struct param genre_make_body[] = {
	{ .name = "name", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 100 },
	{ 0 }
};
static const struct param genre_edit_body[] = {
	{ .name = "name", .type = PARAM_TEXT, .min = 1, .max = 100 },
	{ .name = "merge_into", .type = PARAM_ID,
	  .summary = "The genre that takes this one's place." },
	RESET_FIELD,
	{ 0 }
};

static const struct param undo_params[] = {
	ID_PARAM,
	{ .name = "fields", .type = PARAM_TEXT, .min = 1, .max = 200,
	  .summary = "Names with commas between; all when absent." },
	{ 0 }
};

static const struct param owner_params[] = {
	ID_PARAM,
	{ .name = "user_id", .type = PARAM_ID, .required = true },
	{ 0 }
};

#define BUCKET_FIELDS \
	{ .name = "endpoint", .type = PARAM_TEXT, .max = 500, \
	  .summary = "Address of the bucket's own S3 server; absent or empty: " \
		     "that of S3_ENDPOINT. Another one forgets secret_key." }, \
	{ .name = "region", .type = PARAM_TEXT, .max = 100, \
	  .summary = "us-east-1 when absent." }, \
	{ .name = "access_key", .type = PARAM_TEXT, .max = 200 }, \
	{ .name = "secret_key", .type = PARAM_TEXT, .max = 500, \
	  .summary = "Never shown again." }, \
	{ .name = "path_style", .type = PARAM_BOOL, \
	  .summary = "The bucket in the path (true when absent), not in the " \
		     "host's name." }

static const struct param source_make_body[] = {
	{ .name = "path", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 4000, .summary = "A folder of the server, absolute; or "
				  "s3://bucket, s3://bucket/folder." },
	{ .name = "kind", .type = PARAM_CHOICE, .choices = "folder|s3" },
	BUCKET_FIELDS,
	{ .name = "scan", .type = PARAM_BOOL, .preset = "true",
	  .summary = "Scan it at once." },
	{ 0 }
};
static const struct param source_change_body[] = {
	{ .name = "state", .type = PARAM_CHOICE, .choices = "active|paused" },
	BUCKET_FIELDS,
	{ 0 }
};
static const struct param source_check_body[] = {
	{ .name = "path", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 4000, .summary = "s3://bucket or s3://bucket/folder." },
	{ .name = "id", .type = PARAM_ID,
	  .summary = "The source that is changed: what the body leaves out is "
		     "as it has it." },
	BUCKET_FIELDS,
	{ 0 }
};
static const struct param source_scan_body[] = {
	{ .name = "again", .type = PARAM_BOOL,
	  .summary = "Read every file anew, changed or not." },
	{ 0 }
};
static const struct param source_list_params[] = {
	PAGE_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the path or of the last error." },
	{ .name = "kind", .type = PARAM_CHOICE, .choices = "folder|s3" },
	{ .name = "state", .type = PARAM_CHOICE, .choices = "active|paused" },
	{ .name = "failing", .type = PARAM_BOOL,
	  .summary = "Whether the last scan failed or files were rejected." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "id",
	  .choices = "id|-id|path|-path|file_count|-file_count|"
		     "-rejected_count|-last_scan_at",
	  .summary = "Order; a minus means descending." },
	{ 0 }
};
static const struct param backup_list_params[] = {
	PAGE_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the name, of the version or of the store." },
	{ .name = "complete", .type = PARAM_BOOL },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "-created_at",
	  .choices = "-created_at|created_at|name|-name|size_bytes|"
		     "-size_bytes",
	  .summary = "Order; a minus means descending." },
	{ 0 }
};
static const struct param rejected_params[] = {
	ID_PARAM,
	LIMIT_PARAM,
	{ .name = "cursor", .type = PARAM_TEXT, .max = 20,
	  .summary = "next_cursor of the page before." },
	{ 0 }
};
#define JOB_KINDS \
	"scan|remove|genre_merge|duplicates|upload|analyse|write_tags|" \
	SCHEDULE_NAMES
static const struct param job_list_params[] = {
	PAGE_PARAMS,
	{ .name = "kind", .type = PARAM_CHOICE,
	  .choices = JOB_KINDS },
	{ .name = "source_id", .type = PARAM_ID },
	{ .name = "state", .type = PARAM_CHOICE,
	  .choices = "queued|running|done|failed|cancelled|dead" },
	{ .name = "parent_id", .type = PARAM_ID,
	  .summary = "Only the parts of this job." },
	AGE_SORT_PARAM,
	{ 0 }
};
static const struct param jobs_analyse_body[] = {
	{ .name = "again", .type = PARAM_BOOL,
	  .summary = "All tracks, listened to or not." },
	{ 0 }
};
static const struct param jobs_retry_body[] = {
	{ .name = "kind", .type = PARAM_CHOICE, .choices = JOB_KINDS,
	  .summary = "Only jobs of this kind." },
	{ 0 }
};

/* clang-format off: rows */
#define EDIT_DO(method_, right_, tag_, pattern_, handler_, summary_, \
		params_, body_, success_, answer_, statuses_) \
	{ .method = (method_), .pattern = API pattern_, .right = (right_), \
	  .others = USER_ROLE_MODERATOR, .handler = (handler_), \
	  .tag = (tag_), .summary = (summary_), .params = (params_), \
	  body_, .success = (success_), .answer = (answer_), \
	  .statuses = (statuses_), .fields = no_store }
#define EDIT_BODY(rows_) .body_kind = BODY_JSON, .body = (rows_)
#define EDIT_NO_BODY .body_kind = BODY_NONE
#define EDIT_PICTURE .body_kind = BODY_RAW, .body_type = "image/*", \
	.body_max_bytes = PICTURE_BYTES

/* The routes that tracks, albums and artists have in common. */
#define EDIT_COMMON(tag_, name_, answer_, body_) \
	EDIT_DO(HTTP_PUT, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}", \
		handle_##name_##_put, \
		"Changes what is given; a person's word goes before tags.", \
		id_params, EDIT_BODY(body_), 0, answer_, "404 409 503"), \
	EDIT_DO(HTTP_PATCH, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}", \
		handle_##name_##_put, "The same as PUT.", id_params, \
		EDIT_BODY(body_), 0, answer_, "404 409 503"), \
	EDIT_DO(HTTP_DELETE, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}", \
		handle_##name_##_delete, \
		"Takes it out of the library; files stay, and no scan brings " \
		"it back.", \
		id_params, EDIT_NO_BODY, 204, NULL, "404 503"), \
	EDIT_DO(HTTP_POST, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}/restore", \
		handle_##name_##_restore, \
		"Brings it back; not a duplicate that was merged (409).", \
		id_params, EDIT_NO_BODY, 0, answer_, "404 409 503"), \
	EDIT_DO(HTTP_GET, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}/edits", \
		handle_##name_##_edits, "What people changed of it.", \
		id_params, EDIT_NO_BODY, 0, "Edits", "404 503"), \
	EDIT_DO(HTTP_DELETE, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}/edits", \
		handle_##name_##_undo, "Goes back to what the files say.", \
		undo_params, EDIT_NO_BODY, 0, answer_, "404 409 422 503")
#define EDIT_PICTURES(tag_, name_, answer_) \
	EDIT_DO(HTTP_PUT, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}/cover", \
		handle_##name_##_cover_put, \
		"Gives it a picture: JPEG, PNG, WebP, GIF or BMP.", \
		id_params, EDIT_PICTURE, 0, answer_, "404 422 503"), \
	EDIT_DO(HTTP_DELETE, USER_ROLE_ARTIST, tag_, "/" tag_ "/{id}/cover", \
		handle_##name_##_cover_delete, \
		"Goes back to the picture of its files.", id_params, \
		EDIT_NO_BODY, 0, answer_, "404 503")

#define EDIT_ROWS \
	EDIT_COMMON("tracks", track, "Track", track_edit_body), \
	EDIT_COMMON("albums", album, "Album", album_edit_body), \
	EDIT_PICTURES("albums", album, "Album"), \
	EDIT_DO(HTTP_POST, USER_ROLE_ARTIST, "albums", "/albums", \
		handle_album_post, "Makes an album before its tracks.", NULL, \
		EDIT_BODY(album_make_body), 201, "Album", "409 503"), \
	EDIT_COMMON("artists", artist, "Artist", artist_edit_body), \
	EDIT_PICTURES("artists", artist, "Artist"), \
	EDIT_DO(HTTP_POST, USER_ROLE_ARTIST, "artists", "/artists", \
		handle_artist_post, "Makes an artist before there are tracks.", \
		NULL, EDIT_BODY(artist_make_body), 201, "Artist", "409 503"), \
	EDIT_DO(HTTP_GET, USER_ROLE_USER, "artists", "/artists/by-user/{id}", \
		handle_artists_by_user, "The artists a person owns.", \
		id_params, EDIT_NO_BODY, 0, "[ArtistProfile]", "503"), \
	EDIT_DO(HTTP_GET, USER_ROLE_ARTIST, "artists", "/artists/{id}/owners", \
		handle_artist_owners, "The people who own an artist.", \
		id_params, EDIT_NO_BODY, 0, "[Owner]", "404 503"), \
	SEND(HTTP_PUT, API "/artists/{id}/owners/{user_id}", \
	     USER_ROLE_MODERATOR, handle_artist_owner_put, "artists", \
	     "Makes somebody an owner of the artist.", owner_params, NULL, 0, \
	     "[Owner]", "404 409 503"), \
	SEND(HTTP_DELETE, API "/artists/{id}/owners/{user_id}", \
	     USER_ROLE_MODERATOR, handle_artist_owner_delete, "artists", \
	     "Makes somebody an owner no more.", owner_params, NULL, 204, \
	     NULL, "503"), \
	SEND(HTTP_POST, API "/genres", USER_ROLE_MODERATOR, \
	     handle_genre_post, "genres", "Makes a genre.", NULL, \
	     genre_make_body, 201, "Genre", "409 503"), \
	SEND(HTTP_PUT, API "/genres/{id}", USER_ROLE_MODERATOR, \
	     handle_genre_put, "genres", \
	     "Renames a genre, or merges it into another.", id_params, \
	     genre_edit_body, 0, "Genre", "404 409 503"), \
	SEND(HTTP_PATCH, API "/genres/{id}", USER_ROLE_MODERATOR, \
	     handle_genre_put, "genres", "The same as PUT.", id_params, \
	     genre_edit_body, 0, "Genre", "404 409 503"), \
	SEND(HTTP_DELETE, API "/genres/{id}", USER_ROLE_MODERATOR, \
	     handle_genre_delete, "genres", \
	     "Takes a genre from all tracks, now and later.", id_params, \
	     NULL, 204, NULL, "404 409 503"), \
	SEND(HTTP_POST, API "/genres/{id}/restore", USER_ROLE_MODERATOR, \
	     handle_genre_restore, "genres", \
	     "Undoes a merge or a removal.", id_params, NULL, 0, "Genre", \
	     "404 409 503"), \
	GET_FOR(USER_ROLE_MODERATOR, API "/genres/{id}/edits", \
		handle_genre_edits, "genres", "What people changed of it.", \
		id_params, "Edits", "404 503"), \
	SEND(HTTP_DELETE, API "/genres/{id}/edits", USER_ROLE_MODERATOR, \
	     handle_genre_undo, "genres", \
	     "Goes back to the name that the files say.", undo_params, NULL, \
	     0, "Genre", "404 409 422 503"), \
	SEND(HTTP_POST, "/admin/api/tracks/bulk", USER_ROLE_MODERATOR, \
	     handle_tracks_bulk, "admin", "One change of many tracks.", NULL, \
	     bulk_tracks_body, 0, "BulkOutcome", "503")

#define SOURCE_ROWS \
	GET_FOR(USER_ROLE_ADMIN, API "/sources", handle_sources_list, \
		"sources", "The places files come from.", \
		source_list_params, "[Source]", "400 422 503"), \
	SEND(HTTP_POST, API "/sources", USER_ROLE_ADMIN, handle_source_post, \
	     "sources", "Adds a folder or a bucket.", NULL, \
	     source_make_body, 201, "Source", "409 503"), \
	SEND(HTTP_POST, API "/sources/check", USER_ROLE_ADMIN, \
	     handle_source_check, "sources", \
	     "Asks whether a bucket can be read, and changes nothing.", NULL, \
	     source_check_body, 0, "SourceCheck", "404 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/sources/{id}", handle_source_get, \
		"sources", "One source.", id_params, "Source", "404 503"), \
	SEND(HTTP_PATCH, API "/sources/{id}", USER_ROLE_ADMIN, \
	     handle_source_patch, "sources", \
	     "Pauses a source, lets it be scanned again, or gives a bucket " \
	     "another server.", id_params, \
	     source_change_body, 0, "Source", "404 503"), \
	SEND(HTTP_DELETE, API "/sources/{id}", USER_ROLE_ADMIN, \
	     handle_source_delete, "sources", \
	     "Takes a source and its tracks out of the library; files stay.", \
	     id_params, NULL, 202, "Job", "404 503"), \
	SEND(HTTP_POST, API "/sources/{id}/scan", USER_ROLE_ADMIN, \
	     handle_source_scan, "sources", "Queues a scan.", id_params, \
	     source_scan_body, 202, "Job", "404 409 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/sources/{id}/rejected", \
		handle_source_rejected, "sources", \
		"Files that could not be read, with the reason.", \
		rejected_params, "[RejectedFile]", "404 422 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/jobs", handle_jobs_list, "jobs", \
		"Long work, the newest first.", job_list_params, "[Job]", \
		"400 422 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/jobs/{id}", handle_job_get, "jobs", \
		"One job with its progress.", id_params, "Job", "404 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/jobs/{id}/log", handle_job_log, \
		"jobs", "What a job had to say.", id_page_params, \
		"[JobLine]", "400 404 422 503"), \
	SEND(HTTP_POST, API "/jobs/{id}/cancel", USER_ROLE_ADMIN, \
	     handle_job_cancel, "jobs", "Asks a job to end.", id_params, \
	     NULL, 0, "Job", "404 409 503"), \
	SEND(HTTP_POST, API "/jobs/{id}/retry", USER_ROLE_ADMIN, \
	     handle_job_retry, "jobs", \
	     "Queues a job that failed, is dead or was cancelled.", \
	     id_params, NULL, 202, "Job", "404 409 503"), \
	SEND(HTTP_POST, API "/jobs/analyse", USER_ROLE_ADMIN, \
	     handle_jobs_analyse, "jobs", \
	     "Queues listening to tracks that were not listened to yet.", \
	     NULL, jobs_analyse_body, 202, "Job", "503"), \
	SEND(HTTP_POST, API "/jobs/retry", USER_ROLE_ADMIN, \
	     handle_jobs_retry, "jobs", \
	     "Queues all jobs that were tried too often.", NULL, \
	     jobs_retry_body, 202, "JobsQueued", "503"), \
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/backups", handle_backups_list, \
		"admin", "Backups in BACKUP_DIR, the newest first.", \
		backup_list_params, "Backups", "400 422 503"), \
	SEND(HTTP_POST, "/admin/api/backups", USER_ROLE_ADMIN, \
	     handle_backup_make, "admin", "Makes a backup in BACKUP_DIR.", \
	     NULL, NULL, 201, "Backup", "409 422 503")
/* clang-format on */

#endif /* OGMA_API_ROUTES_EDIT_H */
