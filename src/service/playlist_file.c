/* playlist_file.c - M3U and JSON, and the choice between formats; see
 * playlist_file.h. XSPF is in playlist_file_xspf.c. */
#include "service/playlist_file_private.h"

#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/json.h"
#include "library/fingerprint.h"
#include "media/read/codepage.h"

static const char *const format_names[] = { "auto", "m3u8", "xspf", "json" };

bool
playlist_format_parse(const char *name, enum playlist_format *out)
{
	if (strcmp(name, "m3u") == 0)
		name = "m3u8";
	for (size_t i = 0; i < ARRAY_LENGTH(format_names); i++) {
		if (strcmp(format_names[i], name) != 0)
			continue;
		*out = (enum playlist_format)i;
		return true;
	}
	return false;
}

const char *
playlist_format_name(enum playlist_format format)
{
	return format_names[format];
}

const char *
playlist_format_type(enum playlist_format format)
{
	switch (format) {
	case PLAYLIST_FORMAT_XSPF:
		return "application/xspf+xml";
	case PLAYLIST_FORMAT_JSON:
		return "application/json";
	case PLAYLIST_FORMAT_AUTO:
	case PLAYLIST_FORMAT_M3U:
		break;
	}
	return "audio/mpegurl";
}

/* ---- entries --------------------------------------------------------------
 */

struct track_wanted *
reading_add(struct file_reading *reading, struct fault *fault)
{
	struct playlist_file *file = &reading->file;

	if (file->count == PLAYLIST_FILE_ENTRIES_MAX) {
		fault_field(fault, STATUS_INVALID, "file",
			    "a playlist file has at most %d entries",
			    PLAYLIST_FILE_ENTRIES_MAX);
		return NULL;
	}
	if (file->count == reading->room) {
		size_t room = reading->room == 0 ? 64 : reading->room * 2;
		struct track_wanted *wider =
			arena_new(reading->arena, struct track_wanted, room);

		if (file->count > 0)
			memcpy(wider, file->entries,
			       file->count * sizeof *wider);
		file->entries = wider;
		reading->room = room;
	}
	return &file->entries[file->count++];
}

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

