/* routes_channels.h - rows of the route table about live channels and their
 * queues, with their parameters; included by routes.c alone.
 *
 * Floor: 5 (api).
 */
#ifndef OGMA_API_ROUTES_CHANNELS_H
#define OGMA_API_ROUTES_CHANNELS_H

#define CHANNEL_BOUND 9007199254740991.0 /* a Telegram chat's id is below 0 */

#define CHANNEL_PARAM(name_) \
	{ .name = (name_), .type = PARAM_INT, .required = true, \
	  .min = -CHANNEL_BOUND, .max = CHANNEL_BOUND, \
	  .summary = "The channel's id." }
#define QUEUE_VERSION \
	{ .name = "version", .type = PARAM_ID, \
	  .summary = "Refuse with 409 when the queue has another one." }

static const struct param channel_params[] = { CHANNEL_PARAM("id"), { 0 } };
static const struct param channel_page_params[] = { CHANNEL_PARAM("id"),
						    PAGE_PARAMS, { 0 } };
static const struct param channel_listener_params[] = {
	CHANNEL_PARAM("id"),
	{ .name = "listener_id", .type = PARAM_ID, .required = true },
	{ 0 }
};
static const struct param channel_listens_params[] = {
	CHANNEL_PARAM("id"),
	PAGE_PARAMS,
	{ .name = "from", .type = PARAM_TIME,
	  .summary = "Who came at this time or later." },
	{ .name = "to", .type = PARAM_TIME, .summary = "Before this time." },
	{ .name = "stream", .type = PARAM_CHOICE,
	  .choices = "mp3|aac|ogg|opus|hls", .summary = "One format." },
	FORMAT_PARAM,
	{ 0 }
};
#define SIG_PARAM \
	{ .name = "sig", .type = PARAM_TEXT, .max = 120, \
	  .summary = "Of a signed link, for players that cannot sign in." }
static const struct param live_mount_params[] = {
	{ .name = "mount", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 64,
	  .summary = "The channel's id and the format: 1.mp3, 1.aac, 1.ogg or "
		     "1.opus." },
	SIG_PARAM,
	{ 0 }
};
static const struct param live_source_params[] = {
	{ .name = "mount", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 64,
	  .summary = "The channel's id; an ending such as .ogg says what comes "
		     "in rather than Content-Type." },
	{ 0 }
};
static const struct param live_metadata_params[] = {
	{ .name = "mount", .type = PARAM_TEXT, .max = 70,
	  .summary = "/live/ and the channel's id." },
	{ .name = "mode", .type = PARAM_CHOICE, .choices = "updinfo",
	  .preset = "updinfo" },
	{ .name = "song", .type = PARAM_TEXT, .max = 500,
	  .summary = "Artist - Title." },
	{ .name = "artist", .type = PARAM_TEXT, .max = 250 },
	{ .name = "title", .type = PARAM_TEXT, .max = 250,
	  .summary = "Instead of song." },
	{ 0 }
};
static const struct param live_list_params[] = { CHANNEL_PARAM("id"),
						 SIG_PARAM, { 0 } };
static const struct param live_file_params[] = {
	CHANNEL_PARAM("id"),
	{ .name = "file", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 64, .summary = "A name of the list." },
	SIG_PARAM,
	{ 0 }
};
static const struct param queue_params[] = { CHANNEL_PARAM("channel_id"),
					     { 0 } };
static const struct param queue_edit_params[] = {
	CHANNEL_PARAM("channel_id"), QUEUE_VERSION, { 0 }
};

#define QUEUE_ITEM_PARAM \
	{ .name = "item_id", .type = PARAM_TEXT, .required = true, .min = 1, \
	  .max = 64, .summary = "The item's id, a UUID." }
static const struct param queue_item_params[] = {
	CHANNEL_PARAM("channel_id"), QUEUE_ITEM_PARAM, { 0 }
};
static const struct param queue_item_edit_params[] = {
	CHANNEL_PARAM("channel_id"), QUEUE_ITEM_PARAM, QUEUE_VERSION, { 0 }
};

