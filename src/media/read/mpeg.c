/* mpeg.c - frames of MPEG audio and ADTS; see mpeg.h. */
#include "media/read/mpeg.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define FIND_BYTES (256u << 10)
#define SCAN_BYTES_MAX (48u << 20)
#define CBR_PROBES 8
#define DECODER_DELAY 529 /* of layer III: 528 + 1 */

typedef bool frame_reader(struct source *source, uint64_t at,
			  struct mpeg_frame *out);

static const uint16_t bitrates[2][3][16] = {
	/* MPEG-1, layers I, II, III */
	{ { 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416,
	    448, 0 },
	  { 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
	    0 },
	  { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
	    0 } },
	/* MPEG-2 and 2.5 */
	{ { 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
	    0 },
	  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 },
	  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 } },
};

static const uint32_t rates[3] = { 44100, 48000, 32000 };

static const uint32_t adts_rates[16] = { 96000, 88200, 64000, 48000, 44100,
					 32000, 24000, 22050, 16000, 12000,
					 11025, 8000,  7350 };

bool
mpeg_frame_read(const uint8_t header[MPEG_HEADER_BYTES],
		struct mpeg_frame *out)
{
	uint32_t bits = be32(header);
	uint32_t version = bits >> 19 & 3, layer = 4 - (bits >> 17 & 3);
	uint32_t rate = bits >> 10 & 3, padding = bits >> 9 & 1, kbps;
	bool low = version != 3;

	if (bits >> 21 != 0x7FF || version == 1 || layer == 4 || rate == 3 ||
	    (bits & 3) == 2)
		return false;
	kbps = bitrates[low][layer - 1][bits >> 12 & 15];
	if (kbps == 0)
		return false;
	out->layer = (int)layer;
	out->low_rate = low;
	out->mono = (bits >> 6 & 3) == 3;
	out->channels = out->mono ? 1 : 2;
	out->sample_rate_hz = rates[rate] >> (low ? version == 0 ? 2 : 1 : 0);
	out->bitrate_bps = kbps * 1000;
	out->samples = layer == 1 ? 384 : layer == 3 && low ? 576 : 1152;
	if (layer == 1)
		out->length = (12 * out->bitrate_bps / out->sample_rate_hz +
			       padding) * 4;
	else
		out->length = out->samples / 8 * out->bitrate_bps /
				      out->sample_rate_hz + padding;
	return true;
}

bool
adts_frame_read(const uint8_t header[ADTS_HEADER_BYTES],
		struct mpeg_frame *out)
{
	uint32_t channels = (header[2] & 1u) << 2 | header[3] >> 6;

	if (be16(header) >> 4 != 0xFFF || (header[1] & 6) != 0)
		return false;
	memset(out, 0, sizeof *out);
	out->sample_rate_hz = adts_rates[header[2] >> 2 & 15];
	out->channels = channels == 7 ? 8 : channels == 0 ? 2 : channels;
	out->mono = channels == 1;
	out->length = (header[3] & 3u) << 11 | (uint32_t)header[4] << 3 |
		      header[5] >> 5;
	out->samples = ((header[6] & 3u) + 1) * 1024;
	return out->sample_rate_hz > 0 && out->length > ADTS_HEADER_BYTES;
}

static bool
mpeg_at(struct source *source, uint64_t at, struct mpeg_frame *out)
{
	uint8_t header[MPEG_HEADER_BYTES];

	return source_read_all(source, at, header, sizeof header) &&
	       mpeg_frame_read(header, out);
}

static bool
adts_at(struct source *source, uint64_t at, struct mpeg_frame *out)
{
	uint8_t header[ADTS_HEADER_BYTES];

	return source_read_all(source, at, header, sizeof header) &&
	       adts_frame_read(header, out);
}

static bool
same_kind(const struct mpeg_frame *a, const struct mpeg_frame *b)
{
	return a->layer == b->layer && a->low_rate == b->low_rate &&
	       a->sample_rate_hz == b->sample_rate_hz;
}

