/* live_encode.c - live samples to packets; see worker.h and live.h.
 *
 * Muxers write into a buffer; what is in it after a write is one packet, since
 * they are told to hold nothing back. How much sound a packet has, and whether a
 * listener may begin with it, is read from Ogg's page headers, and known
 * beforehand everywhere else. */
#include "media/worker/worker.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <poll.h>
#include <unistd.h>

#include "media/worker/libav.h"

#define IO_BYTES 16384
#define FRAME_BYTES (MEDIA_LIVE_CHANNELS * sizeof(float))
#define PCM_FRAMES 2048 /* read at a time, and the largest encoder frame */
#define OGG_HEAD_BYTES 27
#define KBPS_MIN 8
#define KBPS_MAX 320

struct encode_row {
	const char *encoder;
	const char *muxer; /* NULL: the encoder's packets as they are */
	uint32_t kbps;
};

static const struct encode_row rows[MEDIA_LIVE_FORMATS] = {
	[MEDIA_LIVE_MP3] = { "libmp3lame", NULL, 128 },
	[MEDIA_LIVE_AAC] = { "aac", "adts", 128 },
	[MEDIA_LIVE_OPUS] = { "libopus", "ogg", 96 },
	[MEDIA_LIVE_VORBIS] = { "libvorbis", "ogg", 112 },
	[MEDIA_LIVE_FMP4] = { "aac", "mp4", 128 },
};

struct encode_job {
	int input, output, socket;
	enum media_live_format format;
	AVCodecContext *codec;
	AVFormatContext *muxer;
	AVIOContext *io;
	AVFrame *frame;
	AVPacket *packet;
	struct buffer out;
	float waiting[PCM_FRAMES * MEDIA_LIVE_CHANNELS];
	size_t waiting_bytes;
	int64_t samples;  /* given to the encoder */
	int64_t granule;  /* of the last Ogg page */
	int64_t fragment; /* samples in the fragment that is being made */
};

/* ---- out ---- */

/* Blocks until `fd` is ready; false when the server wants no more. */
static bool
ready(const struct encode_job *job, int fd, short events)
{
	struct pollfd both[2] = {
		{ .fd = fd, .events = events },
		{ .fd = job->socket, .events = POLLIN },
	};

	while (poll(both, 2, -1) < 0)
		;
	return both[1].revents == 0;
}

static enum status
cancelled(struct fault *fault)
{
	return fault_set(fault, STATUS_CANCELLED,
			 "nobody wants the output any more");
}

static enum status
write_all(const struct encode_job *job, const void *bytes, size_t count,
	  struct fault *fault)
{
	const char *at = bytes;

	while (count > 0) {
		ssize_t put;

		if (!ready(job, job->output, POLLOUT))
			return cancelled(fault);
		put = write(job->output, at, count < 4096 ? count : 4096);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return cancelled(fault);
		at += put;
		count -= (size_t)put;
	}
	return STATUS_OK;
}

static enum status
packet_tell(struct encode_job *job, enum media_packet_kind kind, bool join,
	    int64_t samples, struct fault *fault)
{
	struct wire_packet head = {
		.kind = (uint8_t)kind,
		.join = join,
		.samples = samples > 0 ? (uint32_t)samples : 0,
		.length = (uint32_t)job->out.length,
	};
	enum status status;

	if (job->out.length == 0)
		return STATUS_OK;
	status = write_all(job, &head, sizeof head, fault);
	if (status == STATUS_OK)
		status = write_all(job, job->out.bytes, job->out.length,
				   fault);
	buffer_clear(&job->out);
	return status;
}

static int64_t
ogg_granule(const uint8_t *page)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value |= (uint64_t)page[6 + i] << (8 * i);
	return (int64_t)value;
}

/* Whole pages are in the buffer: adds up their sound. */
static enum status
pages_tell(struct encode_job *job, struct fault *fault)
{
	const uint8_t *at = (const uint8_t *)job->out.bytes;
	size_t left = job->out.length;
	int64_t samples = 0;
	bool join;

	if (left < OGG_HEAD_BYTES)
		return STATUS_OK;
	join = (at[5] & 1) == 0; /* no rest of a packet comes first */
	while (left >= OGG_HEAD_BYTES) {
		size_t length = OGG_HEAD_BYTES + at[26];
		int64_t granule = ogg_granule(at);

		for (size_t i = 0; i < at[26] && OGG_HEAD_BYTES + i < left; i++)
			length += at[OGG_HEAD_BYTES + i];
		if (granule > job->granule) {
			samples += granule - job->granule;
			job->granule = granule;
		}
		if (length > left)
			break;
		at += length;
		left -= length;
	}
	return packet_tell(job, MEDIA_PACKET_SOUND, join, samples, fault);
}