#define CHANNEL_FIELDS(required_) \
	{ .name = "title", .alias = "name", .type = PARAM_TEXT, \
	  .required = (required_), .min = 1, .max = 200 }, \
	{ .name = "description", .type = PARAM_TEXT, .nullable = true, \
	  .max = 4000 }, \
	{ .name = "is_public", .type = PARAM_BOOL, \
	  .summary = "Others than moderators see and hear it." }, \
	{ .name = "auto_end_enabled", .type = PARAM_BOOL }, \
	{ .name = "auto_end_timeout_minutes", .type = PARAM_INT, .min = 1, \
	  .max = 60 }, \
	{ .name = "placeholder", .type = PARAM_TEXT, .nullable = true, \
	  .max = 4000, \
	  .summary = "A file below the folder of a source, played while " \
		     "there is nothing else; null: the server's." }, \
	{ .name = "auto_dj", .type = PARAM_OBJECT, .nullable = true, \
	  .summary = "{playlist_id, rules or similar, " \
		     "track_window_minutes, artist_window_minutes}: plays " \
		     "when the queue is empty; similar: true is what sounds " \
		     "like the tracks played last." }, \
	{ .name = "crossfade_ms", .type = PARAM_INT, .min = 0, \
	  .max = 12000 }, \
	{ .name = "level_mode", .type = PARAM_CHOICE, \
	  .choices = "off|track|album" }, \
	{ .name = "listeners_max", .type = PARAM_INT, .min = 0, \
	  .max = 1000000, .summary = "0: as many as the server takes." }, \
	{ .name = "requests_enabled", .type = PARAM_BOOL, \
	  .summary = "Listeners who are signed in may ask for tracks." }, \
	{ .name = "request_cooldown_seconds", .type = PARAM_INT, .min = 0, \
	  .max = 86400 }

static const struct param channel_make_body[] = {
	{ .name = "id", .type = PARAM_INT, .min = -CHANNEL_BOUND,
	  .max = CHANNEL_BOUND,
	  .summary = "A free one, when absent." },
	CHANNEL_FIELDS(true),
	{ 0 }
};
static const struct param channel_change_body[] = { CHANNEL_FIELDS(false),
						    { 0 } };

static const struct param queue_add_body[] = {
	{ .name = "title", .type = PARAM_TEXT, .min = 1, .max = 500,
	  .summary = "Tracks and posts have one of their own." },
	{ .name = "source", .type = PARAM_CHOICE, .preset = "track",
	  .choices = "track|file|stream|telegram|youtube" },
	{ .name = "track_id", .type = PARAM_ID },
	{ .name = "url", .type = PARAM_TEXT, .max = 2000,
	  .summary = "The address, a file's path on the server, or a "
		     "post's address at Telegram." },
	{ .name = "duration", .type = PARAM_NUMBER, .min = 0, .max = 864000,
	  .summary = "Seconds." },
	{ .name = "duration_ms", .type = PARAM_INT, .min = 0,
	  .max = 864000000 },
	{ .name = "metadata", .type = PARAM_OBJECT, .nullable = true },
	{ .name = "priority", .type = PARAM_BOOL, .preset = "false",
	  .summary = "Puts it first." },
	{ .name = "position", .type = PARAM_INT, .min = 0, .max = 100,
	  .summary = "From 0; the end when absent." },
	QUEUE_VERSION,
	{ 0 }
};

static const struct param queue_move_body[] = {
	{ .name = "position", .alias = "new_position", .type = PARAM_INT,
	  .required = true, .min = 0, .max = 100,
	  .summary = "From 0; beyond the end is the end." },
	QUEUE_VERSION,
	{ 0 }
};

static const struct param channel_row_params[] = {
	CHANNEL_PARAM("id"),
	{ .name = "row_id", .type = PARAM_ID, .required = true },
	{ 0 }
};

