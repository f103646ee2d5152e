/* routes.c - the route table: every address of the API; see route.h.
 *
 * An alias is a row of its own. */
#include "api/handlers.h"
#include "api/route.h"
#include "library/audit.h"
#include "library/invitations.h"
#include "library/suggestions.h"
#include "library/tag_writes.h"
#include "service/monitor.h"
#include "service/scheduler.h"

#define API "/api/v1"

/* Every list takes these. */
#define LIMIT_PARAM                                                 \
	{ .name = "limit", .type = PARAM_INT, .min = 1, .max = 100, \
	  .preset = "50", .summary = "Items in one answer." }
#define PAGE_PARAMS                                                          \
	LIMIT_PARAM,                                                         \
	{ .name = "offset", .type = PARAM_INT, .min = 0, .max = 10000,       \
	  .summary = "Items to pass over; deeper pages need a cursor." },    \
	{ .name = "cursor", .type = PARAM_TEXT, .max = 1000,                 \
	  .summary = "next_cursor of the page before." }

/* Of lists in order of time. */
#define AGE_SORT_PARAM \
	{ .name = "sort", .type = PARAM_CHOICE, .choices = "-id|id", \
	  .preset = "-id", .summary = "The newest or the oldest first." }

#define ID_PARAM \
	{ .name = "id", .type = PARAM_ID, .required = true }

#define YEAR_PARAM(name_, summary_)                                   \
	{ .name = (name_), .type = PARAM_INT, .min = 0, .max = 9999, \
	  .summary = (summary_) }

#define BOUND_PARAM(name_, max_, summary_)                               \
	{ .name = (name_), .type = PARAM_NUMBER, .min = 0, .max = (max_), \
	  .summary = (summary_) }

static const struct param page_params[] = { PAGE_PARAMS, { 0 } };
static const struct param id_params[] = { ID_PARAM, { 0 } };
static const struct param id_limit_params[] = { ID_PARAM, LIMIT_PARAM,
						{ 0 } };
static const struct param id_page_params[] = { ID_PARAM, PAGE_PARAMS, { 0 } };

static const struct param track_list_params[] = {
	PAGE_PARAMS,
	{ .name = "genre", .type = PARAM_TEXT, .summary = "Genre's name." },
	{ .name = "genre_id", .type = PARAM_ID },
	{ .name = "artist_id", .type = PARAM_ID },
	{ .name = "album_id", .type = PARAM_ID },
	YEAR_PARAM("year", "Exactly this year."),
	YEAR_PARAM("year_min", "This year or later."),
	YEAR_PARAM("year_max", "This year or earlier."),
	BOUND_PARAM("tempo_min", 1000, "Beats per minute; leaves out tracks "
				       "whose tempo is unknown."),
	BOUND_PARAM("tempo_max", 1000, NULL),
	BOUND_PARAM("energy_min", 1, NULL),
	BOUND_PARAM("energy_max", 1, NULL),
	BOUND_PARAM("valence_min", 1, NULL),
	BOUND_PARAM("valence_max", 1, NULL),
	{ .name = "codec", .type = PARAM_TEXT, .max = 20,
	  .summary = "mp3, flac, aac, …" },
	{ .name = "source", .type = PARAM_CHOICE, .choices = "folder|s3",
	  .summary = "Kind of source." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "title",
	  .choices = "title|-created_at|-popularity|year|-year|duration|"
		     "artist|album",
	  .summary = "Order; a minus means descending." },
	{ .name = "hidden", .type = PARAM_BOOL,
	  .summary = "Those that were taken out of the library instead, the "
		     "last one first; for moderators." },
	{ 0 }
};

static const struct param channel_metrics_params[] = {
	{ .name = "channel_id", .type = PARAM_INT, .required = true,
	  .min = -9e15, .max = 9e15 },
	{ 0 }
};

static const struct param metric_history_params[] = {
	{ .name = "metric", .type = PARAM_CHOICE, .required = true,
	  .choices = MONITOR_METRICS,
	  .summary = "listeners: of one channel, see channel_id." },
	{ .name = "channel_id", .type = PARAM_INT, .min = -9e15, .max = 9e15,
	  .preset = "0", .summary = "0: of the whole server." },
	{ .name = "from", .type = PARAM_TIME,
	  .summary = "An hour before the end when absent." },
	{ .name = "to", .type = PARAM_TIME, .summary = "Now when absent." },
	{ .name = "interval", .type = PARAM_CHOICE, .preset = "1m",
	  .choices = "1m|5m|15m|1h",
	  .summary = "Each point is the mean of so long a time." },
	{ 0 }
};

static const struct param socket_params[] = {
	{ .name = "channel_id", .type = PARAM_TEXT, .max = 24,
	  .summary = "Only events of this channel." },
	{ .name = "events", .type = PARAM_TEXT, .max = 400,
	  .summary = "Names, comma separated; all when absent." },
	{ .name = "since", .type = PARAM_INT, .min = 0, .max = 9e15,
	  .summary = "Number of the last event that was heard: what was "
		     "missed comes first." },
	{ .name = "token", .type = PARAM_TEXT, .max = 4000,
	  .summary = "Access token or key, where no header can be sent." },
	{ 0 }
};

static const struct param album_list_params[] = {
	PAGE_PARAMS,
	{ .name = "genre", .type = PARAM_TEXT, .summary = "Genre's name." },
	{ .name = "genre_id", .type = PARAM_ID },
	{ .name = "artist_id", .type = PARAM_ID },
	YEAR_PARAM("year", "Exactly this year."),
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "title",
	  .choices = "title|-year|year|-created_at|-popularity|artist",
	  .summary = "Order; a minus means descending." },
	{ 0 }
};

static const struct param album_artist_params[] = {
	ID_PARAM,
	PAGE_PARAMS,
	{ .name = "role", .type = PARAM_CHOICE, .choices = "main|featured|composer|conductor|remixer|"
		     "performer|lyricist|producer",
	  .summary = "main: the artist's own albums; others: where they "
		     "have a track in that role; absent: all of these." },
	{ 0 }
};

static const struct param artist_list_params[] = {
	PAGE_PARAMS,
	{ .name = "letter", .type = PARAM_TEXT, .max = 8,
	  .summary = "Names that start so; # for what is no letter." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "name",
	  .choices = "name|-popularity|-created_at",
	  .summary = "Order; a minus means descending." },
	{ 0 }
};

static const struct param genre_list_params[] = {
	PAGE_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the name." },
	{ .name = "merged", .type = PARAM_BOOL,
	  .summary = "Those that were merged or removed instead; for "
		     "moderators." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "-track_count",
	  .choices = "-track_count|name",
	  .summary = "Order; a minus means descending." },
	{ 0 }
};

static const struct param genre_name_params[] = {
	{ .name = "name", .type = PARAM_TEXT, .required = true }, { 0 }
};

