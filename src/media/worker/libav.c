/* libav.c - see libav.h. */
#include "media/worker/libav.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#define IO_BYTES 32768
#define COMPLAINT_BYTES 160
#define PROBE_BYTES (1 << 20)
#define ANALYSE_US 3000000
#define STREAM_PROBE_BYTES (1 << 16)
#define STREAM_ANALYSE_US 1000000
#define STREAMS_MAX 64
#define SILENT_PACKETS_MAX 2000

static char complaint[COMPLAINT_BYTES];

static void keep_complaint(void *cookie, int level, const char *format,
			   va_list args)
	__attribute__((format(printf, 3, 0)));

/* Keeps the newest error line; nothing is printed. */
__attribute__((format(printf, 3, 0))) static void
keep_complaint(void *cookie, int level, const char *format, va_list args)
{
	size_t length;

	(void)cookie;
	if (level > AV_LOG_ERROR)
		return;
	if (strncmp(format, "Cannot open connection", 22) == 0)
		return; /* why was said before it */
	vsnprintf(complaint, sizeof complaint, format, args);
	length = strlen(complaint);
	while (length > 0 && (complaint[length - 1] == '\n' ||
			      complaint[length - 1] == '.'))
		complaint[--length] = '\0';
	if (!utf8_valid(complaint, length))
		complaint[0] = '\0';
}

void
libav_start(void)
{
	av_log_set_callback(keep_complaint);
}

void
libav_quiet(void)
{
	complaint[0] = '\0';
}

const char *
libav_complaint(void)
{
	return complaint;
}

enum status
libav_fault(struct fault *fault, int error, const char *doing)
{
	char text[AV_ERROR_MAX_STRING_SIZE];
	enum status status = STATUS_CORRUPT;

	av_strerror(error, text, sizeof text);
	if (error == AVERROR(ENOMEM))
		return fault_set(fault, STATUS_TOO_LARGE,
				 "%s needs more memory than is allowed",
				 doing);
	if (error == AVERROR_DECODER_NOT_FOUND ||
	    error == AVERROR_PATCHWELCOME)
		status = STATUS_UNSUPPORTED;
	return fault_set(fault, status, "%s failed: %s%s%s", doing, text,
			 complaint[0] != '\0' ? ": " : "", complaint);
}

static int
io_read(void *cookie, uint8_t *out, int room)
{
	struct libav_input *input = cookie;
	ssize_t got = ranged_read(&input->ranged, out, (size_t)room,
				  (uint64_t)input->at);

	if (got < 0)
		return AVERROR(errno);
	if (got == 0)
		return AVERROR_EOF;
	input->at += got;
	return (int)got;
}

static int64_t
io_seek(void *cookie, int64_t offset, int whence)
{
	struct libav_input *input = cookie;

	switch (whence & ~AVSEEK_FORCE) {
	case AVSEEK_SIZE:
		return (int64_t)input->ranged.size_bytes;
	case SEEK_SET:
		break;
	case SEEK_CUR:
		offset += input->at;
		break;
	case SEEK_END:
		offset += (int64_t)input->ranged.size_bytes;
		break;
	default:
		return AVERROR(EINVAL);
	}
	if (offset < 0)
		return AVERROR(EINVAL);
	input->at = offset;
	return offset;
}

static bool
is_picture(const AVStream *stream)
{
	return stream->disposition & AV_DISPOSITION_ATTACHED_PIC;
}

static enum status
pick_stream(struct libav_input *input, struct fault *fault)
{
	bool video = false;

	for (unsigned i = 0; i < input->format->nb_streams; i++) {
		AVStream *stream = input->format->streams[i];
		enum AVMediaType type = stream->codecpar->codec_type;

		video = video || (type == AVMEDIA_TYPE_VIDEO &&
				  !is_picture(stream));
		if (type == AVMEDIA_TYPE_AUDIO && input->stream == NULL)
			input->stream = stream;
		else
			stream->discard = AVDISCARD_ALL;
	}
	if (input->stream != NULL)
		return STATUS_OK;
	return fault_set(fault, STATUS_UNSUPPORTED, "%s",
			 video ? "this is a video without sound" :
				 "there is no sound in this file");
}

static bool
sound_is_known(const AVCodecParameters *par)
{
	return par->codec_id != AV_CODEC_ID_NONE && par->sample_rate > 0 &&
	       par->ch_layout.nb_channels > 0;
}

static bool
parameters_complete(const struct libav_input *input)
{
	const AVCodecParameters *par = input->stream->codecpar;

	if (input->stream->duration <= 0 && input->format->duration <= 0)
		return false; /* AV_NOPTS_VALUE is below 0 */
	return sound_is_known(par);
}

/* Asking the streams costs more than all the rest, and most demuxers know. */
static enum status
complete_parameters(struct libav_input *input, bool always,
		    struct fault *fault)
{
	int error;

	if (input->stream != NULL && parameters_complete(input) && !always)
		return STATUS_OK;
	error = avformat_find_stream_info(input->format, NULL);
	if (error < 0)
		return libav_fault(fault, error, "reading the stream");
	return STATUS_OK;
}