#define SCHEDULE_FIELDS(required_) \
	{ .name = "playlist_id", .type = PARAM_ID, .required = (required_) }, \
	{ .name = "weekdays", .type = PARAM_IDS, .max = 7, \
	  .summary = "1 is Monday; none: every day." }, \
	{ .name = "starts_at", .type = PARAM_TEXT, .required = (required_), \
	  .max = 5, .summary = "HH:MM of the server's day." }, \
	{ .name = "ends_at", .type = PARAM_TEXT, .required = (required_), \
	  .max = 5, .summary = "Not after the start: of the next day." }, \
	{ .name = "priority", .type = PARAM_INT, .min = 0, .max = 1000 }, \
	{ .name = "enabled", .type = PARAM_BOOL }
static const struct param schedule_add_body[] = { SCHEDULE_FIELDS(true),
						  { 0 } };
static const struct param schedule_change_body[] = { SCHEDULE_FIELDS(false),
						     { 0 } };

static const struct param channel_dj_params[] = {
	CHANNEL_PARAM("id"),
	{ .name = "dj_id", .type = PARAM_ID, .required = true },
	{ 0 }
};

#define DJ_FIELDS(required_) \
	{ .name = "username", .type = PARAM_TEXT, .required = (required_), \
	  .min = 1, .max = 64, .summary = "Without a colon." }, \
	{ .name = "password", .type = PARAM_TEXT, .required = (required_), \
	  .min = 8, .max = 200, .summary = "Never shown again." }, \
	{ .name = "enabled", .type = PARAM_BOOL }, \
	{ .name = "weekdays", .type = PARAM_IDS, .max = 7, \
	  .summary = "1 is Monday; none: every day." }, \
	{ .name = "starts_at", .type = PARAM_TEXT, .nullable = true, \
	  .max = 5, .summary = "HH:MM of the server's day." }, \
	{ .name = "ends_at", .type = PARAM_TEXT, .nullable = true, .max = 5, \
	  .summary = "Not after the start: of the next day." }
static const struct param dj_add_body[] = { DJ_FIELDS(true), { 0 } };
static const struct param dj_change_body[] = { DJ_FIELDS(false), { 0 } };

#define JINGLE_FIELDS(required_) \
	{ .name = "title", .type = PARAM_TEXT, .required = (required_), \
	  .min = 1, .max = 200 }, \
	{ .name = "track_id", .type = PARAM_ID, .required = (required_) }, \
	{ .name = "every_tracks", .type = PARAM_INT, .nullable = true, \
	  .min = 1, .max = 1000 }, \
	{ .name = "every_minutes", .type = PARAM_INT, .nullable = true, \
	  .min = 1, .max = 10080 }, \
	{ .name = "enabled", .type = PARAM_BOOL }
static const struct param jingle_add_body[] = { JINGLE_FIELDS(true), { 0 } };
static const struct param jingle_change_body[] = { JINGLE_FIELDS(false),
						   { 0 } };
static const struct param request_add_body[] = {
	{ .name = "track_id", .type = PARAM_ID, .required = true },
	{ .name = "message", .type = PARAM_TEXT, .nullable = true,
	  .max = 200 },
	{ 0 }
};

#define PUSH_FIELDS(required_) \
	{ .name = "url", .type = PARAM_TEXT, .required = (required_), \
	  .min = 1, .max = 1000, \
	  .summary = "rtmp://, rtmps://; http:// or https:// with a mount. " \
		     "Another one forgets the secret." }, \
	{ .name = "secret", .type = PARAM_TEXT, .nullable = true, \
	  .max = 500, \
	  .summary = "The stream's key, or the source's password; never " \
		     "shown again." }, \
	{ .name = "enabled", .type = PARAM_BOOL }, \
	{ .name = "settings", .type = PARAM_OBJECT, \
	  .summary = "{bitrate_kbps, format: mp3, ogg, opus or aac, " \
		     "picture: card, cover or none, name, username, " \
		     "counts_as_listener}: what is given is changed." }
