/* live.c - pipes to and from media processes; see live.h.
 *
 * A process that is done says so on its socket before it closes its pipe, so
 * that the end of the pipe is the moment to ask how it ended. Processes are
 * given back when the handle is closed, since that may have to wait. */
#include "media/live.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "media/pool.h"
#include "media/protocol.h"

#define FRAME_BYTES (MEDIA_LIVE_CHANNELS * sizeof(float))
#define PIPE_BYTES (256 << 10) /* 0.7 s of samples */
#define START_WAIT_MS 10000
#define CANCEL_WAIT_MS 300
#define DEAD_MAX 8
#define READ_BYTES 65536
#define TITLE_BYTES 500

/* A process at work, and what it said in the end. */
struct live_child {
	struct media_pool *pool;
	struct pool_child *child; /* NULL: there is none */
	enum status ended;        /* STATUS_OK: not yet */
	bool sound;               /* it ended by itself and may be used again */
	struct fault fault;
	char *title; /* said last and not asked for yet; NULL: none */
};

struct media_decoder {
	struct live_child live;
	int fd;
	char part[FRAME_BYTES]; /* of a frame */
	size_t part_bytes;
};

struct media_encoder {
	struct live_child live;
	int in, out;
	char left[FRAME_BYTES]; /* of a frame that was half written */
	size_t left_bytes;
	struct buffer packets;
	size_t given; /* bytes of the packet that was read last */
};

struct live_row {
	const char *name, *type;
};

static const struct live_row live_rows[MEDIA_LIVE_FORMATS] = {
	[MEDIA_LIVE_MP3] = { "mp3", "audio/mpeg" },
	[MEDIA_LIVE_AAC] = { "aac", "audio/aac" },
	[MEDIA_LIVE_OPUS] = { "opus", "audio/ogg; codecs=opus" },
	[MEDIA_LIVE_VORBIS] = { "ogg", "audio/ogg; codecs=vorbis" },
	[MEDIA_LIVE_FMP4] = { "hls", "audio/mp4" },
};

const char *
media_live_type(enum media_live_format format)
{
	return live_rows[format].type;
}

const char *
media_live_name(enum media_live_format format)
{
	return live_rows[format].name;
}

/* ---- processes ---- */

static enum status
live_start(struct live_child *live, struct media_pool *pool,
	   enum protocol_type type, const struct buffer *body,
	   const int fds[2], struct fault *fault)
{
	enum status status = STATUS_UNAVAILABLE;

	live->pool = pool;
	for (int i = 0; i < DEAD_MAX; i++) {
		status = pool_borrow(pool, POOL_LIVE, &live->child, fault);
		if (status != STATUS_OK)
			return status;
		status = protocol_send(pool_child_socket(live->child), type,
				       (struct span){ body->bytes,
						      body->length },
				       fds, 2,
				       clock_monotonic_ms() + START_WAIT_MS,
				       fault);
		if (status == STATUS_OK)
			return STATUS_OK;
		/* it ended while it idled: the next one may be fine */
		pool_return(pool, live->child, false);
		live->child = NULL;
	}
	return status;
}

static void
live_take_fault(struct live_child *live,
		const struct protocol_message *message)
{
	struct arena arena;

	arena_init(&arena);
	live->sound = wire_read_fault((struct span){ message->body.bytes,
						     message->body.length },
				      &arena, &live->fault);
	arena_release(&arena);
	live->ended = live->fault.status;
	if (!live->sound || live->ended == STATUS_OK ||
	    live->ended == STATUS_AGAIN_LATER)
		live->ended = fault_set(&live->fault, STATUS_CORRUPT,
					"the media process made no sense");
}