/* True when frames of one kind follow each other from `at` on. */
static bool
frames_follow(struct source *source, uint64_t at, uint64_t end,
	      frame_reader *read, const struct mpeg_frame *first)
{
	struct mpeg_frame next = *first;

	for (int i = 0; i < 2; i++) {
		at += next.length;
		if (at >= end)
			return at == end || i > 0;
		if (!read(source, at, &next) || !same_kind(first, &next))
			return false;
	}
	return true;
}

static bool
find(struct source *source, uint64_t from, uint64_t end, uint64_t reach,
     frame_reader *read, uint64_t *at, struct mpeg_frame *out)
{
	uint8_t bytes[4096];

	if (from >= end)
		return false;
	if (reach > end - from)
		reach = end - from;
	for (uint64_t done = 0; done < reach;) {
		size_t got = source_read(source, from + done, bytes,
					 sizeof bytes);

		if (got < 2)
			return false;
		for (size_t i = 0; i + 1 < got && done + i < reach; i++) {
			if (bytes[i] == 0xFF && bytes[i + 1] >= 0xE0 &&
			    read(source, from + done + i, out) &&
			    frames_follow(source, from + done + i, end, read,
					  out)) {
				*at = from + done + i;
				return true;
			}
		}
		done += got - 1;
	}
	return false;
}

bool
mpeg_find(struct source *source, uint64_t from, uint64_t end, uint64_t reach,
	  uint64_t *at, struct mpeg_frame *out)
{
	return find(source, from, end, reach, mpeg_at, at, out);
}

bool
adts_find(struct source *source, uint64_t from, uint64_t end, uint64_t reach,
	  uint64_t *at, struct mpeg_frame *out)
{
	return find(source, from, end, reach, adts_at, at, out);
}

/* What a Xing, Info or VBRI header tells. */
struct xing {
	bool present;
	uint32_t frames, bytes; /* 0: not told */
	bool has_delay;
	uint32_t delay, padding;
	bool has_gain;
	double gain_db, peak;
};

/* LAME's part: version text (9), method, low-pass, peak (4), two gains (2
 * each), flags, rate, delays (3). */
static void
lame_read(const uint8_t *at, struct xing *out)
{
	uint32_t gain = be16(at + 15), delays = be24(at + 21);

	if (at[0] < ' ' || at[0] > 'z' || at[1] < ' ' || at[1] > 'z')
		return;
	out->has_delay = true;
	out->delay = delays >> 12;
	out->padding = delays & 0xFFF;
	if (gain >> 13 == 1 && (gain >> 10 & 7) != 0) {
		out->has_gain = true;
		out->gain_db = (gain & 0x1FF) / 10.0;
		if (gain & 0x200)
			out->gain_db = -out->gain_db;
		out->peak = be32(at + 11) / 8388608.0;
	}
}

static void
xing_read(const uint8_t *bytes, size_t length, struct xing *out)
{
	uint32_t flags = be32(bytes + 4);
	size_t at = 8;

	out->present = true;
	if (flags & 1) {
		out->frames = be32(bytes + at);
		at += 4;
	}
	if (flags & 2) {
		out->bytes = be32(bytes + at);
		at += 4;
	}
	at += (flags & 4 ? 100u : 0u) + (flags & 8 ? 4u : 0u);
	if (at + 24 <= length)
		lame_read(bytes + at, out);
}

/* Looks into the first frame. */
static void
info_frame_read(struct source *source, uint64_t at,
		const struct mpeg_frame *frame, struct xing *out)
{
	uint8_t bytes[200] = { 0 };
	size_t side = frame->mono ? (frame->low_rate ? 9 : 17) :
				    (frame->low_rate ? 17 : 32);
	size_t got;

	memset(out, 0, sizeof *out);
	if (frame->layer != 3)
		return;
	got = source_read(source, at + 4 + side, bytes, sizeof bytes);
	if (got < 24)
		return;
	if (memcmp(bytes, "Xing", 4) == 0 || memcmp(bytes, "Info", 4) == 0) {
		xing_read(bytes, got, out);
		return;
	}
	if (source_read(source, at + 4 + 32, bytes, 26) == 26 &&
	    memcmp(bytes, "VBRI", 4) == 0) {
		out->present = true;
		out->bytes = be32(bytes + 10);
		out->frames = be32(bytes + 14);
	}
}