/* NULL for what is blank. Without control characters, cut to the bound. */
const char *
reading_text(struct file_reading *reading, struct span text)
{
	char *copy;

	while (text.length > 0 && is_blank(text.at[0])) {
		text.at++;
		text.length--;
	}
	if (text.length > PLAYLIST_FILE_TEXT_MAX)
		text.length =
			utf8_cut(text.at, text.length, PLAYLIST_FILE_TEXT_MAX);
	while (text.length > 0 && is_blank(text.at[text.length - 1]))
		text.length--;
	if (text.length == 0)
		return NULL;
	copy = arena_copy_bytes(reading->arena, text.at, text.length);
	for (char *at = copy; *at != '\0'; at++) {
		if (is_blank(*at))
			*at = ' ';
	}
	return copy;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes %20 of an address, when that gives text. */
const char *
reading_address(struct file_reading *reading, const char *text)
{
	char *copy, *to;

	if (text == NULL || strchr(text, '%') == NULL)
		return text;
	to = copy = arena_copy_text(reading->arena, text);
	for (const char *at = text; *at != '\0';) {
		int high = at[0] == '%' ? hex_digit(at[1]) : -1;
		int low = high >= 0 ? hex_digit(at[2]) : -1;
		int byte = high * 16 + low;

		if (low >= 0 && byte > 0) {
			*to++ = (char)byte;
			at += 3;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return utf8_valid(copy, strlen(copy))
		       ? reading_text(reading, span_of(copy))
		       : text;
}

/* ---- M3U ------------------------------------------------------------------
 */

/* All as UTF-8, and what it was. */
static struct span
text_decode(struct file_reading *reading, struct span bytes)
{
	enum codepage page;
	char *text;

	if (bytes.length >= 3 && memcmp(bytes.at, "\xef\xbb\xbf", 3) == 0) {
		bytes.at += 3;
		bytes.length -= 3;
	}
	reading->file.encoding = "UTF-8";
	if (utf8_valid(bytes.at, bytes.length))
		return bytes;
	page = codepage_guess(bytes, NULL, CODEPAGE_THRESHOLD_LEGACY);
	text = codepage_decode(reading->arena, bytes, page);
	reading->file.encoding = codepage_name(page);
	return span_of(text);
}

/* Seconds before the comma, with a fraction or attributes behind. */
static int64_t
extinf_length(struct span text)
{
	size_t length = 0;
	double seconds;

	while (length < text.length &&
	       strchr("0123456789.", text.at[length]) != NULL)
		length++;
	text.length = length;
	if (!span_to_double(text, &seconds) || seconds <= 0 || seconds > 864000)
		return 0;
	return (int64_t)(seconds * 1000);
}

/* The comma that ends the length: not one within an attribute's quotes. */
static size_t
extinf_comma(struct span text)
{
	bool quoted = false;
	size_t at = 0;

	while (at < text.length && (quoted || text.at[at] != ',')) {
		if (text.at[at] == '"')
			quoted = !quoted;
		at++;
	}
	return at;
}

/* "123,Artist - Title". */
static void
extinf_read(struct file_reading *reading, struct span text,
	    struct track_wanted *out)
{
	size_t comma = extinf_comma(text);
	const char *said, *dash;

	out->duration_ms = extinf_length(text);
	if (comma == text.length)
		return;
	said = reading_text(reading, (struct span){ text.at + comma + 1,
						    text.length - comma - 1 });
	dash = said == NULL ? NULL : strstr(said, " - ");
	if (dash == NULL) {
		out->title = said;
		return;
	}
	out->artist = reading_text(
		reading, (struct span){ said, (size_t)(dash - said) });
	out->title = reading_text(reading, span_of(dash + 3));
}

static bool
line_starts(struct span *line, struct span word)
{
	if (line->length < word.length ||
	    strncasecmp(line->at, word.at, word.length) != 0)
		return false;
	line->at += word.length;
	line->length -= word.length;
	return true;
}

static enum status
m3u_line(struct file_reading *reading, struct span line,
	 struct track_wanted *next, struct fault *fault)
{
	struct track_wanted *entry;

	line = span_trim(line);
	if (line.length == 0)
		return STATUS_OK;
	if (line.at[0] == '#') {
		if (line_starts(&line, SPAN("#EXTINF:")))
			extinf_read(reading, line, next);
		else if (line_starts(&line, SPAN("#EXTART:")))
			next->artist = reading_text(reading, line);
		else if (line_starts(&line, SPAN("#EXTALB:")))
			next->album = reading_text(reading, line);
		else if (line_starts(&line, SPAN("#PLAYLIST:")))
			reading->file.title = reading_text(reading, line);
		return STATUS_OK;
	}
	next->path = reading_text(reading, line);
	if (next->path == NULL)
		return STATUS_OK;
	if (strstr(next->path, "://") != NULL)
		next->path = reading_address(reading, next->path);
	entry = reading_add(reading, fault);
	if (entry == NULL)
		return STATUS_INVALID;
	*entry = *next;
	*next = (struct track_wanted){ 0 };
	return STATUS_OK;
}

static enum status
m3u_read(struct file_reading *reading, struct span bytes, struct fault *fault)
{
	struct track_wanted next = { 0 };
	enum status status = STATUS_OK;
	struct span rest;

	if (memchr(bytes.at, '\0', bytes.length) != NULL)
		return fault_field(fault, STATUS_INVALID, "file",
				   "that is no text");
	rest = text_decode(reading, bytes);
	while (rest.length > 0 && status == STATUS_OK) {
		size_t end = 0;

		while (end < rest.length && rest.at[end] != '\n' &&
		       rest.at[end] != '\r')
			end++;
		status = m3u_line(reading, (struct span){ rest.at, end }, &next,
				  fault);
		end += end < rest.length;
		rest.at += end;
		rest.length -= end;
	}
	return status;
}

/* ---- JSON -----------------------------------------------------------------
 */

/* The first of the members that is a text. */
static const char *
json_word(struct file_reading *reading, const json_t *object,
	  const char *const *names)
{
	for (; *names != NULL; names++) {
		const json_t *value = json_object_get(object, *names);

		if (json_is_string(value))
			return reading_text(
				reading,
				(struct span){ json_string_value(value),
					       json_string_length(value) });
	}
	return NULL;
}

#define WORDS(...)                                                             \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

static int64_t
json_length(const json_t *object)
{
	double ms = json_number_value(json_object_get(object, "duration_ms"));
	double seconds = json_number_value(json_object_get(object, "duration"));

	if (ms <= 0)
		ms = seconds * 1000;
	return ms > 0 && ms < 864000000 ? (int64_t)ms : 0;
}

static int64_t
json_id(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) > 0
		       ? json_integer_value(value)
		       : 0;
}

static void
json_audio_key(const json_t *object, struct track_wanted *out)
{
	const json_t *key = json_object_get(object, "audio_key");

	out->has_audio_key =
		json_is_string(key) &&
		json_string_length(key) == 2 * TRACK_AUDIO_KEY_BYTES &&
		hex_parse(span_of(json_string_value(key)), out->audio_key,
			  TRACK_AUDIO_KEY_BYTES);
}

static const char *
json_fingerprint(const struct file_reading *reading, const json_t *object)
{
	const json_t *print = json_object_get(object, "fingerprint");

	if (!json_is_string(print) ||
	    json_string_length(print) > FINGERPRINT_TEXT_MAX)
		return NULL;
	return arena_copy_text(reading->arena, json_string_value(print));
}

/* A path, an id, or an object that says more. */
static enum status
json_entry(struct file_reading *reading, const json_t *value,
	   struct fault *fault)
{
	struct track_wanted *entry = reading_add(reading, fault);

	if (entry == NULL)
		return STATUS_INVALID;
	if (json_is_string(value)) {
		entry->path = reading_text(
			reading, (struct span){ json_string_value(value),
						json_string_length(value) });
	} else if (json_is_integer(value)) {
		entry->track_id = json_id(value);
	} else if (json_is_object(value)) {
		entry->path = reading_address(
			reading,
			json_word(reading, value,
				  WORDS("path", "location", "file", "url")));
		entry->title =
			json_word(reading, value, WORDS("title", "name"));
		entry->artist =
			json_word(reading, value, WORDS("artist", "creator"));
		entry->album = json_word(reading, value, WORDS("album"));
		entry->duration_ms = json_length(value);
		entry->track_id = json_id(json_object_get(value, "track_id"));
		if (entry->track_id == 0)
			entry->track_id = json_id(json_object_get(value, "id"));
		json_audio_key(value, entry);
		entry->fingerprint = json_fingerprint(reading, value);
	} else {
		return fault_field(fault, STATUS_INVALID, "file",
				   "entry %zu is no path, id or object",
				   reading->file.count - 1);
	}
	return STATUS_OK;
}

static const json_t *
json_tracks(const json_t *json)
{
	static const char *const names[] = { "tracks", "items", "track_ids",
					     "entries" };

	if (json_is_array(json))
		return json;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const json_t *tracks = json_object_get(json, names[i]);

		if (json_is_array(tracks))
			return tracks;
	}
	return NULL;
}

static void
json_rules(struct file_reading *reading, const json_t *json)
{
	const json_t *rules = json_object_get(json, "rules");
	char *text;

	if (!json_is_object(rules))
		return;
	text = json_dumps(rules, JSON_COMPACT);
	reading->file.rules = arena_copy_text(reading->arena, text);
	free(text);
}

static enum status
json_read(struct file_reading *reading, struct span bytes, struct fault *fault)
{
	const json_t *tracks;
	json_t *json = NULL;
	struct fault reason;
	enum status status = json_parse(bytes.at, bytes.length, &json, &reason);

	if (status != STATUS_OK)
		return fault_field(fault, STATUS_INVALID, "file", "%.250s",
				   reason.message);
	reading->file.encoding = "UTF-8";
	reading->file.title = json_word(reading, json, WORDS("title", "name"));
	reading->file.description =
		json_word(reading, json, WORDS("description", "comment"));
	json_rules(reading, json);
	tracks = json_tracks(json);
	if (tracks == NULL && reading->file.rules == NULL)
		status = fault_field(fault, STATUS_INVALID, "file",
				     "there is no list of tracks in it");
	for (size_t i = 0; i < json_array_size(tracks) && status == STATUS_OK;
	     i++)
		status = json_entry(reading, json_array_get(tracks, i), fault);
	json_decref(json);
	return status;
}

/* ---- the choice -----------------------------------------------------------
 */

static enum playlist_format
format_of(struct span bytes)
{
	size_t at = 0;

	while (at < bytes.length &&
	       strchr(" \t\r\n\xef\xbb\xbf", bytes.at[at]) != NULL &&
	       bytes.at[at] != '\0')
		at++;
	if (at < bytes.length && (bytes.at[at] == '{' || bytes.at[at] == '['))
		return PLAYLIST_FORMAT_JSON;
	if (at < bytes.length && bytes.at[at] == '<')
		return PLAYLIST_FORMAT_XSPF;
	return PLAYLIST_FORMAT_M3U;
}

enum status
playlist_file_read(struct span bytes, enum playlist_format format,
		   struct arena *arena, struct playlist_file *out,
		   struct fault *fault)
{
	struct file_reading reading = { .arena = arena };
	enum status status;

	if (bytes.length == 0 || bytes.length > PLAYLIST_FILE_BYTES_MAX)
		return fault_field(fault, STATUS_INVALID, "file",
				   "a playlist file has 1 to %u bytes",
				   PLAYLIST_FILE_BYTES_MAX);
	if (format == PLAYLIST_FORMAT_AUTO)
		format = format_of(bytes);
	reading.file.format = format;
	if (format == PLAYLIST_FORMAT_JSON)
		status = json_read(&reading, bytes, fault);
	else if (format == PLAYLIST_FORMAT_XSPF)
		status = xspf_read(&reading, bytes, fault);
	else
		status = m3u_read(&reading, bytes, fault);
	if (status == STATUS_OK)
		*out = reading.file;
	return status;
}

/* ---- writing --------------------------------------------------------------
 */

/* One line: what would end it is left out. */
static void
add_line_text(struct buffer *out, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		buffer_add_char(out,
				*text == '\n' || *text == '\r' ? ' ' : *text);
}

static void
m3u_write(const struct playlist_export *what, struct buffer *out)
{
	buffer_add_text(out, "#EXTM3U\n#PLAYLIST:");
	add_line_text(out, what->title);
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < what->count; i++) {
		const struct track_place *track = &what->tracks[i];

		buffer_print(out, "#EXTINF:%lld,",
			     (long long)((track->duration_ms + 500) / 1000));
		if (track->artist[0] != '\0') {
			add_line_text(out, track->artist);
			buffer_add_text(out, " - ");
		}
		add_line_text(out, track->title);
		buffer_add_char(out, '\n');
		/* A name that begins with # would be a remark. */
		if (track->path[0] == '#')
			buffer_add_text(out, "./");
		add_line_text(out, track->path);
		buffer_add_char(out, '\n');
	}
}