/* One line of text, whatever came. */
static void
live_take_title(struct live_child *live,
		const struct protocol_message *message)
{
	struct wire_reader reader;
	struct arena arena;
	const char *text;

	arena_init(&arena);
	wire_reader_init(&reader, (struct span){ message->body.bytes,
						 message->body.length });
	text = wire_take_text(&reader, &arena);
	if (wire_reader_done(&reader) && text != NULL && text[0] != '\0') {
		free(live->title);
		live->title = mem_copy_text(text);
		live->title[utf8_cut(text, strlen(text), TITLE_BYTES)] = '\0';
		for (char *at = live->title; *at != '\0'; at++) {
			if ((unsigned char)*at < ' ')
				*at = ' ';
		}
	}
	arena_release(&arena);
}

/* The next word that is no title. */
static enum status
live_receive(struct live_child *live, struct protocol_message *message,
	     int64_t deadline_ms)
{
	for (;;) {
		enum status status =
			protocol_receive(pool_child_socket(live->child),
					 message, deadline_ms, NULL);

		if (status != STATUS_OK || message->type != PROTOCOL_TITLE)
			return status;
		live_take_title(live, message);
	}
}

/* Takes in what the process has said by now. */
static void
live_hear(struct live_child *live)
{
	struct protocol_message message;
	enum status status;

	if (live->ended != STATUS_OK || live->child == NULL)
		return;
	protocol_message_init(&message);
	status = live_receive(live, &message, PROTOCOL_NO_WAIT);
	if (status == STATUS_OK && message.type == PROTOCOL_FAULT) {
		live_take_fault(live, &message);
	} else if (status == STATUS_OK && message.type == PROTOCOL_DONE) {
		live->sound = true;
		live->ended = fault_set(&live->fault, STATUS_OUT_OF_RANGE,
					"the sound ends here");
	} else if (status != STATUS_AGAIN_LATER) {
		live->ended = fault_set(
			&live->fault, STATUS_UNAVAILABLE,
			"the media process ended before it was done");
	}
	protocol_message_release(&message);
}

/* The pipe has ended: how did the process? STATUS_AGAIN_LATER: not said yet. */
static enum status
live_end(struct live_child *live, struct fault *fault)
{
	if (live->ended == STATUS_OK && live->child == NULL)
		live->ended = fault_set(&live->fault, STATUS_OUT_OF_RANGE,
					"the sound ends here");
	live_hear(live);
	if (live->ended == STATUS_OK)
		return STATUS_AGAIN_LATER;
	if (fault != NULL)
		*fault = live->fault;
	return live->ended;
}

/* Its pipes are closed: it stops by itself, or when it hears that it should. */
static void
live_stop(struct live_child *live)
{
	struct protocol_message message;
	enum status status = STATUS_OK;
	int64_t deadline;

	if (live->child == NULL)
		return;
	if (live->ended == STATUS_OK) {
		deadline = clock_monotonic_ms() + CANCEL_WAIT_MS;
		protocol_message_init(&message);
		status = protocol_send(pool_child_socket(live->child),
				       PROTOCOL_CANCEL,
				       (struct span){ NULL, 0 }, NULL, 0,
				       deadline, NULL);
		if (status == STATUS_OK)
			status = live_receive(live, &message, deadline);
		live->sound = status == STATUS_OK &&
			      (message.type == PROTOCOL_FAULT ||
			       message.type == PROTOCOL_DONE);
		protocol_message_release(&message);
	}
	if (pool_return(live->pool, live->child, live->sound) == POOL_CRASHED)
		log_warning("media", "a media process crashed",
			    LOG_TEXT("on", "live sound"));
	live->child = NULL;
}

/* ours: the end that stays here, and never blocks. */
static enum status
pipe_open(int pair[2], int ours, struct fault *fault)
{
	if (pipe2(pair, O_CLOEXEC) < 0)
		return fault_errno(fault, errno, "cannot make a pipe");
	/* smaller is fine where the kernel wants it so */
	fcntl(pair[0], F_SETPIPE_SZ, PIPE_BYTES);
	fcntl(pair[ours], F_SETFL, O_NONBLOCK);
	return STATUS_OK;
}

/* ---- decoders ---- */

