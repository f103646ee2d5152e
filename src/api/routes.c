/* routes.c - the route table: every address of the API; see route.h.
 *
 * Rows of one pattern stand together; an alias is a row of its own. */
#include "api/handlers.h"
#include "api/route.h"

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

#define ID_PARAM \
	{ .name = "id", .type = PARAM_ID, .required = true }

#define YEAR_PARAM(name_, summary_)                                   \
	{ .name = (name_), .type = PARAM_INT, .min = 0, .max = 9999, \
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
	{ .name = "codec", .type = PARAM_TEXT, .max = 20,
	  .summary = "mp3, flac, aac, …" },
	{ .name = "source", .type = PARAM_CHOICE, .choices = "folder",
	  .summary = "Kind of source." },
	{ .name = "sort", .type = PARAM_CHOICE, .preset = "title",
	  .choices = "title|-created_at|-popularity|year|-year|duration|"
		     "artist|album",
	  .summary = "Order; a minus means descending." },
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

static const struct param genre_name_params[] = {
	{ .name = "name", .type = PARAM_TEXT, .required = true }, { 0 }
};

static const struct param cover_params[] = {
	ID_PARAM,
	{ .name = "size", .type = PARAM_CHOICE, .choices = "64|300|1200",
	  .summary = "Longest side in pixels; the original when absent." },
	{ .name = "v", .type = PARAM_TEXT, .max = 64,
	  .summary = "Version; makes the answer cacheable for ever." },
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

static const struct param track_link_body[] = {
	{ .name = "expires_in_seconds", .type = PARAM_INT, .min = 60,
	  .max = 2592000, .preset = "86400",
	  .summary = "Life of the link: a minute to 30 days." },
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
	  .role = ROUTE_OF_STREAM, .by_link = true, .tag = "streaming",     \
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

const struct route api_routes[] = {
	GET(API "/tracks", handle_tracks_list, "tracks", "Tracks, by filters.",
	    track_list_params, "[Track]", "304 400 422 503"),
	GET(API "/tracks/popular", handle_tracks_popular, "tracks",
	    "Tracks, the most played first.", page_params, "[Track]",
	    "304 400 422 503"),
	GET(API "/tracks/search", handle_search_tracks, "search",
	    "The same as /search/tracks.", search_params, "TrackHits",
	    "304 400 422 503"),
	GET(API "/tracks/{id}", handle_track_get, "tracks", "One track.",
	    id_params, "Track", "304 404 503"),
	GET(API "/tracks/{id}/similar", handle_track_similar, "tracks",
	    "Tracks that share genre, artist and time with this one.",
	    id_limit_params, "[Track]", "304 400 404 422 503"),
	GET(API "/tracks/{id}/lyrics", handle_track_lyrics, "tracks",
	    "The words, with times where they are known.", id_params, "Lyrics",
	    "304 404 503"),
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
	  .body = track_link_body, .success = 201, .answer = "TrackLink",
	  .statuses = "404 503", .fields = no_store },
	GET_BYTES(API "/tracks/{id}/cover", handle_track_cover, "covers",
		  "The track's picture.", cover_params, "image/*"),
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
	    id_params, "Artist", "304 404 503"),
	GET(API "/artists/{id}/tracks", handle_artist_tracks, "artists",
	    "An artist's tracks, the most played first.", id_page_params,
	    "[Track]", "304 400 404 422 503"),
	GET(API "/artists/{id}/albums", handle_artist_albums, "artists",
	    "An artist's albums, the newest first.", album_artist_params,
	    "[Album]", "304 400 404 422 503"),
	GET_BYTES(API "/artists/{id}/cover", handle_artist_cover, "covers",
		  "The artist's picture.", cover_params, "image/*"),

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
		  "The album's cover.", cover_params, "image/*"),

	GET(API "/genres", handle_genres_list, "genres",
	    "Genres that have a track.", page_params, "[Genre]",
	    "304 400 422 503"),
	GET(API "/genres/name/{name}", handle_genre_by_name, "genres",
	    "One genre, by its name.", genre_name_params, "Genre",
	    "304 400 404 503"),
	GET(API "/genres/{id}", handle_genre_get, "genres", "One genre.",
	    id_params, "Genre", "304 404 503"),
	GET(API "/genres/{id}/stats", handle_genre_stats, "genres",
	    "What a genre holds.", id_params, "GenreStats", "304 404 503"),
	GET_BYTES(API "/genres/{id}/cover", handle_genre_cover, "covers",
		  "A cover that stands for the genre.", cover_params,
		  "image/*"),

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

	GET(API "/library", handle_library, "system",
	    "How much music there is.", NULL, "Library", "304 503"),
	{ .method = HTTP_GET, .pattern = "/api/stats", .handler = handle_stats,
	  .on_loop = true, .tag = "system",
	  .summary = "Live channels and listeners now.", .answer = "Stats",
	  .fields = no_store },

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