enum status
libav_open(struct libav_input *input, int fd, enum media_kind kind,
	   struct fault *fault)
{
	const AVInputFormat *demuxer =
		av_find_input_format(media_kind_row(kind)->demuxer);
	uint8_t *buffer;
	enum status status;
	int error;

	memset(input, 0, sizeof *input);
	status = ranged_open(fd, &input->ranged, fault);
	if (status != STATUS_OK)
		return status;
	buffer = av_malloc(IO_BYTES);
	input->io = avio_alloc_context(buffer, IO_BYTES, 0, input, io_read,
				       NULL, io_seek);
	input->format = avformat_alloc_context();
	if (buffer == NULL || input->io == NULL || input->format == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "opening the file");
	input->format->pb = input->io;
	input->format->flags |= AVFMT_FLAG_CUSTOM_IO;
	input->format->max_streams = STREAMS_MAX;
	input->format->probesize = PROBE_BYTES;
	input->format->max_analyze_duration = ANALYSE_US;
	error = avformat_open_input(&input->format, "", demuxer, NULL);
	if (error < 0)
		return libav_fault(fault, error, "reading the header");
	status = pick_stream(input, fault);
	if (status != STATUS_OK && input->format->nb_streams > 0 &&
	    !(input->format->ctx_flags & AVFMTCTX_NOHEADER))
		return status;
	status = complete_parameters(input, kind == KIND_MPEG, fault);
	if (status == STATUS_OK && input->stream == NULL)
		status = pick_stream(input, fault);
	if (status == STATUS_OK && !sound_is_known(input->stream->codecpar))
		status = fault_set(fault, STATUS_UNSUPPORTED,
				   "the sound is in an unknown encoding");
	return status;
}

static int
stream_read(void *cookie, uint8_t *out, int room)
{
	struct libav_input *input = cookie;
	ssize_t got;

	do {
		if (!input->wait(input->cookie))
			return AVERROR_EOF;
		got = read(input->ranged.fd, out, (size_t)room);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	return got > 0 ? (int)got : got == 0 ? AVERROR_EOF : AVERROR(errno);
}

enum status
libav_open_stream(struct libav_input *input, int fd, const char *demuxer,
		  libav_wait *wait, void *cookie, struct fault *fault)
{
	uint8_t *buffer = av_malloc(IO_BYTES);
	enum status status;
	int error;

	memset(input, 0, sizeof *input);
	input->ranged.fd = fd;
	input->wait = wait;
	input->cookie = cookie;
	input->io = avio_alloc_context(buffer, IO_BYTES, 0, input,
				       stream_read, NULL, NULL);
	input->format = avformat_alloc_context();
	if (buffer == NULL || input->io == NULL || input->format == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "opening the "
							   "stream");
	input->format->pb = input->io;
	input->format->flags |= AVFMT_FLAG_CUSTOM_IO;
	input->format->max_streams = STREAMS_MAX;
	input->format->probesize = STREAM_PROBE_BYTES;
	input->format->max_analyze_duration = STREAM_ANALYSE_US;
	error = avformat_open_input(&input->format, "",
				    demuxer != NULL ?
					    av_find_input_format(demuxer) :
					    NULL,
				    NULL);
	if (error < 0)
		return libav_fault(fault, error, "reading the stream's start");
	status = complete_parameters(input, true, fault);
	if (status == STATUS_OK)
		status = pick_stream(input, fault);
	if (status == STATUS_OK && !sound_is_known(input->stream->codecpar))
		status = fault_set(fault, STATUS_UNSUPPORTED,
				   "the sound is in an unknown encoding");
	return status;
}

void
libav_close(struct libav_input *input)
{
	avformat_close_input(&input->format);
	if (input->io != NULL)
		av_freep(&input->io->buffer);
	avio_context_free(&input->io);
}

static const char *
codec_name(enum AVCodecID id)
{
	const char *name = avcodec_get_name(id);

	if (strncmp(name, "pcm_", 4) == 0)
		return "pcm";
	if (strncmp(name, "dsd_", 4) == 0)
		return "dsd";
	if (strncmp(name, "musepack", 8) == 0)
		return "musepack";
	return name;
}

static bool
is_lossless(enum AVCodecID id)
{
	const AVCodecDescriptor *descriptor = avcodec_descriptor_get(id);

	/* WavPack and others can be lossy too; their depth is real anyway */
	return descriptor != NULL &&
	       descriptor->props & AV_CODEC_PROP_LOSSLESS;
}

static void
facts_length(const struct libav_input *input, struct stream_facts *facts)
{
	const AVStream *stream = input->stream;
	const AVCodecParameters *par = stream->codecpar;
	int64_t us = input->format->duration, limit;

	if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0)
		us = av_rescale_q(stream->duration, stream->time_base,
				  AV_TIME_BASE_Q);
	if (us == AV_NOPTS_VALUE || us < 0)
		us = 0;
	/* a header that promises more than the file has room for */
	if (strcmp(facts->codec, "pcm") == 0 && par->bit_rate > 0) {
		limit = av_rescale((int64_t)input->ranged.size_bytes * 8,
				   AV_TIME_BASE, par->bit_rate);
		us = us > limit || us == 0 ? limit : us;
	}
	facts->duration_ms = us / 1000;
	if (is_lossless(par->codec_id) && us > 0) {
		facts->samples = (uint64_t)av_rescale(
			us, par->sample_rate, AV_TIME_BASE);
		if (stream->time_base.num == 1 &&
		    stream->time_base.den == par->sample_rate &&
		    stream->duration > 0 &&
		    llabs((int64_t)facts->samples - stream->duration) < 100)
			facts->samples = (uint64_t)stream->duration;
	}
}

