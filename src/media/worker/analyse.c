/* analyse.c - one decode of a file, through all analysers; see worker.h.
 *
 * Frames become arrays of floats in the layout and rate that the sound began
 * with, then also the mean of the channels at 22,050 Hz for what looks at
 * spectra. Nothing is kept but what the analysers keep. */
#include "media/worker/worker.h"

#include <chromaprint.h>
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
#include <math.h>

#include "media/analyse/analyser.h"
#include "media/analyse/loudness.h"
#include "media/analyse/segment.h"
#include "media/worker/input.h"

#define NEWS_SECONDS 60 /* of sound, between two words to the server */
#define HOURS_MAX 48
#define RATE_MIN_HZ 1000
#define RATE_MAX_HZ 1000000
#define FINGERPRINT_SECONDS 120
#define LEVEL_MAX 1000.0f /* full scale is 1; beyond this it is no sound */

struct listening {
	struct sound_input input;
	struct analyser *analyser;
	ChromaprintContext *print;
	bool print_broken;
	uint64_t printed; /* samples */
	uint64_t told;	  /* samples, at the last word */
	uint64_t samples;

	/* of the first frame */
	int rate;
	AVChannelLayout layout;
	/* of the newest frame */
	int in_rate, in_format;
	AVChannelLayout in_layout;
	SwrContext *to_planes, *to_mono;

	uint8_t *planes[LOUDNESS_CHANNELS_MAX];
	int planes_room;
	float *mean, *mono;
	int16_t *coarse;
	int mono_room;
};

static enum status
out_of_memory(struct fault *fault)
{
	return libav_fault(fault, AVERROR(ENOMEM), "analysing");
}

/* ITU-R BS.1770-4, table 3, by the names of the channels. */
static double
weight_of(enum AVChannel channel)
{
	switch (channel) {
	case AV_CHAN_LOW_FREQUENCY:
	case AV_CHAN_LOW_FREQUENCY_2:
		return 0;
	case AV_CHAN_BACK_LEFT:
	case AV_CHAN_BACK_RIGHT:
	case AV_CHAN_SIDE_LEFT:
	case AV_CHAN_SIDE_RIGHT:
		return 1.41;
	default:
		return 1;
	}
}

/* What the sound began with is kept to its end. */
static enum status
begin(struct listening *job, const AVFrame *frame, struct fault *fault)
{
	double weights[LOUDNESS_CHANNELS_MAX];
	const AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;

	if (frame->sample_rate < RATE_MIN_HZ ||
	    frame->sample_rate > RATE_MAX_HZ)
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "%d samples a second are no music",
				 frame->sample_rate);
	job->rate = frame->sample_rate;
	av_channel_layout_copy(&job->layout,
			       frame->ch_layout.nb_channels >
					       LOUDNESS_CHANNELS_MAX ?
				       &stereo :
				       &frame->ch_layout);
	for (int c = 0; c < job->layout.nb_channels; c++)
		weights[c] = weight_of(
			av_channel_layout_channel_from_index(&job->layout,
							     (unsigned)c));
	job->analyser = analyser_new((uint32_t)job->rate,
				     (size_t)job->layout.nb_channels, weights);
	job->print = chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT);
	if (job->print == NULL ||
	    !chromaprint_start(job->print, SEGMENT_RATE_HZ, 1))
		job->print_broken = true;
	if (swr_alloc_set_opts2(&job->to_mono,
				&(AVChannelLayout)AV_CHANNEL_LAYOUT_MONO,
				AV_SAMPLE_FMT_FLT, SEGMENT_RATE_HZ,
				&(AVChannelLayout)AV_CHANNEL_LAYOUT_MONO,
				AV_SAMPLE_FMT_FLT, job->rate, 0, NULL) < 0 ||
	    swr_init(job->to_mono) < 0)
		return out_of_memory(fault);
	return STATUS_OK;
}

