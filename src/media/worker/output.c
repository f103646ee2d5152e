/* output.c - see output.h. */
#include "media/worker/output.h"

#include <errno.h>
#include <libavutil/opt.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "media/worker/libav.h"
#include "media/worker/xing.h"

#define IO_BYTES 16384
#define PIPE_BYTES 4096 /* as much as a pipe takes whole: PIPE_BUF */
#define PCM_FRAME_SAMPLES 4096
#define FRAME_PLACES_MAX 2000000
#define LAME_DECODER_DELAY 529
#define LOSSY_RATE_MAX 48000
#define LOSSLESS_RATE_MAX 192000
#define WAV_HEADER_MAX 58

struct target_row {
	enum AVCodecID codec;
	const char *encoder; /* by name, where there are several */
	const char *muxer;
	uint32_t kbps;
};

static const struct target_row rows[] = {
	[MEDIA_MP3] = { AV_CODEC_ID_MP3, "libmp3lame", NULL, 192 },
	[MEDIA_AAC_ADTS] = { AV_CODEC_ID_AAC, "aac", "adts", 160 },
	[MEDIA_AAC_MP4] = { AV_CODEC_ID_AAC, "aac", "mp4", 160 },
	[MEDIA_OPUS] = { AV_CODEC_ID_OPUS, "libopus", "ogg", 128 },
	[MEDIA_FLAC] = { AV_CODEC_ID_FLAC, "flac", "flac", 0 },
	[MEDIA_WAV_S16] = { AV_CODEC_ID_PCM_S16LE, "pcm_s16le", NULL, 0 },
	[MEDIA_WAV_F32] = { AV_CODEC_ID_PCM_F32LE, "pcm_f32le", NULL, 0 },
	[MEDIA_PCM_S16] = { AV_CODEC_ID_PCM_S16LE, "pcm_s16le", NULL, 0 },
	[MEDIA_PCM_F32] = { AV_CODEC_ID_PCM_F32LE, "pcm_f32le", NULL, 0 },
};

static bool
is_wav(const struct sound_output *output)
{
	return output->target->format == MEDIA_WAV_S16 ||
	       output->target->format == MEDIA_WAV_F32;
}

/* ---- the sink ---- */

/* Sleeps until the pipe takes more or a word of the server has come; an idle
 * channel's decoders spend their time here. */
static enum status
sink_wait(struct sound_output *output)
{
	struct pollfd both[2] = {
		{ .fd = output->fd, .events = POLLOUT },
		{ .fd = output->socket, .events = POLLIN },
	};

	for (;;) {
		if (poll(both, 2, -1) < 0)
			continue;
		if (both[1].revents != 0 && !output->go_on(output->cookie))
			return STATUS_CANCELLED;
		if (both[0].revents != 0)
			return STATUS_OK;
	}
}

/* Writes at output->at in a file, or next into a pipe. Keeps the first failure:
 * the muxer between only hears "error". */
static enum status
sink_write(struct sound_output *output, const uint8_t *bytes, size_t count)
{
	while (count > 0 && output->write_status == STATUS_OK) {
		size_t part = output->is_file || count < PIPE_BYTES ?
				      count :
				      PIPE_BYTES;
		ssize_t put;

		if (!output->is_file) {
			output->write_status = sink_wait(output);
			if (output->write_status != STATUS_OK)
				break;
		}
		put = output->is_file ? pwrite(output->fd, bytes, part,
					       (off_t)output->at) :
					write(output->fd, bytes, part);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			output->write_error = errno;
			output->write_status = errno == ENOSPC ? STATUS_FULL :
					       errno == EPIPE  ?
						       STATUS_CANCELLED :
						       STATUS_FAILED;
			break;
		}
		bytes += put;
		count -= (size_t)put;
		output->at += (uint64_t)put;
		if (output->at > output->end)
			output->end = output->at;
	}
	return output->write_status;
}

static int
io_write(void *cookie, uint8_t *bytes, int count)
{
	struct sound_output *output = cookie;

	return sink_write(output, bytes, (size_t)count) == STATUS_OK ?
		       count :
		       AVERROR(EIO);
}

static int64_t
io_seek(void *cookie, int64_t offset, int whence)
{
	struct sound_output *output = cookie;

	if (whence == AVSEEK_SIZE)
		return (int64_t)output->end;
	if ((whence & ~AVSEEK_FORCE) != SEEK_SET || offset < 0)
		return AVERROR(EINVAL);
	output->at = (uint64_t)offset;
	return offset;
}

