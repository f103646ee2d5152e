/* wire.c - the bodies of protocol.h's messages, written and read.
 *
 * The plain fields of media_facts are rows of one table, walked in the same
 * order by both directions, so that neither can forget one. */
#include "media/protocol.h"

#include <math.h>

#define NO_TEXT UINT32_MAX

void
wire_reader_init(struct wire_reader *reader, struct span body)
{
	*reader = (struct wire_reader){ .at = body.at,
					.end = body.at + body.length };
}

bool
wire_reader_done(const struct wire_reader *reader)
{
	return !reader->bad && reader->at == reader->end;
}

static bool
take(struct wire_reader *reader, void *out, size_t length)
{
	if (reader->bad || (size_t)(reader->end - reader->at) < length) {
		reader->bad = true;
		memset(out, 0, length);
		return false;
	}
	memcpy(out, reader->at, length);
	reader->at += length;
	return true;
}

uint32_t
wire_take_u32(struct wire_reader *reader)
{
	uint32_t value;

	take(reader, &value, sizeof value);
	return value;
}

uint64_t
wire_take_u64(struct wire_reader *reader)
{
	uint64_t value;

	take(reader, &value, sizeof value);
	return value;
}

/* Finite, or the body is bad: what is computed from it stays a number. */
double
wire_take_double(struct wire_reader *reader)
{
	double value;

	take(reader, &value, sizeof value);
	if (!isfinite(value)) {
		reader->bad = true;
		return 0;
	}
	return value;
}

struct span
wire_take_bytes(struct wire_reader *reader)
{
	uint32_t length = wire_take_u32(reader);
	struct span bytes = { reader->at, length };

	if (reader->bad || (size_t)(reader->end - reader->at) < length) {
		reader->bad = true;
		return (struct span){ NULL, 0 };
	}
	reader->at += length;
	return bytes;
}

const char *
wire_take_text(struct wire_reader *reader, struct arena *arena)
{
	struct wire_reader peek = *reader;
	struct span text;

	if (wire_take_u32(&peek) == NO_TEXT && !peek.bad) {
		*reader = peek;
		return NULL;
	}
	text = wire_take_bytes(reader);
	if (reader->bad)
		return NULL;
	if (memchr(text.at, 0, text.length) != NULL ||
	    !utf8_valid(text.at, text.length)) {
		reader->bad = true;
		return NULL;
	}
	return arena_copy_bytes(arena, text.at, text.length);
}

void
wire_add_u32(struct buffer *out, uint32_t value)
{
	buffer_add(out, &value, sizeof value);
}

void
wire_add_u64(struct buffer *out, uint64_t value)
{
	buffer_add(out, &value, sizeof value);
}

void
wire_add_double(struct buffer *out, double value)
{
	buffer_add(out, &value, sizeof value);
}

void
wire_add_bytes(struct buffer *out, struct span bytes)
{
	wire_add_u32(out, (uint32_t)bytes.length);
	buffer_add_span(out, bytes);
}

void
wire_add_text(struct buffer *out, const char *text)
{
	if (text == NULL)
		wire_add_u32(out, NO_TEXT);
	else
		wire_add_bytes(out, span_of(text));
}

static void
add_hash(struct buffer *out, const uint8_t hash[SHA256_BYTES])
{
	buffer_add(out, hash, SHA256_BYTES);
}

static void
take_hash(struct wire_reader *reader, uint8_t hash[SHA256_BYTES])
{
	take(reader, hash, SHA256_BYTES);
}

static bool
take_bool(struct wire_reader *reader)
{
	uint32_t value = wire_take_u32(reader);

	if (value > 1)
		reader->bad = true;
	return value == 1;
}

/* ---- questions ---- */

void
wire_add_probe(struct buffer *out, const struct wire_probe *ask)
{
	wire_add_u32(out, ask->flags);
	wire_add_u32(out, ask->known);
	add_hash(out, ask->known_picture);
	wire_add_text(out, ask->name_hint);
}

bool
wire_read_probe(struct span body, struct arena *arena, struct wire_probe *out)
{
	struct wire_reader reader;

	wire_reader_init(&reader, body);
	out->flags = wire_take_u32(&reader);
	out->known = take_bool(&reader);
	take_hash(&reader, out->known_picture);
	out->name_hint = wire_take_text(&reader, arena);
	return wire_reader_done(&reader);
}

void
wire_add_thumbnail(struct buffer *out, const struct wire_thumbnail *ask)
{
	wire_add_u32(out, ask->size_px);
	wire_add_u32(out, ask->format);
	wire_add_bytes(out, ask->picture);
}