/* The packets' key; for lossless sound with its exact length, which no
 * container changes. */
static void
facts_key(struct libav_input *input, const struct stream_facts *facts,
	  uint8_t out[SHA256_BYTES])
{
	const AVCodecParameters *par = input->stream->codecpar;
	AVPacket *packet = av_packet_alloc();
	struct audio_key key;
	bool more = packet != NULL;

	audio_key_begin(&key, facts->codec, facts->sample_rate_hz,
			facts->channels);
	/* theirs hold comments and a gain that taggers change */
	if (par->extradata_size > 0 && par->codec_id != AV_CODEC_ID_VORBIS &&
	    par->codec_id != AV_CODEC_ID_OPUS)
		audio_key_setup(&key, par->extradata,
				(size_t)par->extradata_size);
	if (facts->samples > 0)
		audio_key_setup(&key, &facts->samples, sizeof facts->samples);
	for (int i = 0; more && i < SILENT_PACKETS_MAX; i++) {
		if (av_read_frame(input->format, packet) < 0)
			break;
		if (packet->stream_index == input->stream->index)
			more = audio_key_packet(&key, packet->data,
						(size_t)packet->size);
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
	audio_key_end(&key, out);
}

static void
tags_from_dictionary(const AVDictionary *from, enum media_kind kind,
		     struct tag_set *set)
{
	const AVDictionaryEntry *entry = NULL;
	enum tag_rank rank = kind == KIND_WAV || kind == KIND_AIFF ?
				     TAG_RANK_CHUNKS :
				     TAG_RANK_LIBAV;

	while ((entry = av_dict_get(from, "", entry,
				    AV_DICT_IGNORE_SUFFIX)) != NULL) {
		struct span value = span_of(entry->value);

		tag_add(set, tag_field_named(span_of(entry->key)), rank, value,
			!utf8_valid(value.at, value.length));
	}
}

static void
picture_from_stream(const AVStream *stream, struct tag_set *set)
{
	struct tag_picture picture = { .rank = TAG_RANK_LIBAV, .kind = 3 };
	const AVPacket *packet = &stream->attached_pic;
	const AVDictionaryEntry *kind;

	if (!is_picture(stream) || packet->size <= 0 ||
	    (unsigned)packet->size > MEDIA_PICTURE_BYTES_MAX)
		return;
	kind = av_dict_get(stream->metadata, "comment", NULL, 0);
	if (kind != NULL && strcasecmp(kind->value, "Cover (front)") != 0)
		picture.kind = 0;
	picture.length = (uint64_t)packet->size;
	picture.bytes.at = arena_copy_bytes(set->arena, packet->data,
					    (size_t)packet->size);
	picture.bytes.length = (size_t)packet->size;
	tag_offer_picture(set, &picture);
}

static void
tags_from_libav(const struct libav_input *input, enum media_kind kind,
		struct tag_set *set)
{
	tags_from_dictionary(input->format->metadata, kind, set);
	tags_from_dictionary(input->stream->metadata, kind, set);
	for (unsigned i = 0; i < input->format->nb_streams; i++)
		picture_from_stream(input->format->streams[i], set);
}

#define DSD_BITS_PER_BYTE 8

void
libav_facts(struct libav_input *input, enum media_kind kind,
	    struct tag_set *set, struct stream_facts *facts,
	    uint8_t key[SHA256_BYTES])
{
	const AVCodecParameters *par = input->stream->codecpar;
	int depth = par->bits_per_raw_sample > 0 ? par->bits_per_raw_sample :
						   par->bits_per_coded_sample;

	facts->codec = codec_name(par->codec_id);
	facts->container = media_kind_row(kind)->container;
	facts->sample_rate_hz = (uint32_t)par->sample_rate;
	facts->channels = (uint32_t)par->ch_layout.nb_channels;
	facts->bitrate_bps = par->bit_rate > 0 && par->bit_rate < INT32_MAX ?
				     (uint32_t)par->bit_rate :
				     0;
	if (is_lossless(par->codec_id)) {
		facts->bit_depth = depth > 0 ? (uint32_t)depth : 0;
		facts->gapless_known = true;
	}
	facts_length(input, facts);
	if (set != NULL)
		tags_from_libav(input, kind, set);
	facts_key(input, facts, key);
	if (strcmp(facts->codec, "dsd") == 0) {
		facts->bit_depth = 1;
		facts->sample_rate_hz *= DSD_BITS_PER_BYTE;
		facts->samples *= DSD_BITS_PER_BYTE;
	}
}