static enum status
output_fault(const struct sound_output *output, struct fault *fault,
	     int error, const char *doing)
{
	if (output->write_status == STATUS_CANCELLED)
		return fault_set(fault, STATUS_CANCELLED,
				 "nobody wants the output any more");
	if (output->write_status != STATUS_OK)
		return fault_errno(fault, output->write_error,
				   "cannot write the output");
	return libav_fault(fault, error, doing);
}

/* ---- the encoder ---- */

static int
choose_rate(const AVCodec *codec, const struct target_row *row, int wish)
{
	int limit = row->kbps > 0 ? LOSSY_RATE_MAX : LOSSLESS_RATE_MAX;
	int best = 0;

	while (wish > limit)
		wish = wish % 2 == 0 ? wish / 2 : limit;
	if (codec->supported_samplerates == NULL)
		return wish;
	for (const int *rate = codec->supported_samplerates; *rate; rate++) {
		bool fits = *rate >= wish, best_fits = best >= wish;

		if (best == 0 || (fits && (!best_fits || *rate < best)) ||
		    (!fits && !best_fits && *rate > best))
			best = *rate;
	}
	return best;
}

static enum AVSampleFormat
choose_format(const struct sound_output *output, const AVCodec *codec)
{
	if (output->target->format == MEDIA_FLAC)
		return output->source.bit_depth > 16 ? AV_SAMPLE_FMT_S32 :
						       AV_SAMPLE_FMT_S16;
	for (const enum AVSampleFormat *f = codec->sample_fmts;
	     f != NULL && *f != AV_SAMPLE_FMT_NONE; f++) {
		if (*f == AV_SAMPLE_FMT_FLTP || *f == AV_SAMPLE_FMT_FLT)
			return *f;
	}
	return codec->sample_fmts != NULL ? codec->sample_fmts[0] :
					    AV_SAMPLE_FMT_S16;
}

/* LAME's V0..V9 are about these rates at 44.1 kHz stereo. */
static int
lame_quality(uint32_t kbps)
{
	static const uint32_t about[] = { 245, 225, 190, 175, 165,
					  130, 115, 100, 85,  65 };
	int best = 0;

	for (int i = 1; i < (int)ARRAY_LENGTH(about); i++) {
		if (abs((int)about[i] - (int)kbps) <
		    abs((int)about[best] - (int)kbps))
			best = i;
	}
	return best;
}

static void
set_rate_control(struct sound_output *output, const struct target_row *row)
{
	uint32_t kbps = output->target->bitrate_kbps;

	if (row->kbps == 0)
		return;
	kbps = kbps > 0 ? kbps : row->kbps;
	kbps = kbps < 8 ? 8 : kbps > 512 ? 512 : kbps;
	if (output->target->format == MEDIA_MP3 && output->target->variable) {
		output->codec->flags |= AV_CODEC_FLAG_QSCALE;
		output->codec->global_quality =
			lame_quality(kbps) * FF_QP2LAMBDA;
		return;
	}
	if (output->target->format == MEDIA_MP3 && kbps > 320)
		kbps = 320;
	output->codec->bit_rate = (int64_t)kbps * 1000;
}

static enum status
encoder_open(struct sound_output *output, struct fault *fault)
{
	const struct target_row *row = &rows[output->target->format];
	const AVCodec *codec = avcodec_find_encoder_by_name(row->encoder);
	int wish = output->target->sample_rate_hz > 0 &&
				   output->target->sample_rate_hz < 768000 ?
			   (int)output->target->sample_rate_hz :
			   output->source.sample_rate;
	int channels = output->target->channels > 0 ?
			       (int)output->target->channels :
			       output->source.channels;
	int error;

	if (codec == NULL)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "this FFmpeg has no encoder %s",
				 row->encoder);
	output->codec = avcodec_alloc_context3(codec);
	if (output->codec == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "encoding");
	av_channel_layout_default(&output->codec->ch_layout,
				  channels > 1 ? 2 : 1);
	output->codec->sample_rate = choose_rate(codec, row, wish);
	output->codec->sample_fmt = choose_format(output, codec);
	if (output->codec->sample_fmt == AV_SAMPLE_FMT_S32)
		output->codec->bits_per_raw_sample = 24;
	output->codec->time_base =
		(AVRational){ 1, output->codec->sample_rate };
	output->codec->thread_count = 1;
	set_rate_control(output, row);
	if (row->muxer != NULL && strcmp(row->muxer, "adts") != 0)
		output->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	error = avcodec_open2(output->codec, codec, NULL);
	return error < 0 ? libav_fault(fault, error, "starting the encoder") :
			   STATUS_OK;
}

