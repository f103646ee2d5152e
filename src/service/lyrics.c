/* lyrics.c - the words of a track; see lyrics.h.
 *
 * Reading is one pass over the lines; each stamp of a line makes one entry, in
 * the order of the text, and entries are sorted by time at the end (stable, so
 * that two voices at one time keep their order). */
#include "service/lyrics.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/ucnv.h>

#include "library/tracks.h"

#define STAMPS_PER_LINE_MAX 64
#define TIME_MAX_MS ((int64_t)24 * 3600 * 1000)

struct lrc_reader {
	struct arena *arena;
	struct lyrics_line *lines; /* room for LYRICS_LINES_MAX */
	size_t count;
	size_t timed;
	int64_t offset_ms;
	bool too_many;
};

/* ---- text in UTF-8 -------------------------------------------------------- */

static struct span
text_from(struct arena *arena, struct span text, const char *charset)
{
	UErrorCode error = U_ZERO_ERROR;
	size_t room = text.length * 3 + 1;
	char *out = arena_alloc(arena, room);
	int32_t length = ucnv_convert("UTF-8", charset, out, (int32_t)room,
				      text.at, (int32_t)text.length, &error);

	if (U_FAILURE(error))
		return (struct span){ "", 0 };
	return (struct span){ out, (size_t)length };
}

static struct span
text_as_utf8(struct arena *arena, struct span text)
{
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		text = (struct span){ text.at + 3, text.length - 3 };
	if (span_starts(text, SPAN("\xFF\xFE")) ||
	    span_starts(text, SPAN("\xFE\xFF")))
		return text_from(arena, text, "UTF-16");
	if (utf8_valid(text.at, text.length))
		return text;
	return text_from(arena, text, "windows-1251");
}

/* ---- one line ------------------------------------------------------------- */

static bool
digits_take(struct span *text, uint64_t *out)
{
	size_t count = 0;

	while (count < text->length && count < 9 && text->at[count] >= '0' &&
	       text->at[count] <= '9')
		count++;
	if (!span_to_u64((struct span){ text->at, count }, out))
		return false;
	*text = (struct span){ text->at + count, text->length - count };
	return true;
}

/* "mm:ss", "mm:ss.x", "mm:ss.xx", "mm:ss.xxx", and ":" for "." */
static bool
stamp_parse(struct span text, int64_t *time_ms)
{
	uint64_t minutes, seconds, part = 0;
	size_t digits;

	if (!digits_take(&text, &minutes) || text.length < 1 ||
	    text.at[0] != ':')
		return false;
	text = (struct span){ text.at + 1, text.length - 1 };
	if (!digits_take(&text, &seconds) || seconds > 59)
		return false;
	if (text.length > 0) {
		if (text.at[0] != '.' && text.at[0] != ':')
			return false;
		text = (struct span){ text.at + 1, text.length - 1 };
		digits = text.length;
		if (digits > 3 || !digits_take(&text, &part) ||
		    text.length != 0)
			return false;
		for (; digits < 3; digits++)
			part *= 10;
	}
	*time_ms = (int64_t)((minutes * 60 + seconds) * 1000 + part);
	return *time_ms <= TIME_MAX_MS;
}

/* Cuts "[…]" off the front; false when there is none. */
static bool
tag_take(struct span *line, struct span *tag)
{
	const char *end;

	if (line->length < 2 || line->at[0] != '[')
		return false;
	end = memchr(line->at, ']', line->length);
	if (end == NULL)
		return false;
	*tag = (struct span){ line->at + 1, (size_t)(end - line->at) - 1 };
	*line = (struct span){ end + 1,
			       line->length - (size_t)(end + 1 - line->at) };
	return true;
}

/* "[ar:Кино]": letters, a colon, anything. */
static bool
tag_is_named(struct span tag)
{
	size_t at = 0;

	while (at < tag.length && ((tag.at[at] >= 'a' && tag.at[at] <= 'z') ||
				   (tag.at[at] >= 'A' && tag.at[at] <= 'Z') ||
				   tag.at[at] == '#'))
		at++;
	return at > 0 && at < tag.length && tag.at[at] == ':';
}

static void
offset_take(struct lrc_reader *reader, struct span tag)
{
	int64_t offset_ms;

	if (tag.length < 7 ||
	    !span_equal_nocase((struct span){ tag.at, 7 }, SPAN("offset:")))
		return;
	tag = span_trim((struct span){ tag.at + 7, tag.length - 7 });
	if (tag.length > 0 && tag.at[0] == '+')
		tag = (struct span){ tag.at + 1, tag.length - 1 };
	if (span_to_i64(tag, &offset_ms) && offset_ms > -TIME_MAX_MS &&
	    offset_ms < TIME_MAX_MS)
		reader->offset_ms = offset_ms;
}

/* The line without "<mm:ss.xx>" of single words. */
static const char *
words_of(struct arena *arena, struct span line)
{
	char *out = arena_alloc(arena, line.length + 1);
	size_t length = 0;
	struct span kept;

	for (size_t at = 0; at < line.length; at++) {
		const char *end = line.at[at] != '<' ?
					  NULL :
					  memchr(line.at + at, '>',
						 line.length - at);
		int64_t time_ms;

		if (end != NULL &&
		    stamp_parse((struct span){ line.at + at + 1,
					       (size_t)(end - line.at) - at -
						       1 },
				&time_ms))
			at = (size_t)(end - line.at);
		else if ((unsigned char)line.at[at] >= ' ' ||
			 line.at[at] == '\t')
			out[length++] = line.at[at];
	}
	kept = span_trim((struct span){ out, length });
	return arena_copy_bytes(arena, kept.at, kept.length);
}