/* The same bit rate at several places: then it is constant. */
static bool
rate_is_constant(struct source *source, uint64_t from, uint64_t end,
		 const struct mpeg_frame *first)
{
	for (uint64_t i = 1; i < CBR_PROBES; i++) {
		struct mpeg_frame frame;
		uint64_t at, place = from + (end - from) / CBR_PROBES * i;

		if (!mpeg_find(source, place, end, 8192, &at, &frame))
			continue;
		for (int n = 0; n < 4 && at < end; n++) {
			if (!mpeg_at(source, at, &frame))
				break;
			if (frame.bitrate_bps != first->bitrate_bps)
				return false;
			at += frame.length;
		}
	}
	return true;
}

/* Counts samples from header to header, finding its way over junk; past
 * SCAN_BYTES_MAX it extrapolates. *bytes: of the frames. */
static uint64_t
samples_count(struct source *source, uint64_t from, uint64_t end,
	      frame_reader *read, const struct mpeg_frame *first, bool *exact)
{
	uint64_t at = from, samples = 0;
	struct mpeg_frame frame;

	*exact = true;
	while (at < end) {
		if (at - from > SCAN_BYTES_MAX) {
			*exact = false;
			return (uint64_t)((double)samples *
					  (double)(end - from) /
					  (double)(at - from));
		}
		if (read(source, at, &frame) && same_kind(first, &frame)) {
			/* a cut last frame is not decoded */
			if (at + frame.length <= end)
				samples += frame.samples;
			at += frame.length;
		} else if (!find(source, at + 1, end, FIND_BYTES, read, &at,
				 &frame)) {
			break;
		}
	}
	return samples;
}

/* A header can be a lie: the file was cut, joined, or never finished. */
static bool
xing_is_credible(const struct xing *xing, uint64_t audio_bytes,
		 const struct mpeg_frame *frame)
{
	double seconds, bps;

	if (xing->frames == 0)
		return false;
	if (xing->bytes > 0 && (audio_bytes < xing->bytes / 20ull * 19 ||
				audio_bytes / 2 > xing->bytes))
		return false;
	seconds = (double)xing->frames * frame->samples /
		  frame->sample_rate_hz;
	bps = (double)audio_bytes * 8 / seconds;
	return bps > 4000 && bps < 1500000;
}

static void
frames_key(struct source *source, uint64_t at, uint64_t end,
	   const char *codec, const struct mpeg_frame *first,
	   frame_reader *read, uint8_t out[SHA256_BYTES])
{
	struct audio_key key;
	struct mpeg_frame frame;
	uint8_t bytes[8192];

	audio_key_begin(&key, codec, first->sample_rate_hz, first->channels);
	while (at < end && read(source, at, &frame)) {
		size_t got = frame.length < sizeof bytes ? frame.length :
							   sizeof bytes;

		got = source_read(source, at, bytes, got);
		if (got == 0 || !audio_key_packet(&key, bytes, got))
			break;
		at += frame.length;
	}
	audio_key_end(&key, out);
}

static void
facts_from_xing(const struct xing *xing, const struct mpeg_frame *frame,
		struct stream_facts *facts)
{
	uint64_t all = (uint64_t)xing->frames * frame->samples;
	uint32_t start, end;

	facts->samples = all;
	facts->exact = true;
	if (!xing->has_delay)
		return;
	start = xing->delay + DECODER_DELAY;
	end = xing->padding > DECODER_DELAY ? xing->padding - DECODER_DELAY :
					      0;
	if ((uint64_t)start + end >= all)
		return;
	facts->gapless_known = true;
	facts->start_trim_samples = start;
	facts->end_trim_samples = end;
	facts->samples = all - start - end;
}