/* A frame of another kind than the one before (chained Ogg, broken files). */
static enum status
adapt(struct listening *job, const AVFrame *frame, struct fault *fault)
{
	int error;

	if (job->to_planes != NULL && job->in_rate == frame->sample_rate &&
	    job->in_format == frame->format &&
	    av_channel_layout_compare(&job->in_layout, &frame->ch_layout) == 0)
		return STATUS_OK;
	swr_free(&job->to_planes);
	job->in_rate = frame->sample_rate;
	job->in_format = frame->format;
	av_channel_layout_uninit(&job->in_layout);
	av_channel_layout_copy(&job->in_layout, &frame->ch_layout);
	error = swr_alloc_set_opts2(&job->to_planes, &job->layout,
				    AV_SAMPLE_FMT_FLTP, job->rate,
				    &job->in_layout,
				    (enum AVSampleFormat)job->in_format,
				    job->in_rate, 0, NULL);
	if (error >= 0)
		error = swr_init(job->to_planes);
	return error < 0 ? libav_fault(fault, error, "analysing") : STATUS_OK;
}

static enum status
room_make(struct listening *job, int count, struct fault *fault)
{
	int mono = (int)((int64_t)count * SEGMENT_RATE_HZ / job->rate) + 64;

	if (count > job->planes_room) {
		av_freep((void *)&job->planes[0]);
		av_freep((void *)&job->mean);
		job->planes_room = 0;
		job->mean = av_malloc_array((size_t)count, sizeof(float));
		if (job->mean == NULL ||
		    av_samples_alloc(job->planes, NULL,
				     job->layout.nb_channels, count,
				     AV_SAMPLE_FMT_FLTP, 0) < 0)
			return out_of_memory(fault);
		job->planes_room = count;
	}
	if (mono > job->mono_room) {
		av_freep((void *)&job->mono);
		av_freep((void *)&job->coarse);
		job->mono_room = 0;
		job->mono = av_malloc_array((size_t)mono, sizeof(float));
		job->coarse = av_malloc_array((size_t)mono, sizeof(int16_t));
		if (job->mono == NULL || job->coarse == NULL)
			return out_of_memory(fault);
		job->mono_room = mono;
	}
	return STATUS_OK;
}

/* Files may hold any bits; what follows reckons with numbers. */
static void
clean(float *samples, int count)
{
	for (int i = 0; i < count; i++)
		if (!(fabsf(samples[i]) <= LEVEL_MAX))
			samples[i] = 0;
}

static void
print_add(struct listening *job, int count)
{
	uint64_t room = (uint64_t)FINGERPRINT_SECONDS * SEGMENT_RATE_HZ -
			job->printed;

	if (job->print_broken || room == 0)
		return;
	if ((uint64_t)count > room)
		count = (int)room;
	for (int i = 0; i < count; i++)
		job->coarse[i] = (int16_t)lrintf(
			fmaxf(fminf(job->mono[i], 1), -1) * 32767);
	if (!chromaprint_feed(job->print, job->coarse, count))
		job->print_broken = true;
	job->printed += (uint64_t)count;
}

/* Resamples the mean; NULL in: what is left at the end. */
static void
mono_add(struct listening *job, const float *mean, int count)
{
	const uint8_t *in[1] = { (const uint8_t *)mean };
	uint8_t *out[1] = { (uint8_t *)job->mono };
	int got;

	if (job->mono == NULL)
		return;
	got = swr_convert(job->to_mono, out, job->mono_room,
			  mean != NULL ? in : NULL, count);
	if (got <= 0)
		return;
	analyser_add_mono(job->analyser, job->mono, (size_t)got);
	print_add(job, got);
}

static void
planes_add(struct listening *job, int count)
{
	const float *planes[LOUDNESS_CHANNELS_MAX];
	int channels = job->layout.nb_channels;

	for (int c = 0; c < channels; c++) {
		clean((float *)(void *)job->planes[c], count);
		planes[c] = (const float *)(const void *)job->planes[c];
	}
	analyser_add(job->analyser, planes, (size_t)count);
	for (int i = 0; i < count; i++) {
		float sum = 0;

		for (int c = 0; c < channels; c++)
			sum += planes[c][i];
		job->mean[i] = sum / (float)channels;
	}
	mono_add(job, job->mean, count);
	job->samples += (uint64_t)count;
}