#define COVER_PARAMS                                                           \
	ID_PARAM,                                                              \
	{ .name = "size", .type = PARAM_CHOICE, .choices = "64|300|1200",      \
	  .summary = "Longest side in pixels; the original when absent." },    \
	{ .name = "v", .type = PARAM_TEXT, .max = 64,                          \
	  .summary = "Version; makes the answer cacheable for ever." },        \
	{ .name = "drawn", .type = PARAM_BOOL,                                 \
	  .summary = "Where there is no picture, one is drawn of the name, "   \
		     "and the answer has `X-Cover: drawn`: WebP or JPEG; "     \
		     "true: an SVG; false: 404 instead." }

static const struct param cover_params[] = {
	COVER_PARAMS,
	{ 0 }
};

#define SEARCH_PARAMS                                                         \
	{ .name = "q", .type = PARAM_TEXT, .max = 10240, .required = true,    \
	  .summary = "What the person typed so far." },                       \
	{ .name = "limit", .type = PARAM_INT, .min = 1, .max = 100,           \
	  .preset = "20", .summary = "Items in one answer." }

static const struct param search_params[] = {
	SEARCH_PARAMS,
	{ .name = "offset", .type = PARAM_INT, .min = 0, .max = 1000,
	  .preset = "0", .summary = "Items to pass over." },
	{ .name = "genre", .type = PARAM_TEXT, .summary = "Genre's name." },
	YEAR_PARAM("year", "Exactly this year."),
	{ .name = "artist_id", .type = PARAM_ID },
	{ .name = "facets", .type = PARAM_BOOL, .preset = "true",
	  .summary = "Count genres, years and artists of what was found." },
	{ 0 }
};

static const struct param search_few_params[] = { SEARCH_PARAMS, { 0 } };

#define STREAM_PARAMS(id_)                                                    \
	{ .name = (id_), .type = PARAM_ID, .required = true },                \
	{ .name = "format", .type = PARAM_CHOICE,                             \
	  .choices = "raw|mp3|aac|opus|flac|wav",                             \
	  .summary = "Encode anew; raw (the usual) sends the file itself." }, \
	{ .name = "bitrate", .type = PARAM_INT, .min = 16, .max = 512,        \
	  .summary = "kbit/s of the new encoding." },                         \
	{ .name = "offset_ms", .type = PARAM_INT, .min = 0, .max = 864000000, \
	  .summary = "Start here; needs a format." },                         \
	{ .name = "sig", .type = PARAM_TEXT, .max = 120,                      \
	  .summary = "Of a signed link, for players that cannot sign in." }

static const struct param stream_params[] = { STREAM_PARAMS("id"), { 0 } };
static const struct param stream_alias_params[] = { STREAM_PARAMS("track_id"),
						    { 0 } };

static const struct param signed_link_body[] = {
	{ .name = "expires_in_seconds", .type = PARAM_INT, .min = 60,
	  .max = 2592000, .preset = "86400",
	  .summary = "Life of the link: a minute to 30 days." },
	{ 0 }
};

#define PERIOD_PARAMS(intervals_)                                            \
	{ .name = "from", .type = PARAM_TEXT, .max = 40,                     \
	  .summary = "First day (UTC), 2026-01-31 or a time; 30 days when "  \
		     "absent." },                                            \
	{ .name = "to", .type = PARAM_TEXT, .max = 40,                       \
	  .summary = "Last day, included; today when absent." },             \
	{ .name = "interval", .type = PARAM_CHOICE, .choices = (intervals_), \
	  .preset = "day", .summary = "Step of the series." },               \
	{ .name = "format", .type = PARAM_CHOICE, .choices = "json|csv",     \
	  .summary = "csv: the main table as a file." }
#define TOP_PARAM(preset_)                                          \
	{ .name = "limit", .type = PARAM_INT, .min = 1, .max = 100, \
	  .preset = (preset_), .summary = "Length of the lists." }
#define ZONE_PARAM                                                           \
	{ .name = "tz_minutes", .type = PARAM_INT, .min = -720, .max = 840,  \
	  .preset = "0",                                                     \
	  .summary = "The viewer's clock against UTC, for hours and "        \
		     "weekdays." }

static const struct param report_params[] = {
	PERIOD_PARAMS("day|week|month"), TOP_PARAM("50"), { 0 }
};
static const struct param trends_params[] = {
	PERIOD_PARAMS("day|week|month"), TOP_PARAM("10"), { 0 }
};
static const struct param platform_params[] = {
	PERIOD_PARAMS("day|week|month|hour"), { 0 }
};
static const struct param id_report_params[] = {
	ID_PARAM, PERIOD_PARAMS("day|week|month"), TOP_PARAM("10"), { 0 }
};
static const struct param user_report_params[] = {
	ID_PARAM, PERIOD_PARAMS("day|week|month"), TOP_PARAM("10"),
	ZONE_PARAM, { 0 }
};
static const struct param recap_params[] = {
	{ .name = "year", .type = PARAM_INT, .min = 1971, .max = 9000,
	  .summary = "This year when absent." },
	ZONE_PARAM,
	{ 0 }
};
#define HISTORY_PARAMS                                                       \
	LIMIT_PARAM,                                                         \
	{ .name = "cursor", .type = PARAM_TEXT, .max = 60,                   \
	  .summary = "next_cursor of the page before." },                    \
	{ .name = "from", .type = PARAM_TIME },                              \
	{ .name = "to", .type = PARAM_TIME, .summary = "Before this time." },\
	{ .name = "plays", .type = PARAM_BOOL, .preset = "false",            \
	  .summary = "Only what counted as a play." }
static const struct param history_params[] = { HISTORY_PARAMS, { 0 } };
static const struct param user_history_params[] = { ID_PARAM, HISTORY_PARAMS,
						    { 0 } };
static const struct param recommend_params[] = {
	{ .name = "user_id", .type = PARAM_ID, .required = true },
	TOP_PARAM("20"),
	{ 0 }
};

#define LISTEN_FIELDS(heard_required_)                                        \
	{ .name = "duration_played_ms", .type = PARAM_INT,                    \
	  .required = (heard_required_), .min = 0, .max = 86400000,           \
	  .summary = "Heard in this listening so far." },                     \
	{ .name = "action", .type = PARAM_CHOICE, .preset = "complete",       \
	  .choices = "start|progress|pause|seek|complete|skip" },             \
	{ .name = "position_ms", .type = PARAM_INT, .min = 0,                 \
	  .max = 86400000, .summary = "In the track." },                      \
	{ .name = "played_at", .type = PARAM_TIME,                            \
	  .summary = "When this listening began; the same in its reports." }, \
	{ .name = "session_id", .type = PARAM_TEXT, .min = 1, .max = 64,      \
	  .summary = "The player's own; needed when nobody is signed in." },  \
	{ .name = "event_id", .type = PARAM_TEXT, .min = 1, .max = 64,        \
	  .summary = "The report's own: sent again, it changes nothing." },   \
	{ .name = "source", .type = PARAM_CHOICE, .preset = "library",        \
	  .choices = "library|album|artist|playlist|radio|search|"            \
		     "recommendation|favorites|queue|other",                  \
	  .summary = "Where it was found." },                                 \
	{ .name = "source_id", .type = PARAM_ID,                              \
	  .summary = "The playlist, album, …" },                              \
	{ .name = "platform", .type = PARAM_TEXT, .max = 40 },                \
	{ .name = "device_type", .type = PARAM_TEXT, .max = 40 },             \
	{ .name = "client", .type = PARAM_TEXT, .max = 60 }