bool
wire_read_thumbnail(struct span body, struct wire_thumbnail *out)
{
	struct wire_reader reader;
	uint32_t format;

	wire_reader_init(&reader, body);
	out->size_px = wire_take_u32(&reader);
	format = wire_take_u32(&reader);
	out->format = (enum media_picture_format)format;
	out->picture = wire_take_bytes(&reader);
	return wire_reader_done(&reader) && format <= MEDIA_JPEG &&
	       out->size_px >= 1 && out->size_px <= 4096;
}

void
wire_add_tags(struct buffer *out, const struct media_tags *tags)
{
	wire_add_text(out, tags->title);
	wire_add_text(out, tags->artist);
	wire_add_text(out, tags->album);
	wire_add_text(out, tags->genre);
	wire_add_u32(out, (uint32_t)tags->year);
	wire_add_u32(out, (uint32_t)tags->track_no);
}

bool
wire_read_tags(struct span body, struct arena *arena, struct media_tags *out)
{
	struct wire_reader reader;

	wire_reader_init(&reader, body);
	out->title = wire_take_text(&reader, arena);
	out->artist = wire_take_text(&reader, arena);
	out->album = wire_take_text(&reader, arena);
	out->genre = wire_take_text(&reader, arena);
	out->year = (int32_t)wire_take_u32(&reader);
	out->track_no = (int32_t)wire_take_u32(&reader);
	return wire_reader_done(&reader) && out->year < 10000 &&
	       out->track_no < 10000;
}

void
wire_add_transcode(struct buffer *out, const struct wire_transcode *ask)
{
	const struct media_target *target = &ask->target;

	wire_add_u32(out, target->format);
	wire_add_u32(out, target->bitrate_kbps);
	wire_add_u32(out, target->variable);
	wire_add_u32(out, target->sample_rate_hz);
	wire_add_u32(out, target->channels);
	wire_add_text(out, target->title);
	wire_add_text(out, target->artist);
	wire_add_text(out, target->album);
	wire_add_u64(out, (uint64_t)ask->offset_ms);
}

bool
wire_read_transcode(struct span body, struct arena *arena,
		    struct wire_transcode *out)
{
	struct media_target *target = &out->target;
	struct wire_reader reader;
	uint32_t format;

	wire_reader_init(&reader, body);
	format = wire_take_u32(&reader);
	target->format = (enum media_target_format)format;
	target->bitrate_kbps = wire_take_u32(&reader);
	target->variable = take_bool(&reader);
	target->sample_rate_hz = wire_take_u32(&reader);
	target->channels = wire_take_u32(&reader);
	target->title = wire_take_text(&reader, arena);
	target->artist = wire_take_text(&reader, arena);
	target->album = wire_take_text(&reader, arena);
	out->offset_ms = (int64_t)wire_take_u64(&reader);
	out->quiet = false;
	return wire_reader_done(&reader) && format <= MEDIA_PCM_F32 &&
	       out->offset_ms >= 0 && target->channels <= 2;
}

/* ---- live sound ---- */

void
wire_add_decode(struct buffer *out, const struct wire_decode *ask)
{
	wire_add_u64(out, (uint64_t)ask->offset_ms);
	wire_add_text(out, ask->hint);
}

bool
wire_read_decode(struct span body, struct arena *arena,
		 struct wire_decode *out)
{
	struct wire_reader reader;

	wire_reader_init(&reader, body);
	out->offset_ms = (int64_t)wire_take_u64(&reader);
	out->hint = wire_take_text(&reader, arena);
	return wire_reader_done(&reader) && out->offset_ms >= 0;
}

void
wire_add_encode(struct buffer *out, const struct wire_encode *ask)
{
	wire_add_u32(out, ask->format);
	wire_add_u32(out, ask->bitrate_kbps);
}

bool
wire_read_encode(struct span body, struct wire_encode *out)
{
	struct wire_reader reader;
	uint32_t format;

	wire_reader_init(&reader, body);
	format = wire_take_u32(&reader);
	out->format = (enum media_live_format)format;
	out->bitrate_kbps = wire_take_u32(&reader);
	return wire_reader_done(&reader) && format < MEDIA_LIVE_FORMATS;
}

void
wire_add_push(struct buffer *out, const struct wire_push *ask)
{
	wire_add_text(out, ask->url);
	wire_add_text(out, ask->ca_file);
	wire_add_u32(out, ask->picture);
}