static void
json_write(const struct playlist_export *what, struct buffer *out)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_object_begin(&json);
	json_member_text(&json, "title", what->title);
	json_member_text(&json, "description", what->description);
	if (what->rules != NULL) {
		json_name(&json, "rules");
		json_raw(&json, span_of(what->rules));
	}
	json_member_array_begin(&json, "tracks");
	for (size_t i = 0; i < what->count; i++) {
		const struct track_place *track = &what->tracks[i];
		char key[2 * TRACK_AUDIO_KEY_BYTES + 1];

		hex_print(track->audio_key, TRACK_AUDIO_KEY_BYTES, key);
		json_object_begin(&json);
		json_member_int(&json, "track_id", track->track_id);
		json_member_text(&json, "title", track->title);
		json_member_text(&json, "artist", track->artist);
		json_member_text(&json, "album", track->album);
		json_member_int(&json, "duration_ms", track->duration_ms);
		json_member_text(&json, "path", track->path);
		json_member_text(&json, "audio_key", key);
		if (track->fingerprint != NULL)
			json_member_text(&json, "fingerprint",
					 track->fingerprint);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
}

void
playlist_file_write(const struct playlist_export *what,
		    enum playlist_format format, struct buffer *out)
{
	if (format == PLAYLIST_FORMAT_JSON)
		json_write(what, out);
	else if (format == PLAYLIST_FORMAT_XSPF)
		xspf_write(what, out);
	else
		m3u_write(what, out);
}
