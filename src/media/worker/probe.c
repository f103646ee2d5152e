/* probe.c - the facts of one file; see worker.h.
 *
 * Tags at both ends are found first, so that what lies between is the sound;
 * then the format's own reader is asked, and libavformat where there is none or
 * it is unsure. */
#include "media/worker/worker.h"

#include "media/read/apetag.h"
#include "media/read/chunk.h"
#include "media/read/facts_from_tags.h"
#include "media/read/flac.h"
#include "media/read/id3.h"
#include "media/read/mp4.h"
#include "media/read/mpeg.h"
#include "media/read/ogg.h"
#include "media/read/vorbis.h"
#include "media/worker/libav.h"

#define LEADING_TAGS_MAX 4
#define LYRICS3_FOOTER_BYTES 15
#define PICTURE_SLICE_BYTES 4096
#define BITRATE_MAX 100000000.0

struct probe {
	struct source *source;
	struct tag_set *tags;
	const char *name;
	enum media_kind kind;
	uint64_t start, end; /* of the sound */
	struct stream_facts stream;
	uint8_t key[SHA256_BYTES];
};

static void
read_leading_tags(struct probe *probe)
{
	for (int i = 0; i < LEADING_TAGS_MAX; i++) {
		uint64_t length =
			id3v2_read(probe->source, probe->start, probe->tags);

		if (length == 0)
			break;
		probe->start += length;
	}
}

/* Lyrics3v2: size in six digits and a magic word; nobody's tags of today. */
static uint64_t
lyrics3_length(struct source *source, uint64_t end)
{
	char footer[LYRICS3_FOOTER_BYTES];
	uint64_t length;

	if (end < sizeof footer ||
	    !source_read_all(source, end - sizeof footer, footer,
			     sizeof footer) ||
	    memcmp(footer + 6, "LYRICS200", 9) != 0 ||
	    !span_to_u64((struct span){ footer, 6 }, &length))
		return 0;
	return length + sizeof footer <= end ? length + sizeof footer : 0;
}

static void
read_trailing_tags(struct probe *probe)
{
	bool again = true;

	for (int i = 0; i < LEADING_TAGS_MAX && again; i++) {
		uint64_t length = 0;

		if (id3v1_read(probe->source, probe->end, probe->tags))
			length = ID3V1_BYTES;
		if (length == 0)
			length = apetag_read(probe->source, probe->end,
					     probe->tags);
		if (length == 0)
			length = lyrics3_length(probe->source, probe->end);
		again = length > 0 && probe->end - length > probe->start;
		if (again)
			probe->end -= length;
	}
}

static enum status
sniff(struct probe *probe, struct fault *fault)
{
	uint8_t head[SNIFF_BYTES];
	size_t got = source_read(probe->source, probe->start, head,
				 sizeof head);
	const struct media_kind_row *row;

	probe->kind = media_sniff(head, got, probe->start > 0, probe->name);
	row = media_kind_row(probe->kind);
	if (row->container != NULL)
		return STATUS_OK;
	if (probe->kind == KIND_UNKNOWN)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 got == 0 ? "there is a tag but no sound" :
					    "this is no audio format we know");
	return fault_set(fault, STATUS_UNSUPPORTED, "this is %s, not audio",
			 row->name);
}

/* The sound as libavformat sees it. */
static enum status
ask_libav(struct probe *probe, bool tags, struct fault *fault)
{
	struct libav_input input;
	enum status status;

	status = libav_open(&input, probe->source->file.fd, probe->kind, fault);
	if (status == STATUS_OK)
		libav_facts(&input, probe->kind, tags ? probe->tags : NULL,
			    &probe->stream, probe->key);
	libav_close(&input);
	return status;
}

static enum status
probe_ogg(struct probe *probe, struct fault *fault)
{
	switch (ogg_read(probe->source, probe->tags, &probe->stream,
			 probe->key)) {
	case OGG_READ:
		return STATUS_OK;
	case OGG_NO_AUDIO:
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "there is no sound in this Ogg file");
	case OGG_UNSURE: {
		uint8_t key[SHA256_BYTES];
		enum status status;

		memcpy(key, probe->key, sizeof key);
		memset(&probe->stream, 0, sizeof probe->stream);
		status = ask_libav(probe, false, fault);
		memcpy(probe->key, key, sizeof key);
		return status;
	}
	case OGG_BROKEN:
		break;
	}
	return ask_libav(probe, true, fault);
}