static const struct param listen_body[] = {
	{ .name = "track_id", .type = PARAM_ID,
	  .summary = "Needed without events." },
	{ .name = "events", .type = PARAM_LIST, .min = 1, .max = 200,
	  .summary = "Several of these, in order, instead of one." },
	LISTEN_FIELDS(false),
	{ 0 }
};
static const struct param track_listen_body[] = { LISTEN_FIELDS(true), { 0 } };
static const struct param event_search_body[] = {
	{ .name = "query", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 500 },
	{ .name = "results_count", .type = PARAM_INT, .min = 0,
	  .max = 1000000 },
	{ .name = "clicked_type", .type = PARAM_CHOICE,
	  .choices = "track|album|artist|playlist" },
	{ .name = "clicked_id", .type = PARAM_ID },
	{ .name = "session_id", .type = PARAM_TEXT, .max = 64 },
	{ 0 }
};
static const struct param event_playlist_body[] = {
	{ .name = "playlist_id", .type = PARAM_ID, .required = true },
	{ .name = "action", .type = PARAM_CHOICE, .required = true,
	  .choices = "open|play|share|export" },
	{ .name = "session_id", .type = PARAM_TEXT, .max = 64 },
	{ 0 }
};

static const char *const no_store[] = { "Cache-Control", "no-store", NULL };
static const char *const revalidate[] = { "Cache-Control", "no-cache", NULL };

#define GET(pattern_, handler_, tag_, summary_, params_, answer_, statuses_) \
	{ .method = HTTP_GET, .pattern = (pattern_), .handler = (handler_),  \
	  .tag = (tag_), .summary = (summary_), .params = (params_),         \
	  .answer = (answer_), .statuses = (statuses_),                      \
	  .fields = revalidate }
#define GET_SOUND(pattern_, handler_, summary_, params_)                    \
	{ .method = HTTP_GET, .pattern = (pattern_), .handler = (handler_), \
	  .role = ROUTE_OF_STREAM, .by_link = "track", .tag = "streaming",     \
	  .summary = (summary_), .params = (params_), .answer = "audio/*",  \
	  .statuses = "206 304 400 404 412 416 422 503" }
#define GET_BYTES(pattern_, handler_, tag_, summary_, params_, answer_)     \
	{ .method = HTTP_GET, .pattern = (pattern_), .handler = (handler_), \
	  .role = ROUTE_OF_STREAM, .tag = (tag_), .summary = (summary_),    \
	  .params = (params_), .answer = (answer_),                         \
	  .statuses = "206 304 400 404 412 416 422 503" }
#define GET_SYSTEM(pattern_, handler_, loop_, summary_, answer_, statuses_) \
	{ .method = HTTP_GET, .pattern = (pattern_), .handler = (handler_), \
	  .role = ROUTE_OF_ALL, .on_loop = (loop_), .tag = "system",        \
	  .limit = ROUTE_LIMIT_NONE, .open = true,                          \
	  .summary = (summary_), .answer = (answer_),                       \
	  .statuses = (statuses_) }

#define GET_FIGURES(pattern_, handler_, summary_, params_, answer_,        \
		    statuses_)                                             \
	{ .method = HTTP_GET, .pattern = API pattern_,                     \
	  .right = USER_ROLE_ADMIN, .handler = (handler_), .tag = "system", \
	  .summary = (summary_), .params = (params_), .answer = (answer_), \
	  .statuses = (statuses_), .fields = no_store }

/* Rights are looked at by the handler, see sockets.c. */
#define GET_SOCKET(pattern_, handler_, summary_, params_)                 \
	{ .method = HTTP_GET, .pattern = (pattern_), .handler = (handler_), \
	  .open = true, .by_token = true, .tag = "live",                    \
	  .summary = (summary_), .params = (params_), .success = 101,       \
	  .statuses = "400 426" }

/* A change: its row says what the body may hold. */
#define SEND(method_, pattern_, right_, handler_, tag_, summary_, params_,   \
	     body_, success_, answer_, statuses_)                            \
	{ .method = (method_), .pattern = (pattern_), .right = (right_),     \
	  .handler = (handler_), .tag = (tag_), .summary = (summary_),       \
	  .params = (params_), .body = (body_),                              \
	  .body_kind = (body_) == NULL ? BODY_NONE : BODY_JSON,              \
	  .success = (success_), .answer = (answer_),                        \
	  .statuses = (statuses_), .fields = no_store }
#define GET_FOR(right_, pattern_, handler_, tag_, summary_, params_,         \
		answer_, statuses_)                                          \
	{ .method = HTTP_GET, .pattern = (pattern_), .right = (right_),      \
	  .handler = (handler_), .tag = (tag_), .summary = (summary_),       \
	  .params = (params_), .answer = (answer_),                          \
	  .open = (right_) == USER_ROLE_NONE,                                \
	  .statuses = (statuses_), .fields = no_store }

/* Signing in: counted as such, and handed to threads of its own by the loop. */
#define SIGN_IN(pattern_, handler_, loop_, summary_, params_, kind_, body_,   \
		success_, statuses_)                                         \
	{ .method = HTTP_POST, .pattern = (pattern_),                        \
	  .limit = ROUTE_LIMIT_LOGIN, .open = true, .handler = (handler_),   \
	  .on_loop = (loop_), .tag = "auth", .summary = (summary_),          \
	  .params = (params_), .body_kind = (kind_), .body = (body_),        \
	  .success = (success_),                                             \
	  .answer = "SignedIn", .statuses = (statuses_),                     \
	  .fields = no_store }

#define COOKIE_FIELD                                                         \
	{ .name = "cookie", .type = PARAM_BOOL,                              \
	  .summary = "Sign in by a cookie of the web app instead of "        \
		     "tokens." }
#define PASSWORD_FIELD(name_, required_, summary_)                           \
	{ .name = (name_), .type = PARAM_TEXT, .required = (required_),      \
	  .min = 1, .max = 256, .summary = (summary_) }
#define USERNAME_FIELD(required_)                                            \
	{ .name = "username", .type = PARAM_TEXT, .required = (required_),   \
	  .min = 1, .max = 64 }