static enum status
fragment_end(struct encode_job *job, struct fault *fault)
{
	int64_t samples = job->fragment;

	if (samples == 0)
		return STATUS_OK;
	if (av_write_frame(job->muxer, NULL) < 0)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "a fragment could not be made");
	avio_flush(job->io);
	job->fragment = 0;
	return packet_tell(job, MEDIA_PACKET_SOUND, true, samples, fault);
}

static enum status
packet_mux(struct encode_job *job, struct fault *fault)
{
	AVPacket *packet = job->packet;
	int64_t samples = packet->duration > 0 ? packet->duration :
						 job->codec->frame_size;
	int error;

	if (job->muxer == NULL) {
		buffer_add(&job->out, packet->data, (size_t)packet->size);
		return packet_tell(job, MEDIA_PACKET_SOUND, true, samples,
				   fault);
	}
	packet->stream_index = 0;
	av_packet_rescale_ts(packet, job->codec->time_base,
			     job->muxer->streams[0]->time_base);
	error = av_write_frame(job->muxer, packet);
	if (error < 0)
		return libav_fault(fault, error, "writing");
	if (job->format == MEDIA_LIVE_FMP4) {
		job->fragment += samples;
		return job->fragment * 1000 < (int64_t)MEDIA_LIVE_FRAGMENT_MS *
						      MEDIA_LIVE_RATE ?
			       STATUS_OK :
			       fragment_end(job, fault);
	}
	avio_flush(job->io);
	if (job->format == MEDIA_LIVE_AAC)
		return packet_tell(job, MEDIA_PACKET_SOUND, true, samples,
				   fault);
	return pages_tell(job, fault);
}

/* ---- in ---- */

/* Hands the encoder a frame (NULL: the end) and writes what it gives. */
static enum status
encode(struct encode_job *job, const AVFrame *frame, struct fault *fault)
{
	int error = avcodec_send_frame(job->codec, frame);
	enum status status = STATUS_OK;

	while (error >= 0 && status == STATUS_OK) {
		error = avcodec_receive_packet(job->codec, job->packet);
		if (error < 0)
			break;
		status = packet_mux(job, fault);
		av_packet_unref(job->packet);
	}
	if (status == STATUS_OK && error < 0 && error != AVERROR(EAGAIN) &&
	    error != AVERROR_EOF)
		status = libav_fault(fault, error, "encoding");
	return status;
}

static enum status
encode_frames(struct encode_job *job, const float *from, int count,
	      struct fault *fault)
{
	AVFrame *frame = job->frame;

	av_frame_unref(frame);
	frame->nb_samples = count;
	frame->format = job->codec->sample_fmt;
	frame->sample_rate = MEDIA_LIVE_RATE;
	frame->pts = job->samples;
	av_channel_layout_copy(&frame->ch_layout, &job->codec->ch_layout);
	if (av_frame_get_buffer(frame, 0) < 0)
		return libav_fault(fault, AVERROR(ENOMEM), "encoding");
	if (frame->format == AV_SAMPLE_FMT_FLT) {
		memcpy(frame->data[0], from, (size_t)count * FRAME_BYTES);
	} else {
		float *left = (float *)(void *)frame->data[0];
		float *right = (float *)(void *)frame->data[1];

		for (int i = 0; i < count; i++) {
			left[i] = from[2 * i];
			right[i] = from[2 * i + 1];
		}
	}
	job->samples += count;
	return encode(job, frame, fault);
}

/* Encodes the whole frames that wait; at the end what is left as well. */
static enum status
encode_waiting(struct encode_job *job, bool all, struct fault *fault)
{
	size_t size = (size_t)job->codec->frame_size;
	size_t have = job->waiting_bytes / FRAME_BYTES, done = 0;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && done < have &&
	       (have - done >= size || all)) {
		size_t count = have - done < size ? have - done : size;

		status = encode_frames(job, job->waiting + 2 * done,
				       (int)count, fault);
		done += count;
	}
	job->waiting_bytes -= done * FRAME_BYTES;
	memmove(job->waiting, job->waiting + 2 * done, job->waiting_bytes);
	return status;
}

static enum status
run(struct encode_job *job, struct fault *fault)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		ssize_t got;

		if (!ready(job, job->input, POLLIN))
			return cancelled(fault);
		got = read(job->input,
			   (char *)job->waiting + job->waiting_bytes,
			   sizeof job->waiting - job->waiting_bytes);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		job->waiting_bytes += (size_t)got;
		status = encode_waiting(job, false, fault);
	}
	if (status == STATUS_OK)
		status = encode_waiting(job, true, fault);
	if (status == STATUS_OK)
		status = encode(job, NULL, fault);
	if (status == STATUS_OK && job->format == MEDIA_LIVE_FMP4)
		status = fragment_end(job, fault);
	if (status != STATUS_OK || job->muxer == NULL)
		return status;
	if (av_write_trailer(job->muxer) < 0)
		return fault_set(fault, STATUS_FAILED,
				 "the end could not be written");
	avio_flush(job->io);
	return job->format == MEDIA_LIVE_OPUS ||
			       job->format == MEDIA_LIVE_VORBIS ?
		       pages_tell(job, fault) :
		       STATUS_OK;
}

