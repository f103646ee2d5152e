/* push.c - sound and a picture to a server of RTMP; see worker.h and media/push.h.
 *
 * The sound's packets set the pace: a frame of the picture goes out whenever the
 * sound has come to its time. libavformat may wait for the server; then so does
 * this process, and the pipe behind it fills up. */
#include "media/worker/worker.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <poll.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "media/worker/card.h"
#include "media/worker/libav.h"

#define ADTS_BYTES 7
#define READ_BYTES 16384
#define FRAMES_PER_SECOND 2
#define FRAMES_PER_KEY 4
#define CONNECT_MS 15000
#define WRITE_MS 10000

struct push_job {
	const struct wire_push *ask;
	int input, socket;
	int64_t deadline_ms; /* of what libavformat does now */
	AVFormatContext *muxer;
	AVStream *sound, *picture; /* picture NULL: none */
	AVCodecContext *codec;
	AVFrame *frame;
	AVPacket *packet;
	struct buffer waiting;
	int64_t samples, frames;
};

/* libavformat asks while it waits. */
static int
out_of_time(void *cookie)
{
	const struct push_job *job = cookie;

	return clock_monotonic_ms() > job->deadline_ms;
}

static void
time_give(struct push_job *job, int64_t ms)
{
	job->deadline_ms = clock_monotonic_ms() + ms;
}

/* ---- why it failed; never with the address, which holds the key ----------- */

static const char *
reason_of(const struct push_job *job, int error)
{
	bool tls = strncasecmp(job->ask->url, "rtmps:", 6) == 0;

	switch (error) {
	case AVERROR(ECONNREFUSED):
		return "the server refuses connections";
	case AVERROR(ETIMEDOUT):
	case AVERROR_EXIT:
		return "the server does not answer";
	case AVERROR(EHOSTUNREACH):
	case AVERROR(ENETUNREACH):
		return "the server cannot be reached";
	case AVERROR(EPIPE):
	case AVERROR(ECONNRESET):
	case AVERROR_EOF:
		return "the server closed the connection";
	case AVERROR(EIO):
		return tls ? "there is no trusted connection to the server "
			     "(its name is not known, its certificate is not "
			     "valid, or it closed the connection)" :
			     "the server closed the connection, or its name "
			     "is not known";
	default:
		return "the connection failed";
	}
}

static enum status
push_fault(const struct push_job *job, int error, struct fault *fault)
{
	const char *said = libav_complaint();

	if (strstr(said, "Server error") != NULL ||
	    strstr(said, "rejected") != NULL)
		return fault_set(fault, STATUS_DENIED,
				 "the server refuses the stream or its key");
	if (strstr(said, "Failed to resolve") != NULL)
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "the server's name is not known");
	if (strstr(said, "ertificate") != NULL ||
	    strstr(said, "verification") != NULL)
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "the server's certificate is not trusted");
	return fault_set(fault, STATUS_UNAVAILABLE, "%s",
			 reason_of(job, error));
}

/* ---- the picture ---------------------------------------------------------- */

static enum status
codec_open(struct push_job *job, struct fault *fault)
{
	const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
	AVDictionary *options = NULL;
	int error;

	if (codec == NULL)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "this FFmpeg has no encoder libx264");
	job->codec = avcodec_alloc_context3(codec);
	job->frame = av_frame_alloc();
	if (job->codec == NULL || job->frame == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "encoding");
	card_size(job->ask->picture, &job->codec->width, &job->codec->height);
	job->codec->pix_fmt = AV_PIX_FMT_YUV420P;
	job->codec->time_base = (AVRational){ 1, FRAMES_PER_SECOND };
	job->codec->framerate = (AVRational){ FRAMES_PER_SECOND, 1 };
	job->codec->gop_size = FRAMES_PER_KEY;
	job->codec->max_b_frames = 0;
	job->codec->thread_count = 1;
	job->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	av_dict_set(&options, "preset", "veryfast", 0);
	av_dict_set(&options, "tune", "zerolatency", 0);
	av_dict_set(&options, "crf", "25", 0);
	error = avcodec_open2(job->codec, codec, &options);
	av_dict_free(&options);
	if (error < 0)
		return libav_fault(fault, error, "starting the encoder");
	job->frame->format = job->codec->pix_fmt;
	job->frame->width = job->codec->width;
	job->frame->height = job->codec->height;
	if (av_frame_get_buffer(job->frame, 0) < 0)
		return libav_fault(fault, AVERROR(ENOMEM), "encoding");
	return card_draw(job->frame, job->ask->picture, (struct span){ 0 },
			 fault);
}