static void
line_add(struct lrc_reader *reader, int64_t time_ms, const char *text)
{
	if (reader->count == LYRICS_LINES_MAX) {
		reader->too_many = true;
		return;
	}
	reader->lines[reader->count++] = (struct lyrics_line){ time_ms, text };
	reader->timed += time_ms >= 0;
}

static void
line_read(struct lrc_reader *reader, struct span line)
{
	int64_t stamps[STAMPS_PER_LINE_MAX];
	size_t stamp_count = 0;
	bool named = false;
	struct span tag, rest;
	const char *words;

	line = span_trim(line);
	rest = line;
	while (tag_take(&rest, &tag)) {
		int64_t time_ms;

		if (stamp_parse(tag, &time_ms)) {
			if (stamp_count < STAMPS_PER_LINE_MAX)
				stamps[stamp_count++] = time_ms;
		} else if (tag_is_named(tag)) {
			offset_take(reader, tag);
			named = true;
		} else {
			break; /* "[Chorus]" is words */
		}
		line = rest;
	}
	words = words_of(reader->arena, line);
	if (named && stamp_count == 0 && words[0] == '\0')
		return;
	if (stamp_count == 0)
		line_add(reader, -1, words);
	for (size_t i = 0; i < stamp_count; i++)
		line_add(reader, stamps[i], words);
}

/* ---- the whole ------------------------------------------------------------ */

/* Merge sort: stable, and the lines are nearly sorted already. */
static void
lines_sort(struct lyrics_line *lines, struct lyrics_line *spare, size_t count)
{
	size_t half = count / 2, left = 0, right = half;

	if (count < 2)
		return;
	lines_sort(lines, spare, half);
	lines_sort(lines + half, spare, count - half);
	memcpy(spare, lines, count * sizeof *lines);
	for (size_t i = 0; i < count; i++) {
		bool from_left = right == count ||
				 (left < half &&
				  spare[left].time_ms <= spare[right].time_ms);

		lines[i] = from_left ? spare[left++] : spare[right++];
	}
}

/* Times are shifted and put in order; lines without a time are dropped: they
 * are remarks of who made the file. */
static void
lines_time(struct lrc_reader *reader)
{
	size_t kept = 0;

	for (size_t i = 0; i < reader->count; i++) {
		struct lyrics_line line = reader->lines[i];

		if (line.time_ms < 0)
			continue;
		line.time_ms -= reader->offset_ms;
		if (line.time_ms < 0)
			line.time_ms = 0;
		reader->lines[kept++] = line;
	}
	reader->count = kept;
	lines_sort(reader->lines,
		   arena_new(reader->arena, struct lyrics_line, kept + 1),
		   kept);
}

/* Empty lines at both ends are no lines. */
static void
lines_trim(struct lrc_reader *reader)
{
	size_t first = 0;

	while (reader->count > 0 &&
	       reader->lines[reader->count - 1].text[0] == '\0')
		reader->count--;
	if (reader->timed > 0)
		return;
	while (first < reader->count && reader->lines[first].text[0] == '\0')
		first++;
	reader->lines += first;
	reader->count -= first;
}

static const char *
lines_join(const struct lrc_reader *reader)
{
	struct buffer text;
	char *copy;

	buffer_init(&text, 0);
	for (size_t i = 0; i < reader->count; i++) {
		if (i > 0)
			buffer_add_char(&text, '\n');
		buffer_add_text(&text, reader->lines[i].text);
	}
	copy = arena_copy_bytes(reader->arena, text.bytes, text.length);
	buffer_release(&text);
	return copy;
}

enum status
lyrics_parse(struct arena *arena, struct span text, struct lyrics *out,
	     struct fault *fault)
{
	struct lrc_reader reader = { .arena = arena };
	struct span line;

	if (text.length > LYRICS_LIMIT_BYTES)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the words are longer than %zu bytes",
				 LYRICS_LIMIT_BYTES);
	text = text_as_utf8(arena, text);
	reader.lines = arena_new(arena, struct lyrics_line, LYRICS_LINES_MAX);
	while (text.length > 0 && span_next(&text, '\n', &line)) {
		if (line.length > 0 && line.at[line.length - 1] == '\r')
			line.length--;
		line_read(&reader, line);
	}
	if (reader.too_many)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the words have more than %d lines",
				 LYRICS_LINES_MAX);
	if (reader.timed > 0)
		lines_time(&reader);
	lines_trim(&reader);
	if (reader.count == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there are no words in it");
	*out = (struct lyrics){
		.synced = reader.timed > 0,
		.lines = reader.lines,
		.line_count = reader.count,
		.text = lines_join(&reader),
	};
	return STATUS_OK;
}

enum status
lyrics_check(struct arena *arena, struct span raw, const char **text,
	     bool *synced, struct fault *fault)
{
	struct lyrics lyrics;
	enum status status = lyrics_parse(arena, raw, &lyrics, fault);

	if (status != STATUS_OK)
		return status;
	raw = text_as_utf8(arena, raw);
	*text = arena_copy_bytes(arena, raw.at, raw.length);
	*synced = lyrics.synced;
	return STATUS_OK;
}

struct lyrics_question {
	int64_t track_id;
	struct arena *arena;
	const char *text;
	bool synced;
};

static enum status
lyrics_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct lyrics_question *question = cookie;

	return tracks_lyrics(session, question->track_id, question->arena,
			     &question->text, &question->synced, fault);
}

enum status
lyrics_get(struct store *store, int64_t track_id, struct arena *arena,
	   struct lyrics *out, struct fault *fault)
{
	struct lyrics_question question = { track_id, arena, NULL, false };
	enum status status;

	status = store_read(store, lyrics_ask, &question, fault);
	if (status != STATUS_OK)
		return status;
	return lyrics_parse(arena, span_of(question.text), out, fault);
}
