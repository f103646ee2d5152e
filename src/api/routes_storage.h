/* routes_storage.h - rows of the route table about where Ogma keeps its own
 * things; included by routes.c alone. The names are those of S3, and the answers
 * the same when they are folders.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_STORAGE_H
#define OGMA_API_ROUTES_STORAGE_H

static const struct param storage_cover_params[] = {
	{ .name = "album_id", .type = PARAM_ID,
	  .summary = "The album that shows it." },
	{ .name = "artist_id", .type = PARAM_ID,
	  .summary = "The artist who shows it; this or album_id." },
	{ 0 }
};

static const struct param storage_url_params[] = {
	{ .name = "key", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 1024, .summary = "Path of an uploaded track, as one part: "
				  "slashes as %2F." },
	{ .name = "expires_in_seconds", .type = PARAM_INT, .min = 1,
	  .max = 604800, .summary = "S3_PRESIGN_SECONDS when absent." },
	{ 0 }
};

static const struct param storage_tidy_body[] = {
	{ .name = "older_than_hours", .type = PARAM_INT, .min = 0,
	  .max = 8760, .preset = "24",
	  .summary = "What is younger may still be in the making; 0: all." },
	{ 0 }
};

/* clang-format off: rows */
#define STORAGE_ROWS \
	{ .method = HTTP_POST, .pattern = API "/s3/covers/upload", \
	  .right = USER_ROLE_ARTIST, .handler = handle_storage_cover, \
	  .tag = "storage", \
	  .summary = "Keeps a picture and gives it to an album or artist.", \
	  .params = storage_cover_params, .body_kind = BODY_RAW, \
	  .body_type = "image/*", .body_max_bytes = PICTURE_BYTES, \
	  .success = 201, .answer = "StoredCover", \
	  .statuses = "404 413 422 503", .fields = no_store }, \
	GET_FOR(USER_ROLE_ARTIST, API "/s3/tracks/{key}/url", \
		handle_storage_track_url, "storage", \
		"An address of an uploaded track that works without signing " \
		"in, for a while.", storage_url_params, "StoredTrackUrl", \
		"404 422 503"), \
	GET_FOR(USER_ROLE_ADMIN, API "/s3/storage/stats", \
		handle_storage_stats, "storage", \
		"How much lies in each bucket or folder.", NULL, \
		"StorageStats", "503"), \
	SEND(HTTP_POST, API "/s3/maintenance/cleanup-temp", USER_ROLE_ADMIN, \
	     handle_storage_tidy, "storage", \
	     "Removes temporary things that nobody came back for.", NULL, \
	     storage_tidy_body, 0, "StorageTidied", "503")
/* clang-format on */

#endif /* OGMA_API_ROUTES_STORAGE_H */