static enum status
packet_write(struct push_job *job, struct fault *fault)
{
	int error;

	time_give(job, WRITE_MS);
	error = av_write_frame(job->muxer, job->packet);
	av_packet_unref(job->packet);
	return error < 0 ? push_fault(job, error, fault) : STATUS_OK;
}

static enum status
picture_send(struct push_job *job, struct fault *fault)
{
	int error;

	job->frame->pts = job->frames++;
	job->frame->pict_type = AV_PICTURE_TYPE_NONE;
	error = av_frame_make_writable(job->frame);
	if (error >= 0)
		error = avcodec_send_frame(job->codec, job->frame);
	if (error >= 0)
		error = avcodec_receive_packet(job->codec, job->packet);
	if (error == AVERROR(EAGAIN))
		return STATUS_OK;
	if (error < 0)
		return libav_fault(fault, error, "encoding the picture");
	job->packet->stream_index = job->picture->index;
	av_packet_rescale_ts(job->packet, job->codec->time_base,
			     job->picture->time_base);
	return packet_write(job, fault);
}

/* ---- the sound ------------------------------------------------------------ */

/* A packet without its ADTS header. */
static enum status
sound_send(struct push_job *job, const struct media_packet *sound,
	   struct fault *fault)
{
	static const AVRational rate = { 1, MEDIA_LIVE_RATE };
	int size = (int)sound->bytes.length - ADTS_BYTES;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && job->picture != NULL &&
	       job->frames * MEDIA_LIVE_RATE <=
		       job->samples * FRAMES_PER_SECOND)
		status = picture_send(job, fault);
	if (status != STATUS_OK || size <= 0)
		return status;
	if (av_new_packet(job->packet, size) < 0)
		return libav_fault(fault, AVERROR(ENOMEM), "sending");
	memcpy(job->packet->data, sound->bytes.at + ADTS_BYTES, (size_t)size);
	job->packet->stream_index = job->sound->index;
	job->packet->flags |= AV_PKT_FLAG_KEY;
	job->packet->pts = job->samples;
	job->packet->dts = job->samples;
	job->packet->duration = sound->samples;
	av_packet_rescale_ts(job->packet, rate, job->sound->time_base);
	job->samples += sound->samples;
	return packet_write(job, fault);
}

/* Sends the whole packets that wait. */
static enum status
waiting_send(struct push_job *job, struct fault *fault)
{
	struct buffer *waiting = &job->waiting;
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		struct media_packet sound;
		size_t length = wire_take_packet(
			(struct span){ waiting->bytes, waiting->length },
			&sound);

		if (length == SIZE_MAX)
			return fault_set(fault, STATUS_INVALID,
					 "a bad packet");
		if (length == 0)
			break;
		status = sound_send(job, &sound, fault);
		buffer_drop(waiting, length);
	}
	return status;
}

/* ---- what the server says ------------------------------------------------- */

static enum status
message_take(struct push_job *job, struct fault *fault)
{
	struct protocol_message message;
	enum status status;

	protocol_message_init(&message);
	status = protocol_receive(job->socket, &message, 0, fault);
	if (status == STATUS_OK && message.type == PROTOCOL_CANCEL)
		status = fault_set(fault, STATUS_CANCELLED,
				   "nobody wants the push any more");
	else if (status == STATUS_OK && message.type == PROTOCOL_PICTURE &&
		 job->picture != NULL &&
		 av_frame_make_writable(job->frame) >= 0)
		status = card_draw(job->frame, job->ask->picture,
				   (struct span){ message.body.bytes,
						  message.body.length },
				   fault);
	protocol_message_release(&message);
	return status;
}

static enum status
run(struct push_job *job, struct fault *fault)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		struct pollfd both[2] = {
			{ .fd = job->input, .events = POLLIN },
			{ .fd = job->socket, .events = POLLIN },
		};
		ssize_t got;

		if (poll(both, 2, -1) < 0)
			continue;
		if (both[1].revents != 0)
			status = message_take(job, fault);
		if (status != STATUS_OK || both[0].revents == 0)
			continue;
		got = read(job->input, buffer_reserve(&job->waiting,
						      READ_BYTES),
			   READ_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		job->waiting.length += (size_t)got;
		status = waiting_send(job, fault);
	}
	return status;
}

/* ---- opening -------------------------------------------------------------- */