/* Delay and padding of AAC in MP4: iTunes' own note, else the edit list. */
static void
mp4_trim(struct probe *probe, const struct mp4_edit *edit)
{
	struct stream_facts *stream = &probe->stream;
	struct span note = tag_first(probe->tags, TAG_ITUNES_GAPLESS);
	double scale = edit->time_scale > 0 ?
			       (double)stream->sample_rate_hz /
				       edit->time_scale :
			       0;
	uint32_t delay, padding;
	uint64_t samples, end;

	if (note.length > 0 &&
	    itunes_gapless_read(note, &delay, &padding, &samples)) {
		stream->start_trim_samples = delay;
		stream->end_trim_samples = padding;
		stream->samples = samples;
		stream->gapless_known = stream->exact = true;
		return;
	}
	if (edit->media_samples == 0 || scale <= 0 ||
	    edit->media_samples > 1ull << 48 ||
	    edit->start_samples >= edit->media_samples)
		return;
	samples = edit->media_samples - edit->start_samples;
	if (edit->known && edit->duration_samples > 0 &&
	    edit->duration_samples < samples)
		samples = edit->duration_samples;
	end = edit->media_samples - edit->start_samples - samples;
	stream->exact = true;
	stream->samples = (uint64_t)((double)samples * scale + 0.5);
	if (!edit->known || end > 1u << 20 || edit->start_samples > 1u << 20)
		return;
	stream->gapless_known = true;
	stream->start_trim_samples =
		(uint32_t)((double)edit->start_samples * scale + 0.5);
	stream->end_trim_samples = (uint32_t)((double)end * scale + 0.5);
}

static enum status
probe_mp4(struct probe *probe, struct fault *fault)
{
	struct mp4_edit edit;
	enum status status;

	if (!mp4_read(probe->source, probe->tags, &edit))
		return fault_set(fault, STATUS_CORRUPT,
				 "the MP4 file is cut short: it has no index");
	status = ask_libav(probe, false, fault);
	if (status == STATUS_OK)
		mp4_trim(probe, &edit);
	return status;
}

static enum status
probe_stream(struct probe *probe, struct fault *fault)
{
	struct stream_facts *stream = &probe->stream;
	uint64_t id3;

	switch (probe->kind) {
	case KIND_MPEG:
		if (mpeg_read(probe->source, probe->start, probe->end, stream,
			      probe->key))
			return STATUS_OK;
		return fault_set(fault, STATUS_CORRUPT,
				 "no MPEG audio was found in this file");
	case KIND_ADTS:
		if (adts_read(probe->source, probe->start, probe->end, stream,
			      probe->key))
			return STATUS_OK;
		return fault_set(fault, STATUS_CORRUPT,
				 "no AAC audio was found in this file");
	case KIND_FLAC:
		if (flac_read(probe->source, probe->start, probe->end,
			      probe->tags, stream, probe->key))
			return STATUS_OK;
		return fault_set(fault, STATUS_CORRUPT,
				 "the FLAC file has no sound or no header");
	case KIND_OGG:
		return probe_ogg(probe, fault);
	case KIND_MP4:
		return probe_mp4(probe, fault);
	case KIND_WAV:
	case KIND_AIFF:
	case KIND_DSF:
		id3 = chunk_find_id3(probe->source);
		if (id3 > 0)
			id3v2_read(probe->source, id3, probe->tags);
		break;
	default:
		break;
	}
	return ask_libav(probe, true, fault);
}

/* ---- pictures ---- */

static size_t
picture_read(struct probe *probe, uint64_t at, void *out, size_t count)
{
	const struct tag_picture *picture = &probe->tags->picture;

	if (picture->bytes.at == NULL)
		return source_read(probe->source, picture->offset + at, out,
				   count);
	if (at >= picture->bytes.length)
		return 0;
	if (count > picture->bytes.length - at)
		count = picture->bytes.length - (size_t)at;
	memcpy(out, picture->bytes.at + at, count);
	return count;
}

/* Its length and three slices: front, middle, end. */
static void
picture_hash(struct probe *probe, struct media_facts *facts)
{
	const struct tag_picture *picture = &probe->tags->picture;
	uint64_t length = picture->length, middle = length / 2;
	struct digest *digest = digest_new();
	uint8_t slice[PICTURE_SLICE_BYTES];
	const uint64_t places[3] = {
		0, middle, length > sizeof slice ? length - sizeof slice : 0
	};

	digest_add(digest, &length, sizeof length);
	for (int i = 0; i < 3; i++) {
		size_t want = sizeof slice;

		if (want > length - places[i])
			want = (size_t)(length - places[i]);
		digest_add(digest, slice,
			   picture_read(probe, places[i], slice, want));
	}
	digest_finish(digest, facts->picture_hash);
}