/* How many samples will come at the output's rate; 0 unknown. */
static uint64_t
samples_expected(const struct sound_output *output)
{
	if (output->source.samples <= 0)
		return 0;
	return (uint64_t)av_rescale(output->source.samples,
				    output->codec->sample_rate,
				    output->source.sample_rate);
}

/* ---- containers of our own: mp3 and wav ---- */

static void
place_note(struct sound_output *output)
{
	if (output->frames == output->frame_room &&
	    output->frame_room < FRAME_PLACES_MAX) {
		output->frame_room = output->frame_room * 2 + 4096;
		output->frame_places = mem_grow(output->frame_places,
						output->frame_room,
						sizeof(uint32_t));
	}
	if (output->frames < output->frame_room)
		output->frame_places[output->frames] =
			(uint32_t)(output->at - output->first_frame_at);
}

static void
toc_fill(const struct sound_output *output, struct xing_facts *xing)
{
	uint64_t total = output->end - output->first_frame_at;

	if (output->frames > output->frame_room || total == 0)
		return;
	xing->has_toc = true;
	for (uint64_t i = 0; i < XING_TOC; i++) {
		uint64_t place =
			output->frame_places[output->frames * i / XING_TOC];

		xing->toc[i] = (uint8_t)(place * 255 / total);
	}
}

static enum status
xing_write(struct sound_output *output, struct xing_facts *xing)
{
	uint8_t frame[XING_FRAME_MAX];
	size_t length;

	memcpy(xing->header, output->frame_header, 4);
	xing->variable = output->target->variable;
	xing->delay = output->codec->initial_padding > LAME_DECODER_DELAY ?
			      (uint32_t)output->codec->initial_padding -
				      LAME_DECODER_DELAY :
			      0;
	length = xing_print(xing, frame);
	return sink_write(output, frame, length);
}

/* Before the first frame: a header with what can be known now. */
static enum status
xing_begin(struct sound_output *output)
{
	uint32_t frame_samples = (uint32_t)output->codec->frame_size;
	uint32_t delay = (uint32_t)output->codec->initial_padding -
			 LAME_DECODER_DELAY;
	uint64_t samples = samples_expected(output);
	struct xing_facts xing = { 0 };

	output->first_frame_at = output->at;
	if (samples > 0 && samples < UINT32_MAX / 2)
		xing.frames = lame_frames(samples, frame_samples, delay,
					  &xing.padding);
	return xing_write(output, &xing);
}

static enum status
xing_finish(struct sound_output *output)
{
	uint64_t frame_samples = (uint64_t)output->codec->frame_size;
	struct xing_facts xing = { 0 };
	uint64_t all = output->frames * frame_samples;
	uint64_t delay = (uint64_t)output->codec->initial_padding -
			 LAME_DECODER_DELAY;

	if (!output->is_file || output->frames == 0)
		return STATUS_OK;
	xing.frames = (uint32_t)output->frames;
	xing.bytes = (uint32_t)(output->end - output->first_frame_at);
	if (all > delay + output->samples)
		xing.padding = (uint32_t)(all - delay - output->samples);
	if (output->target->variable)
		toc_fill(output, &xing);
	output->at = output->first_frame_at;
	return xing_write(output, &xing);
}

static enum status
mp3_write(struct sound_output *output, const AVPacket *packet)
{
	enum status status = STATUS_OK;

	if (packet->size < 4)
		return STATUS_OK;
	if (output->frames == 0) {
		memcpy(output->frame_header, packet->data, 4);
		status = xing_begin(output);
	}
	place_note(output);
	output->frames++;
	if (status != STATUS_OK)
		return status;
	return sink_write(output, packet->data, (size_t)packet->size);
}

