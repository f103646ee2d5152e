/* input.c - see input.h.
 *
 * Bare frames (MPEG audio, ADTS) carry no times, and libavformat guesses them
 * after a seek; there the frame is found by counting (mpeg_locate) and delays
 * are cut here, by our own facts. For containers with times, time zero is the
 * first sample that the decoder gives out from the start of the file, since
 * demuxers count delays into times in different ways; so one frame is decoded
 * before the seek. A seek lands early by PREROLL_MS, for decoders that need
 * earlier packets to give right samples. */
#include "media/worker/input.h"

#include <libavutil/channel_layout.h>

#include "media/read/mpeg.h"

#define PREROLL_MS 300
#define BAD_PACKETS_MAX 200 /* in a row */

static bool
has_bare_frames(enum media_kind kind)
{
	return kind == KIND_MPEG || kind == KIND_ADTS;
}

static enum status
codec_open(struct sound_input *input, enum media_kind kind,
	   struct fault *fault)
{
	const AVCodecParameters *par = input->file.stream->codecpar;
	const AVCodec *codec = avcodec_find_decoder(par->codec_id);
	int error;

	if (codec == NULL)
		return libav_fault(fault, AVERROR_DECODER_NOT_FOUND,
				   "decoding");
	input->codec = avcodec_alloc_context3(codec);
	input->packet = av_packet_alloc();
	input->frame = av_frame_alloc();
	if (input->codec == NULL || input->packet == NULL ||
	    input->frame == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "decoding");
	error = avcodec_parameters_to_context(input->codec, par);
	input->codec->thread_count = 1;
	input->codec->pkt_timebase = input->file.stream->time_base;
	if (has_bare_frames(kind))
		input->codec->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
	if (error >= 0)
		error = avcodec_open2(input->codec, codec, NULL);
	return error < 0 ? libav_fault(fault, error, "decoding") : STATUS_OK;
}

/* Hands the decoder one packet of our stream, or the end. */
static int
feed(struct sound_input *input)
{
	int error;

	do {
		av_packet_unref(input->packet);
		error = av_read_frame(input->file.format, input->packet);
	} while (error >= 0 &&
		 input->packet->stream_index != input->file.stream->index);
	/* A packet without bytes, as some programs end a stream of Ogg by, is
	 * not the end of what comes through a pipe. */
	if (error == AVERROR(ENOMEM) ||
	    (error == AVERROR_INVALIDDATA && input->file.wait != NULL))
		return error;
	if (error < 0) { /* a broken end is an end */
		input->draining = true;
		return avcodec_send_packet(input->codec, NULL);
	}
	return avcodec_send_packet(input->codec, input->packet);
}

/* Feeds the decoder until it gives a frame. */
static enum status
decode_next(struct sound_input *input, struct fault *fault)
{
	int bad = 0, error = 0;

	while (bad < BAD_PACKETS_MAX) {
		error = avcodec_receive_frame(input->codec, input->frame);
		if (error == 0 && input->frame->nb_samples > 0)
			return STATUS_OK;
		if (error == AVERROR_EOF ||
		    (input->draining && error == AVERROR(EAGAIN)))
			return fault_set(fault, STATUS_OUT_OF_RANGE,
					 "the sound ends here");
		if (error == AVERROR(EAGAIN))
			error = feed(input);
		if (error < 0)
			bad++;
		if (error == AVERROR(ENOMEM))
			break;
	}
	return libav_fault(fault, error, "decoding");
}

static int64_t
to_samples(const struct sound_input *input, int64_t time)
{
	return av_rescale_q(time, input->file.stream->time_base,
			    (AVRational){ 1, input->codec->sample_rate });
}

static int64_t
to_time(const struct sound_input *input, int64_t samples)
{
	return av_rescale_q(samples,
			    (AVRational){ 1, input->codec->sample_rate },
			    input->file.stream->time_base);
}

/* Goes to a sample by times; false when the result cannot be trusted. */
static bool
seek_by_time(struct sound_input *input, int64_t zero, int64_t target)
{
	int64_t early = target - (int64_t)input->codec->sample_rate *
					 PREROLL_MS / 1000;
	int64_t landed;

	if (av_seek_frame(input->file.format, input->file.stream->index,
			  zero + to_time(input, early > 0 ? early : 0),
			  AVSEEK_FLAG_BACKWARD) < 0)
		return false;
	avcodec_flush_buffers(input->codec);
	input->draining = false;
	if (decode_next(input, NULL) != STATUS_OK ||
	    input->frame->best_effort_timestamp == AV_NOPTS_VALUE)
		return false;
	landed = to_samples(input, input->frame->best_effort_timestamp - zero);
	if (landed > target)
		return false;
	input->skip_samples = target - landed;
	input->have_frame = true;
	return true;
}

/* Opens anew and will drop everything before the target. */
static enum status
decode_from_start(struct sound_input *input, const struct probe_layout *layout,
		  int64_t target, struct fault *fault)
{
	int fd = input->file.ranged.fd;
	int64_t left = input->left_samples;
	enum status status;

	input_close(input);
	memset(input, 0, sizeof *input);
	status = libav_open(&input->file, fd, layout->kind, fault);
	if (status == STATUS_OK)
		status = codec_open(input, layout->kind, fault);
	input->left_samples = left;
	input->skip_samples = target;
	return status;
}