#define EMAIL_FIELD \
	{ .name = "email", .type = PARAM_TEXT, .nullable = true, .max = 254 }
#define FULL_NAME_FIELD                                                      \
	{ .name = "full_name", .type = PARAM_TEXT, .nullable = true,         \
	  .max = 200 }

static const struct param login_body[] = {
	{ .name = "username", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 254, .alias = "email", .summary = "Name or e-mail." },
	PASSWORD_FIELD("password", true, NULL),
	COOKIE_FIELD,
	{ 0 }
};
static const struct param register_body[] = {
	USERNAME_FIELD(true),
	EMAIL_FIELD,
	PASSWORD_FIELD("password", true, "Eight bytes or more."),
	FULL_NAME_FIELD,
	{ .name = "invitation", .type = PARAM_TEXT, .max = 100,
	  .summary = "A code, where it takes one." },
	COOKIE_FIELD,
	{ 0 }
};
static const struct param refresh_body[] = {
	{ .name = "refresh_token", .type = PARAM_TEXT, .required = true,
	  .min = 1, .max = 250 },
	{ 0 }
};
static const struct param logout_body[] = {
	{ .name = "everywhere", .type = PARAM_BOOL,
	  .summary = "End all of one's sessions." },
	{ 0 }
};
static const struct param webapp_body[] = {
	{ .name = "init_data", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 8192, .summary = "Telegram.WebApp.initData." },
	COOKIE_FIELD,
	{ 0 }
};
static const struct param widget_body[] = {
	{ .name = "id", .type = PARAM_INT, .required = true, .min = 1,
	  .max = 9007199254740991 },
	{ .name = "auth_date", .type = PARAM_INT, .required = true, .min = 0,
	  .max = 9007199254740991 },
	{ .name = "hash", .type = PARAM_TEXT, .required = true, .min = 64,
	  .max = 64 },
	{ .name = "first_name", .type = PARAM_TEXT, .max = 256 },
	{ .name = "last_name", .type = PARAM_TEXT, .max = 256 },
	{ .name = "username", .type = PARAM_TEXT, .max = 64 },
	{ .name = "photo_url", .type = PARAM_TEXT, .max = 1024 },
	COOKIE_FIELD,
	{ 0 }
};
static const struct param oidc_start_params[] = {
	{ .name = "return_to", .type = PARAM_TEXT, .max = 512,
	  .summary = "Page of ours to come back to." },
	{ .name = "link", .type = PARAM_BOOL,
	  .summary = "Link with who is signed in." },
	{ 0 }
};
static const struct param oidc_callback_params[] = {
	{ .name = "code", .type = PARAM_TEXT, .max = 4096 },
	{ .name = "state", .type = PARAM_TEXT, .max = 200 },
	{ .name = "error", .type = PARAM_TEXT, .max = 200 },
	{ .name = "iss", .type = PARAM_TEXT, .max = 512 },
	{ 0 }
};
static const struct param password_body[] = {
	PASSWORD_FIELD("current_password", false,
		       "May be left out where there is none yet."),
	PASSWORD_FIELD("new_password", true, "Eight bytes or more."),
	{ 0 }
};
static const struct param me_body[] = {
	USERNAME_FIELD(false),
	EMAIL_FIELD,
	FULL_NAME_FIELD,
	PASSWORD_FIELD("password", false,
		       "The present one, to change the e-mail address."),
	{ 0 }
};
static const struct param leave_body[] = {
	PASSWORD_FIELD("password", false,
		       "The present one, where there is one."),
	{ 0 }
};
static const struct param key_body[] = {
	{ .name = "name", .type = PARAM_TEXT, .required = true, .min = 1,
	  .max = 100, .summary = "What it is for." },
	{ .name = "scopes", .type = PARAM_LIST, .min = 1, .max = 3,
	  .summary = "Some of read, write, admin; read and write when left "
		     "out." },
	{ .name = "expires_at", .type = PARAM_TIME },
	{ 0 }
};
static const struct param code_params[] = {
	{ .name = "code", .type = PARAM_TEXT, .required = true, .max = 100 },
	{ 0 }
};
static const struct param link_body[] = {
	USERNAME_FIELD(false),
	EMAIL_FIELD,
	PASSWORD_FIELD("password", true, "Eight bytes or more."),
	COOKIE_FIELD,
	{ 0 }
};
#define ROLES "user|artist|moderator|admin|superadmin"
#define USER_LIST_PARAMS                                                     \
	PAGE_PARAMS,                                                         \
	{ .name = "q", .type = PARAM_TEXT, .min = 1,                         \
	  .summary = "Part of a name, an e-mail address or a Telegram id." },\
	{ .name = "role", .type = PARAM_CHOICE, .choices = ROLES },          \
	{ .name = "status", .type = PARAM_CHOICE,                            \
	  .choices = "pending|active|rejected|blocked" },                    \
	{ .name = "is_active", .type = PARAM_BOOL },                         \
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "-created_at",     \
	  .choices = USER_SORTS }
#define FORMAT_PARAM                                                         \
	{ .name = "format", .type = PARAM_CHOICE, .choices = "json|csv",     \
	  .summary = "All that match, as a file." }

static const struct param user_list_params[] = { USER_LIST_PARAMS, { 0 } };
static const struct param admin_user_list_params[] = { USER_LIST_PARAMS,
						       FORMAT_PARAM, { 0 } };
