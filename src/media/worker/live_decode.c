/* live_decode.c - files and streams to live samples; see worker.h and live.h. */
#include "media/worker/worker.h"

#include <poll.h>
#include <strings.h>
#include <unistd.h>

#include "media/worker/input.h"
#include "media/worker/output.h"

static const struct media_target samples_target = {
	.format = MEDIA_PCM_F32,
	.sample_rate_hz = MEDIA_LIVE_RATE,
	.channels = MEDIA_LIVE_CHANNELS,
};

struct hint_row {
	const char *word; /* anywhere in the hint */
	const char *demuxer;
};

/* The first that fits counts. */
static const struct hint_row hints[] = {
	{ "mpegurl", NULL },  { "mp3", "mp3" },	    { "mpeg", "mp3" },
	{ "mpga", "mp3" },    { "aac", "aac" },	    { "ogg", "ogg" },
	{ "opus", "ogg" },    { "vorbis", "ogg" },  { "oga", "ogg" },
	{ "flac", "flac" },   { "wav", "wav" },	    { "webm", "matroska" },
	{ "matroska", "matroska" }, { "mka", "matroska" },
	{ "mp4", "mov" },     { "m4a", "mov" },	    { "mp2t", "mpegts" },
};

struct stream_job {
	int input, socket;
	bool cancelled;
	struct sound_input sound;
	struct sound_output output;
};

static const char *
demuxer_of(const char *hint)
{
	for (size_t i = 0; hint != NULL && i < ARRAY_LENGTH(hints); i++) {
		if (strcasestr(hint, hints[i].word) != NULL)
			return hints[i].demuxer;
	}
	return NULL;
}

static bool
wait_for_input(void *cookie)
{
	struct stream_job *job = cookie;
	struct pollfd both[2] = {
		{ .fd = job->input, .events = POLLIN },
		{ .fd = job->socket, .events = POLLIN },
	};

	if (job->cancelled)
		return false;
	while (poll(both, 2, -1) < 0)
		;
	job->cancelled = both[1].revents != 0;
	return !job->cancelled;
}

/* Whatever comes in on the socket now is a CANCEL, or the server's end. */
static bool
job_goes_on(void *cookie)
{
	struct stream_job *job = cookie;
	struct pollfd word = { .fd = job->socket, .events = POLLIN };

	job->cancelled = job->cancelled || poll(&word, 1, 0) > 0;
	return !job->cancelled;
}

static const char *
tag_of(const struct libav_input *file, const char *name)
{
	const AVDictionaryEntry *tag = av_dict_get(file->stream->metadata,
						   name, NULL, 0);

	if (tag == NULL)
		tag = av_dict_get(file->format->metadata, name, NULL, 0);
	return tag == NULL || tag->value[0] == '\0' ? NULL : tag->value;
}

/* What the stream says of itself, at its start and where it says it anew. A
 * server that does not ask for titles misses some. */
static void
title_tell(struct stream_job *job)
{
	struct libav_input *file = &job->sound.file;
	const char *title = tag_of(file, "title");
	const char *artist = tag_of(file, "artist");
	struct buffer text, body;

	buffer_init(&text, 0);
	buffer_init(&body, 0);
	if (artist != NULL && title != NULL)
		buffer_print(&text, "%s - ", artist);
	if (title != NULL) {
		buffer_add_text(&text, title);
		wire_add_text(&body, text.bytes);
		protocol_send(job->socket, PROTOCOL_TITLE,
			      (struct span){ body.bytes, body.length }, NULL,
			      0, 1, NULL);
	}
	buffer_release(&body);
	buffer_release(&text);
	/* a demuxer may add the next ones to them */
	av_dict_free(&file->stream->metadata);
	av_dict_free(&file->format->metadata);
	file->stream->event_flags = 0;
}

static enum status
stream_run(struct stream_job *job, struct fault *fault)
{
	const AVStream *stream = job->sound.file.stream;
	enum status status = STATUS_OK;

	title_tell(job);
	while (status == STATUS_OK && job_goes_on(job)) {
		status = input_next(&job->sound, fault);
		if (stream->event_flags & AVSTREAM_EVENT_FLAG_METADATA_UPDATED)
			title_tell(job);
		if (status == STATUS_OK)
			status = output_add(&job->output, job->sound.frame,
					    fault);
	}
	if (job->cancelled)
		return fault_set(fault, STATUS_CANCELLED,
				 "nobody wants the output any more");
	return status == STATUS_OUT_OF_RANGE ?
		       output_finish(&job->output, fault) :
		       status;
}

static enum status
decode_stream(int input, int output, const struct wire_decode *ask,
	      int socket, struct fault *fault)
{
	struct stream_job job = { .input = input, .socket = socket };
	struct output_source source = { 0 };
	enum status status;

	status = input_open_stream(&job.sound, input, demuxer_of(ask->hint),
				   wait_for_input, &job, fault);
	if (status == STATUS_OK) {
		source.sample_rate = job.sound.codec->sample_rate;
		source.channels = job.sound.codec->ch_layout.nb_channels;
		status = output_open(&job.output, &samples_target, &source,
				     output, socket, job_goes_on, &job, fault);
	}
	if (status == STATUS_OK)
		status = stream_run(&job, fault);
	output_close(&job.output);
	input_close(&job.sound);
	return status;
}

enum status
decode_live(int input, int output, const struct wire_decode *ask, int socket,
	    struct media_progress *progress, struct fault *fault)
{
	const struct wire_transcode file = {
		.target = samples_target,
		.offset_ms = ask->offset_ms,
		.quiet = true,
	};
	struct ranged_file ranged;

	if (ranged_open(input, &ranged, fault) == STATUS_UNSUPPORTED)
		return decode_stream(input, output, ask, socket, fault);
	return transcode_file(input, output, &file, socket, progress, fault);
}