/* ---- opening ---- */

static enum status
codec_open(struct encode_job *job, uint32_t kbps, struct fault *fault)
{
	const struct encode_row *row = &rows[job->format];
	const AVCodec *codec = avcodec_find_encoder_by_name(row->encoder);
	int error;

	if (codec == NULL)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "this FFmpeg has no encoder %s",
				 row->encoder);
	job->codec = avcodec_alloc_context3(codec);
	if (job->codec == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "encoding");
	kbps = kbps > 0 ? kbps : row->kbps;
	kbps = kbps < KBPS_MIN ? KBPS_MIN : kbps > KBPS_MAX ? KBPS_MAX : kbps;
	av_channel_layout_default(&job->codec->ch_layout,
				  MEDIA_LIVE_CHANNELS);
	job->codec->sample_rate = MEDIA_LIVE_RATE;
	job->codec->sample_fmt = job->format == MEDIA_LIVE_OPUS ?
					 AV_SAMPLE_FMT_FLT :
					 AV_SAMPLE_FMT_FLTP;
	job->codec->time_base = (AVRational){ 1, MEDIA_LIVE_RATE };
	job->codec->bit_rate = (int64_t)kbps * 1000;
	job->codec->thread_count = 1;
	if (row->muxer != NULL && job->format != MEDIA_LIVE_AAC)
		job->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	error = avcodec_open2(job->codec, codec, NULL);
	if (error < 0)
		return libav_fault(fault, error, "starting the encoder");
	return job->codec->frame_size > 0 &&
			       job->codec->frame_size <= PCM_FRAMES ?
		       STATUS_OK :
		       fault_set(fault, STATUS_UNSUPPORTED,
				 "the encoder %s wants too much at a time",
				 row->encoder);
}

static int
io_write(void *cookie, uint8_t *bytes, int count)
{
	struct encode_job *job = cookie;

	buffer_add(&job->out, bytes, (size_t)count);
	return job->out.full ? AVERROR(ENOMEM) : count;
}

static enum status
muxer_open(struct encode_job *job, struct fault *fault)
{
	const char *name = rows[job->format].muxer;
	AVDictionary *options = NULL;
	AVStream *stream = NULL;
	uint8_t *buffer;
	int error;

	if (name == NULL)
		return STATUS_OK;
	buffer = av_malloc(IO_BYTES);
	error = avformat_alloc_output_context2(&job->muxer, NULL, name, NULL);
	if (error < 0 || buffer == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "writing");
	job->io = avio_alloc_context(buffer, IO_BYTES, 1, job, NULL, io_write,
				     NULL);
	stream = avformat_new_stream(job->muxer, NULL);
	if (job->io == NULL || stream == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "writing");
	job->muxer->pb = job->io;
	job->muxer->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_FLUSH_PACKETS;
	avcodec_parameters_from_context(stream->codecpar, job->codec);
	stream->time_base = job->codec->time_base;
	av_dict_set(&options, "movflags",
		    "+frag_custom+empty_moov+default_base_moof", 0);
	av_dict_set(&options, "page_duration", "200000", 0);
	error = avformat_write_header(job->muxer, &options);
	av_dict_free(&options);
	if (error < 0)
		return libav_fault(fault, error, "writing");
	avio_flush(job->io);
	return packet_tell(job, MEDIA_PACKET_HEADER, true, 0, fault);
}

static void
job_close(struct encode_job *job)
{
	if (job->muxer != NULL) {
		job->muxer->pb = NULL;
		avformat_free_context(job->muxer);
	}
	if (job->io != NULL)
		av_freep(&job->io->buffer);
	avio_context_free(&job->io);
	av_frame_free(&job->frame);
	av_packet_free(&job->packet);
	avcodec_free_context(&job->codec);
	buffer_release(&job->out);
	free(job);
}

enum status
encode_live(int input, int output, const struct wire_encode *ask, int socket,
	    struct fault *fault)
{
	struct encode_job *job = mem_new(1, sizeof *job);
	enum status status;

	job->input = input;
	job->output = output;
	job->socket = socket;
	job->format = ask->format;
	job->frame = av_frame_alloc();
	job->packet = av_packet_alloc();
	buffer_init(&job->out, MEDIA_PACKET_BYTES_MAX);
	status = job->frame == NULL || job->packet == NULL ?
			 libav_fault(fault, AVERROR(ENOMEM), "encoding") :
			 codec_open(job, ask->bitrate_kbps, fault);
	if (status == STATUS_OK)
		status = muxer_open(job, fault);
	if (status == STATUS_OK)
		status = run(job, fault);
	job_close(job);
	return status;
}