static enum status
go_by_time(struct sound_input *input, const struct probe_layout *layout,
	   int64_t target, struct fault *fault)
{
	enum status status = decode_next(input, fault);
	int64_t zero;

	if (status != STATUS_OK)
		return status;
	/* so near that a seek would only lose what stands before it */
	if (target <= (int64_t)input->codec->sample_rate * PREROLL_MS / 1000) {
		input->have_frame = true;
		input->skip_samples = target;
		return STATUS_OK;
	}
	zero = input->frame->best_effort_timestamp;
	if (zero != AV_NOPTS_VALUE && seek_by_time(input, zero, target))
		return STATUS_OK;
	return decode_from_start(input, layout, target, fault);
}

/* Goes to a bare frame by its place; target counts from the first frame. */
static enum status
go_by_place(struct sound_input *input, const struct probe_layout *layout,
	    int64_t target, struct fault *fault)
{
	struct mpeg_place place;
	struct source source;
	enum status status;

	if (!source_from_fd(&source, input->file.ranged.fd) ||
	    !mpeg_locate(&source, layout->kind == KIND_ADTS, layout->start,
			 layout->end, (uint64_t)target, &place))
		return fault_set(fault, STATUS_OUT_OF_RANGE,
				 "the offset is past the end");
	if (av_seek_frame(input->file.format, input->file.stream->index,
			  (int64_t)place.at[0], AVSEEK_FLAG_BYTE) < 0)
		return decode_from_start(input, layout, target, fault);
	status = decode_next(input, fault);
	if (status != STATUS_OK)
		return status;
	for (uint32_t i = 0; i < place.count; i++) {
		if ((int64_t)place.at[i] != input->frame->pkt_pos)
			continue;
		input->skip_samples =
			target - (int64_t)(place.first_sample +
					   (uint64_t)i * place.frame_samples);
		input->have_frame = true;
		if (input->skip_samples >= 0)
			return STATUS_OK;
	}
	return decode_from_start(input, layout, target, fault);
}

/* How much is to come, where the decoder does not know it by itself. */
static void
bounds_set(struct sound_input *input, const struct probe_layout *layout,
	   const struct media_facts *facts)
{
	bool by_us = layout->kind == KIND_MPEG || layout->kind == KIND_MP4;

	input->left_samples = -1;
	if (!by_us || !facts->gapless_known || !layout->exact)
		return;
	/* the decoder's rate is twice the header's where there is SBR */
	if ((uint32_t)input->codec->sample_rate == facts->sample_rate_hz)
		input->left_samples = layout->samples;
}

enum status
input_open(struct sound_input *input, int fd,
	   const struct probe_layout *layout, const struct media_facts *facts,
	   int64_t offset_ms, struct fault *fault)
{
	int64_t target;
	enum status status;

	memset(input, 0, sizeof *input);
	status = libav_open(&input->file, fd, layout->kind, fault);
	if (status == STATUS_OK)
		status = codec_open(input, layout->kind, fault);
	if (status != STATUS_OK)
		return status;
	bounds_set(input, layout, facts);
	target = av_rescale(offset_ms, input->codec->sample_rate, 1000);
	if (input->left_samples >= 0 && target >= input->left_samples)
		return fault_set(fault, STATUS_OUT_OF_RANGE,
				 "the offset is past the end");
	if (input->left_samples >= 0)
		input->left_samples -= target;
	if (has_bare_frames(layout->kind)) {
		target += facts->start_trim_samples;
		if (offset_ms > 0)
			return go_by_place(input, layout, target, fault);
		input->skip_samples = target;
	}
	return offset_ms > 0 ? go_by_time(input, layout, target, fault) :
			       STATUS_OK;
}

enum status
input_open_stream(struct sound_input *input, int fd, const char *demuxer,
		  libav_wait *wait, void *cookie, struct fault *fault)
{
	enum status status;

	memset(input, 0, sizeof *input);
	input->left_samples = -1;
	status = libav_open_stream(&input->file, fd, demuxer, wait, cookie,
				   fault);
	return status == STATUS_OK ? codec_open(input, KIND_UNKNOWN, fault) :
				     status;
}

void
input_close(struct sound_input *input)
{
	av_frame_free(&input->frame);
	av_packet_free(&input->packet);
	avcodec_free_context(&input->codec);
	libav_close(&input->file);
}

/* Drops samples from the front of the frame. */
static void
frame_cut_front(AVFrame *frame, int count)
{
	bool planar = av_sample_fmt_is_planar(frame->format);
	int channels = frame->ch_layout.nb_channels;
	int step = av_get_bytes_per_sample(frame->format) *
		   (planar ? 1 : channels);

	for (int i = 0; i < (planar ? channels : 1); i++)
		frame->extended_data[i] += (ptrdiff_t)count * step;
	if (frame->extended_data != frame->data) {
		for (int i = 0; i < AV_NUM_DATA_POINTERS; i++)
			frame->data[i] = frame->extended_data[i];
	}
	frame->nb_samples -= count;
}

enum status
input_next(struct sound_input *input, struct fault *fault)
{
	AVFrame *frame = input->frame;

	for (;;) {
		enum status status = STATUS_OK;

		if (input->left_samples == 0)
			return STATUS_OUT_OF_RANGE;
		if (!input->have_frame)
			status = decode_next(input, fault);
		input->have_frame = false;
		if (status != STATUS_OK)
			return status;
		if (input->skip_samples >= frame->nb_samples) {
			input->skip_samples -= frame->nb_samples;
			continue;
		}
		if (input->skip_samples > 0)
			frame_cut_front(frame, (int)input->skip_samples);
		input->skip_samples = 0;
		if (input->left_samples > 0) {
			if (frame->nb_samples > input->left_samples)
				frame->nb_samples = (int)input->left_samples;
			input->left_samples -= frame->nb_samples;
		}
		return STATUS_OK;
	}
}
