/* routes_playlists.h - rows of the route table about playlists and what belongs
 * to the person who asks, with their parameters; included by routes.c alone.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_PLAYLISTS_H
#define OGMA_API_ROUTES_PLAYLISTS_H

#define PLAYLIST_BODY_BYTES (1u << 20) /* ten thousand ids */
#define PLAYLIST_FILE_BYTES (10u << 20)

#define TOKEN_PARAM \
	{ .name = "token", .type = PARAM_TEXT, .max = 64, \
	  .summary = "Of the link to an unlisted playlist." }
#define VERSION_FIELD \
	{ .name = "expected_version", .type = PARAM_ID, \
	  .summary = "Refuse with 409 when the playlist has another one." }
#define VISIBILITIES "private|unlisted|public"

#define PLAYLIST_LIST_PARAMS \
	PAGE_PARAMS, \
	{ .name = "owner", .type = PARAM_TEXT, .max = 20, \
	  .summary = "me, others, all or a person's id." }, \
	{ .name = "kind", .type = PARAM_CHOICE, .choices = "manual|rules", \
	  .summary = "Filled by hand, or by rules." }, \
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "-updated_at", \
	  .choices = "title|-updated_at|-created_at|-popularity", \
	  .summary = "Order; a minus means descending." }

static const struct param playlist_list_params[] = { PLAYLIST_LIST_PARAMS,
						     { 0 } };
static const struct param admin_playlist_params[] = {
	PLAYLIST_LIST_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the title." },
	{ .name = "visibility", .type = PARAM_CHOICE,
	  .choices = VISIBILITIES },
	FORMAT_PARAM,
	{ 0 }
};
static const struct param playlist_bulk_body[] = {
	{ .name = "ids", .type = PARAM_IDS, .required = true, .min = 1,
	  .max = 100 },
	{ .name = "action", .type = PARAM_CHOICE, .required = true,
	  .choices = "publish|unpublish|delete" },
	{ 0 }
};

static const struct param playlist_get_params[] = { ID_PARAM, TOKEN_PARAM,
						    { 0 } };
static const struct param playlist_tracks_params[] = { ID_PARAM, PAGE_PARAMS,
						       TOKEN_PARAM, { 0 } };

static const struct param playlist_shared_params[] = {
	{ .name = "token", .type = PARAM_TEXT, .max = 64, .required = true },
	{ 0 }
};

static const struct param playlist_cover_params[] = {
	COVER_PARAMS,
	TOKEN_PARAM,
	{ 0 }
};

static const struct param playlist_position_params[] = {
	ID_PARAM,
	{ .name = "position", .type = PARAM_INT, .required = true, .min = 0,
	  .max = 99999, .summary = "From 0, in the list as it is shown." },
	{ .name = "item_id", .type = PARAM_ID,
	  .summary = "Refuse with 409 when another entry stands there." },
	VERSION_FIELD,
	{ 0 }
};

#define PLAYLIST_FIELDS(required_) \
	{ .name = "title", .alias = "name", .type = PARAM_TEXT, \
	  .required = (required_), .min = 1, .max = 200 }, \
	{ .name = "description", .type = PARAM_TEXT, .nullable = true, \
	  .max = 4000 }, \
	{ .name = "visibility", .type = PARAM_CHOICE, \
	  .choices = VISIBILITIES }, \
	{ .name = "is_public", .type = PARAM_BOOL, \
	  .summary = "Another way to say public or private." }, \
	{ .name = "rules", .type = PARAM_OBJECT, .nullable = true, \
	  .summary = "See /playlists/rules/fields." }

static const struct param playlist_make_body[] = {
	PLAYLIST_FIELDS(true),
	{ .name = "track_ids", .type = PARAM_IDS, .max = 10000 },
	{ 0 }
};

static const struct param playlist_change_body[] = { PLAYLIST_FIELDS(false),
						     VERSION_FIELD, { 0 } };