static void
picture_bytes(struct probe *probe, struct media_facts *facts)
{
	uint64_t length = probe->tags->picture.length;
	char *bytes;

	if (length > MEDIA_PICTURE_BYTES_MAX)
		return;
	bytes = arena_alloc(probe->tags->arena, (size_t)length + 1);
	facts->picture.length = picture_read(probe, 0, bytes, (size_t)length);
	facts->picture.at = bytes;
}

static void
picture_facts(struct probe *probe, const struct wire_probe *ask,
	      struct media_facts *facts)
{
	struct tag_picture *picture = &probe->tags->picture;
	uint8_t head[16];
	size_t got;

	if (!picture->present)
		return;
	if (picture->base64) {
		if (!flac_picture_from_base64(probe->tags->arena,
					      picture->bytes, &picture->bytes))
			return;
		picture->length = picture->bytes.length;
		picture->base64 = false;
	}
	got = picture_read(probe, 0, head, sizeof head);
	facts->picture_type = picture_sniff(head, got);
	if (facts->picture_type == NULL) /* nothing that we can show */
		return;
	facts->has_picture = true;
	facts->picture_bytes = picture->length;
	picture_hash(probe, facts);
	if (ask->flags & MEDIA_WANT_PICTURE &&
	    !(ask->known && memcmp(ask->known_picture, facts->picture_hash,
				   SHA256_BYTES) == 0))
		picture_bytes(probe, facts);
}

/* ---- together ---- */

static void
stream_facts_copy(const struct probe *probe, struct media_facts *out)
{
	const struct stream_facts *stream = &probe->stream;
	double seconds;

	out->container = stream->container;
	out->codec = stream->codec;
	out->sample_rate_hz = stream->sample_rate_hz;
	out->channels = stream->channels;
	out->bit_depth = stream->bit_depth;
	out->gapless_known = stream->gapless_known;
	out->start_trim_samples = stream->start_trim_samples;
	out->end_trim_samples = stream->end_trim_samples;
	out->duration_ms = stream->duration_ms;
	if (stream->samples > 0)
		out->duration_ms = (int64_t)((double)stream->samples * 1000 /
						     stream->sample_rate_hz +
					     0.5);
	seconds = (double)out->duration_ms / 1000;
	out->bitrate_bps = stream->bitrate_bps;
	if (out->bitrate_bps == 0 && seconds > 0) {
		uint64_t bytes = stream->audio_bytes > 0 ?
					 stream->audio_bytes :
					 probe->end - probe->start;
		double bps = (double)bytes * 8 / seconds;

		out->bitrate_bps = bps < BITRATE_MAX ? (uint32_t)bps : 0;
	}
	memcpy(out->audio_key, probe->key, sizeof out->audio_key);
	if (!out->track_gain.known && stream->has_gain) {
		out->track_gain = (struct media_gain){
			.known = true, .gain_db = stream->gain_db,
			.peak = stream->peak
		};
	}
}

enum status
probe_file(int fd, const struct wire_probe *ask, struct arena *arena,
	   struct media_facts *out, struct probe_layout *layout,
	   struct fault *fault)
{
	struct probe probe = { .name = ask->name_hint };
	enum status status;

	probe.source = arena_alloc(arena, sizeof *probe.source);
	probe.tags = arena_alloc(arena, sizeof *probe.tags);
	tag_set_init(probe.tags, arena);
	if (!source_from_fd(probe.source, fd))
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "this is not a regular file");
	probe.end = probe.source->size_bytes;
	read_leading_tags(&probe);
	status = sniff(&probe, fault);
	if (status != STATUS_OK)
		return status;
	if (media_kind_row(probe.kind)->end_tags)
		read_trailing_tags(&probe);
	status = probe_stream(&probe, fault);
	if (status != STATUS_OK)
		return status;
	facts_from_tags(probe.tags, out);
	stream_facts_copy(&probe, out);
	picture_facts(&probe, ask, out);
	*layout = (struct probe_layout){ probe.kind, probe.start, probe.end,
					 probe.stream.exact,
					 (int64_t)probe.stream.samples };
	return STATUS_OK;
}