static enum status
streams_make(struct push_job *job, struct fault *fault)
{
	/* AAC-LC, 48 kHz, stereo: an AudioSpecificConfig (ISO 14496-3) */
	static const uint8_t config[2] = { 0x11, 0x90 };
	AVCodecParameters *sound;

	if (avformat_alloc_output_context2(&job->muxer, NULL, "flv",
					   job->ask->url) < 0)
		return libav_fault(fault, AVERROR(ENOMEM), "sending");
	job->sound = avformat_new_stream(job->muxer, NULL);
	if (job->ask->picture != MEDIA_PUSH_NONE)
		job->picture = avformat_new_stream(job->muxer, NULL);
	if (job->sound == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "sending");
	sound = job->sound->codecpar;
	sound->codec_type = AVMEDIA_TYPE_AUDIO;
	sound->codec_id = AV_CODEC_ID_AAC;
	sound->sample_rate = MEDIA_LIVE_RATE;
	sound->frame_size = 1024;
	av_channel_layout_default(&sound->ch_layout, MEDIA_LIVE_CHANNELS);
	sound->extradata = av_mallocz(sizeof config +
				      AV_INPUT_BUFFER_PADDING_SIZE);
	if (sound->extradata == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "sending");
	memcpy(sound->extradata, config, sizeof config);
	sound->extradata_size = sizeof config;
	if (job->picture == NULL)
		return STATUS_OK;
	job->picture->time_base = job->codec->time_base;
	job->picture->avg_frame_rate = job->codec->framerate;
	return avcodec_parameters_from_context(job->picture->codecpar,
					       job->codec) < 0 ?
		       libav_fault(fault, AVERROR(ENOMEM), "sending") :
		       STATUS_OK;
}

static enum status
connect_to(struct push_job *job, struct fault *fault)
{
	const AVIOInterruptCB interrupt = { out_of_time, job };
	AVDictionary *options = NULL, *flags = NULL;
	int error;

	av_dict_set(&options, "rtmp_live", "live", 0);
	av_dict_set(&options, "tls_verify", "1", 0);
	if (job->ask->ca_file != NULL)
		av_dict_set(&options, "ca_file", job->ask->ca_file, 0);
	av_dict_set(&flags, "flvflags", "no_duration_filesize", 0);
	job->muxer->interrupt_callback = interrupt;
	job->muxer->flags |= AVFMT_FLAG_FLUSH_PACKETS;
	time_give(job, CONNECT_MS);
	error = avio_open2(&job->muxer->pb, job->ask->url, AVIO_FLAG_WRITE,
			   &interrupt, &options);
	if (error >= 0)
		error = avformat_write_header(job->muxer, &flags);
	av_dict_free(&options);
	av_dict_free(&flags);
	return error < 0 ? push_fault(job, error, fault) : STATUS_OK;
}

static enum status
connected_tell(const struct push_job *job, struct fault *fault)
{
	const struct media_progress progress = { 0 };
	struct buffer body;
	enum status status;

	buffer_init(&body, 0);
	wire_add_progress(&body, &progress);
	status = protocol_send(job->socket, PROTOCOL_PROGRESS,
			       (struct span){ body.bytes, body.length }, NULL,
			       0, 0, fault);
	buffer_release(&body);
	return status;
}

static void
job_close(struct push_job *job)
{
	time_give(job, WRITE_MS);
	if (job->muxer != NULL) {
		avio_closep(&job->muxer->pb);
		avformat_free_context(job->muxer);
	}
	avcodec_free_context(&job->codec);
	av_frame_free(&job->frame);
	av_packet_free(&job->packet);
	buffer_release(&job->waiting);
}

enum status
push_live(int input, const struct wire_push *ask, int socket,
	  struct fault *fault)
{
	struct push_job job = { .ask = ask, .input = input, .socket = socket };
	enum status status = STATUS_OK;

	buffer_init(&job.waiting, MEDIA_PACKET_BYTES_MAX + READ_BYTES);
	job.packet = av_packet_alloc();
	if (job.packet == NULL)
		status = libav_fault(fault, AVERROR(ENOMEM), "sending");
	if (status == STATUS_OK && ask->picture != MEDIA_PUSH_NONE)
		status = codec_open(&job, fault);
	if (status == STATUS_OK)
		status = streams_make(&job, fault);
	if (status == STATUS_OK)
		status = connect_to(&job, fault);
	if (status == STATUS_OK)
		status = connected_tell(&job, fault);
	if (status == STATUS_OK)
		status = run(&job, fault);
	job_close(&job);
	return status;
}