static const struct param push_add_body[] = {
	{ .name = "kind", .type = PARAM_CHOICE, .required = true,
	  .choices = "rtmp|icecast" },
	PUSH_FIELDS(true),
	{ 0 }
};
static const struct param push_change_body[] = { PUSH_FIELDS(false), { 0 } };
static const struct param channel_push_params[] = {
	CHANNEL_PARAM("id"),
	{ .name = "push_id", .type = PARAM_ID, .required = true },
	{ 0 }
};

/* clang-format off: rows */
#define CHANNEL_SEE(pattern_, handler_, tag_, summary_, params_, answer_) \
	{ .method = HTTP_GET, .pattern = (pattern_), \
	  .handler = (handler_), .tag = (tag_), .summary = (summary_), \
	  .params = (params_), .answer = (answer_), \
	  .statuses = "304 400 404 422 503", .fields = no_store }
#define CHANNEL_DO(method_, pattern_, handler_, tag_, summary_, params_, \
		   body_, success_, answer_, statuses_) \
	{ .method = (method_), .pattern = (pattern_), \
	  .right = USER_ROLE_MODERATOR, .handler = (handler_), \
	  .tag = (tag_), .summary = (summary_), .params = (params_), body_, \
	  .success = (success_), .answer = (answer_), \
	  .statuses = (statuses_), .fields = no_store }

#define CHANNEL_PUSH(method_, pattern_, handler_, summary_, params_, body_, \
		     success_, answer_, statuses_) \
	{ .method = (method_), .pattern = API "/channels/{id}/pushes" pattern_, \
	  .right = USER_ROLE_ADMIN, .handler = (handler_), \
	  .tag = "channels", .summary = (summary_), .params = (params_), \
	  body_, .success = (success_), .answer = (answer_), \
	  .statuses = (statuses_), .fields = no_store }