static const struct param playlist_add_body[] = {
	{ .name = "track_ids", .type = PARAM_IDS, .required = true, .min = 1,
	  .max = 10000 },
	{ .name = "position", .type = PARAM_INT, .min = 0, .max = 100000,
	  .summary = "From 0; the end when absent." },
	{ .name = "duplicates", .type = PARAM_CHOICE, .preset = "add",
	  .choices = "add|skip|report",
	  .summary = "What to do with tracks that are in already; report "
		     "refuses with 409." },
	VERSION_FIELD,
	{ 0 }
};

static const struct param playlist_replace_body[] = {
	{ .name = "track_ids", .type = PARAM_IDS, .max = 10000 },
	{ .name = "item_ids", .type = PARAM_IDS, .max = 10000,
	  .summary = "A new order; entries not named go away." },
	VERSION_FIELD,
	{ 0 }
};

static const struct param playlist_remove_body[] = {
	{ .name = "item_ids", .type = PARAM_IDS, .required = true, .min = 1,
	  .max = 10000 },
	VERSION_FIELD,
	{ 0 }
};

static const struct param playlist_move_body[] = {
	{ .name = "item_ids", .type = PARAM_IDS, .max = 1000 },
	{ .name = "item_id", .type = PARAM_ID },
	{ .name = "from", .type = PARAM_INT, .min = 0, .max = 99999 },
	{ .name = "to", .alias = "position", .type = PARAM_INT,
	  .required = true, .min = 0, .max = 100000,
	  .summary = "Where the first of them stands afterwards." },
	VERSION_FIELD,
	{ 0 }
};

static const struct param rule_preview_body[] = {
	{ .name = "rules", .type = PARAM_OBJECT, .required = true },
	{ .name = "limit", .type = PARAM_INT, .min = 1, .max = 100,
	  .preset = "20" },
	{ 0 }
};

static const struct param playlist_export_params[] = {
	ID_PARAM,
	{ .name = "format", .type = PARAM_CHOICE, .preset = "m3u8",
	  .choices = "m3u|m3u8|xspf|json" },
	TOKEN_PARAM,
	{ 0 }
};

static const struct param playlist_import_params[] = {
	{ .name = "format", .type = PARAM_CHOICE, .preset = "auto",
	  .choices = "auto|m3u|m3u8|xspf|json",
	  .summary = "auto: the bytes tell." },
	{ .name = "title", .type = PARAM_TEXT, .max = 200,
	  .summary = "Of the new playlist; else the file's own." },
	{ .name = "visibility", .type = PARAM_CHOICE, .preset = "private",
	  .choices = VISIBILITIES },
	{ .name = "playlist_id", .type = PARAM_ID,
	  .summary = "Add to this one, without what is in already." },
	{ .name = "dry_run", .type = PARAM_BOOL, .preset = "false",
	  .summary = "Only tell what would be found." },
	{ 0 }
};

static const struct param taste_params[] = {
	{ .name = "type", .type = PARAM_CHOICE, .required = true,
	  .choices = "track|album|artist|playlist" },
	ID_PARAM,
	{ 0 }
};

static const struct param favorites_params[] = {
	{ .name = "type", .type = PARAM_CHOICE, .required = true,
	  .choices = "track|album|artist|playlist" },
	PAGE_PARAMS,
	{ 0 }
};

static const struct param favorite_ids_params[] = {
	{ .name = "type", .type = PARAM_CHOICE, .preset = "track",
	  .choices = "track|album|artist|playlist" },
	{ 0 }
};

static const struct param rating_body[] = {
	{ .name = "rating", .type = PARAM_INT, .required = true, .min = 1,
	  .max = 5 },
	{ 0 }
};

static const struct param queue_get_params[] = {
	{ .name = "tracks", .type = PARAM_BOOL, .preset = "false",
	  .summary = "The tracks themselves too, up to 1,000." },
	{ 0 }
};

static const struct param queue_put_body[] = {
	{ .name = "track_ids", .type = PARAM_IDS, .max = 5000,
	  .summary = "Absent: the list stays, only the place is saved." },
	{ .name = "current_index", .type = PARAM_INT, .min = 0, .max = 4999,
	  .preset = "0" },
	{ .name = "position_ms", .type = PARAM_INT, .min = 0,
	  .max = 864000000, .preset = "0" },
	{ .name = "device", .type = PARAM_TEXT, .nullable = true, .max = 100 },
	{ .name = "shuffle", .type = PARAM_BOOL },
	{ .name = "repeat", .type = PARAM_CHOICE, .choices = "off|all|one" },
	{ .name = "context", .type = PARAM_OBJECT, .nullable = true,
	  .summary = "{type, id} of what is played." },
	{ .name = "expected_version", .type = PARAM_ID,
	  .summary = "Refuse with 409 when another device saved since." },
	{ 0 }
};