static void
put_le(uint8_t *at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* RIFF/WAVE; sizes over 4 GiB, and unknown ones, are all ones as is usual. */
static enum status
wav_header_write(struct sound_output *output, uint64_t samples, bool known)
{
	uint8_t header[WAV_HEADER_MAX] = { 0 };
	bool is_float = output->target->format == MEDIA_WAV_F32;
	uint32_t width = is_float ? 4 : 2;
	uint32_t block = width *
			 (uint32_t)output->codec->ch_layout.nb_channels;
	uint32_t rate = (uint32_t)output->codec->sample_rate;
	uint32_t length = is_float ? 58 : 44;
	uint64_t data = samples * block;
	uint8_t *at = header;

	known = known && data < UINT32_MAX - 64;
	memcpy(at, "RIFF", 4);
	put_le(at + 4, known ? (uint32_t)data + length - 8 : UINT32_MAX, 4);
	memcpy(at + 8, "WAVEfmt ", 8);
	put_le(at + 16, is_float ? 18 : 16, 4);
	put_le(at + 20, is_float ? 3 : 1, 2);
	put_le(at + 22, block / width, 2);
	put_le(at + 24, rate, 4);
	put_le(at + 28, rate * block, 4);
	put_le(at + 32, block, 2);
	put_le(at + 34, 8 * width, 2);
	at += 36;
	if (is_float) {
		at += 2; /* no extension */
		memcpy(at, "fact", 4);
		put_le(at + 4, 4, 4);
		put_le(at + 8, known ? (uint32_t)samples : UINT32_MAX, 4);
		at += 12;
	}
	memcpy(at, "data", 4);
	put_le(at + 4, known ? (uint32_t)data : UINT32_MAX, 4);
	return sink_write(output, header, length);
}

/* ---- libavformat's containers ---- */

/* The number of samples in FLAC's header, for outputs that cannot be gone back
 * in: 36 bits in bytes 13 to 17 of STREAMINFO. */
static void
flac_promise_length(struct sound_output *output)
{
	uint64_t samples = samples_expected(output);
	uint8_t *info = output->codec->extradata;

	if (output->target->format != MEDIA_FLAC || samples >= 1ull << 36 ||
	    output->codec->extradata_size < 34 || output->is_file)
		return;
	info[13] = (uint8_t)((info[13] & 0xF0) | (samples >> 32 & 0x0F));
	for (int i = 0; i < 4; i++)
		info[14 + i] = (uint8_t)(samples >> (8 * (3 - i)));
}

static void
metadata_set(AVDictionary **to, const struct output_source *source)
{
	if (source->title != NULL)
		av_dict_set(to, "title", source->title, 0);
	if (source->artist != NULL)
		av_dict_set(to, "artist", source->artist, 0);
	if (source->album != NULL)
		av_dict_set(to, "album", source->album, 0);
}

static enum status
muxer_open(struct sound_output *output, const char *name, struct fault *fault)
{
	AVDictionary *options = NULL;
	AVStream *stream = NULL;
	uint8_t *buffer = av_malloc(IO_BYTES);
	int error;

	error = avformat_alloc_output_context2(&output->format, NULL, name,
					       NULL);
	if (error < 0 || buffer == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "writing");
	output->io = avio_alloc_context(buffer, IO_BYTES, 1, output, NULL,
					io_write,
					output->is_file ? io_seek : NULL);
	stream = avformat_new_stream(output->format, NULL);
	if (output->io == NULL || stream == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "writing");
	output->format->pb = output->io;
	output->format->flags |= AVFMT_FLAG_CUSTOM_IO |
				 AVFMT_FLAG_FLUSH_PACKETS;
	flac_promise_length(output);
	avcodec_parameters_from_context(stream->codecpar, output->codec);
	stream->time_base = output->codec->time_base;
	metadata_set(&output->format->metadata, &output->source);
	if (strcmp(name, "mp4") == 0) {
		av_dict_set(&options, "movflags",
			    "+empty_moov+delay_moov+default_base_moof", 0);
		av_dict_set(&options, "frag_duration", "1000000", 0);
	}
	if (strcmp(name, "ogg") == 0)
		av_dict_set(&options, "page_duration", "500000", 0);
	error = avformat_write_header(output->format, &options);
	av_dict_free(&options);
	return error < 0 ? output_fault(output, fault, error, "writing") :
			   STATUS_OK;
}

static enum status
container_open(struct sound_output *output, struct fault *fault)
{
	const char *muxer = rows[output->target->format].muxer;
	enum status status = STATUS_OK;
	struct buffer tag;

	if (muxer != NULL)
		return muxer_open(output, muxer, fault);
	if (is_wav(output)) {
		uint64_t samples = samples_expected(output);

		status = wav_header_write(output, samples, samples > 0);
	} else if (output->target->format == MEDIA_MP3) {
		buffer_init(&tag, 0);
		id3v2_print(&tag, output->source.title,
			    output->source.artist, output->source.album);
		status = sink_write(output, (const uint8_t *)tag.bytes,
				    tag.length);
		buffer_release(&tag);
	}
	return status == STATUS_OK ? STATUS_OK :
				     output_fault(output, fault, 0, "");
}

/* ---- opening and feeding ---- */

enum status
output_open(struct sound_output *output, const struct media_target *target,
	    const struct output_source *source, int fd, int socket,
	    output_go_on *go_on, void *cookie, struct fault *fault)
{
	enum status status;
	int frame_size;

	memset(output, 0, sizeof *output);
	output->target = target;
	output->source = *source;
	output->fd = fd;
	output->socket = socket;
	output->go_on = go_on;
	output->cookie = cookie;
	output->is_file = lseek(fd, 0, SEEK_CUR) >= 0;
	status = encoder_open(output, fault);
	if (status != STATUS_OK)
		return status;
	frame_size = output->codec->frame_size > 0 ? output->codec->frame_size :
						     PCM_FRAME_SAMPLES;
	output->frame = av_frame_alloc();
	output->packet = av_packet_alloc();
	output->fifo = av_audio_fifo_alloc(
		output->codec->sample_fmt,
		output->codec->ch_layout.nb_channels, 2 * frame_size);
	if (output->frame == NULL || output->packet == NULL ||
	    output->fifo == NULL)
		return libav_fault(fault, AVERROR(ENOMEM), "encoding");
	return container_open(output, fault);
}

void
output_close(struct sound_output *output)
{
	if (output->format != NULL) {
		output->format->pb = NULL;
		avformat_free_context(output->format);
	}
	if (output->io != NULL)
		av_freep(&output->io->buffer);
	avio_context_free(&output->io);
	swr_free(&output->resampler);
	av_channel_layout_uninit(&output->in_layout);
	if (output->fifo != NULL)
		av_audio_fifo_free(output->fifo);
	av_frame_free(&output->frame);
	av_packet_free(&output->packet);
	avcodec_free_context(&output->codec);
	free(output->frame_places);
	output->frame_places = NULL;
}

static enum status
packet_write(struct sound_output *output, struct fault *fault)
{
	AVPacket *packet = output->packet;
	enum status status;
	int error;

	if (output->format == NULL) {
		status = output->target->format == MEDIA_MP3 ?
				 mp3_write(output, packet) :
				 sink_write(output, packet->data,
					    (size_t)packet->size);
		return status == STATUS_OK ?
			       STATUS_OK :
			       output_fault(output, fault, 0, "");
	}
	packet->stream_index = 0;
	av_packet_rescale_ts(packet, output->codec->time_base,
			     output->format->streams[0]->time_base);
	error = av_write_frame(output->format, packet);
	if (error < 0 || output->write_status != STATUS_OK)
		return output_fault(output, fault, error, "writing");
	return STATUS_OK;
}

/* Hands the encoder a frame (NULL: the end) and writes what it gives. */
static enum status
encode(struct sound_output *output, const AVFrame *frame, struct fault *fault)
{
	int error = avcodec_send_frame(output->codec, frame);
	enum status status = STATUS_OK;

	while (error >= 0 && status == STATUS_OK) {
		error = avcodec_receive_packet(output->codec, output->packet);
		if (error < 0)
			break;
		status = packet_write(output, fault);
		av_packet_unref(output->packet);
	}
	if (status == STATUS_OK && error < 0 && error != AVERROR(EAGAIN) &&
	    error != AVERROR_EOF)
		status = libav_fault(fault, error, "encoding");
	return status;
}

/* Encodes whole frames out of the FIFO; at the end what is left as well. */
static enum status
encode_waiting(struct sound_output *output, bool all, struct fault *fault)
{
	int size = output->codec->frame_size > 0 ? output->codec->frame_size :
						   PCM_FRAME_SAMPLES;
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		int have = av_audio_fifo_size(output->fifo);
		int count = have < size ? have : size;
		AVFrame *frame = output->frame;

		if (count == 0 || (count < size && !all))
			break;
		av_frame_unref(frame);
		frame->nb_samples = count;
		frame->format = output->codec->sample_fmt;
		frame->sample_rate = output->codec->sample_rate;
		av_channel_layout_copy(&frame->ch_layout,
				       &output->codec->ch_layout);
		if (av_frame_get_buffer(frame, 0) < 0)
			return libav_fault(fault, AVERROR(ENOMEM),
					   "encoding");
		av_audio_fifo_read(output->fifo, (void **)frame->data, count);
		frame->pts = (int64_t)output->samples;
		output->samples += (uint64_t)count;
		status = encode(output, frame, fault);
	}
	return status;
}

