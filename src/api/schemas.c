/* schemas.c - the shapes of answers; see schemas.h. The server tests check
 * every answer against these, so they cannot drift from forms.c. */
#include "api/schemas.h"

#include <stddef.h>

#define FIELDS(...) \
	(const struct schema_field[]) { __VA_ARGS__, { 0 } }

/* clang-format off */
#define ARTIST_FIELDS \
		{ "id", "integer", NULL }, \
		{ "name", "string", NULL }, \
		{ "sort_name", "string", NULL }, \
		{ "album_count", "integer", NULL }, \
		{ "track_count", "integer", NULL }, \
		{ "duration_ms", "integer", NULL }, \
		{ "cover_url", "string?", "null: it has none of its own." }, \
		{ "has_cover", "boolean", "Else /cover is a drawn one." }, \
		{ "popularity", "number", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "updated_at", "time", NULL }

#define SUM_FIELDS \
		{ "plays", "integer", NULL }, \
		{ "starts", "integer", NULL }, \
		{ "completes", "integer", NULL }, \
		{ "skips", "integer", NULL }, \
		{ "heard_ms", "integer", NULL }, \
		{ "completion_rate", "number?", "Of those that ended." }

#define HEARD_FIELDS \
		{ "plays", "integer", NULL }, \
		{ "heard_ms", "integer", NULL }

#define POINT_FIELDS \
		{ "at", "time", "Where the step begins." }, \
		HEARD_FIELDS

#define RANK_FIELDS \
		{ "rank", "integer", NULL }, \
		{ "previous_rank", "integer?", "In the period before." }, \
		HEARD_FIELDS

#define RISE_FIELDS \
		{ "plays", "integer", NULL }, \
		{ "previous_plays", "integer", NULL }, \
		{ "change", "number?", "1: doubled; null: new." }

#define POPULAR_FIELDS(items_) \
		{ "period", "Period", NULL }, \
		{ "items", (items_), NULL }, \
		{ "total", "integer", NULL }, \
		{ "next_cursor", "string?", NULL }

#define ALBUM_FIELDS \
		{ "id", "integer", NULL }, \
		{ "title", "string", NULL }, \
		{ "artist", "string?", NULL }, \
		{ "artist_id", "integer?", NULL }, \
		{ "artists", "[ArtistCredit]", NULL }, \
		{ "year", "integer?", NULL }, \
		{ "genre", "string?", NULL }, \
		{ "genres", "[GenreRef]", NULL }, \
		{ "track_count", "integer", NULL }, \
		{ "disc_count", "integer", NULL }, \
		{ "duration_ms", "integer", NULL }, \
		{ "cover_url", "string?", "null: it has none of its own." }, \
		{ "has_cover", "boolean", "Else /cover is a drawn one." }, \
		{ "is_compilation", "boolean", NULL }, \
		{ "popularity", "number", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "updated_at", "time", NULL }

#define USER_FIELDS \
		{ "id", "integer", NULL }, \
		{ "username", "string", NULL }, \
		{ "email", "string?", NULL }, \
		{ "full_name", "string?", NULL }, \
		{ "role", "string", \
		  "user, artist, moderator, admin or superadmin." }, \
		{ "status", "string", \
		  "pending, active, rejected or blocked." }, \
		{ "is_active", "boolean", NULL }, \
		{ "has_password", "boolean", NULL }, \
		{ "telegram_id", "integer?", NULL }, \
		{ "last_login_at", "time?", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "updated_at", "time", NULL }

#define KEY_FIELDS \
		{ "id", "integer", NULL }, \
		{ "name", "string", NULL }, \
		{ "prefix", "string", "The key's first letters." }, \
		{ "scopes", "[string]", "read, write, admin." }, \
		{ "created_at", "time", NULL }, \
		{ "expires_at", "time?", NULL }, \
		{ "last_used_at", "time?", NULL }

#define SESSION_FIELDS \
		{ "id", "integer", NULL }, \
		{ "kind", "string", "web or token." }, \
		{ "address", "string?", NULL }, \
		{ "user_agent", "string?", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "used_at", "time", NULL }, \
		{ "expires_at", "time", NULL }, \
		{ "current", "boolean", NULL }

#define INVITATION_FIELDS \
		{ "id", "integer", NULL }, \
		{ "prefix", "string", "The code's first letters." }, \
		{ "role", "string", NULL }, \
		{ "note", "string?", NULL }, \
		{ "uses", "integer", NULL }, \
		{ "uses_max", "integer", NULL }, \
		{ "created_by", "integer?", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "expires_at", "time?", NULL }, \
		{ "revoked_at", "time?", NULL }

#define TRACK_FIELDS \
		{ "id", "integer", NULL }, \
		{ "title", "string", NULL }, \
		{ "artist", "string", "All artists, as tagged." }, \
		{ "artist_id", "integer?", "The main artist." }, \
		{ "artists", "[ArtistCredit]", NULL }, \
		{ "album", "string?", NULL }, \
		{ "album_id", "integer?", NULL }, \
		{ "album_artist", "string?", NULL }, \
		{ "genre", "string?", "The main genre." }, \
		{ "genres", "[GenreRef]", NULL }, \
		{ "genre_guess", "GenreGuess?", "What it sounds like, where " \
		  "nobody names a genre and the guess is sure." }, \
		{ "duration_ms", "integer", NULL }, \
		{ "track_no", "integer?", NULL }, \
		{ "disc_no", "integer?", NULL }, \
		{ "year", "integer?", NULL }, \
		{ "tempo", "number?", "Beats per minute." }, \
		{ "energy", "number?", "0 to 1." }, \
		{ "valence", "number?", "0 to 1." }, \
		{ "danceability", "number?", "0 to 1." }, \
		{ "key", "string?", NULL }, \
		{ "loudness_lufs", "number?", NULL }, \
		{ "popularity", "number", NULL }, \
		{ "play_count", "integer", NULL }, \
		{ "cover_url", "string?", "null: it has none of its own." }, \
		{ "has_cover", "boolean", "Else /cover is a drawn one." }, \
		{ "stream_url", "string", NULL }, \
		{ "source", "string", "Where the file lives: folder or s3." }, \
		{ "codec", "string", NULL }, \
		{ "container", "string", NULL }, \
		{ "bitrate", "integer", "Bits per second." }, \
		{ "sample_rate", "integer", "Hz." }, \
		{ "channels", "integer", NULL }, \
		{ "bit_depth", "integer?", "Lossless codecs only." }, \
		{ "size_bytes", "integer", NULL }, \
		{ "gapless", "Gapless?", NULL }, \
		{ "replaygain", "ReplayGain?", NULL }, \
		{ "composer", "string?", NULL }, \
		{ "has_lyrics", "boolean", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "updated_at", "time", NULL }

#define QUEUE_ITEM_FIELDS \
		{ "id", "string", "A UUID." }, \
		{ "channel_id", "integer", NULL }, \
		{ "title", "string", NULL }, \
		{ "source", "string", "track, file, stream, telegram or youtube." }, \
		{ "artist", "string?", NULL }, \
		{ "album", "string?", NULL }, \
		{ "track_id", "integer?", NULL }, \
		{ "cover_url", "string?", NULL }, \
		{ "url", "string?", "For moderators." }, \
		{ "duration_ms", "integer?", NULL }, \
		{ "duration", "number?", "Seconds." }, \
		{ "requested_by", "string?", "A username." }, \
		{ "added_at", "time", NULL }, \
		{ "metadata", "any?", "For moderators." }

#define PLAYLIST_FIELDS \
		{ "id", "integer", NULL }, \
		{ "title", "string", NULL }, \
		{ "description", "string?", NULL }, \
		{ "kind", "string", "manual or rules." }, \
		{ "visibility", "string", "private, unlisted or public." }, \
		{ "is_public", "boolean", NULL }, \
		{ "owner", "PlaylistOwner", NULL }, \
		{ "can_edit", "boolean", "The person who asks may change it." }, \
		{ "track_count", "integer", NULL }, \
		{ "duration_ms", "integer", NULL }, \
		{ "play_count", "integer", NULL }, \
		{ "version", "integer", "Grows with every change." }, \
		{ "cover_url", "string?", "null: it has none of its own." }, \
		{ "has_cover", "boolean", "Else /cover is a drawn one." }, \
		{ "mosaic", "[string]", "Covers of its first albums." }, \
		{ "rules", "any?", NULL }, \
		{ "share_url", "string?", NULL }, \
		{ "share_token", "string?", "Of an unlisted one, for who may change it." }, \
		{ "is_favorite", "boolean", NULL }, \
		{ "created_at", "time", NULL }, \
		{ "updated_at", "time", NULL }