static const struct param user_body[] = {
	USERNAME_FIELD(true),
	EMAIL_FIELD,
	FULL_NAME_FIELD,
	PASSWORD_FIELD("password", false,
		       "Left out: the answer holds a link to choose one."),
	{ .name = "role", .type = PARAM_CHOICE, .choices = ROLES },
	{ 0 }
};
static const struct param user_change_body[] = {
	USERNAME_FIELD(false),
	EMAIL_FIELD,
	FULL_NAME_FIELD,
	{ .name = "role", .type = PARAM_CHOICE, .choices = ROLES },
	{ .name = "status", .type = PARAM_CHOICE,
	  .choices = "pending|active|rejected|blocked" },
	{ .name = "is_active", .type = PARAM_BOOL },
	{ 0 }
};
static const struct param bulk_body[] = {
	{ .name = "ids", .type = PARAM_IDS, .required = true, .min = 1,
	  .max = 100 },
	{ .name = "action", .type = PARAM_CHOICE, .required = true,
	  .choices = "approve|reject|block|activate|delete|role" },
	{ .name = "role", .type = PARAM_CHOICE, .choices = ROLES,
	  .summary = "For the action role." },
	{ 0 }
};
static const struct param audit_params[] = {
	PAGE_PARAMS,
	{ .name = "admin_user_id", .type = PARAM_ID,
	  .summary = "Who did it." },
	{ .name = "action", .type = PARAM_CHOICE, .choices = AUDIT_ACTIONS },
	{ .name = "model_name", .type = PARAM_TEXT, .max = 60,
	  .summary = "user, track, playlist, …" },
	{ .name = "model_id", .type = PARAM_ID },
	{ .name = "from", .type = PARAM_TIME },
	{ .name = "to", .type = PARAM_TIME, .summary = "Before this time." },
	AGE_SORT_PARAM,
	FORMAT_PARAM,
	{ 0 }
};
static const struct param invitation_list_params[] = {
	PAGE_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the note or of the beginning of the code." },
	{ .name = "role", .type = PARAM_CHOICE, .choices = ROLES },
	{ .name = "open", .type = PARAM_BOOL,
	  .summary = "Those that can be used, or those that are over." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "-created_at",
	  .choices = INVITATION_SORTS,
	  .summary = "Order; a minus means descending." },
	{ 0 }
};
static const struct param setting_list_params[] = {
	PAGE_PARAMS,
	{ .name = "q", .type = PARAM_TEXT, .min = 1,
	  .summary = "Part of the name, of the value or of what it is for." },
	{ .name = "group", .type = PARAM_TEXT, .min = 1, .max = 60,
	  .summary = "One of the answer's groups." },
	{ .name = "changed", .type = PARAM_BOOL,
	  .summary = "Whether it was given, or is the preset." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "group",
	  .choices = "group|-group|name|-name|origin|-origin",
	  .summary = "Order; a minus means descending. group: that of the "
		     "handbook." },
	{ 0 }
};
static const struct param invitation_body[] = {
	{ .name = "role", .type = PARAM_CHOICE, .choices = ROLES },
	{ .name = "uses", .type = PARAM_INT, .min = 1, .max = 1000,
	  .summary = "How many may come with it; 1." },
	{ .name = "days", .type = PARAM_INT, .min = 1, .max = 365,
	  .summary = "How long it lives; 7." },
	{ .name = "note", .type = PARAM_TEXT, .max = 200 },
	{ 0 }
};
static const struct param provider_params[] = {
	{ .name = "provider", .type = PARAM_CHOICE, .required = true,
	  .choices = "telegram|oidc" },
	{ 0 }
};
#include "api/routes_cleanup.h"
#include "api/routes_duplicates.h"
#include "api/routes_edit.h"
#include "api/routes_logs.h"
#include "api/routes_playlists.h"
#include "api/routes_schedules.h"
#include "api/routes_uploads.h"
#include "api/routes_storage.h"
#include "api/routes_channels.h"