bool
wire_read_push(struct span body, struct arena *arena, struct wire_push *out)
{
	struct wire_reader reader;
	uint32_t picture;

	wire_reader_init(&reader, body);
	out->url = wire_take_text(&reader, arena);
	out->ca_file = wire_take_text(&reader, arena);
	picture = wire_take_u32(&reader);
	out->picture = (enum media_push_picture)picture;
	return wire_reader_done(&reader) && out->url != NULL &&
	       picture <= MEDIA_PUSH_NONE;
}

/* ---- facts ---- */

enum field_kind {
	FIELD_TEXT,
	FIELD_U32,
	FIELD_I64,
	FIELD_BOOL,
	FIELD_DOUBLE,
	FIELD_HASH,
};

struct field {
	enum field_kind kind;
	size_t offset;
};

#define FIELD(kind, name) { FIELD_##kind, offsetof(struct media_facts, name) }

static const struct field fields[] = {
	FIELD(TEXT, container),
	FIELD(TEXT, codec),
	FIELD(I64, duration_ms),
	FIELD(U32, bitrate_bps),
	FIELD(U32, sample_rate_hz),
	FIELD(U32, channels),
	FIELD(U32, bit_depth),
	FIELD(BOOL, gapless_known),
	FIELD(U32, start_trim_samples),
	FIELD(U32, end_trim_samples),
	FIELD(HASH, audio_key),
	FIELD(TEXT, title),
	FIELD(TEXT, artist_text),
	FIELD(TEXT, album),
	FIELD(TEXT, album_artist_text),
	FIELD(U32, track_no),
	FIELD(U32, track_total),
	FIELD(U32, disc_no),
	FIELD(U32, disc_total),
	FIELD(TEXT, disc_title),
	FIELD(U32, year), /* int32_t; the same bits */
	FIELD(U32, original_year),
	FIELD(TEXT, comment),
	FIELD(TEXT, isrc),
	FIELD(TEXT, mbid_recording),
	FIELD(TEXT, mbid_release),
	FIELD(TEXT, mbid_release_group),
	FIELD(BOOL, compilation),
	FIELD(DOUBLE, tagged_tempo_bpm),
	FIELD(TEXT, tagged_key),
	FIELD(BOOL, track_gain.known),
	FIELD(DOUBLE, track_gain.gain_db),
	FIELD(DOUBLE, track_gain.peak),
	FIELD(BOOL, album_gain.known),
	FIELD(DOUBLE, album_gain.gain_db),
	FIELD(DOUBLE, album_gain.peak),
	FIELD(TEXT, lyrics),
	FIELD(BOOL, lyrics_synced),
	FIELD(BOOL, has_picture),
	FIELD(HASH, picture_hash),
	FIELD(I64, picture_bytes),
	FIELD(TEXT, picture_type),
	FIELD(TEXT, repairs),
};

static void
add_field(struct buffer *out, enum field_kind kind, const void *at)
{
	switch (kind) {
	case FIELD_TEXT:
		wire_add_text(out, *(const char *const *)at);
		break;
	case FIELD_U32:
		buffer_add(out, at, sizeof(uint32_t));
		break;
	case FIELD_I64:
	case FIELD_DOUBLE:
		buffer_add(out, at, sizeof(uint64_t));
		break;
	case FIELD_BOOL:
		wire_add_u32(out, *(const bool *)at);
		break;
	case FIELD_HASH:
		add_hash(out, at);
		break;
	}
}

static void
take_field(struct wire_reader *reader, enum field_kind kind, void *at,
	   struct arena *arena)
{
	switch (kind) {
	case FIELD_TEXT:
		*(const char **)at = wire_take_text(reader, arena);
		break;
	case FIELD_U32:
		*(uint32_t *)at = wire_take_u32(reader);
		break;
	case FIELD_I64:
		*(uint64_t *)at = wire_take_u64(reader);
		break;
	case FIELD_DOUBLE:
		*(double *)at = wire_take_double(reader);
		break;
	case FIELD_BOOL:
		*(bool *)at = take_bool(reader);
		break;
	case FIELD_HASH:
		take_hash(reader, at);
		break;
	}
}

void
wire_add_facts(struct buffer *out, const struct media_facts *facts)
{
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		add_field(out, fields[i].kind,
			  (const char *)facts + fields[i].offset);
	wire_add_u32(out, (uint32_t)facts->credit_count);
	for (size_t i = 0; i < facts->credit_count; i++) {
		wire_add_text(out, facts->credits[i].name);
		wire_add_u32(out, facts->credits[i].role);
		wire_add_text(out, facts->credits[i].mbid);
	}
	wire_add_u32(out, (uint32_t)facts->genre_count);
	for (size_t i = 0; i < facts->genre_count; i++)
		wire_add_text(out, facts->genres[i]);
	wire_add_bytes(out, facts->picture);
}