#define CHANNEL_ROWS \
	CHANNEL_PUSH(HTTP_GET, "", handle_channel_pushes, \
		     "Servers it is sent to, and how that goes.", \
		     channel_params, NO_BODY, 0, "[ChannelPush]", \
		     "304 404 422 503"), \
	CHANNEL_PUSH(HTTP_POST, "", handle_channel_push_add, \
		     "Sends it to one more.", channel_params, \
		     WITH_BODY(push_add_body), 201, "ChannelPush", \
		     "404 422 503 507"), \
	CHANNEL_PUSH(HTTP_PATCH, "/{push_id}", handle_channel_push_change, \
		     "Changes what is given, and connects anew.", \
		     channel_push_params, WITH_BODY(push_change_body), 0, \
		     "ChannelPush", "404 422 503"), \
	CHANNEL_PUSH(HTTP_DELETE, "/{push_id}", handle_channel_push_remove, \
		     "Sends it there no more.", channel_push_params, \
		     NO_BODY, 204, NULL, "404 422 503"), \
	CHANNEL_SEE(API "/channels", handle_channels_list, "channels", \
		    "Live channels.", page_params, "[Channel]"), \
	CHANNEL_DO(HTTP_POST, API "/channels", handle_channel_make, \
		   "channels", "Makes a channel.", NULL, \
		   WITH_BODY(channel_make_body), 201, "Channel", \
		   "409 422 503"), \
	CHANNEL_SEE(API "/channels/{id}", handle_channel_get, "channels", \
		    "One channel, and what plays on it.", channel_params, \
		    "Channel"), \
	CHANNEL_DO(HTTP_PATCH, API "/channels/{id}", handle_channel_change, \
		   "channels", "Changes what is given.", channel_params, \
		   WITH_BODY(channel_change_body), 0, "Channel", \
		   "404 422 503"), \
	CHANNEL_DO(HTTP_DELETE, API "/channels/{id}", handle_channel_remove, \
		   "channels", \
		   "Removes a channel that is not on the air, with its " \
		   "history.", channel_params, NO_BODY, 204, NULL, \
		   "404 409 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/start", \
		   handle_channel_start, "channels", "Goes on the air.", \
		   channel_params, NO_BODY, 0, "Channel", "404 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/stop", \
		   handle_channel_stop, "channels", "Leaves the air.", \
		   channel_params, NO_BODY, 0, "Channel", "404 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/pause", \
		   handle_channel_pause, "channels", \
		   "Silence; everything stays in place.", channel_params, \
		   NO_BODY, 0, "Channel", "404 409 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/resume", \
		   handle_channel_resume, "channels", "Goes on.", \
		   channel_params, NO_BODY, 0, "Channel", \
		   "404 409 422 503"), \
	{ .method = HTTP_POST, .pattern = API "/channels/{id}/keep", \
	  .handler = handle_channel_keep, .tag = "channels", \
	  .summary = "Somebody is there: it does not end by itself now.", \
	  .params = channel_params, NO_BODY, .answer = "Channel", \
	  .statuses = "400 404 422 503", .fields = no_store }, \
	CHANNEL_DO(HTTP_GET, API "/channels/{id}/schedule", handle_channel_schedule, \
		   "channels", "Its schedule.", channel_params, NO_BODY, 0, \
		   "[ChannelSchedule]", "304 404 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/schedule", \
		   handle_channel_schedule_add, "channels", "Adds a row.", \
		   channel_params, WITH_BODY(schedule_add_body), 201, \
		   "ChannelSchedule", "404 409 422 503 507"), \
	CHANNEL_DO(HTTP_PATCH, API "/channels/{id}/schedule/{row_id}", \
		   handle_channel_schedule_change, "channels", \
		   "Changes what is given.", channel_row_params, \
		   WITH_BODY(schedule_change_body), 0, "ChannelSchedule", \
		   "404 422 503"), \
	CHANNEL_DO(HTTP_DELETE, API "/channels/{id}/schedule/{row_id}", \
		   handle_channel_schedule_remove, "channels", \
		   "Removes a row.", channel_row_params, NO_BODY, 204, NULL, \
		   "404 422 503"), \
	CHANNEL_DO(HTTP_GET, API "/channels/{id}/djs", handle_channel_djs, \
		   "channels", "Who may come in live.", channel_params, \
		   NO_BODY, 0, "[ChannelDj]", "304 404 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/djs", \
		   handle_channel_dj_add, "channels", "Adds a DJ.", \
		   channel_params, WITH_BODY(dj_add_body), 201, "ChannelDj", \
		   "404 409 422 503 507"), \
	CHANNEL_DO(HTTP_PATCH, API "/channels/{id}/djs/{dj_id}", \
		   handle_channel_dj_change, "channels", \
		   "Changes what is given.", channel_dj_params, \
		   WITH_BODY(dj_change_body), 0, "ChannelDj", \
		   "404 409 422 503"), \
	CHANNEL_DO(HTTP_DELETE, API "/channels/{id}/djs/{dj_id}", \
		   handle_channel_dj_remove, "channels", "Removes a DJ.", \
		   channel_dj_params, NO_BODY, 204, NULL, \
		   "404 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/djs/disconnect", \
		   handle_channel_dj_disconnect, "channels", \
		   "Ends who is live, with a fade.", channel_params, \
		   NO_BODY, 204, NULL, "404 422 503"), \
	CHANNEL_DO(HTTP_GET, API "/channels/{id}/jingles", handle_channel_jingles, \
		   "channels", "Its jingles.", channel_params, NO_BODY, 0, \
		   "[ChannelJingle]", "304 404 422 503"), \
	CHANNEL_DO(HTTP_POST, API "/channels/{id}/jingles", \
		   handle_channel_jingle_add, "channels", "Adds a row.", \
		   channel_params, WITH_BODY(jingle_add_body), 201, \
		   "ChannelJingle", "404 409 422 503 507"), \
	CHANNEL_DO(HTTP_PATCH, API "/channels/{id}/jingles/{row_id}", \
		   handle_channel_jingle_change, "channels", \
		   "Changes what is given.", channel_row_params, \
		   WITH_BODY(jingle_change_body), 0, "ChannelJingle", \
		   "404 422 503"), \
	CHANNEL_DO(HTTP_DELETE, API "/channels/{id}/jingles/{row_id}", \
		   handle_channel_jingle_remove, "channels", \
		   "Removes a row.", channel_row_params, NO_BODY, 204, NULL, \
		   "404 422 503"), \
	CHANNEL_DO(HTTP_GET, API "/channels/{id}/requests", \
		   handle_channel_requests, "channels", \
		   "What listeners asked for, newest first.", \
		   channel_page_params, NO_BODY, 0, "[ChannelRequest]", \
		   "304 400 404 422 503"), \
	{ .method = HTTP_POST, .pattern = API "/channels/{id}/requests", \
	  .right = USER_ROLE_USER, .handler = handle_channel_request_add, \
	  .tag = "channels", \
	  .summary = "Asks for a track; 429 in the cool-down.", \
	  .params = channel_params, WITH_BODY(request_add_body), \
	  .success = 201, .answer = "ChannelRequested", \
	  .statuses = "404 409 422 503", .fields = no_store }, \
	CHANNEL_DO(HTTP_GET, API "/channels/{id}/listeners", \
		   handle_channel_listeners, "channels", \
		   "Who listens now, newest first.", channel_page_params, \
		   NO_BODY, 0, "[ChannelListener]", "304 400 404 422 503"), \
	CHANNEL_DO(HTTP_DELETE, API "/channels/{id}/listeners/{listener_id}", \
		   handle_channel_listener_drop, "channels", \
		   "Ends it for one listener.", channel_listener_params, \
		   NO_BODY, 204, NULL, "404 422 503"), \
	CHANNEL_DO(HTTP_GET, API "/channels/{id}/listens", \
		   handle_channel_listens, "channels", \
		   "Who listened, newest first.", channel_listens_params, \
		   NO_BODY, 0, "[ChannelListen]", "304 400 404 413 422 503"), \
	CHANNEL_SEE(API "/channels/{id}/history", handle_channel_history, \
		    "channels", "What it played, newest first.", \
		    channel_page_params, "[ChannelPlay]")