static enum status
frame_add(struct listening *job, const AVFrame *frame, struct fault *fault)
{
	enum status status = STATUS_OK;
	int room, got;

	if (job->analyser == NULL)
		status = begin(job, frame, fault);
	if (status == STATUS_OK)
		status = adapt(job, frame, fault);
	if (status != STATUS_OK)
		return status;
	room = swr_get_out_samples(job->to_planes, frame->nb_samples);
	if (room < 0)
		return libav_fault(fault, room, "analysing");
	status = room_make(job, room, fault);
	if (status != STATUS_OK)
		return status;
	got = swr_convert(job->to_planes, job->planes, job->planes_room,
			  (const uint8_t **)frame->extended_data,
			  frame->nb_samples);
	if (got < 0)
		return libav_fault(fault, got, "analysing");
	planes_add(job, got);
	return STATUS_OK;
}

/* A word to the server after each minute of sound; the clock starts anew. */
static enum status
tell(struct listening *job, int socket, const struct worker_limits *limits,
     struct fault *fault)
{
	struct media_progress progress = { 0 };
	struct protocol_message message;
	struct buffer body;
	enum status status;

	if (job->samples - job->told < (uint64_t)job->rate * NEWS_SECONDS)
		return STATUS_OK;
	if (job->samples > (uint64_t)job->rate * 3600 * HOURS_MAX)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the sound is longer than %d hours",
				 HOURS_MAX);
	job->told = job->samples;
	progress.position_ms = (int64_t)(job->samples * 1000 /
					 (uint64_t)job->rate);
	buffer_init(&body, 0);
	wire_add_progress(&body, &progress);
	status = protocol_send(socket, PROTOCOL_PROGRESS,
			       (struct span){ body.bytes, body.length }, NULL,
			       0, 0, NULL);
	buffer_release(&body);
	protocol_message_init(&message);
	if (status != STATUS_OK ||
	    protocol_receive(socket, &message, PROTOCOL_NO_WAIT, NULL) !=
		    STATUS_AGAIN_LATER)
		status = fault_set(fault, STATUS_CANCELLED,
				   "nobody wants the analysis any more");
	protocol_message_release(&message);
	sandbox_clock(limits->timeout_ms);
	return status;
}

static void
fingerprint_take(struct listening *job, struct arena *arena,
		 struct media_analysis *out)
{
	uint32_t *words = NULL;
	int count = 0;

	if (job->print_broken || !chromaprint_finish(job->print) ||
	    !chromaprint_get_raw_fingerprint(job->print, &words, &count))
		return;
	out->fingerprint.length = (size_t)count * sizeof *words;
	out->fingerprint.at = arena_copy_bytes(arena, words,
					       out->fingerprint.length);
	chromaprint_dealloc(words);
}

static void
listening_end(struct listening *job)
{
	input_close(&job->input);
	swr_free(&job->to_planes);
	swr_free(&job->to_mono);
	av_channel_layout_uninit(&job->layout);
	av_channel_layout_uninit(&job->in_layout);
	av_freep((void *)&job->planes[0]);
	av_freep((void *)&job->mean);
	av_freep((void *)&job->mono);
	av_freep((void *)&job->coarse);
	if (job->print != NULL)
		chromaprint_free(job->print);
	analyser_free(job->analyser);
}

enum status
analyse_file(int fd, const struct worker_limits *limits, int socket,
	     struct arena *arena, struct media_analysis *out,
	     struct fault *fault)
{
	const struct wire_probe question = { 0 };
	struct media_facts *facts = arena_alloc(arena, sizeof *facts);
	struct listening job = { 0 };
	struct probe_layout layout;
	enum status status;

	sandbox_clock(limits->timeout_ms);
	status = probe_file(fd, &question, arena, facts, &layout, fault);
	if (status == STATUS_OK)
		status = input_open(&job.input, fd, &layout, facts, 0, fault);
	while (status == STATUS_OK) {
		status = input_next(&job.input, fault);
		if (status == STATUS_OK)
			status = frame_add(&job, job.input.frame, fault);
		if (status == STATUS_OK)
			status = tell(&job, socket, limits, fault);
	}
	if (status == STATUS_OUT_OF_RANGE && job.samples == 0)
		status = fault_set(fault, STATUS_CORRUPT,
				   "no sound could be decoded");
	if (status == STATUS_OUT_OF_RANGE) {
		mono_add(&job, NULL, 0);
		analyser_finish(job.analyser, arena, out);
		fingerprint_take(&job, arena, out);
		status = STATUS_OK;
	}
	listening_end(&job);
	return status;
}