#define HITS(name_, items_) \
	{ (name_), FIELDS( \
		{ "items", (items_), NULL }, \
		{ "total", "integer", NULL }, \
		{ "total_is_lower_bound", "boolean", "More than 1,000 match." }, \
		{ "did_you_mean", "string?", NULL }, \
		{ "engine", "string", "Which engine answered." }, \
		{ "took_ms", "number", NULL }, \
		{ "facets", "Facets", NULL }) }

#define LOG_SEARCHED_TO \
	{ "searched_to", "time?", \
	  "The search stopped here before the page was full; next_cursor " \
	  "goes on. Null: it did not stop." }

const struct schema api_schemas[] = {
	{ "Error", FIELDS(
		{ "error", "string", "Code for programs." },
		{ "message", "string", "One sentence in the caller's language." },
		{ "details", "any?", "Fields at fault, or the service that is down." },
		{ "request_id", "string", "Names the request in the log." }) },
	{ "ArtistCredit", FIELDS(
		{ "id", "integer", NULL },
		{ "name", "string", NULL },
		{ "role", "string", "main, featured, composer, conductor, remixer, performer, lyricist or producer." }) },
	{ "GenreRef", FIELDS(
		{ "id", "integer", NULL },
		{ "name", "string", NULL }) },
	{ "Gapless", FIELDS(
		{ "start_samples", "integer", "Encoder delay to leave out." },
		{ "end_samples", "integer", "Padding to leave out." }) },
	{ "ReplayGain", FIELDS(
		{ "track_gain_db", "number?", NULL },
		{ "track_peak", "number?", NULL },
		{ "album_gain_db", "number?", NULL },
		{ "album_peak", "number?", NULL }) },
	{ "HighlightPiece", FIELDS(
		{ "text", "string", NULL },
		{ "match", "boolean", NULL }) },
	{ "Highlights", FIELDS(
		{ "title", "[HighlightPiece]", NULL },
		{ "artist", "[HighlightPiece]?", NULL },
		{ "album", "[HighlightPiece]?", NULL }) },
	{ "Track", FIELDS(TRACK_FIELDS) },
	{ "TrackHit", FIELDS(TRACK_FIELDS,
		{ "highlights", "Highlights", "What the query matched." }) },
	{ "SimilarTrack", FIELDS(TRACK_FIELDS,
		{ "reason", "string", "In the caller's language." },
		{ "reason_kind", "string",
		  "co_listening, sound, artist or genre." }) },
	{ "Album", FIELDS(ALBUM_FIELDS) },
	{ "AlbumHit", FIELDS(ALBUM_FIELDS,
		{ "highlights", "Highlights", "What the query matched." }) },
	{ "Artist", FIELDS(ARTIST_FIELDS) },
	{ "Owner", FIELDS(
		{ "id", "integer", NULL },
		{ "username", "string", NULL },
		{ "full_name", "string?", NULL }) },
	{ "ArtistProfile", FIELDS(ARTIST_FIELDS,
		{ "bio", "string?", NULL },
		{ "owners", "[Owner]?", "For those who may edit." }) },
	{ "EditsBy", FIELDS(
		{ "id", "integer", NULL },
		{ "username", "string", NULL }) },
	{ "Edits", FIELDS(
		{ "fields", "any", "What people set, by name of field." },
		{ "tags", "any", "What the files say of these fields." },
		{ "hidden", "boolean", "Taken out of the library." },
		{ "updated_at", "time?", NULL },
		{ "updated_by", "EditsBy?", NULL }) },
	{ "Source", FIELDS(
		{ "id", "integer", NULL },
		{ "kind", "string", "folder or s3." },
		{ "path", "string", "Of a bucket: s3://bucket/folder." },
		{ "server", "SourceServer?", "Of a bucket." },
		{ "state", "string", "active or paused." },
		{ "managed", "boolean", "Ogma puts uploaded files into it." },
		{ "file_count", "integer", NULL },
		{ "rejected_count", "integer", "Files that could not be read." },
		{ "scanning", "boolean", NULL },
		{ "job_id", "integer?", "Of a scan that waits or runs." },
		{ "last_scan_at", "time?", NULL },
		{ "last_error", "string?", NULL },
		{ "created_at", "time", NULL },
		{ "updated_at", "time", NULL }) },
	{ "SourceServer", FIELDS(
		{ "endpoint", "string", "Empty: the server of the settings." },
		{ "region", "string?", NULL },
		{ "access_key", "string?", NULL },
		{ "has_secret", "boolean", NULL },
		{ "path_style", "boolean", NULL }) },
	{ "SourceCheck", FIELDS(
		{ "ok", "boolean", NULL },
		{ "message", "string?", "What is wrong." }) },
	{ "RejectedFile", FIELDS(
		{ "id", "integer", NULL },
		{ "path", "string", NULL },
		{ "reason", "string?", NULL },
		{ "updated_at", "time", NULL }) },
	{ "JobProgress", FIELDS(
		{ "done", "integer", NULL },
		{ "total", "integer", NULL },
		{ "rate", "number", "A second." },
		{ "eta_seconds", "integer?", NULL },
		{ "added", "integer", NULL },
		{ "updated", "integer", NULL },
		{ "moved", "integer", NULL },
		{ "removed", "integer", NULL },
		{ "restored", "integer", NULL },
		{ "unchanged", "integer", NULL },
		{ "rejected", "integer", NULL }) },
	{ "DuplicateTrack", FIELDS(
		{ "track", "Track", "As it is stored, hidden or not." },
		{ "path", "string?", "Of its file." },
		{ "visible", "boolean", NULL },
		{ "same_file", "boolean",
		  "Its encoded sound is that of another one." },
		{ "score", "number", "How like the likest other: 0 to 1." }) },
	{ "DuplicateGroup", FIELDS(
		{ "id", "integer", NULL },
		{ "state", "string", "open, merged or dismissed." },
		{ "kind", "string", "same_recording or same_file." },
		{ "confidence", "number", "The lowest score in it." },
		{ "sure", "boolean",
		  "Nothing in the tags speaks against it." },
		{ "best_id", "integer?", "The track that is best kept." },
		{ "best_reason", "string",
		  "What tells it from the next: lossless, resolution, "
		  "bitrate, tags, longer, plays or older." },
		{ "kept_id", "integer?", "Of a merged one." },
		{ "found_at", "time", NULL },
		{ "decided_at", "time?", NULL },
		{ "decided_by", "integer?", NULL },
		{ "tracks", "[DuplicateTrack]", "The best first." }) },
	{ "Job", FIELDS(
		{ "id", "integer", NULL },
		{ "kind", "string", "scan, remove, genre_merge, …" },
		{ "source_id", "integer?", NULL },
		{ "detail", "string?", NULL },
		{ "state", "string",
		  "queued, running, done, failed, cancelled or dead (tried "
		  "too often)." },
		{ "step", "string?", "Where in its work it is." },
		{ "attempts", "integer", "How often it was begun." },
		{ "next_try_at", "time?", "It failed and is tried again." },
		{ "requested_by", "integer?", "The user who asked." },
		{ "parent_id", "integer?", "The job it is a part of." },
		{ "cancel_asked", "boolean", NULL },
		{ "progress", "JobProgress", NULL },
		{ "error", "string?", NULL },
		{ "created_at", "time", NULL },
		{ "started_at", "time?", NULL },
		{ "finished_at", "time?", NULL }) },
	{ "Upload", FIELDS(
		{ "id", "integer", NULL },
		{ "user_id", "integer", NULL },
		{ "username", "string", "Who sent it." },
		{ "name", "string", "The file's." },
		{ "url", "string?", "Where it is fetched from." },
		{ "size_bytes", "integer?", "null: not known yet." },
		{ "received_bytes", "integer", NULL },
		{ "state", "string", "receiving, queued, done or failed." },
		{ "reason", "string?", "Why it failed." },
		{ "job_id", "integer?", NULL },
		{ "track_id", "integer?", "What it became." },
		{ "track", "Track?", NULL },
		{ "batch", "string", "The same for files sent together." },
		{ "album", "string?", "Where its tags name none." },
		{ "artist", "string?", "Where its tags name none." },
		{ "created_at", "time", NULL },
		{ "updated_at", "time", NULL },
		{ "expires_at", "time?",
		  "When it is forgotten unless it goes on." }) },
	{ "UploadOutcome", FIELDS(
		{ "name", "string", NULL },
		{ "upload_id", "integer?", "null: it was refused." },
		{ "state", "string", "queued or failed." },
		{ "error", "string?", NULL },
		{ "reason", "string?", NULL }) },
	{ "UploadOutcomes", FIELDS(
		{ "items", "[UploadOutcome]", "In the order of the form." }) },
	{ "Schedule", FIELDS(
		{ "name", "string", "Also the kind of its jobs." },
		{ "summary", "string", NULL },
		{ "cron", "string", "What counts now; off: never." },
		{ "preset", "string", "What the setting says." },
		{ "changed", "boolean", "A person gave the time." },
		{ "enabled", "boolean", NULL },
		{ "last_run_at", "time?", NULL },
		{ "next_run_at", "time?", NULL }) },
	{ "ScheduleRun", FIELDS(
		{ "id", "integer", NULL },
		{ "job_id", "integer", NULL },
		{ "reason", "string",
		  "clock, catch_up (it was missed) or person." },
		{ "due_at", "time", NULL },
		{ "started_at", "time", NULL },
		{ "finished_at", "time?", NULL },
		{ "state", "string", "Of its job." },
		{ "error", "string?", NULL }) },
	{ "JobReport", FIELDS(
		{ "id", "integer", NULL },
		{ "kind", "string", "daily or monitoring." },
		{ "created_at", "time", NULL },
		{ "report", "any", "An object; its members are in the "
				   "operator's guide." }) },
	{ "Alert", FIELDS(
		{ "name", "string", NULL },
		{ "level", "string", "warning or error." },
		{ "message", "string", NULL },
		{ "active", "boolean", NULL },
		{ "raised_at", "time?", NULL },
		{ "ended_at", "time?", NULL }) },
	{ "MonitoringReport", FIELDS(
		{ "latest", "JobReport?", NULL },
		{ "alerts", "[Alert]", "Active ones first." }) },
	{ "StoredCover", FIELDS(
		{ "driver", "string", "s3 or folder." },
		{ "bucket", "string", "Or the folder's path." },
		{ "key", "string", "Below it; made from the picture's content." },
		{ "size_bytes", "integer", NULL },
		{ "cover_url", "string", NULL }) },
	{ "StoredTrackUrl", FIELDS(
		{ "driver", "string", "s3: it leads to the bucket; or folder." },
		{ "track_id", "integer", NULL },
		{ "url", "string", "Whole, or a path of this server." },
		{ "expires_at", "time", NULL }) },
	{ "StorageBucket", FIELDS(
		{ "name", "string", "tracks, covers, playlists or temp." },
		{ "bucket", "string?", "Or the folder's path." },
		{ "present", "boolean", "False: it is not there." },
		{ "objects", "integer", NULL },
		{ "size_bytes", "integer", NULL }) },
	{ "StorageStats", FIELDS(
		{ "driver", "string", "s3 or folder." },
		{ "buckets", "[StorageBucket]", NULL },
		{ "objects", "integer", "In all of them." },
		{ "size_bytes", "integer", NULL },
		{ "counted_at", "time", "Within a minute nothing is counted "
					"anew." }) },
	{ "StorageTidied", FIELDS(
		{ "objects", "integer", "Temporary ones that were removed." },
		{ "size_bytes", "integer", "Of those." },
		{ "uploads", "integer", "Begun and never ended; forgotten now." }) },
	{ "JobsQueued", FIELDS({ "queued", "integer", NULL }) },
	{ "Backup", FIELDS(
		{ "name", "string", "Of its folder." },
		{ "created_at", "time?", NULL },
		{ "size_bytes", "integer", NULL },
		{ "files", "integer", NULL },
		{ "store", "string", NULL },
		{ "version", "string", NULL },
		{ "complete", "boolean", "False: it was cut short." }) },
	{ "Backups", FIELDS(
		{ "items", "[Backup]", NULL },
		{ "total", "integer", NULL },
		{ "next_cursor", "string?", NULL },
		{ "folder", "string?", "BACKUP_DIR." }) },
	{ "JobLine", FIELDS(
		{ "id", "integer", NULL },
		{ "at", "time", NULL },
		{ "level", "string", "info, warning or error." },
		{ "path", "string?", NULL },
		{ "message", "string", NULL }) },
	{ "ArtistHit", FIELDS(ARTIST_FIELDS,
		{ "highlights", "Highlights", "What the query matched." }) },
	{ "Genre", FIELDS(
		{ "id", "integer", NULL },
		{ "name", "string", NULL },
		{ "track_count", "integer", NULL },
		{ "album_count", "integer", NULL },
		{ "artist_count", "integer", NULL },
		{ "cover_url", "string?", "null: it has none of its own." },
		{ "has_cover", "boolean", "Else /cover is a drawn one." }) },
	{ "Channel", FIELDS(
		{ "id", "integer", NULL },
		{ "title", "string", NULL },
		{ "description", "string?", NULL },
		{ "is_public", "boolean", NULL },
		{ "auto_end_enabled", "boolean", NULL },
		{ "auto_end_timeout_minutes", "integer", NULL },
		{ "placeholder", "string?", "For moderators." },
		{ "auto_dj", "any?", NULL },
		{ "crossfade_ms", "integer", NULL },
		{ "level_mode", "string", "off, track or album." },
		{ "listeners_max", "integer", "0: no bound of its own." },
		{ "requests_enabled", "boolean", NULL },
		{ "request_cooldown_seconds", "integer", NULL },
		{ "cover_url", "string?", "Of what plays." },
		{ "state", "string", "playing, paused, stopped or placeholder." },
		{ "on_air", "boolean", NULL },
		{ "current_item", "CurrentItem?", NULL },
		{ "current_position_ms", "integer", NULL },
		{ "listeners_count", "integer", NULL },
		{ "auto_end_timer", "AutoEndTimer?", NULL },
		{ "dj", "string?", "Who is live." },
		{ "started_at", "time?", NULL },
		{ "queue_size", "integer", NULL },
		{ "queue_version", "integer", NULL },
		{ "last_activity", "time", NULL },
		{ "created_at", "time", NULL },
		{ "updated_at", "time", NULL }) },
	{ "AutoEndTimer", FIELDS(
		{ "started_at", "time", NULL },
		{ "timeout_at", "time", NULL },
		{ "remaining_seconds", "integer", NULL }) },
	{ "QueueItem", FIELDS(QUEUE_ITEM_FIELDS) },
	{ "QueuedItem", FIELDS(QUEUE_ITEM_FIELDS,
		{ "position", "integer", "From 0." }) },
	{ "CurrentItem", FIELDS(QUEUE_ITEM_FIELDS,
		{ "started_at", "time", NULL },
		{ "kind", "string", "queue, schedule, auto_dj, jingle or live." }) },
	{ "ChannelQueue", FIELDS(
		{ "channel_id", "integer", NULL },
		{ "items", "[QueuedItem]", NULL },
		{ "total", "integer", NULL },
		{ "version", "integer", "Grows with every change." },
		{ "state", "string", NULL },
		{ "current_item", "CurrentItem?", NULL }) },
	{ "QueueEdit", FIELDS(
		{ "id", "string?", "The item's." },
		{ "item", "QueueItem?", "null when it is not in the queue by now." },
		{ "position", "integer?", NULL },
		{ "version", "integer", "After the edit." },
		{ "total", "integer", NULL }) },
	{ "ChannelSchedule", FIELDS(
		{ "id", "integer", NULL },
		{ "playlist_id", "integer", NULL },
		{ "playlist_title", "string?", "null when it is gone." },
		{ "weekdays", "[integer]", "1 is Monday." },
		{ "starts_at", "string", "HH:MM of the server's day." },
		{ "ends_at", "string", NULL },
		{ "priority", "integer", NULL },
		{ "enabled", "boolean", NULL }) },
	{ "ChannelDj", FIELDS(
		{ "id", "integer", NULL },
		{ "channel_id", "integer", NULL },
		{ "username", "string", "What the program that sends signs in with." },
		{ "enabled", "boolean", NULL },
		{ "weekdays", "[integer]", "1 is Monday; none: every day." },
		{ "starts_at", "string?", "HH:MM of the server's day; null: its beginning." },
		{ "ends_at", "string?", "null: its end." },
		{ "created_at", "time", NULL },
		{ "on_air", "boolean", "Live now." }) },
	{ "ChannelJingle", FIELDS(
		{ "id", "integer", NULL },
		{ "title", "string", NULL },
		{ "track_id", "integer", NULL },
		{ "every_tracks", "integer?", NULL },
		{ "every_minutes", "integer?", NULL },
		{ "enabled", "boolean", NULL }) },
	{ "ChannelRequest", FIELDS(
		{ "id", "integer", NULL },
		{ "track_id", "integer", NULL },
		{ "title", "string", NULL },
		{ "artist", "string", NULL },
		{ "username", "string", NULL },
		{ "message", "string?", NULL },
		{ "item_id", "string", NULL },
		{ "waits", "boolean", "It is in the queue still." },
		{ "created_at", "time", NULL }) },
	{ "ChannelRequested", FIELDS(
		{ "id", "integer", NULL },
		{ "item_id", "string", NULL }) },
	{ "ChannelListen", FIELDS(
		{ "id", "integer", NULL },
		{ "format", "string", "mp3, aac, ogg, opus or hls." },
		{ "client", "string?", "As the player names itself." },
		{ "username", "string?", NULL },
		{ "address_hash", "string?", "The same for one address." },
		{ "started_at", "time", NULL },
		{ "ended_at", "time", NULL },
		{ "seconds", "integer", NULL },
		{ "bytes", "integer", NULL }) },
	{ "ChannelListener", FIELDS(
		{ "id", "integer", NULL },
		{ "format", "string", "mp3, aac, ogg, opus or hls." },
		{ "client", "string?", "As the player names itself." },
		{ "username", "string?", NULL },
		{ "started_at", "time", NULL },
		{ "seconds", "integer", NULL },
		{ "bytes", "integer", "Sent so far." }) },
	{ "ChannelPushSettings", FIELDS(
		{ "bitrate_kbps", "integer?", "null: the format's usual." },
		{ "format", "string", "mp3, ogg, opus or aac." },
		{ "picture", "string", "card, cover or none." },
		{ "name", "string?", "null: the channel's title." },
		{ "username", "string?", "null: source." },
		{ "counts_as_listener", "boolean", "Keeps the channel on." }) },
	{ "ChannelPush", FIELDS(
		{ "id", "integer", NULL },
		{ "channel_id", "integer", NULL },
		{ "kind", "string", "rtmp or icecast." },
		{ "url", "string", NULL },
		{ "enabled", "boolean", NULL },
		{ "settings", "ChannelPushSettings", NULL },
		{ "has_secret", "boolean", NULL },
		{ "state", "string", "off, connecting, on or waiting." },
		{ "since", "time?", "When that began." },
		{ "retry_at", "time?", "While it waits." },
		{ "error", "string?", "Why it waits." },
		{ "bytes", "integer", "Sent since the channel is on the air." },
		{ "reconnects", "integer", "Likewise." },
		{ "created_at", "time", NULL }) },
	{ "ChannelPlay", FIELDS(
		{ "id", "integer", NULL },
		{ "item_id", "string", NULL },
		{ "kind", "string", "queue, schedule, auto_dj, jingle or live." },
		{ "title", "string", NULL },
		{ "artist", "string?", NULL },
		{ "track_id", "integer?", NULL },
		{ "cover_url", "string?", NULL },
		{ "source", "string", NULL },
		{ "requested_by", "string?", NULL },
		{ "started_at", "time", NULL },
		{ "ended_at", "time?", "null while it plays." },
		{ "reason", "string?", "track_ended, skip, error or stopped." }) },
	{ "Playlist", FIELDS(PLAYLIST_FIELDS) },
	{ "PlaylistHit", FIELDS(PLAYLIST_FIELDS,
		{ "highlights", "Highlights", "What the query matched." }) },
	{ "PlaylistOwner", FIELDS(
		{ "id", "integer", NULL },
		{ "username", "string", NULL }) },
	{ "PlaylistTrack", FIELDS(TRACK_FIELDS,
		{ "is_favorite", "boolean", "Of the person who asks." },
		{ "rating", "integer?", "1 to 5, of the person who asks." },
		{ "item_id", "integer?", "The entry; null in a playlist of rules." },
		{ "position", "integer", "From 0." },
		{ "added_at", "time?", NULL }) },
	{ "PlaylistAdded", FIELDS(
		{ "added", "integer", NULL },
		{ "skipped", "[integer]", "Tracks that were in already." },
		{ "unknown", "[integer]", "Ids without a track." },
		{ "item_ids", "[integer]", "The new entries." },
		{ "version", "integer", NULL },
		{ "track_count", "integer", NULL },
		{ "duration_ms", "integer", NULL }) },
	{ "PlaylistRemoved", FIELDS(
		{ "removed", "integer", NULL },
		{ "version", "integer", NULL },
		{ "track_count", "integer", NULL },
		{ "duration_ms", "integer", NULL }) },
	{ "PlaylistMoved", FIELDS(
		{ "position", "integer", "Where the first of them stands." },
		{ "version", "integer", NULL },
		{ "track_count", "integer", NULL },
		{ "duration_ms", "integer", NULL }) },
	{ "PlaylistImport", FIELDS(
		{ "playlist", "Playlist?", "null on a dry run." },
		{ "format", "string", "m3u8, xspf or json." },
		{ "encoding", "string", "UTF-8, Windows-1251, …" },
		{ "title", "string", NULL },
		{ "total", "integer", "Entries of the file." },
		{ "matched", "integer", NULL },
		{ "by", "ImportWays", NULL },
		{ "unmatched", "[ImportEntry]", "The first 1,000." },
		{ "unmatched_count", "integer", NULL },
		{ "skipped_duplicates", "integer", NULL }) },
	{ "ImportWays", FIELDS(
		{ "path", "integer", NULL },
		{ "audio", "integer", NULL },
		{ "tags", "integer", NULL },
		{ "fingerprint", "integer", NULL },
		{ "id", "integer", NULL }) },
	{ "ImportEntry", FIELDS(
		{ "index", "integer", "From 0." },
		{ "path", "string?", NULL },
		{ "artist", "string?", NULL },
		{ "title", "string?", NULL },
		{ "duration_ms", "integer?", NULL }) },
	{ "PlaylistStats", FIELDS(
		{ "track_count", "integer", NULL },
		{ "duration_ms", "integer", NULL },
		{ "play_count", "integer", NULL },
		{ "artist_count", "integer", NULL },
		{ "album_count", "integer", NULL },
		{ "favorite_count", "integer", NULL },
		{ "hidden_count", "integer", "Tracks that have left the library for now." },
		{ "last_added_at", "time?", NULL },
		{ "genres", "[NameCount]", NULL },
		{ "years", "[DecadeCount]", NULL }) },
	{ "NameCount", FIELDS(
		{ "name", "string", NULL },
		{ "count", "integer", NULL }) },
	{ "DecadeCount", FIELDS(
		{ "decade", "integer", NULL },
		{ "count", "integer", NULL }) },
	{ "RuleLabel", FIELDS(
		{ "en", "string", NULL },
		{ "ru", "string", NULL }) },
	{ "RuleField", FIELDS(
		{ "name", "string", NULL },
		{ "type", "string", "text, choice, number, date or bool." },
		{ "label", "RuleLabel", NULL },
		{ "unit", "string?", NULL },
		{ "min", "number?", NULL },
		{ "max", "number?", NULL },
		{ "whole", "boolean", "A number without a fraction." },
		{ "per_user", "boolean", "Of the playlist's owner." },
		{ "choices", "[string]?", NULL },
		{ "ops", "[string]", NULL }) },
	{ "RuleOp", FIELDS(
		{ "name", "string", NULL },
		{ "label", "RuleLabel", NULL },
		{ "value", "string", "one, range, days or none." }) },
	{ "RuleSort", FIELDS(
		{ "name", "string", NULL },
		{ "label", "RuleLabel", NULL }) },
	{ "RuleLimits", FIELDS(
		{ "rules", "integer", NULL },
		{ "depth", "integer", NULL },
		{ "limit", "integer", NULL },
		{ "text", "integer", NULL },
		{ "days", "integer", NULL }) },
	{ "RuleFields", FIELDS(
		{ "fields", "[RuleField]", NULL },
		{ "ops", "[RuleOp]", NULL },
		{ "sorts", "[RuleSort]", NULL },
		{ "limits", "RuleLimits", NULL }) },
	{ "RulePreview", FIELDS(
		{ "items", "[Track]", NULL },
		{ "total", "integer", NULL },
		{ "duration_ms", "integer", NULL }) },
	{ "Taste", FIELDS(
		{ "type", "string", "track, album, artist or playlist." },
		{ "id", "integer", NULL },
		{ "is_favorite", "boolean", NULL },
		{ "rating", "integer?", "1 to 5." },
		{ "favorited_at", "time?", NULL }) },
	{ "FavoriteIds", FIELDS(
		{ "type", "string", "track, album, artist or playlist." },
		{ "ids", "[integer]", "The newest first." },
		{ "ratings", "any", "Ratings by id." }) },
	{ "PlayQueue", FIELDS(
		{ "version", "integer", "0: nothing was ever saved." },
		{ "track_ids", "[integer]", NULL },
		{ "items", "[Track]?", "With tracks=true." },
		{ "current_index", "integer", NULL },
		{ "position_ms", "integer", NULL },
		{ "device", "string?", "Who saved it." },
		{ "shuffle", "boolean", NULL },
		{ "repeat", "string", "off, all or one." },
		{ "context", "PlayContext?", NULL },
		{ "current", "Track?", NULL },
		{ "updated_at", "time?", NULL }) },
	{ "PlayContext", FIELDS(
		{ "type", "string", "album, playlist, artist, genre or track." },
		{ "id", "integer", NULL }) },
	{ "PlayQueueSaved", FIELDS(
		{ "version", "integer", NULL },
		{ "updated_at", "time", NULL }) },
	{ "ContinueItem", FIELDS(
		{ "type", "string", "album, playlist, artist, genre or track." },
		{ "id", "integer", NULL },
		{ "title", "string", NULL },
		{ "subtitle", "string?", NULL },
		{ "cover_url", "string?", NULL },
		{ "track", "Track", "Where one stopped." },
		{ "position_ms", "integer", NULL },
		{ "index", "integer", NULL },
		{ "updated_at", "time", NULL }) },
	{ "ContinueList", FIELDS(
		{ "items", "[ContinueItem]", NULL }) },
	{ "GenreStats", FIELDS(
		{ "track_count", "integer", NULL },
		{ "album_count", "integer", NULL },
		{ "artist_count", "integer", NULL },
		{ "duration_ms", "integer", NULL },
		{ "top_artists", "[Artist]", NULL }) },
	{ "Lyrics", FIELDS(
		{ "synced", "boolean", NULL },
		{ "lines", "[LyricsLine]", NULL },
		{ "text", "string", NULL }) },
	{ "Waveform", FIELDS(
		{ "duration_ms", "integer", NULL },
		{ "peaks", "[integer]", "Of equal parts of the track: the "
		  "largest sample, 255 is full scale." },
		{ "rms", "[integer]", "Of the same parts: how loud they are." }) },
	{ "GenreGuess", FIELDS(
		{ "name", "string", NULL },
		{ "confidence", "number", "0 to 1." }) },
	{ "TrackAnalysis", FIELDS(
		{ "analysed_at", "time", NULL },
		{ "version", "integer", "Of the analyser." },
		{ "error", "string?", "Why the sound could not be heard." },
		{ "loudness_lufs", "number?", NULL },
		{ "loudness_range_lu", "number?", NULL },
		{ "true_peak_dbtp", "number?", NULL },
		{ "start_silence_ms", "number", NULL },
		{ "end_silence_ms", "number", NULL },
		{ "tempo", "number?", "Beats per minute." },
		{ "other_tempo", "number?", "Double or half of it: the next "
		  "best reading." },
		{ "tempo_confidence", "number?", "0 to 1." },
		{ "key", "string?", NULL },
		{ "key_confidence", "number?", "0 to 1." },
		{ "energy", "number?", "0 to 1." },
		{ "valence", "number?", "0 to 1." },
		{ "danceability", "number?", "0 to 1." },
		{ "genre", "string?", "Unknown unless it is sure enough." },
		{ "genres", "[GenreGuess]", "The likeliest first." }) },
	{ "LyricsLine", FIELDS(
		{ "time_ms", "integer?", NULL },
		{ "text", "string", NULL }) },
	{ "Facet", FIELDS(
		{ "value", "any", "A genre's or artist's name, or a year." },
		{ "count", "integer", NULL }) },
	{ "ArtistFacet", FIELDS(
		{ "value", "string", NULL },
		{ "id", "integer", NULL },
		{ "count", "integer", NULL }) },
	{ "Facets", FIELDS(
		{ "genre", "[Facet]", NULL },
		{ "year", "[Facet]", NULL },
		{ "artist", "[ArtistFacet]", NULL }) },
	HITS("TrackHits", "[TrackHit]"),
	HITS("AlbumHits", "[AlbumHit]"),
	HITS("ArtistHits", "[ArtistHit]"),
	HITS("PlaylistHits", "[PlaylistHit]"),
	{ "HitGroup", FIELDS(
		{ "items", "[any]", NULL },
		{ "total", "integer", NULL }) },
	{ "TopHit", FIELDS(
		{ "type", "string", "track, album, artist or playlist." },
		{ "item", "any", NULL }) },
	{ "MultiHits", FIELDS(
		{ "top", "TopHit?", NULL },
		{ "tracks", "HitGroup", NULL },
		{ "albums", "HitGroup", NULL },
		{ "artists", "HitGroup", NULL },
		{ "playlists", "HitGroup", NULL },
		{ "did_you_mean", "string?", NULL },
		{ "engine", "string", NULL },
		{ "took_ms", "number", NULL }) },
	{ "Suggestion", FIELDS(
		{ "type", "string", "track, album, artist or playlist." },
		{ "id", "integer", NULL },
		{ "text", "string", NULL },
		{ "subtitle", "string?", NULL },
		{ "cover_url", "string?", NULL },
		{ "highlights", "[HighlightPiece]", NULL }) },
	{ "Suggestions", FIELDS(
		{ "items", "[Suggestion]", NULL },
		{ "did_you_mean", "string?", NULL },
		{ "engine", "string", NULL },
		{ "took_ms", "number", NULL }) },
	{ "User", FIELDS(USER_FIELDS) },
	{ "UserLogin", FIELDS(
		{ "provider", "string", "telegram, or an issuer." },
		{ "subject", "string", NULL },
		{ "name", "string?", NULL },
		{ "created_at", "time", NULL }) },
	{ "Me", FIELDS(USER_FIELDS,
		{ "csrf_token", "string?", "With a cookie: for X-CSRF-Token." },
		{ "proof", "string", "token, session, key or proxy." },
		{ "scopes", "[string]", NULL },
		{ "logins", "[UserLogin]", NULL }) },
	{ "SignedIn", FIELDS(
		{ "access_token", "string?", NULL },
		{ "refresh_token", "string?", NULL },
		{ "token_type", "string?", "bearer" },
		{ "csrf_token", "string?", "With a cookie." },
		{ "signed_in", "boolean", "False: waits for approval." },
		{ "expires_in", "integer", "Seconds." },
		{ "user", "User", NULL }) },
	{ "AuthConfig", FIELDS(
		{ "registration", "string",
		  "open, invitation, approval or closed." },
		{ "telegram", "boolean", NULL },
		{ "telegram_bot", "string?", "Its username." },
		{ "telegram_bot_id", "integer?", "For Telegram's sign-in page." },
		{ "oidc", "boolean", "Single sign-on." },
		{ "oidc_name", "string?", "What its button says." },
		{ "password_min", "integer", NULL },
		{ "members_only", "boolean",
		  "Nothing is shown to who is not signed in." },
		{ "setup_needed", "boolean", NULL }) },
	{ "NewUser", FIELDS(USER_FIELDS,
		{ "link", "string?", "Where they choose a password." }) },
	{ "Person", FIELDS(USER_FIELDS,
		{ "reviewed_by", "integer?", NULL },
		{ "reviewed_at", "time?", NULL },
		{ "sessions", "[Session]", NULL },
		{ "keys", "[Key]", NULL },
		{ "logins", "[UserLogin]", NULL }) },
	{ "NewLink", FIELDS(
		{ "link", "string", NULL },
		{ "expires_at", "time", NULL }) },
	{ "BulkRefusal", FIELDS(
		{ "id", "integer", NULL },
		{ "error", "string", NULL },
		{ "reason", "string", NULL }) },
	{ "BulkOutcome", FIELDS(
		{ "changed", "[integer]", NULL },
		{ "refused", "[BulkRefusal]", NULL }) },
	{ "TagWrite", FIELDS(
		{ "id", "integer", NULL },
		{ "track_id", "integer", NULL },
		{ "title", "string", "Of the track now." },
		{ "artist", "string", NULL },
		{ "path", "string", "The file." },
		{ "state", "string", "prepared, written, confirmed, undone "
				     "or refused." },
		{ "reason", "string?", "Why it was refused." },
		{ "fields", "any", "Each with was and becomes." },
		{ "created_at", "time", NULL },
		{ "updated_at", "time", NULL }) },
	{ "TagWriteAnswer", FIELDS(
		{ "write", "TagWrite?", NULL }) },
	{ "QualityCheck", FIELDS(
		{ "name", "string", NULL },
		{ "kind", "string", "Of the things: track, album or file." },
		{ "count", "integer", NULL }) },
	{ "QualityIndex", FIELDS(
		{ "library_tracks", "integer", NULL },
		{ "index_tracks", "integer?", "null: it cannot be asked." },
		{ "scanning", "boolean",
		  "The two are counted apart while a scan goes on." }) },
	{ "Quality", FIELDS(
		{ "checks", "[QualityCheck]", NULL },
		{ "index", "QualityIndex", NULL }) },
	{ "OddThing", FIELDS(
		{ "id", "integer", NULL },
		{ "kind", "string", NULL },
		{ "title", "string", "Of a file: its path." },
		{ "detail", "string?", "The artist; of a file the reason." },
		{ "source_id", "integer?", NULL }) },
	{ "CleanupSuggestion", FIELDS(
		{ "id", "integer", NULL },
		{ "rule", "string", "A name out of /cleanup/rules." },
		{ "kind", "string", "track, album or artist." },
		{ "thing_id", "integer", NULL },
		{ "title", "string?", "Of the thing now; an artist's name." },
		{ "artist", "string?", NULL },
		{ "field", "string", NULL },
		{ "was", "string", NULL },
		{ "becomes", "string?", "null: nothing, or nobody knows." },
		{ "change", "any?", "What the edit sets; null: a person has "
				    "to look." },
		{ "confidence", "integer", "In percent." },
		{ "state", "string", "open, accepted, dismissed or undone." },
		{ "automatic", "boolean", "Nobody was asked." },
		{ "created_at", "time", NULL },
		{ "decided_at", "time?", NULL },
		{ "decided_by", "string?", NULL }) },
	{ "CleanupRule", FIELDS(
		{ "name", "string", NULL },
		{ "summary", "string", "In the caller's language." },
		{ "suggests", "boolean", "false: it only points at things." },
		{ "open", "integer", NULL },
		{ "accepted", "integer", NULL },
		{ "dismissed", "integer", NULL },
		{ "undone", "integer", NULL },
		{ "automatic", "integer", "Of those that are accepted." }) },
	{ "AuditRow", FIELDS(
		{ "id", "integer", NULL },
		{ "admin_user_id", "integer?", "Null: the operator." },
		{ "admin_username", "string?", NULL },
		{ "action", "string", NULL },
		{ "model_name", "string", NULL },
		{ "model_id", "integer?", NULL },
		{ "old_values", "any?", NULL },
		{ "new_values", "any?", NULL },
		{ "ip_address", "string?", NULL },
		{ "user_agent", "string?", NULL },
		{ "created_at", "time", NULL }) },
	{ "RequestRow", FIELDS(
		{ "id", "integer", "Grows with time." },
		{ "at", "time", NULL },
		{ "user_id", "integer?", "Null: nobody signed in." },
		{ "username", "string?", NULL },
		{ "method", "string", NULL },
		{ "path", "string", "The route's pattern." },
		{ "status", "integer", NULL },
		{ "took_us", "integer", NULL },
		{ "ip_address", "string?", NULL },
		{ "user_agent", "string?", NULL }) },
	{ "RequestLog", FIELDS(
		{ "items", "[RequestRow]", NULL },
		{ "total", "integer?", "null: not counted." },
		{ "next_cursor", "string?", NULL },
		LOG_SEARCHED_TO) },
	{ "SearchRow", FIELDS(
		{ "id", "integer", "Grows with time." },
		{ "at", "time", NULL },
		{ "user_id", "integer?", "Null: nobody signed in." },
		{ "username", "string?", NULL },
		{ "query", "string", NULL },
		{ "surface", "string?", NULL },
		{ "results", "integer", NULL },
		{ "took_us", "integer", NULL },
		{ "clicked_type", "string?", NULL },
		{ "clicked_id", "integer?", NULL }) },
	{ "SearchLog", FIELDS(
		{ "items", "[SearchRow]", NULL },
		{ "total", "integer?", "null: not counted." },
		{ "next_cursor", "string?", NULL },
		LOG_SEARCHED_TO) },
	{ "ActivityRow", FIELDS(
		{ "id", "integer", "Grows with time." },
		{ "at", "time", NULL },
		{ "user_id", "integer?", "Null: nobody signed in." },
		{ "username", "string?", NULL },
		{ "action", "string", NULL },
		{ "object_type", "string?", NULL },
		{ "object_id", "integer?", NULL },
		{ "session_duration_minutes", "integer?",
		  "Of a visit, which is told of when its person was away for "
		  "half an hour; null else." },
		{ "tracks_played", "integer?", "Of a visit." },
		{ "searches_made", "integer?", "Of a visit." }) },
	{ "ActivityLog", FIELDS(
		{ "items", "[ActivityRow]", NULL },
		{ "total", "integer?", "null: not counted." },
		{ "next_cursor", "string?", NULL },
		LOG_SEARCHED_TO) },
	{ "Invitation", FIELDS(INVITATION_FIELDS) },
	{ "NewInvitation", FIELDS(INVITATION_FIELDS,
		{ "code", "string", "Shown this once." },
		{ "link", "string", NULL }) },
	{ "RoleCounts", FIELDS(
		{ "user", "integer", NULL },
		{ "artist", "integer", NULL },
		{ "moderator", "integer", NULL },
		{ "admin", "integer", NULL },
		{ "superadmin", "integer", NULL }) },
	{ "UserCounts", FIELDS(
		{ "total", "integer", NULL },
		{ "active", "integer", NULL },
		{ "pending", "integer", NULL },
		{ "blocked", "integer", NULL },
		{ "new_7d", "integer", NULL },
		{ "by_role", "RoleCounts", NULL }) },
	{ "LibraryCounts", FIELDS(
		{ "tracks", "integer", NULL },
		{ "albums", "integer", NULL },
		{ "artists", "integer", NULL },
		{ "genres", "integer", NULL },
		{ "duration_ms", "integer", NULL },
		{ "size_bytes", "integer", NULL }) },
	{ "JobCounts", FIELDS(
		{ "running", "integer", NULL },
		{ "queued", "integer", NULL },
		{ "failed", "integer", NULL }) },
	{ "SessionCounts", FIELDS(
		{ "active", "integer", NULL }) },
	{ "StreamCounts", FIELDS(
		{ "active", "integer", "Channels on the air." },
		{ "listeners", "integer", NULL },
		{ "queue_items", "integer", NULL }) },
	{ "StorageCounts", FIELDS(
		{ "disk_percent", "number", "Of the data folder's disk." }) },
	{ "Dashboard", FIELDS(
		{ "users", "UserCounts", NULL },
		{ "library", "LibraryCounts", NULL },
		{ "streams", "StreamCounts", NULL },
		{ "storage", "StorageCounts", NULL },
		{ "jobs", "JobCounts", NULL },
		{ "sessions", "SessionCounts", NULL },
		{ "audit", "[AuditRow]", "The last ten." },
		{ "uptime_seconds", "integer", NULL }) },
	{ "Setting", FIELDS(
		{ "group", "string", NULL },
		{ "name", "string", NULL },
		{ "value", "string", "*** for a secret that is set." },
		{ "unit", "string?", NULL },
		{ "origin", "string", "default, file, environment or flag." },
		{ "summary", "string", NULL }) },
	{ "Settings", FIELDS(
		{ "items", "[Setting]", NULL },
		{ "total", "integer", NULL },
		{ "next_cursor", "string?", NULL },
		{ "groups", "[string]", "Of all settings, in their order." }) },
	{ "Key", FIELDS(KEY_FIELDS) },
	{ "NewKey", FIELDS(KEY_FIELDS,
		{ "key", "string", "Shown this once." }) },
	{ "Session", FIELDS(SESSION_FIELDS) },
	{ "Link", FIELDS(
		{ "purpose", "string", "setup or password." },
		{ "username", "string?", NULL }) },
	{ "Library", FIELDS(
		{ "tracks", "integer", NULL },
		{ "albums", "integer", NULL },
		{ "artists", "integer", NULL },
		{ "genres", "integer", NULL },
		{ "duration_ms", "integer", NULL },
		{ "size_bytes", "integer", NULL },
		{ "last_scan_at", "time?", NULL },
		{ "scanning", "boolean", NULL }) },
	{ "Rejection", FIELDS(
		{ "index", "integer", "In the list that was sent." },
		{ "field", "string", NULL },
		{ "message", "string", NULL }) },
	{ "ListenReceipt", FIELDS(
		{ "accepted", "integer", NULL },
		{ "duplicates", "integer", "Seen before; passed over." },
		{ "plays", "integer", "Counted as plays now." },
		{ "rejected", "[Rejection]", NULL }) },
	{ "Accepted", FIELDS({ "accepted", "integer", NULL }) },
	{ "HistoryItem", FIELDS(
		{ "track", "Track?", "null: it has left the library." },
		{ "track_id", "integer", NULL },
		{ "played_at", "time", NULL },
		{ "reported_at", "time", NULL },
		{ "action", "string", NULL },
		{ "heard_ms", "integer", NULL },
		{ "counted", "boolean", "As a play." },
		{ "source", "string", NULL },
		{ "source_id", "integer?", NULL },
		{ "platform", "string?", NULL },
		{ "device_type", "string?", NULL },
		{ "client", "string?", NULL }) },
	{ "History", FIELDS(
		{ "items", "[HistoryItem]", NULL },
		{ "total", "integer?", "null: not counted." },
		{ "next_cursor", "string?", NULL }) },
	{ "Recommendation", FIELDS(
		{ "track", "Track", NULL },
		{ "reason", "string", "In the caller's language." },
		{ "reason_kind", "string",
		  "co_listening, sound, artist, genre or popular." },
		{ "because_track_id", "integer?", NULL },
		{ "because_artist_id", "integer?", NULL },
		{ "score", "number", "0 to 1." }) },
	{ "Recommendations", FIELDS(
		{ "items", "[Recommendation]", NULL },
		{ "total", "integer", NULL },
		{ "next_cursor", "string?", NULL }) },
	{ "Period", FIELDS(
		{ "from", "time", NULL },
		{ "to", "time", "Not included." },
		{ "interval", "string", NULL },
		{ "days", "integer", NULL }) },
	{ "ListenPart", FIELDS({ "name", "string", NULL }, SUM_FIELDS) },
	{ "ListenPoint", FIELDS(POINT_FIELDS) },
	{ "UserPoint", FIELDS(POINT_FIELDS, { "skips", "integer", NULL }) },
	{ "ThingPoint", FIELDS(POINT_FIELDS, { "skips", "integer", NULL },
		{ "listeners", "integer", NULL }) },
	{ "ArtistPoint", FIELDS(POINT_FIELDS, { "skips", "integer", NULL },
		{ "listeners", "integer", NULL },
		{ "listeners_28d", "integer",
		  "In the 28 days that end with the step." }) },
	{ "PlatformPoint", FIELDS(POINT_FIELDS,
		{ "listeners", "integer", NULL },
		{ "listeners_28d", "integer", NULL },
		{ "active_users", "integer", NULL },
		{ "new_users", "integer", NULL },
		{ "searches", "integer", NULL },
		{ "requests", "integer", NULL },
		{ "errors", "integer", NULL }) },
	{ "ArtistRef", FIELDS(
		{ "id", "integer", NULL },
		{ "name", "string", NULL },
		{ "cover_url", "string?", NULL }) },
	{ "AlbumRef", FIELDS(
		{ "id", "integer", NULL },
		{ "title", "string", NULL },
		{ "artist", "string?", NULL },
		{ "artist_id", "integer?", NULL },
		{ "year", "integer?", NULL },
		{ "cover_url", "string?", NULL }) },
	{ "HeardTrack", FIELDS({ "track", "Track", NULL }, HEARD_FIELDS) },
	{ "HeardArtist", FIELDS({ "artist", "ArtistRef", NULL },
		HEARD_FIELDS) },
	{ "HeardAlbum", FIELDS({ "album", "AlbumRef", NULL }, HEARD_FIELDS) },
	{ "HeardGenre", FIELDS({ "genre", "GenreRef", NULL }, HEARD_FIELDS) },
	{ "FadedTrack", FIELDS(
		{ "track", "Track", NULL },
		{ "plays", "integer", NULL },
		{ "last_played_at", "time", NULL }) },
	{ "Streaks", FIELDS(
		{ "current_days", "integer", NULL },
		{ "longest_days", "integer", NULL },
		{ "longest_from", "string?", NULL },
		{ "longest_to", "string?", NULL }) },
	{ "UserTotals", FIELDS(SUM_FIELDS,
		{ "tracks", "integer", NULL },
		{ "artists", "integer", NULL },
		{ "albums", "integer", NULL },
		{ "active_days", "integer", NULL }) },
	{ "Heard", FIELDS(HEARD_FIELDS) },
	{ "UserReport", FIELDS(
		{ "user_id", "integer", NULL },
		{ "period", "Period", NULL },
		{ "totals", "UserTotals", NULL },
		{ "previous", "Heard", NULL },
		{ "series", "[UserPoint]", NULL },
		{ "weekday_hours", "[[integer]]",
		  "Milliseconds; Monday first." },
		{ "streaks", "Streaks", NULL },
		{ "top_tracks", "[HeardTrack]", NULL },
		{ "top_artists", "[HeardArtist]", NULL },
		{ "top_albums", "[HeardAlbum]", NULL },
		{ "top_genres", "[HeardGenre]", NULL },
		{ "sources", "[ListenPart]", NULL },
		{ "platforms", "[ListenPart]", NULL },
		{ "devices", "[ListenPart]", NULL },
		{ "clients", "[ListenPart]", NULL },
		{ "rediscover", "[FadedTrack]", NULL }) },
	{ "RecapUser", FIELDS(
		{ "id", "integer", NULL },
		{ "username", "string", NULL },
		{ "full_name", "string?", NULL }) },
	{ "RecapMonth", FIELDS({ "month", "integer", NULL }, HEARD_FIELDS) },
	{ "RecapPeak", FIELDS(
		{ "weekday", "integer", "0: Monday." },
		{ "hour", "integer", NULL }) },
	{ "RecapDay", FIELDS({ "date", "string", NULL }, HEARD_FIELDS) },
	{ "RecapFirst", FIELDS(
		{ "track", "Track", NULL },
		{ "played_at", "time", NULL }) },
	{ "Recap", FIELDS(
		{ "year", "integer", NULL },
		{ "user", "RecapUser", NULL },
		HEARD_FIELDS,
		{ "tracks", "integer", NULL },
		{ "artists", "integer", NULL },
		{ "albums", "integer", NULL },
		{ "genres", "integer", NULL },
		{ "active_days", "integer", NULL },
		{ "new_artists", "integer", "Heard for the first time." },
		{ "previous_year", "Heard", NULL },
		{ "longest_streak_days", "integer", NULL },
		{ "months", "[RecapMonth]", NULL },
		{ "weekday_hours", "[[integer]]", NULL },
		{ "peak", "RecapPeak?", NULL },
		{ "top_day", "RecapDay?", NULL },
		{ "first_play", "RecapFirst?", NULL },
		{ "top_tracks", "[HeardTrack]", NULL },
		{ "top_artists", "[HeardArtist]", NULL },
		{ "top_albums", "[HeardAlbum]", NULL },
		{ "top_genres", "[HeardGenre]", NULL }) },
	{ "ThingTotals", FIELDS(SUM_FIELDS,
		{ "listeners", "integer", NULL }) },
	{ "ArtistTotals", FIELDS(SUM_FIELDS,
		{ "listeners", "integer", NULL },
		{ "listeners_28d", "integer", NULL }) },
	{ "TrackReport", FIELDS(
		{ "track", "Track", NULL },
		{ "period", "Period", NULL },
		{ "totals", "ThingTotals", NULL },
		{ "series", "[ThingPoint]", NULL },
		{ "sources", "[ListenPart]", NULL }) },
	{ "TrackSums", FIELDS({ "track", "Track", NULL }, SUM_FIELDS) },
	{ "HeardBefore", FIELDS(HEARD_FIELDS,
		{ "listeners", "integer", NULL }) },
	{ "ArtistReport", FIELDS(
		{ "artist", "ArtistRef", NULL },
		{ "period", "Period", NULL },
		{ "totals", "ArtistTotals", NULL },
		{ "previous", "HeardBefore", NULL },
		{ "series", "[ArtistPoint]", NULL },
		{ "sources", "[ListenPart]", NULL },
		{ "tracks", "[TrackSums]", NULL }) },
	{ "ArtistStats", FIELDS(
		{ "artist", "ArtistRef", NULL },
		{ "period", "Period", NULL },
		{ "totals", "ThingTotals", NULL },
		{ "series", "[ThingPoint]", NULL }) },
	{ "PlatformTotals", FIELDS(SUM_FIELDS,
		{ "listeners", "integer", NULL },
		{ "active_users", "integer", NULL },
		{ "new_users", "integer", NULL },
		{ "users", "integer", NULL },
		{ "searches", "integer", NULL },
		{ "searches_without_results", "integer", NULL },
		{ "requests", "integer", NULL },
		{ "errors", "integer", "Answers of 500 and up." },
		{ "refused", "integer", "Answers of 400 to 499." }) },
	{ "PlatformBefore", FIELDS(HEARD_FIELDS,
		{ "active_users", "integer", NULL },
		{ "new_users", "integer", NULL },
		{ "searches", "integer", NULL },
		{ "requests", "integer", NULL },
		{ "errors", "integer", NULL }) },
	{ "NamedCount", FIELDS(
		{ "name", "string", NULL },
		{ "count", "integer", NULL }) },
	{ "QueryCount", FIELDS(
		{ "query", "string", NULL },
		{ "count", "integer", NULL },
		{ "without_results", "integer", NULL }) },
	{ "EventCounts", FIELDS(
		{ "accepted", "integer", NULL },
		{ "dropped", "integer", NULL },
		{ "waiting", "integer", NULL }) },
	{ "PlatformReport", FIELDS(
		{ "period", "Period", NULL },
		{ "totals", "PlatformTotals", NULL },
		{ "previous", "PlatformBefore", NULL },
		{ "series", "[PlatformPoint]", NULL },
		{ "hours", "[integer]", "Plays by UTC hour." },
		{ "platforms", "[ListenPart]", NULL },
		{ "devices", "[ListenPart]", NULL },
		{ "clients", "[ListenPart]", NULL },
		{ "countries", "[ListenPart]", NULL },
		{ "sources", "[ListenPart]", NULL },
		{ "actions", "[NamedCount]", NULL },
		{ "top_queries", "[QueryCount]", NULL },
		{ "events", "EventCounts", NULL }) },
	{ "RankedTrack", FIELDS({ "track", "Track", NULL }, RANK_FIELDS) },
	{ "RankedArtist", FIELDS({ "artist", "ArtistRef", NULL },
		RANK_FIELDS) },
	{ "RankedGenre", FIELDS({ "genre", "GenreRef", NULL }, RANK_FIELDS) },
	{ "PopularTracks", FIELDS(POPULAR_FIELDS("[RankedTrack]")) },
	{ "PopularArtists", FIELDS(POPULAR_FIELDS("[RankedArtist]")) },
	{ "PopularGenres", FIELDS(POPULAR_FIELDS("[RankedGenre]")) },
	{ "RisingTrack", FIELDS({ "track", "Track", NULL }, RISE_FIELDS) },
	{ "RisingArtist", FIELDS({ "artist", "ArtistRef", NULL },
		RISE_FIELDS) },
	{ "RisingGenre", FIELDS({ "genre", "GenreRef", NULL }, RISE_FIELDS) },
	{ "TrendTotals", FIELDS(
		{ "plays", "integer", NULL },
		{ "previous_plays", "integer", NULL },
		{ "heard_ms", "integer", NULL },
		{ "previous_heard_ms", "integer", NULL }) },
	{ "Trends", FIELDS(
		{ "period", "Period", NULL },
		{ "previous_period", "Period", NULL },
		{ "totals", "TrendTotals", NULL },
		{ "rising_tracks", "[RisingTrack]", NULL },
		{ "rising_artists", "[RisingArtist]", NULL },
		{ "rising_genres", "[RisingGenre]", NULL },
		{ "series", "[ListenPoint]", NULL }) },
	{ "PresentUser", FIELDS(
		{ "id", "integer", NULL },
		{ "username", "string", NULL }) },
	{ "NowPlaying", FIELDS(
		{ "track", "Track", NULL },
		{ "user", "PresentUser?", "null: not signed in." },
		{ "since", "time", NULL },
		{ "platform", "string?", NULL }) },
	{ "ActiveUsers", FIELDS(
		{ "at", "time", NULL },
		{ "active_users", "integer", "In five minutes." },
		{ "last_15_minutes", "integer", NULL },
		{ "last_hour", "integer", NULL },
		{ "listening", "integer", "People and sessions." },
		{ "now_playing", "[NowPlaying]", NULL }) },
	{ "TrackLink", FIELDS(
		{ "stream_url", "string", NULL },
		{ "download_url", "string", NULL },
		{ "expires_at", "time", NULL }) },
	{ "ChannelLink", FIELDS(
		{ "mp3", "string", NULL },
		{ "aac", "string", NULL },
		{ "opus", "string", NULL },
		{ "ogg", "string", NULL },
		{ "hls", "string", "Its list signs the files it names." },
		{ "expires_at", "time", NULL }) },
	{ "SystemMetrics", FIELDS(
		{ "cpu_percent", "number", NULL },
		{ "memory_percent", "number", NULL },
		{ "disk_percent", "number", "Where the data lies." },
		{ "active_streams", "integer", "Channels on the air." },
		{ "total_listeners", "integer", NULL },
		{ "queue_items", "integer", NULL },
		{ "websocket_connections", "integer", NULL },
		{ "uptime_seconds", "integer", NULL },
		{ "timestamp", "time", NULL }) },
	{ "StreamMetrics", FIELDS(
		{ "channel_id", "integer", NULL },
		{ "title", "string", NULL },
		{ "status", "string", "playing, paused, stopped or placeholder." },
		{ "on_air", "boolean", NULL },
		{ "is_public", "boolean", NULL },
		{ "listeners", "integer", NULL },
		{ "queue_size", "integer", NULL },
		{ "started_at", "time?", NULL },
		{ "current_track", "string?", NULL }) },
	{ "StreamMetricsList", FIELDS(
		{ "items", "[StreamMetrics]", NULL },
		{ "total", "integer", NULL }) },
	{ "WebSocketMetrics", FIELDS(
		{ "connections", "integer", NULL },
		{ "stats", "integer", "Of them at /ws/stats." },
		{ "monitoring", "integer", NULL },
		{ "playlist", "integer", NULL },
		{ "max", "integer", NULL },
		{ "dropped", "integer", "Cut off since the start because they did not read." }) },
	{ "MetricHistory", FIELDS(
		{ "metric", "string", NULL },
		{ "interval", "string", NULL },
		{ "from", "time", NULL },
		{ "to", "time", NULL },
		{ "points", "[MetricPoint]", NULL }) },
	{ "MetricPoint", FIELDS(
		{ "at", "time", "Beginning of the interval." },
		{ "value", "number", "Mean." },
		{ "min", "number", NULL },
		{ "max", "number", NULL }) },
	{ "IcecastStatus", FIELDS(
		{ "icestats", "any",
		  "source: an object when there is one stream, an array when "
		  "there are several." }) },
	{ "Stats", FIELDS(
		{ "active_streams", "integer", "Channels on air." },
		{ "total_listeners", "integer", NULL },
		{ "queue_items", "integer", NULL },
		{ "uptime", "integer", "Seconds." }) },
	{ "Health", FIELDS(
		{ "status", "string", "ok, degraded or down." },
		{ "version", "string", NULL },
		{ "uptime_seconds", "integer", NULL }) },
	{ "ServiceHealth", FIELDS(
		{ "name", "string", NULL },
		{ "driver", "string", NULL },
		{ "required", "boolean", NULL },
		{ "state", "string", "up or down." },
		{ "latency_ms", "number", NULL },
		{ "reason", "string?", NULL }) },
	{ "Readiness", FIELDS(
		{ "status", "string", "ok, degraded or down." },
		{ "services", "[ServiceHealth]", NULL }) },
	{ 0 },
};
/* clang-format on */