/* Listening. The address of a stream is its channel's id and its format. */
#define LIVE_GET(pattern_, handler_, link_, summary_, params_, answer_, \
		 statuses_) \
	{ .method = HTTP_GET, .pattern = (pattern_), .handler = (handler_), \
	  .role = ROUTE_OF_STREAM, .by_link = (link_), \
	  .tag = "listening live", \
	  .summary = (summary_), .params = (params_), .answer = (answer_), \
	  .statuses = (statuses_) }
#define LIVE_SOURCE(method_) \
	{ .method = (method_), .pattern = "/live/{mount}", \
	  .handler = handle_live_source, .role = ROUTE_OF_STREAM, \
	  .limit = ROUTE_LIMIT_LOGIN, .open = true, .takes_stream = true, \
	  .tag = "listening live", \
	  .summary = "A DJ's stream, as Icecast takes it (Basic " \
		     "authentication of the DJ; the body has no end). " \
		     "Method SOURCE is taken too.", \
	  .params = live_source_params, .answer = "text/plain", \
	  .statuses = "401 403 404 415 422 503", .fields = no_store }
#define LIVE_ROWS \
	LIVE_GET("/live/{mount}", handle_live_listen, "channel", \
		 "The sound of a channel as it plays, without an end.", \
		 live_mount_params, "audio/*", "206 401 404 422 503"), \
	{ .method = HTTP_POST, .pattern = API "/channels/{id}/link", \
	  .right = USER_ROLE_USER, .handler = handle_channel_link, \
	  .tag = "listening live", \
	  .summary = "Addresses of a channel for players that cannot sign " \
		     "in, for a while.", \
	  .params = channel_params, .body_kind = BODY_JSON, \
	  .body = signed_link_body, .success = 201, .answer = "ChannelLink", \
	  .statuses = "404 503", .fields = no_store }, \
	LIVE_GET("/live/{id}/index.m3u8", handle_live_hls_list, "channel", \
		 "The same for HTTP Live Streaming.", live_list_params, \
		 "application/vnd.apple.mpegurl", "401 404 422 503"), \
	LIVE_GET("/live/{id}/{file}", handle_live_hls_file, "channel", \
		 "What that list names.", live_file_params, "audio/mp4", \
		 "401 404 422 503"), \
	LIVE_SOURCE(HTTP_PUT), LIVE_SOURCE(HTTP_SOURCE), \
	{ .method = HTTP_GET, .pattern = "/admin/metadata", \
	  .handler = handle_live_metadata, .role = ROUTE_OF_STREAM, \
	  .limit = ROUTE_LIMIT_LOGIN, .open = true, \
	  .tag = "listening live", \
	  .summary = "What a live DJ plays now, as Icecast takes it (Basic " \
		     "authentication of the DJ).", \
	  .params = live_metadata_params, .answer = "text/xml", \
	  .statuses = "401 404 422 503", .fields = no_store }, \
	LIVE_GET("/status-json.xsl", handle_live_status, NULL, \
		 "Streams that are listened to, as Icecast tells it.", NULL, \
		 "IcecastStatus", "503")