const struct route api_routes[] = {
	GET(API "/tracks", handle_tracks_list, "tracks", "Tracks, by filters.",
	    track_list_params, "[Track]", "304 400 401 403 422 503"),
	GET(API "/tracks/popular", handle_tracks_popular, "tracks",
	    "Tracks, the most played first.", page_params, "[Track]",
	    "304 400 422 503"),
	GET(API "/tracks/search", handle_search_tracks, "search",
	    "The same as /search/tracks.", search_params, "TrackHits",
	    "304 400 422 503"),
	GET(API "/tracks/{id}", handle_track_get, "tracks", "One track.",
	    id_params, "Track", "304 404 503"),
	GET(API "/tracks/{id}/similar", handle_track_similar, "tracks",
	    "Tracks that are heard with this one, then those that sound like "
	    "it, then the artist's and the genre's.",
	    id_limit_params, "[SimilarTrack]", "304 400 404 422 503"),
	GET(API "/tracks/{id}/lyrics", handle_track_lyrics, "tracks",
	    "The words, with times where they are known.", id_params, "Lyrics",
	    "304 404 503"),
	GET(API "/tracks/{id}/waveform", handle_track_waveform, "tracks",
	    "The shape of the sound, for a player to draw.", id_params,
	    "Waveform", "304 404 503"),
	GET(API "/tracks/{id}/analysis", handle_track_analysis, "tracks",
	    "What was heard in the sound, with how sure that is.", id_params,
	    "TrackAnalysis", "304 404 503"),
	GET_SOUND(API "/tracks/{id}/stream", handle_track_stream,
		  "The sound, whole or by ranges, as it is or encoded anew.",
		  stream_params),
	GET_SOUND(API "/tracks/{id}/download", handle_track_download,
		  "The file, to be saved under its name.", stream_params),
	{ .method = HTTP_POST, .pattern = API "/tracks/{id}/link",
	  .right = USER_ROLE_USER, .handler = handle_track_link,
	  .tag = "streaming",
	  .summary = "A link to one track's sound that works without signing "
		     "in, for a while.",
	  .params = id_params, .body_kind = BODY_JSON,
	  .body = signed_link_body, .success = 201, .answer = "TrackLink",
	  .statuses = "404 503", .fields = no_store },
	GET_BYTES(API "/tracks/{id}/cover", handle_track_cover, "covers",
		  "The track's picture, or a drawn one.", cover_params,
		  "image/*"),
	GET_SOUND("/stream/{track_id}", handle_track_stream,
		  "The same as /api/v1/tracks/{id}/stream.",
		  stream_alias_params),

	GET(API "/artists", handle_artists_list, "artists",
	    "Artists who have a track.", artist_list_params, "[Artist]",
	    "304 400 422 503"),
	GET(API "/artists/popular", handle_artists_popular, "artists",
	    "Artists, the most played first.", page_params, "[Artist]",
	    "304 400 422 503"),
	GET(API "/artists/search", handle_search_artists, "search",
	    "The same as /search/artists.", search_params, "ArtistHits",
	    "304 400 422 503"),
	GET(API "/artists/{id}", handle_artist_get, "artists", "One artist.",
	    id_params, "ArtistProfile", "304 404 503"),
	GET(API "/artists/{id}/tracks", handle_artist_tracks, "artists",
	    "An artist's tracks, the most played first.", id_page_params,
	    "[Track]", "304 400 404 422 503"),
	GET(API "/artists/{id}/albums", handle_artist_albums, "artists",
	    "An artist's albums, the newest first.", album_artist_params,
	    "[Album]", "304 400 404 422 503"),
	GET_BYTES(API "/artists/{id}/cover", handle_artist_cover, "covers",
		  "The artist's picture, or a drawn one.", cover_params,
		  "image/*"),

	GET(API "/albums", handle_albums_list, "albums", "Albums, by filters.",
	    album_list_params, "[Album]", "304 400 422 503"),
	GET(API "/albums/popular", handle_albums_popular, "albums",
	    "Albums, the most played first.", page_params, "[Album]",
	    "304 400 422 503"),
	GET(API "/albums/recent", handle_albums_recent, "albums",
	    "Albums, the last added first.", page_params, "[Album]",
	    "304 400 422 503"),
	GET(API "/albums/search", handle_search_albums, "search",
	    "The same as /search/albums.", search_params, "AlbumHits",
	    "304 400 422 503"),
	GET(API "/albums/artist/{id}", handle_artist_albums, "albums",
	    "The same as /artists/{id}/albums.", album_artist_params,
	    "[Album]", "304 400 404 422 503"),
	GET(API "/albums/{id}", handle_album_get, "albums", "One album.",
	    id_params, "Album", "304 404 503"),
	GET(API "/albums/{id}/tracks", handle_album_tracks, "albums",
	    "An album's tracks in their order.", id_page_params, "[Track]",
	    "304 400 404 422 503"),
	GET_BYTES(API "/albums/{id}/cover", handle_album_cover, "covers",
		  "The album's cover, or a drawn one.", cover_params,
		  "image/*"),

	GET(API "/genres", handle_genres_list, "genres",
	    "Genres that have a track.", genre_list_params, "[Genre]",
	    "304 400 401 403 422 503"),
	GET(API "/genres/name/{name}", handle_genre_by_name, "genres",
	    "One genre, by its name.", genre_name_params, "Genre",
	    "304 400 404 503"),
	GET(API "/genres/{id}", handle_genre_get, "genres", "One genre.",
	    id_params, "Genre", "304 404 503"),
	GET(API "/genres/{id}/stats", handle_genre_stats, "genres",
	    "What a genre holds.", id_params, "GenreStats", "304 404 503"),
	GET_BYTES(API "/genres/{id}/cover", handle_genre_cover, "covers",
		  "A cover that stands for the genre, or a drawn one.",
		  cover_params, "image/*"),

	EDIT_ROWS,
	DUPLICATE_ROWS,
	SOURCE_ROWS,
	CLEANUP_ROWS,
	UPLOAD_ROWS,
	SCHEDULE_ROWS,
	STORAGE_ROWS,
	PLAYLIST_ROWS,
	ADMIN_PLAYLIST_ROWS,
	CHANNEL_ROWS,
	LIVE_ROWS,
	QUEUE_ROWS(API "/queue"),
	QUEUE_ROWS("/api/queue"),
	ME_ROWS,

	GET(API "/search/tracks", handle_search_tracks, "search",
	    "Finds tracks as one types.", search_params, "TrackHits",
	    "304 400 422 503"),
	GET(API "/search/artists", handle_search_artists, "search",
	    "Finds artists as one types.", search_params, "ArtistHits",
	    "304 400 422 503"),
	GET(API "/search/albums", handle_search_albums, "search",
	    "Finds albums as one types.", search_params, "AlbumHits",
	    "304 400 422 503"),
	GET(API "/search/playlists", handle_search_playlists, "search",
	    "Finds playlists as one types.", search_params, "PlaylistHits",
	    "304 400 422 503"),
	GET(API "/search/multi", handle_search_multi, "search",
	    "Finds all kinds at once, with the best hit on top.",
	    search_few_params, "MultiHits", "304 400 422 503"),
	GET(API "/search/suggest", handle_search_suggest, "search",
	    "What the person may be about to type.", search_few_params,
	    "Suggestions", "304 400 422 503"),

	GET_FOR(USER_ROLE_NONE, API "/auth/config", handle_auth_config, "auth",
		"How one may sign in here.", NULL, "AuthConfig", "503"),
	SIGN_IN(API "/auth/register", handle_auth_register, true,
		"Makes an account, as the server allows.", NULL, BODY_JSON,
		register_body, 201, "401 403 409 503"),
	SIGN_IN(API "/auth/login", handle_auth_login, true,
		"Signs in with name or e-mail and password.", NULL,
		BODY_JSON_OR_FORM, login_body, 0, "401 403 503"),
	SIGN_IN(API "/auth/login-json", handle_auth_login, true,
		"The same as /auth/login.", NULL, BODY_JSON, login_body, 0,
		"401 403 503"),
	SIGN_IN(API "/auth/refresh", handle_auth_refresh, true,
		"New tokens for a refresh token, which is spent by it.", NULL,
		BODY_JSON, refresh_body, 0, "401 503"),
	SIGN_IN(API "/auth/telegram/webapp", handle_auth_telegram_webapp,
		false, "Signs in from a Mini App, or links the account.", NULL,
		BODY_JSON, webapp_body, 0, "403 404 409 503"),
	SIGN_IN(API "/auth/telegram/widget", handle_auth_telegram_widget,
		false, "Signs in by the login widget, or links the account.",
		NULL, BODY_JSON, widget_body, 0, "403 404 409 503"),
	{ .method = HTTP_GET, .pattern = API "/auth/oidc/start",
	  .limit = ROUTE_LIMIT_LOGIN, .open = true,
	  .handler = handle_auth_oidc_start, .tag = "auth",
	  .summary = "Sends the browser to the OpenID provider.",
	  .params = oidc_start_params, .success = 302,
	  .statuses = "401 404 422 503", .fields = no_store },
	{ .method = HTTP_GET, .pattern = API "/auth/oidc/callback",
	  .limit = ROUTE_LIMIT_LOGIN, .open = true,
	  .handler = handle_auth_oidc_callback, .tag = "auth",
	  .summary = "Where the provider sends the browser back; on to the "
		     "page it came from.",
	  .params = oidc_callback_params, .success = 302,
	  .statuses = "400 404 422", .fields = no_store },
	SEND(HTTP_POST, API "/auth/logout", USER_ROLE_USER,
	     handle_auth_logout, "auth", "Ends the session.", NULL,
	     logout_body, 204, NULL, "503"),
	GET_FOR(USER_ROLE_USER, API "/auth/me", handle_auth_me, "auth",
		"Who is signed in.", NULL, "Me", "503"),
	SEND(HTTP_PATCH, API "/auth/me", USER_ROLE_USER,
	     handle_auth_me_change, "auth", "Changes one's own profile.",
	     NULL, me_body, 0, "Me", "409 503"),
	SEND(HTTP_DELETE, API "/auth/me", USER_ROLE_USER, handle_auth_leave,
	     "auth", "Erases one's own account.", NULL, leave_body, 204, NULL,
	     "409 503"),
	{ .method = HTTP_GET, .pattern = API "/auth/me/export",
	  .right = USER_ROLE_USER, .limit = ROUTE_LIMIT_LOGIN,
	  .handler = handle_auth_export, .tag = "auth",
	  .summary = "All that is kept about oneself, as a file.",
	  .answer = "application/json", .statuses = "413 503",
	  .fields = no_store },
	SEND(HTTP_POST, API "/auth/password", USER_ROLE_USER,
	     handle_auth_password, "auth",
	     "Changes the password and ends other sessions.", NULL,
	     password_body, 204, NULL, "503"),
	GET_FOR(USER_ROLE_USER, API "/auth/keys", handle_auth_keys, "auth",
		"One's API keys.", NULL, "[Key]", "503"),
	SEND(HTTP_POST, API "/auth/keys", USER_ROLE_USER, handle_auth_key_add,
	     "auth", "Makes an API key, which is shown this once.", NULL,
	     key_body, 201, "NewKey", "409 503"),
	SEND(HTTP_DELETE, API "/auth/keys/{id}", USER_ROLE_USER,
	     handle_auth_key_remove, "auth", "Ends an API key.", id_params,
	     NULL, 204, NULL, "404 503"),
	GET_FOR(USER_ROLE_USER, API "/auth/sessions", handle_auth_sessions,
		"auth", "Where one is signed in.", NULL, "[Session]", "503"),
	SEND(HTTP_DELETE, API "/auth/sessions/{id}", USER_ROLE_USER,
	     handle_auth_session_end, "auth", "Ends one of one's sessions.",
	     id_params, NULL, 204, NULL, "404 503"),
	SEND(HTTP_DELETE, API "/auth/logins/{provider}", USER_ROLE_USER,
	     handle_auth_login_unlink, "auth",
	     "Unlinks an account elsewhere.", provider_params, NULL, 204,
	     NULL, "404 409 503"),
	{ .method = HTTP_GET, .pattern = API "/auth/links/{code}",
	  .limit = ROUTE_LIMIT_LOGIN, .open = true,
	  .handler = handle_auth_link_get,
	  .tag = "auth", .summary = "What a link that works once is for.",
	  .params = code_params, .answer = "Link", .statuses = "404 503",
	  .fields = no_store },
	SIGN_IN(API "/auth/links/{code}", handle_auth_link_use, true,
		"Sets a password, or makes the first superadmin.", code_params,
		BODY_JSON, link_body, 0, "403 404 409 503"),

	GET_FOR(USER_ROLE_ADMIN, API "/users", handle_users_list, "users",
		"People, by filters.", user_list_params, "[User]", "400 503"),
	SEND(HTTP_POST, API "/users", USER_ROLE_ADMIN, handle_user_add,
	     "users", "Adds somebody.", NULL, user_body, 201, "NewUser",
	     "409 503"),
	{ .method = HTTP_GET, .pattern = API "/users/{id}",
	  .right = USER_ROLE_USER, .others = USER_ROLE_ADMIN,
	  .handler = handle_user_get, .tag = "users",
	  .summary = "One person, or oneself.", .params = id_params,
	  .answer = "User", .statuses = "404 503", .fields = no_store },
	{ .method = HTTP_PUT, .pattern = API "/users/{id}",
	  .right = USER_ROLE_USER, .others = USER_ROLE_ADMIN,
	  .handler = handle_user_change, .tag = "users",
	  .summary = "Changes somebody, or one's own name.",
	  .params = id_params, .body_kind = BODY_JSON,
	  .body = user_change_body, .answer = "User",
	  .statuses = "404 409 503", .fields = no_store },
	SEND(HTTP_DELETE, API "/users/{id}", USER_ROLE_ADMIN,
	     handle_user_remove, "users",
	     "Shuts somebody out for good; the name stays.", id_params, NULL,
	     204, NULL, "404 409 503"),

	GET_FOR(USER_ROLE_ADMIN, "/admin/api/dashboard",
		handle_admin_dashboard, "admin", "How things are.", NULL,
		"Dashboard", "503"),
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/users", handle_admin_users,
		"admin", "People, by filters, or as a file.",
		admin_user_list_params, "[User]", "400 413 503"),
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/users/{id}",
		handle_admin_user_get, "admin",
		"One person with sessions, keys and accounts elsewhere.",
		id_params, "Person", "404 503"),
	SEND(HTTP_PATCH, "/admin/api/users/{id}", USER_ROLE_ADMIN,
	     handle_admin_user_change, "admin",
	     "Changes role, state or profile.", id_params, user_change_body,
	     0, "User", "404 409 503"),
	SEND(HTTP_DELETE, "/admin/api/users/{id}", USER_ROLE_ADMIN,
	     handle_user_remove, "admin", "The same as DELETE /users/{id}.",
	     id_params, NULL, 204, NULL, "404 409 503"),
	SEND(HTTP_POST, "/admin/api/users/bulk", USER_ROLE_ADMIN,
	     handle_admin_users_bulk, "admin", "One action on many people.",
	     NULL, bulk_body, 0, "BulkOutcome", "503"),
	SEND(HTTP_POST, "/admin/api/users/{id}/approve", USER_ROLE_ADMIN,
	     handle_admin_user_approve, "admin", "Lets somebody in.",
	     id_params, NULL, 0, "User", "404 409 503"),
	SEND(HTTP_POST, "/admin/api/users/{id}/reject", USER_ROLE_ADMIN,
	     handle_admin_user_reject, "admin", "Does not let somebody in.",
	     id_params, NULL, 0, "User", "404 409 503"),
	SEND(HTTP_POST, "/admin/api/users/{id}/link", USER_ROLE_ADMIN,
	     handle_admin_user_link, "admin",
	     "A link by which they choose a password.", id_params, NULL, 201,
	     "NewLink", "404 503"),
	SEND(HTTP_POST, "/admin/api/users/{id}/sign-out", USER_ROLE_ADMIN,
	     handle_admin_user_sign_out, "admin", "Ends all their sessions.",
	     id_params, NULL, 204, NULL, "404 503"),
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/audit-logs", handle_admin_audit,
		"admin", "What people with rights did.", audit_params,
		"[AuditRow]", "400 413 503"),
	LOG_ROWS,
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/invitations",
		handle_admin_invitations, "admin", "Invitations.",
		invitation_list_params, "[Invitation]", "400 422 503"),
	SEND(HTTP_POST, "/admin/api/invitations", USER_ROLE_ADMIN,
	     handle_admin_invite, "admin",
	     "Makes an invitation, whose code is shown this once.", NULL,
	     invitation_body, 201, "NewInvitation", "503"),
	SEND(HTTP_DELETE, "/admin/api/invitations/{id}", USER_ROLE_ADMIN,
	     handle_admin_uninvite, "admin", "Takes an invitation back.",
	     id_params, NULL, 204, NULL, "404 503"),
	GET_FOR(USER_ROLE_ADMIN, "/admin/api/settings", handle_admin_settings,
		"admin", "Every setting; secrets are hidden.",
		setting_list_params, "Settings", "400 422"),

	{ .method = HTTP_POST, .pattern = API "/analytics/listen",
	  .handler = handle_listen, .tag = "listening",
	  .summary = "What a player played: one report, or several.",
	  .body_kind = BODY_JSON, .body = listen_body,
	  .body_max_bytes = 262144, .success = 202,
	  .answer = "ListenReceipt", .statuses = "404 503",
	  .fields = no_store },
	SEND(HTTP_POST, API "/tracks/{id}/listen", USER_ROLE_NONE,
	     handle_track_listen, "listening",
	     "What a player played of this track.", id_params,
	     track_listen_body, 202, "ListenReceipt", "404 503"),
	SEND(HTTP_POST, API "/analytics/events/search", USER_ROLE_NONE,
	     handle_event_search, "listening",
	     "A search, or what was chosen of its results.", NULL,
	     event_search_body, 202, "Accepted", NULL),
	SEND(HTTP_POST, API "/analytics/events/playlist", USER_ROLE_NONE,
	     handle_event_playlist, "listening",
	     "What was done with a playlist.", NULL, event_playlist_body, 202,
	     "Accepted", NULL),
	GET_FOR(USER_ROLE_USER, API "/me/history", handle_me_history,
		"listening", "What one heard, newest first.", history_params,
		"History", "503"),
	GET_FOR(USER_ROLE_USER, API "/me/recap", handle_me_recap, "listening",
		"One's year in music.", recap_params, "Recap", "503"),
	{ .method = HTTP_GET, .pattern = API "/users/{id}/listening-history",
	  .right = USER_ROLE_USER, .others = USER_ROLE_ADMIN,
	  .handler = handle_user_history, .tag = "listening",
	  .summary = "What somebody heard, newest first.",
	  .params = user_history_params, .answer = "History",
	  .statuses = "404 503", .fields = no_store },
	{ .method = HTTP_GET, .pattern = API "/users/{id}/stats",
	  .right = USER_ROLE_USER, .others = USER_ROLE_ADMIN,
	  .handler = handle_analytics_user, .tag = "listening",
	  .summary = "The same as /analytics/user/{id}.",
	  .params = user_report_params, .answer = "UserReport",
	  .statuses = "404 503", .fields = no_store },
	{ .method = HTTP_GET, .pattern = API "/analytics/user/{id}",
	  .right = USER_ROLE_USER, .others = USER_ROLE_ADMIN,
	  .handler = handle_analytics_user, .tag = "listening",
	  .summary = "How somebody listens.", .params = user_report_params,
	  .answer = "UserReport", .statuses = "404 503",
	  .fields = no_store },
	{ .method = HTTP_GET, .pattern = API "/analytics/track/{id}",
	  .right = USER_ROLE_ARTIST, .others = USER_ROLE_ADMIN,
	  .handler = handle_analytics_track, .tag = "listening",
	  .summary = "How a track is heard; its artist's own too.",
	  .params = id_report_params, .answer = "TrackReport",
	  .statuses = "404 503", .fields = no_store },
	{ .method = HTTP_GET, .pattern = API "/analytics/artist/{id}",
	  .right = USER_ROLE_ARTIST, .others = USER_ROLE_ADMIN,
	  .handler = handle_analytics_artist, .tag = "listening",
	  .summary = "How an artist is heard; the artist's own too.",
	  .params = id_report_params, .answer = "ArtistReport",
	  .statuses = "404 503", .fields = no_store },
	GET(API "/artists/{id}/stats", handle_artist_stats, "artists",
	    "How much an artist is heard.", id_report_params, "ArtistStats",
	    "304 404 422 503"),
	GET_FOR(USER_ROLE_ADMIN, API "/analytics/platform",
		handle_analytics_platform, "listening",
		"How Ogma is used.", platform_params, "PlatformReport", "503"),
	GET_FOR(USER_ROLE_ADMIN, API "/analytics/realtime/active-users",
		handle_active_users, "listening", "Who is here now.", NULL,
		"ActiveUsers", "503"),
	GET(API "/analytics/popular-tracks", handle_popular_tracks,
	    "listening", "The most played tracks.", report_params,
	    "PopularTracks", "304 422 503"),
	GET(API "/analytics/popular-artists", handle_popular_artists,
	    "listening", "The most played artists.", report_params,
	    "PopularArtists", "304 422 503"),
	GET(API "/analytics/genres/stats", handle_genres_stats, "listening",
	    "The most played genres.", report_params, "PopularGenres",
	    "304 422 503"),
	GET(API "/analytics/trends", handle_trends, "listening",
	    "What is played more than before.", trends_params, "Trends",
	    "304 422 503"),
	{ .method = HTTP_GET,
	  .pattern = API "/tracks/recommendations/{user_id}",
	  .right = USER_ROLE_USER, .others = USER_ROLE_ADMIN,
	  .handler = handle_recommendations, .tag = "listening",
	  .summary = "What somebody may like, with the reason.",
	  .params = recommend_params, .answer = "Recommendations",
	  .statuses = "404 503", .fields = no_store },

	GET(API "/library", handle_library, "system",
	    "How much music there is.", NULL, "Library", "304 503"),
	{ .method = HTTP_GET, .pattern = "/api/stats", .handler = handle_stats,
	  .tag = "system",
	  .summary = "Live channels and listeners now.", .answer = "Stats",
	  .fields = no_store },

	GET_FIGURES("/metrics/system", handle_metrics_system,
		    "How busy the server is.", NULL, "SystemMetrics", NULL),
	GET_FIGURES("/metrics/streams", handle_metrics_streams,
		    "All channels with their listeners.", NULL,
		    "StreamMetricsList", NULL),
	GET_FIGURES("/metrics/streams/{channel_id}", handle_metrics_stream,
		    "One channel.", channel_metrics_params, "StreamMetrics",
		    "404"),
	GET_FIGURES("/metrics/websocket", handle_metrics_websocket,
		    "WebSockets open now.", NULL, "WebSocketMetrics", NULL),
	GET_FIGURES("/metrics/history", handle_metrics_history,
		    "A figure over the last days.", metric_history_params,
		    "MetricHistory", "422 503"),

	GET_SOCKET("/ws/stats", handle_socket_stats,
		   "WebSocket: figures of the whole server, channels that "
		   "start and stop.",
		   socket_params),
	GET_SOCKET("/api/ws/monitoring", handle_socket_monitoring,
		   "WebSocket for moderators: the server's load, all channels, "
		   "alerts.",
		   socket_params),
	GET_SOCKET("/api/ws/playlist", handle_socket_playlist,
		   "WebSocket: what a channel plays and what is in its queue.",
		   socket_params),

	GET_SYSTEM("/health", handle_health_live, true,
		   "Answers while the process lives.", "Health", NULL),
	GET_SYSTEM("/health/live", handle_health_live, true,
		   "The same; never touches a backing service.", "Health",
		   NULL),
	GET_SYSTEM("/health/ready", handle_health_ready, false,
		   "Each backing service with state and latency.",
		   "Readiness", "503"),
	{ .method = HTTP_GET, .pattern = "/metrics", .handler = handle_metrics,
	  .role = ROUTE_OF_METRICS, .limit = ROUTE_LIMIT_NONE, .open = true,
	  .tag = "system",
	  .summary = "Metrics for Prometheus.", .answer = "text/plain" },
	GET_SYSTEM("/openapi.json", handle_openapi, true,
		   "This description.", "application/json", NULL),
	{ 0 },
};