static void
take_credits(struct wire_reader *reader, struct arena *arena,
	     struct media_facts *out)
{
	uint32_t count = wire_take_u32(reader);

	if (count > MEDIA_CREDITS_MAX)
		reader->bad = true;
	for (uint32_t i = 0; i < count && !reader->bad; i++) {
		struct media_credit *credit = &out->credits[i];
		uint32_t role;

		credit->name = wire_take_text(reader, arena);
		role = wire_take_u32(reader);
		credit->role = (enum credit_role)role;
		credit->mbid = wire_take_text(reader, arena);
		if (role > CREDIT_ALBUM_MAIN || credit->name == NULL)
			reader->bad = true;
	}
	out->credit_count = reader->bad ? 0 : count;
}

static void
take_genres(struct wire_reader *reader, struct arena *arena,
	    struct media_facts *out)
{
	uint32_t count = wire_take_u32(reader);

	if (count > MEDIA_GENRES_MAX)
		reader->bad = true;
	for (uint32_t i = 0; i < count && !reader->bad; i++) {
		out->genres[i] = wire_take_text(reader, arena);
		if (out->genres[i] == NULL)
			reader->bad = true;
	}
	out->genre_count = reader->bad ? 0 : count;
}

static struct span
take_bytes_copy(struct wire_reader *reader, struct arena *arena)
{
	struct span bytes = wire_take_bytes(reader);

	if (bytes.length > 0)
		bytes.at = arena_copy_bytes(arena, bytes.at, bytes.length);
	return bytes;
}

bool
wire_read_facts(struct span body, struct arena *arena,
		struct media_facts *out)
{
	struct wire_reader reader;

	memset(out, 0, sizeof *out);
	wire_reader_init(&reader, body);
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		take_field(&reader, fields[i].kind,
			   (char *)out + fields[i].offset, arena);
	take_credits(&reader, arena, out);
	take_genres(&reader, arena, out);
	out->picture = take_bytes_copy(&reader, arena);
	return wire_reader_done(&reader) && out->container != NULL &&
	       out->codec != NULL && out->duration_ms >= 0;
}

/* ---- other answers ---- */

void
wire_add_thumbnail_done(struct buffer *out,
			const struct media_thumbnail *thumbnail)
{
	wire_add_u32(out, thumbnail->width);
	wire_add_u32(out, thumbnail->height);
	wire_add_text(out, thumbnail->colour);
	wire_add_bytes(out, thumbnail->bytes);
}

bool
wire_read_thumbnail_done(struct span body, struct arena *arena,
			 struct media_thumbnail *out)
{
	struct wire_reader reader;
	const char *colour;

	wire_reader_init(&reader, body);
	out->width = wire_take_u32(&reader);
	out->height = wire_take_u32(&reader);
	colour = wire_take_text(&reader, arena);
	out->bytes = take_bytes_copy(&reader, arena);
	if (!wire_reader_done(&reader) || colour == NULL ||
	    strlen(colour) != MEDIA_COLOUR_BYTES - 1 ||
	    out->bytes.length == 0 || out->width == 0 || out->height == 0)
		return false;
	memcpy(out->colour, colour, MEDIA_COLOUR_BYTES);
	return true;
}

void
wire_add_progress(struct buffer *out, const struct media_progress *progress)
{
	wire_add_u32(out, progress->done);
	wire_add_u64(out, progress->written_bytes);
	wire_add_u64(out, (uint64_t)progress->position_ms);
	wire_add_u64(out, (uint64_t)progress->duration_ms);
	wire_add_u64(out, progress->samples);
	wire_add_u32(out, progress->sample_rate_hz);
	wire_add_u32(out, progress->channels);
}

bool
wire_read_progress(struct span body, struct media_progress *out)
{
	struct wire_reader reader;

	wire_reader_init(&reader, body);
	out->done = take_bool(&reader);
	out->written_bytes = wire_take_u64(&reader);
	out->position_ms = (int64_t)wire_take_u64(&reader);
	out->duration_ms = (int64_t)wire_take_u64(&reader);
	out->samples = wire_take_u64(&reader);
	out->sample_rate_hz = wire_take_u32(&reader);
	out->channels = wire_take_u32(&reader);
	return wire_reader_done(&reader);
}

/* ---- analysis ---- */