/* Under /api/v1/queue, and under /api/queue as it was once. */
#define QUEUE_ROWS(at_) \
	CHANNEL_SEE(at_ "/{channel_id}", handle_channel_queue_get, "queue", \
		    "What a channel plays next.", queue_params, \
		    "ChannelQueue"), \
	CHANNEL_DO(HTTP_DELETE, at_ "/{channel_id}", \
		   handle_channel_queue_clear, "queue", \
		   "Takes everything out.", queue_edit_params, NO_BODY, 0, \
		   "QueueEdit", "404 409 422 503"), \
	CHANNEL_DO(HTTP_POST, at_ "/{channel_id}/items", \
		   handle_channel_queue_add, "queue", \
		   "Adds something; 409 when 100 are in.", queue_params, \
		   WITH_BODY(queue_add_body), 201, "QueueEdit", \
		   "404 409 422 503"), \
	CHANNEL_DO(HTTP_DELETE, at_ "/{channel_id}/items/{item_id}", \
		   handle_channel_queue_remove, "queue", "Takes one out.", \
		   queue_item_edit_params, NO_BODY, 0, "QueueEdit", \
		   "404 409 422 503"), \
	CHANNEL_DO(HTTP_PATCH, at_ "/{channel_id}/items/{item_id}/move", \
		   handle_channel_queue_move, "queue", "Moves one.", \
		   queue_item_params, WITH_BODY(queue_move_body), 0, \
		   "QueueEdit", "404 409 422 503"), \
	CHANNEL_DO(HTTP_PUT, at_ "/{channel_id}/items/{item_id}/position", \
		   handle_channel_queue_move, "queue", "The same.", \
		   queue_item_params, WITH_BODY(queue_move_body), 0, \
		   "QueueEdit", "404 409 422 503"), \
	CHANNEL_DO(HTTP_POST, at_ "/{channel_id}/skip", \
		   handle_channel_queue_skip, "queue", \
		   "Ends what plays.", queue_params, NO_BODY, 0, "Channel", \
		   "404 409 422 503"), \
	CHANNEL_SEE(at_ "/{channel_id}/state", handle_channel_queue_state, \
		    "queue", "The same as the channel.", queue_params, \
		    "Channel")
/* clang-format on */

#endif /* OGMA_API_ROUTES_CHANNELS_H */