/* Converts to the encoder's samples, into the FIFO. NULL: what the resampler
 * still holds. */
static enum status
resample(struct sound_output *output, const AVFrame *frame,
	 struct fault *fault)
{
	uint8_t **samples = NULL;
	int count, error;

	if (output->resampler == NULL)
		return STATUS_OK;
	count = swr_get_out_samples(output->resampler,
				    frame != NULL ? frame->nb_samples : 0);
	if (count <= 0)
		return STATUS_OK;
	error = av_samples_alloc_array_and_samples(
		&samples, NULL, output->codec->ch_layout.nb_channels, count,
		output->codec->sample_fmt, 0);
	if (error >= 0)
		error = count = swr_convert(
			output->resampler, samples, count,
			frame != NULL ?
				(const uint8_t **)frame->extended_data :
				NULL,
			frame != NULL ? frame->nb_samples : 0);
	if (error > 0)
		error = av_audio_fifo_write(output->fifo, (void **)samples,
					    count);
	if (samples != NULL)
		av_freep(&samples[0]);
	av_freep(&samples);
	return error < 0 ? libav_fault(fault, error, "resampling") : STATUS_OK;
}

static bool
same_input(const struct sound_output *output, const AVFrame *frame)
{
	return output->resampler != NULL &&
	       output->in_rate == frame->sample_rate &&
	       output->in_format == frame->format &&
	       av_channel_layout_compare(&output->in_layout,
					 &frame->ch_layout) == 0;
}