static bool
is_samples(const struct media_decoder_args *args)
{
	struct stat stat;

	return args->hint != NULL && strcmp(args->hint, "pcm") == 0 &&
	       fstat(args->input_fd, &stat) == 0 && !S_ISREG(stat.st_mode);
}

static enum status
decoder_start(struct media_decoder *decoder, struct media_pool *pool,
	      const struct media_decoder_args *args, struct fault *fault)
{
	const struct wire_decode question = { args->offset_ms, args->hint };
	enum status status;
	struct buffer body;
	int pair[2];

	status = pipe_open(pair, 0, fault);
	if (status != STATUS_OK)
		return status;
	decoder->fd = pair[0];
	buffer_init(&body, 0);
	wire_add_decode(&body, &question);
	status = live_start(&decoder->live, pool, PROTOCOL_DECODE, &body,
			    (const int[2]){ args->input_fd, pair[1] }, fault);
	buffer_release(&body);
	close(pair[1]);
	return status;
}

enum status
media_decoder_open(struct media_pool *pool,
		   const struct media_decoder_args *args,
		   struct media_decoder **out, struct fault *fault)
{
	struct media_decoder *decoder = mem_new(1, sizeof *decoder);
	enum status status = STATUS_OK;

	assert(args->input_fd >= 0);
	decoder->fd = -1;
	if (is_samples(args)) {
		decoder->fd = fcntl(args->input_fd, F_DUPFD_CLOEXEC, 3);
		if (decoder->fd < 0 ||
		    fcntl(decoder->fd, F_SETFL, O_NONBLOCK) < 0)
			status = fault_errno(fault, errno,
					     "cannot read the samples");
	} else {
		status = decoder_start(decoder, pool, args, fault);
	}
	if (status != STATUS_OK) {
		if (decoder->fd >= 0)
			close(decoder->fd);
		free(decoder);
		return status;
	}
	*out = decoder;
	return STATUS_OK;
}

enum status
media_decoder_read(struct media_decoder *decoder, float *frames, size_t room,
		   size_t *count, struct fault *fault)
{
	char *bytes = (char *)frames;
	size_t have = decoder->part_bytes;
	ssize_t got;

	assert(room > 0);
	memcpy(bytes, decoder->part, have);
	do
		got = read(decoder->fd, bytes + have,
			   room * FRAME_BYTES - have);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return STATUS_AGAIN_LATER;
	if (got <= 0)
		return live_end(&decoder->live, fault);
	have += (size_t)got;
	decoder->part_bytes = have % FRAME_BYTES;
	memcpy(decoder->part, bytes + have - decoder->part_bytes,
	       decoder->part_bytes);
	if (have < FRAME_BYTES)
		return STATUS_AGAIN_LATER;
	*count = have / FRAME_BYTES;
	return STATUS_OK;
}

char *
media_decoder_title(struct media_decoder *decoder)
{
	char *title;

	live_hear(&decoder->live);
	title = decoder->live.title;
	decoder->live.title = NULL;
	return title;
}

int
media_decoder_fd(const struct media_decoder *decoder)
{
	return decoder->fd;
}

void
media_decoder_close(struct media_decoder *decoder)
{
	if (decoder == NULL)
		return;
	close(decoder->fd);
	live_stop(&decoder->live);
	free(decoder->live.title);
	free(decoder);
}

/* ---- encoders ---- */

enum status
media_encoder_open(struct media_pool *pool, enum media_live_format format,
		   uint32_t bitrate_kbps, struct media_encoder **out,
		   struct fault *fault)
{
	const struct wire_encode question = { format, bitrate_kbps };
	struct media_encoder *encoder;
	int in[2], packets[2];
	enum status status;
	struct buffer body;