/* The first frame with sound, and what stood before it. */
static bool
first_frame(struct source *source, uint64_t from, uint64_t end, uint64_t *at,
	    struct mpeg_frame *first, struct xing *xing)
{
	if (!mpeg_find(source, from, end, FIND_BYTES, at, first))
		return false;
	info_frame_read(source, *at, first, xing);
	if (!xing->present || *at + first->length >= end)
		return true;
	*at += first->length;
	/* the frame that carries it may be of another bit rate */
	return mpeg_at(source, *at, first) ||
	       mpeg_find(source, *at, end, FIND_BYTES, at, first);
}

bool
mpeg_locate(struct source *source, bool adts, uint64_t from, uint64_t end,
	    uint64_t samples, struct mpeg_place *out)
{
	frame_reader *read = adts ? adts_at : mpeg_at;
	struct mpeg_frame first, frame;
	struct xing xing;
	uint64_t at, played = 0;

	if (!(adts ? adts_find(source, from, end, FIND_BYTES, &at, &first) :
		     first_frame(source, from, end, &at, &first, &xing)))
		return false;
	*out = (struct mpeg_place){ .frame_samples = first.samples };
	while (at < end) {
		if (!read(source, at, &frame) || !same_kind(&first, &frame)) {
			if (!find(source, at + 1, end, FIND_BYTES, read, &at,
				  &frame))
				return false;
		}
		if (out->count == MPEG_PREROLL) {
			memmove(out->at, out->at + 1,
				sizeof out->at - sizeof out->at[0]);
			out->count--;
			out->first_sample += first.samples;
		}
		out->at[out->count++] = at;
		played += frame.samples;
		if (played > samples)
			return true;
		at += frame.length;
	}
	return false;
}

bool
mpeg_read(struct source *source, uint64_t from, uint64_t end,
	  struct stream_facts *facts, uint8_t key[SHA256_BYTES])
{
	static const char *const codecs[] = { "mp1", "mp2", "mp3" };
	struct mpeg_frame first;
	struct xing xing;
	uint64_t at;

	if (!first_frame(source, from, end, &at, &first, &xing))
		return false;
	facts->codec = codecs[first.layer - 1];
	facts->container = "mp3";
	facts->sample_rate_hz = first.sample_rate_hz;
	facts->channels = first.channels;
	facts->audio_bytes = end - at;
	if (xing.present && xing_is_credible(&xing, end - at, &first)) {
		facts_from_xing(&xing, &first, facts);
	} else if (rate_is_constant(source, at, end, &first)) {
		facts->bitrate_bps = first.bitrate_bps;
		facts->samples = (uint64_t)((double)(end - at) * 8 *
					    first.sample_rate_hz /
					    first.bitrate_bps);
		facts->exact = true;
	} else {
		facts->samples = samples_count(source, at, end, mpeg_at,
					       &first, &facts->exact);
	}
	facts->has_gain = xing.has_gain;
	facts->gain_db = xing.gain_db;
	facts->peak = xing.peak;
	frames_key(source, at, end, facts->codec, &first, mpeg_at, key);
	return true;
}

bool
adts_read(struct source *source, uint64_t from, uint64_t end,
	  struct stream_facts *facts, uint8_t key[SHA256_BYTES])
{
	struct mpeg_frame first;
	uint64_t at;

	if (!adts_find(source, from, end, FIND_BYTES, &at, &first))
		return false;
	facts->codec = "aac";
	facts->container = "aac";
	facts->sample_rate_hz = first.sample_rate_hz;
	facts->channels = first.channels;
	facts->audio_bytes = end - at;
	facts->samples = samples_count(source, at, end, adts_at, &first,
				       &facts->exact);
	frames_key(source, at, end, "aac", &first, adts_at, key);
	return true;
}