#define HEARD(kind, name) \
	{ FIELD_##kind, offsetof(struct media_analysis, name) }

static const struct field heard_fields[] = {
	HEARD(U32, sample_rate_hz),
	HEARD(U32, channels),
	HEARD(I64, samples),
	HEARD(BOOL, loudness_known),
	HEARD(DOUBLE, loudness_lufs),
	HEARD(DOUBLE, loudness_range_lu),
	HEARD(DOUBLE, true_peak_dbtp),
	HEARD(I64, start_silence_samples),
	HEARD(I64, end_silence_samples),
	HEARD(BOOL, tempo_known),
	HEARD(DOUBLE, tempo_bpm),
	HEARD(DOUBLE, other_tempo_bpm),
	HEARD(DOUBLE, tempo_confidence),
	HEARD(TEXT, key),
	HEARD(DOUBLE, key_confidence),
	HEARD(BOOL, danceability_known),
	HEARD(DOUBLE, danceability),
	HEARD(BOOL, mood_known),
	HEARD(DOUBLE, energy),
	HEARD(DOUBLE, valence),
	HEARD(TEXT, genres[0].name),
	HEARD(DOUBLE, genres[0].probability),
	HEARD(TEXT, genres[1].name),
	HEARD(DOUBLE, genres[1].probability),
	HEARD(TEXT, genres[2].name),
	HEARD(DOUBLE, genres[2].probability),
};

void
wire_add_analysis(struct buffer *out, const struct media_analysis *analysis)
{
	for (size_t i = 0; i < ARRAY_LENGTH(heard_fields); i++)
		add_field(out, heard_fields[i].kind,
			  (const char *)analysis + heard_fields[i].offset);
	for (size_t i = 0; i < MEDIA_FEATURES; i++) {
		wire_add_double(out, analysis->feature_means[i]);
		wire_add_double(out, analysis->feature_variances[i]);
	}
	for (size_t i = 0; i < 12; i++)
		wire_add_double(out, analysis->chroma[i]);
	wire_add_bytes(out, analysis->waveform);
	wire_add_bytes(out, analysis->fingerprint);
}

bool
wire_read_analysis(struct span body, struct arena *arena,
		   struct media_analysis *out)
{
	struct wire_reader reader;

	memset(out, 0, sizeof *out);
	wire_reader_init(&reader, body);
	for (size_t i = 0; i < ARRAY_LENGTH(heard_fields); i++)
		take_field(&reader, heard_fields[i].kind,
			   (char *)out + heard_fields[i].offset, arena);
	for (size_t i = 0; i < MEDIA_FEATURES; i++) {
		out->feature_means[i] = wire_take_double(&reader);
		out->feature_variances[i] = wire_take_double(&reader);
	}
	for (size_t i = 0; i < 12; i++)
		out->chroma[i] = wire_take_double(&reader);
	out->waveform = take_bytes_copy(&reader, arena);
	out->fingerprint = take_bytes_copy(&reader, arena);
	return wire_reader_done(&reader) &&
	       out->start_silence_samples <= out->samples &&
	       out->end_silence_samples <= out->samples;
}

void
wire_add_fault(struct buffer *out, const struct fault *fault)
{
	wire_add_u32(out, fault->status);
	wire_add_text(out, fault->field);
	wire_add_text(out, fault->message);
}

bool
wire_read_fault(struct span body, struct arena *arena, struct fault *out)
{
	struct wire_reader reader;
	const char *field, *message;
	uint32_t status;

	wire_reader_init(&reader, body);
	status = wire_take_u32(&reader);
	field = wire_take_text(&reader, arena);
	message = wire_take_text(&reader, arena);
	if (!wire_reader_done(&reader) || field == NULL || message == NULL ||
	    status == STATUS_OK || status > STATUS_FAILED)
		return false;
	fault_field(out, (enum status)status, field, "%s", message);
	return true;
}

size_t
wire_take_packet(struct span bytes, struct media_packet *out)
{
	struct wire_packet head;

	if (bytes.length < sizeof head)
		return 0;
	memcpy(&head, bytes.at, sizeof head);
	if (head.length > MEDIA_PACKET_BYTES_MAX ||
	    head.kind > MEDIA_PACKET_SOUND || head.join > 1)
		return SIZE_MAX;
	if (bytes.length - sizeof head < head.length)
		return 0;
	*out = (struct media_packet){
		.kind = (enum media_packet_kind)head.kind,
		.join = head.join,
		.samples = head.samples,
		.bytes = { bytes.at + sizeof head, head.length },
	};
	return sizeof head + head.length;
}