	status = pipe_open(in, 1, fault);
	if (status != STATUS_OK)
		return status;
	status = pipe_open(packets, 0, fault);
	if (status != STATUS_OK) {
		close(in[0]);
		close(in[1]);
		return status;
	}
	encoder = mem_new(1, sizeof *encoder);
	encoder->in = in[1];
	encoder->out = packets[0];
	buffer_init(&encoder->packets,
		    MEDIA_PACKET_BYTES_MAX + READ_BYTES +
			    sizeof(struct wire_packet));
	buffer_init(&body, 0);
	wire_add_encode(&body, &question);
	status = live_start(&encoder->live, pool, PROTOCOL_ENCODE, &body,
			    (const int[2]){ in[0], packets[1] }, fault);
	buffer_release(&body);
	close(in[0]);
	close(packets[1]);
	if (status != STATUS_OK)
		media_encoder_close(encoder);
	else
		*out = encoder;
	return status;
}

/* Writes what is left of a half written frame. */
static bool
encoder_catch_up(struct media_encoder *encoder)
{
	ssize_t put;

	if (encoder->left_bytes == 0)
		return true;
	put = write(encoder->in, encoder->left, encoder->left_bytes);
	if (put > 0) {
		encoder->left_bytes -= (size_t)put;
		memmove(encoder->left, encoder->left + put,
			encoder->left_bytes);
	}
	return encoder->left_bytes == 0;
}

enum status
media_encoder_write(struct media_encoder *encoder, const float *frames,
		    size_t count, size_t *taken, struct fault *fault)
{
	size_t bytes = count * FRAME_BYTES, rest;
	ssize_t put = -1;

	*taken = 0;
	errno = 0;
	if (encoder_catch_up(encoder))
		put = write(encoder->in, frames, bytes);
	if (put < 0 && errno == EPIPE)
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "the encoder is gone");
	if (put <= 0)
		return STATUS_OK;
	rest = (size_t)put % FRAME_BYTES;
	*taken = (size_t)put / FRAME_BYTES;
	if (rest > 0) {
		encoder->left_bytes = FRAME_BYTES - rest;
		memcpy(encoder->left, (const char *)frames + put,
		       encoder->left_bytes);
		(*taken)++;
	}
	return STATUS_OK;
}

void
media_encoder_finish(struct media_encoder *encoder)
{
	if (encoder->in >= 0)
		close(encoder->in);
	encoder->in = -1;
}

/* A whole packet at the front of the buffer? */
static enum status
packet_take(struct media_encoder *encoder, struct media_packet *out,
	    struct fault *fault)
{
	size_t length = wire_take_packet(
		(struct span){ encoder->packets.bytes,
			       encoder->packets.length },
		out);

	if (length == SIZE_MAX)
		return fault_set(fault, STATUS_CORRUPT,
				 "the encoder made no sense");
	if (length == 0)
		return STATUS_AGAIN_LATER;
	encoder->given = length;
	return STATUS_OK;
}

enum status
media_encoder_read(struct media_encoder *encoder, struct media_packet *out,
		   struct fault *fault)
{
	struct buffer *packets = &encoder->packets;
	enum status status;
	ssize_t got;

	if (encoder->given > 0)
		buffer_drop(packets, encoder->given);
	encoder->given = 0;
	for (;;) {
		status = packet_take(encoder, out, fault);
		if (status != STATUS_AGAIN_LATER)
			return status;
		do
			got = read(encoder->out,
				   buffer_reserve(packets, READ_BYTES),
				   READ_BYTES);
		while (got < 0 && errno == EINTR);
		if (got < 0 && errno == EAGAIN)
			return STATUS_AGAIN_LATER;
		if (got <= 0)
			return live_end(&encoder->live, fault);
		packets->length += (size_t)got;
	}
}

int
media_encoder_output_fd(const struct media_encoder *encoder)
{
	return encoder->out;
}

int
media_encoder_input_fd(const struct media_encoder *encoder)
{
	return encoder->in;
}

void
media_encoder_close(struct media_encoder *encoder)
{
	if (encoder == NULL)
		return;
	media_encoder_finish(encoder);
	close(encoder->out);
	live_stop(&encoder->live);
	buffer_release(&encoder->packets);
	free(encoder);
}
