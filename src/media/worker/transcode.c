/* transcode.c - one sound file into another encoding; see worker.h. */
#include "media/worker/worker.h"

#include <unistd.h>

#include "base/clock.h"
#include "media/worker/input.h"
#include "media/worker/output.h"

#define NEWS_MS 250
#define LOOK_EVERY_FRAMES 8 /* for a CANCEL */

struct job {
	int socket;
	struct media_progress *progress;
	int64_t offset_ms;
	int64_t told_ms;
	bool cancelled, told_first;
	bool quiet; /* no news but the end */
	struct sound_input input;
	struct sound_output output;
};

/* Looks whether the server has changed its mind, or is gone. */
static bool
job_goes_on(void *cookie)
{
	struct job *job = cookie;
	struct protocol_message message;
	enum status status;

	if (job->cancelled)
		return false;
	protocol_message_init(&message);
	status = protocol_receive(job->socket, &message, PROTOCOL_NO_WAIT,
				  NULL);
	job->cancelled = status != STATUS_AGAIN_LATER;
	protocol_message_release(&message);
	return !job->cancelled;
}

static void
progress_update(struct job *job)
{
	const struct sound_output *output = &job->output;
	struct media_progress *progress = job->progress;

	progress->written_bytes = output->end;
	progress->samples = output->samples;
	progress->sample_rate_hz = (uint32_t)output->codec->sample_rate;
	progress->channels = (uint32_t)output->codec->ch_layout.nb_channels;
	progress->position_ms =
		job->offset_ms + (int64_t)(output->samples * 1000 /
					   progress->sample_rate_hz);
}

/* News come with the first bytes and then now and again. */
static void
progress_tell(struct job *job)
{
	int64_t now = clock_monotonic_ms();
	struct buffer body;

	if (job->quiet || job->output.end == 0 ||
	    (job->told_first && now - job->told_ms < NEWS_MS))
		return;
	progress_update(job);
	buffer_init(&body, 0);
	wire_add_progress(&body, job->progress);
	if (protocol_send(job->socket, PROTOCOL_PROGRESS,
			  (struct span){ body.bytes, body.length }, NULL, 0,
			  now + NEWS_MS, NULL) == STATUS_UNAVAILABLE)
		job->cancelled = true;
	buffer_release(&body);
	job->told_first = true;
	job->told_ms = now;
}

static enum status
run(struct job *job, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (uint64_t i = 0; status == STATUS_OK; i++) {
		if (i % LOOK_EVERY_FRAMES == 0 && !job_goes_on(job))
			return fault_set(fault, STATUS_CANCELLED,
					 "nobody wants the output any more");
		status = input_next(&job->input, fault);
		if (status == STATUS_OK)
			status = output_add(&job->output, job->input.frame,
					    fault);
		if (status == STATUS_OK)
			progress_tell(job);
	}
	if (status != STATUS_OUT_OF_RANGE)
		return status;
	if (job->output.samples == 0 &&
	    av_audio_fifo_size(job->output.fifo) == 0)
		return fault_set(fault, STATUS_CORRUPT,
				 "no sound could be decoded");
	status = output_finish(&job->output, fault);
	if (status == STATUS_OK)
		progress_update(job);
	return status;
}

static void
source_describe(const struct job *job, const struct wire_transcode *ask,
		const struct media_facts *facts,
		const struct probe_layout *layout, struct output_source *out)
{
	const AVCodecContext *codec = job->input.codec;
	int64_t offset = av_rescale(ask->offset_ms, codec->sample_rate, 1000);

	*out = (struct output_source){
		.sample_rate = codec->sample_rate,
		.channels = codec->ch_layout.nb_channels,
		.bit_depth = (int)facts->bit_depth,
		.title = ask->target.title,
		.artist = ask->target.artist,
		.album = ask->target.album,
	};
	if (out->title == NULL)
		out->title = facts->title;
	if (out->artist == NULL)
		out->artist = facts->artist_text;
	if (out->album == NULL)
		out->album = facts->album;
	/* the decoder may run at another rate than the header says (SBR, DSD) */
	if (layout->exact && layout->samples > 0 &&
	    (uint32_t)codec->sample_rate == facts->sample_rate_hz &&
	    layout->samples > offset)
		out->samples = layout->samples - offset;
}

static enum status
prepare(struct job *job, int input, int output,
	const struct wire_transcode *ask, struct arena *arena,
	struct fault *fault)
{
	const struct wire_probe question = { 0 };
	struct media_facts *facts = arena_alloc(arena, sizeof *facts);
	struct probe_layout layout;
	struct output_source source;
	enum status status;

	status = probe_file(input, &question, arena, facts, &layout, fault);
	if (status != STATUS_OK)
		return status;
	job->progress->duration_ms = facts->duration_ms;
	status = input_open(&job->input, input, &layout, facts, ask->offset_ms,
			    fault);
	if (status != STATUS_OK)
		return status;
	source_describe(job, ask, facts, &layout, &source);
	return output_open(&job->output, &ask->target, &source, output,
			   job->socket, job_goes_on, job, fault);
}

enum status
transcode_file(int input, int output, const struct wire_transcode *ask,
	       int socket, struct media_progress *progress,
	       struct fault *fault)
{
	struct job job = { .socket = socket, .progress = progress,
			   .offset_ms = ask->offset_ms,
			   .quiet = ask->quiet };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = prepare(&job, input, output, ask, &arena, fault);
	if (status == STATUS_OK)
		status = run(&job, fault);
	output_close(&job.output);
	input_close(&job.input);
	arena_release(&arena);
	return status;
}