#define WITH_BODY(body_) \
	.body_kind = BODY_JSON, .body = (body_), \
	.body_max_bytes = PLAYLIST_BODY_BYTES
#define NO_BODY .body_kind = BODY_NONE

/* clang-format off: rows */
#define PLAYLIST_GET(pattern_, handler_, summary_, params_, answer_, \
		     statuses_) \
	{ .method = HTTP_GET, .pattern = API pattern_, \
	  .others = USER_ROLE_MODERATOR, .handler = (handler_), \
	  .tag = "playlists", .summary = (summary_), .params = (params_), \
	  .answer = (answer_), .statuses = (statuses_), .fields = revalidate }
#define PLAYLIST_DO(method_, pattern_, handler_, summary_, params_, body_, \
		    success_, answer_, statuses_) \
	{ .method = (method_), .pattern = API pattern_, \
	  .right = USER_ROLE_USER, .others = USER_ROLE_MODERATOR, \
	  .handler = (handler_), .tag = "playlists", .summary = (summary_), \
	  .params = (params_), body_, .success = (success_), \
	  .answer = (answer_), .statuses = (statuses_), .fields = no_store }
#define ME_DO(method_, pattern_, handler_, summary_, params_, body_, \
	      success_, answer_, statuses_) \
	{ .method = (method_), .pattern = API "/me" pattern_, \
	  .right = USER_ROLE_USER, .handler = (handler_), .tag = "me", \
	  .summary = (summary_), .params = (params_), body_, \
	  .success = (success_), .answer = (answer_), \
	  .statuses = (statuses_), .fields = revalidate }