/* Samples of float or of 24 bits lose less as 16 bits with dither; 16 bits stay
 * untouched. */
static bool
wants_dither(const struct sound_output *output, const AVFrame *frame)
{
	return output->codec->sample_fmt == AV_SAMPLE_FMT_S16 &&
	       av_get_bytes_per_sample(frame->format) > 2;
}

/* (Re)makes the resampler for what comes in now. */
static enum status
resampler_open(struct sound_output *output, const AVFrame *frame,
	       struct fault *fault)
{
	AVChannelLayout layout = { 0 };
	enum status status = resample(output, NULL, fault);
	int error;

	if (status != STATUS_OK)
		return status;
	swr_free(&output->resampler);
	if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
		av_channel_layout_default(&layout,
					  frame->ch_layout.nb_channels);
	else
		av_channel_layout_copy(&layout, &frame->ch_layout);
	error = swr_alloc_set_opts2(
		&output->resampler, &output->codec->ch_layout,
		output->codec->sample_fmt, output->codec->sample_rate,
		&layout, frame->format, frame->sample_rate, 0, NULL);
	av_channel_layout_uninit(&layout);
	if (error >= 0 && wants_dither(output, frame))
		av_opt_set(output->resampler, "dither_method",
			   "triangular", 0);
	if (error >= 0)
		error = swr_init(output->resampler);
	if (error < 0)
		return libav_fault(fault, error, "resampling");
	av_channel_layout_uninit(&output->in_layout);
	av_channel_layout_copy(&output->in_layout, &frame->ch_layout);
	output->in_rate = frame->sample_rate;
	output->in_format = frame->format;
	return STATUS_OK;
}

enum status
output_add(struct sound_output *output, const AVFrame *frame,
	   struct fault *fault)
{
	enum status status = STATUS_OK;

	if (!same_input(output, frame))
		status = resampler_open(output, frame, fault);
	if (status == STATUS_OK)
		status = resample(output, frame, fault);
	if (status == STATUS_OK)
		status = encode_waiting(output, false, fault);
	return status;
}

enum status
output_finish(struct sound_output *output, struct fault *fault)
{
	enum status status = resample(output, NULL, fault);
	int error = 0;

	if (status == STATUS_OK)
		status = encode_waiting(output, true, fault);
	if (status == STATUS_OK)
		status = encode(output, NULL, fault);
	if (status != STATUS_OK)
		return status;
	if (output->format != NULL) {
		error = av_write_trailer(output->format);
		avio_flush(output->io);
	} else if (output->target->format == MEDIA_MP3) {
		xing_finish(output);
	} else if (is_wav(output) && output->is_file) {
		output->at = 0;
		wav_header_write(output, output->samples, true);
	}
	if (error < 0 || output->write_status != STATUS_OK)
		return output_fault(output, fault, error, "writing");
	return STATUS_OK;
}