#define PLAYLIST_ROWS \
	PLAYLIST_GET("/playlists", handle_playlists_list, \
		     "Playlists: one's own and what is public.", \
		     playlist_list_params, "[Playlist]", \
		     "304 400 401 422 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists", handle_playlist_make, \
		    "Makes a playlist.", NULL, WITH_BODY(playlist_make_body), \
		    201, "Playlist", "409 422 503"), \
	PLAYLIST_GET("/playlists/search", handle_search_playlists, \
		     "The same as /search/playlists.", search_params, \
		     "PlaylistHits", "304 400 422 503"), \
	PLAYLIST_GET("/playlists/shared/{token}", handle_playlist_shared, \
		     "An unlisted playlist, by its link.", \
		     playlist_shared_params, "Playlist", "304 400 404 503"), \
	PLAYLIST_GET("/playlists/rules/fields", handle_playlist_rule_fields, \
		     "What rules can ask, with labels.", NULL, "RuleFields", \
		     "304"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/rules/preview", \
		    handle_playlist_rule_preview, \
		    "What rules would find, before they are saved.", NULL, \
		    WITH_BODY(rule_preview_body), 0, "RulePreview", \
		    "422 503"), \
	{ .method = HTTP_POST, .pattern = API "/playlists/import", \
	  .right = USER_ROLE_USER, .others = USER_ROLE_MODERATOR, \
	  .handler = handle_playlist_import, .tag = "playlists", \
	  .summary = "Makes a playlist of a file (the body, or the field " \
		     "file of a form) and tells what is not there.", \
	  .params = playlist_import_params, .body_kind = BODY_RAW, \
	  .body_type = "audio/mpegurl", \
	  .body_max_bytes = PLAYLIST_FILE_BYTES, .success = 201, \
	  .answer = "PlaylistImport", .statuses = "200 404 409 422 503", \
	  .fields = no_store }, \
	PLAYLIST_GET("/playlists/{id}", handle_playlist_get, \
		     "One playlist.", playlist_get_params, "Playlist", \
		     "304 400 404 422 503"), \
	PLAYLIST_DO(HTTP_PATCH, "/playlists/{id}", handle_playlist_change, \
		    "Changes what is given.", id_params, \
		    WITH_BODY(playlist_change_body), 0, "Playlist", \
		    "404 409 422 503"), \
	PLAYLIST_DO(HTTP_DELETE, "/playlists/{id}", handle_playlist_remove, \
		    "Removes a playlist for good.", id_params, NO_BODY, 204, \
		    NULL, "404 503"), \
	PLAYLIST_GET("/playlists/{id}/tracks", handle_playlist_tracks, \
		     "Its tracks in order.", playlist_tracks_params, \
		     "[PlaylistTrack]", "304 400 404 422 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/{id}/tracks", \
		    handle_playlist_tracks_add, "Adds tracks.", id_params, \
		    WITH_BODY(playlist_add_body), 201, "PlaylistAdded", \
		    "404 409 422 503"), \
	PLAYLIST_DO(HTTP_PUT, "/playlists/{id}/tracks", \
		    handle_playlist_tracks_replace, \
		    "Replaces all, or brings them into another order.", \
		    id_params, WITH_BODY(playlist_replace_body), 0, \
		    "PlaylistAdded", "404 409 422 503"), \
	PLAYLIST_DO(HTTP_DELETE, "/playlists/{id}/tracks/{position}", \
		    handle_playlist_track_remove, \
		    "Takes out what stands at a position.", \
		    playlist_position_params, NO_BODY, 204, NULL, \
		    "404 409 422 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/{id}/remove", \
		    handle_playlist_tracks_remove, "Takes out entries.", \
		    id_params, WITH_BODY(playlist_remove_body), 0, \
		    "PlaylistRemoved", "404 409 422 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/{id}/move", \
		    handle_playlist_move, "Moves entries.", id_params, \
		    WITH_BODY(playlist_move_body), 0, "PlaylistMoved", \
		    "404 409 422 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/{id}/publish", \
		    handle_playlist_publish, "Makes it public.", id_params, \
		    NO_BODY, 0, "Playlist", "404 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/{id}/unpublish", \
		    handle_playlist_unpublish, "Makes it private.", \
		    id_params, NO_BODY, 0, "Playlist", "404 503"), \
	PLAYLIST_DO(HTTP_POST, "/playlists/{id}/link", \
		    handle_playlist_link, \
		    "Makes it unlisted, with a new link.", id_params, \
		    NO_BODY, 0, "Playlist", "404 503"), \
	PLAYLIST_GET("/playlists/{id}/export", handle_playlist_export, \
		     "As a file for other players.", playlist_export_params, \
		     "*/*", "304 400 404 422 503"), \
	PLAYLIST_GET("/playlists/{id}/stats", handle_playlist_stats, \
		     "What it holds, added up.", playlist_get_params, \
		     "PlaylistStats", "304 400 404 422 503"), \
	{ .method = HTTP_GET, .pattern = API "/playlists/{id}/cover", \
	  .others = USER_ROLE_MODERATOR, .role = ROUTE_OF_STREAM, \
	  .handler = handle_playlist_cover, .tag = "covers", \
	  .summary = "The picture its owner gave it, or a drawn one.", \
	  .params = playlist_cover_params, .answer = "image/*", \
	  .statuses = "206 304 400 404 412 416 422 503" }, \
	{ .method = HTTP_PUT, .pattern = API "/playlists/{id}/cover", \
	  .right = USER_ROLE_USER, .others = USER_ROLE_MODERATOR, \
	  .handler = handle_playlist_cover_set, .tag = "playlists", \
	  .summary = "Gives it a picture: JPEG, PNG, WebP, GIF or BMP.", \
	  .params = id_params, .body_kind = BODY_RAW, .body_type = "image/*", \
	  .body_max_bytes = PLAYLIST_FILE_BYTES, .answer = "Playlist", \
	  .statuses = "404 422 503", .fields = no_store }, \
	PLAYLIST_DO(HTTP_DELETE, "/playlists/{id}/cover", \
		    handle_playlist_cover_remove, "Takes its picture away.", \
		    id_params, NO_BODY, 0, "Playlist", "404 503")

#define ADMIN_PLAYLIST_ROWS \
	{ .method = HTTP_GET, .pattern = "/admin/api/playlists", \
	  .right = USER_ROLE_MODERATOR, .handler = handle_admin_playlists, \
	  .tag = "admin", \
	  .summary = "Everybody's playlists, private ones too, or as a " \
		     "file.", \
	  .params = admin_playlist_params, .answer = "[Playlist]", \
	  .statuses = "304 400 413 422 503", .fields = revalidate }, \
	{ .method = HTTP_POST, .pattern = "/admin/api/playlists/bulk", \
	  .right = USER_ROLE_MODERATOR, .others = USER_ROLE_MODERATOR, \
	  .handler = handle_admin_playlists_bulk, .tag = "admin", \
	  .summary = "One action on many playlists.", \
	  WITH_BODY(playlist_bulk_body), .answer = "BulkOutcome", \
	  .statuses = "422 503", .fields = no_store }, \
	{ .method = HTTP_PATCH, .pattern = "/admin/api/playlists/{id}", \
	  .right = USER_ROLE_MODERATOR, .others = USER_ROLE_MODERATOR, \
	  .handler = handle_playlist_change, .tag = "admin", \
	  .summary = "The same as PATCH /playlists/{id}.", \
	  .params = id_params, WITH_BODY(playlist_change_body), \
	  .answer = "Playlist", .statuses = "404 409 422 503", \
	  .fields = no_store }, \
	{ .method = HTTP_DELETE, .pattern = "/admin/api/playlists/{id}", \
	  .right = USER_ROLE_MODERATOR, .others = USER_ROLE_MODERATOR, \
	  .handler = handle_playlist_remove, .tag = "admin", \
	  .summary = "The same as DELETE /playlists/{id}.", \
	  .params = id_params, NO_BODY, .success = 204, \
	  .statuses = "404 503", .fields = no_store }

#define ME_ROWS \
	ME_DO(HTTP_GET, "/favorites/ids", handle_favorite_ids, \
	      "The ids of one's favourites of a kind, and one's ratings.", \
	      favorite_ids_params, NO_BODY, 0, "FavoriteIds", \
	      "304 400 422 503"), \
	ME_DO(HTTP_GET, "/favorites/{type}", handle_favorites_list, \
	      "One's favourites of a kind, the newest first.", \
	      favorites_params, NO_BODY, 0, "[any]", "304 400 422 503"), \
	ME_DO(HTTP_GET, "/favorites/{type}/{id}", handle_favorite_get, \
	      "What one said of a thing.", taste_params, NO_BODY, 0, "Taste", \
	      "304 400 422 503"), \
	ME_DO(HTTP_PUT, "/favorites/{type}/{id}", handle_favorite_put, \
	      "Makes it a favourite.", taste_params, NO_BODY, 0, "Taste", \
	      "404 409 422 503"), \
	ME_DO(HTTP_DELETE, "/favorites/{type}/{id}", \
	      handle_favorite_remove, "No favourite any more.", \
	      taste_params, NO_BODY, 204, NULL, "422 503"), \
	ME_DO(HTTP_PUT, "/ratings/{type}/{id}", handle_rating_put, \
	      "Rates a thing from 1 to 5.", taste_params, \
	      WITH_BODY(rating_body), 0, "Taste", "404 422 503"), \
	ME_DO(HTTP_DELETE, "/ratings/{type}/{id}", handle_rating_remove, \
	      "Takes the rating back.", taste_params, NO_BODY, 204, NULL, \
	      "422 503"), \
	ME_DO(HTTP_GET, "/queue", handle_queue_get, \
	      "Where one's player stands, on whatever device.", \
	      queue_get_params, NO_BODY, 0, "PlayQueue", \
	      "304 400 422 503"), \
	ME_DO(HTTP_PUT, "/queue", handle_queue_put, \
	      "Saves where the player stands.", NULL, \
	      WITH_BODY(queue_put_body), 0, "PlayQueueSaved", \
	      "409 422 503"), \
	ME_DO(HTTP_GET, "/continue", handle_continue, \
	      "What was listened to last, and where one stopped.", NULL, \
	      NO_BODY, 0, "ContinueList", "304 503")
/* clang-format on */

#endif /* OGMA_API_ROUTES_PLAYLISTS_H */
