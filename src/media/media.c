/* media.c - questions to media processes and their answers; see media.h. */
#include "media/media.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/ranged.h"
#include "media/pool.h"
#include "media/protocol.h"

#define CANCEL_WAIT_MS 300
#define START_WAIT_MS 10000
#define PATIENCE 6 /* time-outs, where it may not be the file's fault */

struct media_transcode {
	struct media_pool *pool;
	struct pool_child *child; /* NULL once it was given back */
	struct protocol_message message;
};

/* The process ended or went silent; says what that means for the file. */
static enum status
blame(struct media_pool *pool, struct pool_child *child, enum status status,
      const char *what, struct fault *fault)
{
	enum pool_end end = pool_return(pool, child, false);

	if (status == STATUS_TIMED_OUT || end == POOL_OUT_OF_TIME) {
		pool_count_timeout(pool);
		return fault_set(fault, STATUS_TIMED_OUT,
				 "reading this %s took longer than %u ms",
				 what, pool_timeout_ms(pool));
	}
	if (end == POOL_CRASHED || status == STATUS_CORRUPT) {
		log_warning("media", "a media process crashed",
			    LOG_TEXT("on", what));
		return fault_set(fault, STATUS_CORRUPT,
				 "the decoder crashed on this %s", what);
	}
	return fault_set(fault, STATUS_UNAVAILABLE,
			 "the media process ended before it was done");
}

/* The same; waiting for a far file's bytes is not the file's fault. */
static enum status
blame_file(struct media_pool *pool, struct pool_child *child,
	   enum status status, int fd, struct fault *fault)
{
	bool waited = status == STATUS_TIMED_OUT && ranged_is_far(fd);

	status = blame(pool, child, status, "file", fault);
	return waited ? fault_field(fault, STATUS_UNAVAILABLE, "source",
				    "the place of the file is too slow") :
			status;
}

/* Turns a FAULT answer into *fault. */
static enum status
answer_fault(const struct protocol_message *answer, struct fault *fault)
{
	struct fault told = { 0 };
	struct arena arena;
	bool fine;

	arena_init(&arena);
	fine = wire_read_fault((struct span){ answer->body.bytes,
					      answer->body.length },
			       &arena, &told);
	arena_release(&arena);
	if (!fine)
		return STATUS_OK; /* nonsense: the caller discards the child */
	if (fault != NULL)
		*fault = told;
	return told.status;
}

static struct span
body_of(const struct protocol_message *message)
{
	return (struct span){ message->body.bytes, message->body.length };
}

/* Asks and waits. On STATUS_OK the child is still borrowed and `answer` holds
 * a message of the type `wanted`; else the child was given back. */
static enum status
ask(struct media_pool *pool, enum protocol_type type, struct span body,
    int fd, enum protocol_type wanted, const char *what,
    struct protocol_message *answer, struct pool_child **child,
    struct fault *fault)
{
	bool far = fd >= 0 && ranged_is_far(fd);
	struct fault why = { 0 };
	enum status status;
	int64_t deadline;
	int socket;

	status = pool_borrow(pool, POOL_QUICK, child, fault);
	if (status != STATUS_OK)
		return status;
	socket = pool_child_socket(*child);
	deadline = clock_monotonic_ms() +
		   (int64_t)pool_timeout_ms(pool) * (far ? PATIENCE : 1);
	status = protocol_send(socket, type, body, &fd, fd >= 0, deadline,
			       &why);
	if (status == STATUS_OK)
		status = protocol_receive(socket, answer, deadline, &why);
	if (status != STATUS_OK && far)
		return blame_file(pool, *child, status, fd, fault);
	if (status != STATUS_OK)
		return blame(pool, *child, status, what, fault);
	if (answer->type == wanted)
		return STATUS_OK;
	if (answer->type == PROTOCOL_FAULT)
		status = answer_fault(answer, fault);
	if (status == STATUS_OK)
		return blame(pool, *child, STATUS_CORRUPT, what, fault);
	pool_return(pool, *child, true);
	return status;
}

enum status
media_probe(struct media_pool *pool, int fd,
	    const struct media_probe_args *args, struct arena *arena,
	    struct media_facts *out, struct fault *fault)
{
	struct wire_probe question = { .flags = args->flags };
	struct protocol_message answer;
	struct pool_child *child;
	struct media_facts *facts;
	struct buffer body;
	enum status status;

	assert(fd >= 0);
	/* the child takes nothing that is not UTF-8; only the ending counts */
	if (args->name_hint != NULL &&
	    utf8_valid(args->name_hint, strlen(args->name_hint)) &&
	    strlen(args->name_hint) <= PROTOCOL_NAME_MAX)
		question.name_hint = args->name_hint;
	if (args->known_picture != NULL) {
		question.known = true;
		memcpy(question.known_picture, args->known_picture,
		       SHA256_BYTES);
	}
	buffer_init(&body, 0);
	wire_add_probe(&body, &question);
	protocol_message_init(&answer);
	status = ask(pool, PROTOCOL_PROBE,
		     (struct span){ body.bytes, body.length }, fd,
		     PROTOCOL_FACTS, "file", &answer, &child, fault);
	if (status == STATUS_OK) {
		facts = mem_new(1, sizeof *facts);
		if (wire_read_facts(body_of(&answer), arena, facts)) {
			*out = *facts;
			pool_return(pool, child, true);
		} else {
			status = blame(pool, child, STATUS_CORRUPT, "file",
				       fault);
		}
		free(facts);
	}
	protocol_message_release(&answer);
	buffer_release(&body);
	return status;
}

enum status
media_thumbnail(struct media_pool *pool, struct span picture,
		uint32_t size_px, enum media_picture_format format,
		struct arena *arena, struct media_thumbnail *out,
		struct fault *fault)
{
	struct wire_thumbnail question = { size_px, format, picture };
	struct media_thumbnail thumbnail = { 0 };
	struct protocol_message answer;
	struct pool_child *child;
	struct buffer body;
	enum status status;

	assert(size_px >= 1 && size_px <= 4096);
	if (picture.length > MEDIA_PICTURE_BYTES_MAX)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "the picture is larger than %u MiB",
				 MEDIA_PICTURE_BYTES_MAX >> 20);
	buffer_init(&body, PROTOCOL_BODY_MAX);
	wire_add_thumbnail(&body, &question);
	protocol_message_init(&answer);
	status = ask(pool, PROTOCOL_THUMBNAIL,
		     (struct span){ body.bytes, body.length }, -1,
		     PROTOCOL_THUMBNAIL_DONE, "picture", &answer, &child,
		     fault);
	if (status == STATUS_OK) {
		if (wire_read_thumbnail_done(body_of(&answer), arena,
					     &thumbnail)) {
			*out = thumbnail;
			pool_return(pool, child, true);
		} else {
			status = blame(pool, child, STATUS_CORRUPT, "picture",
				       fault);
		}
	}
	protocol_message_release(&answer);
	buffer_release(&body);
	return status;
}

enum status
media_write_tags(struct media_pool *pool, int fd,
		 const struct media_tags *tags, struct fault *fault)
{
	struct protocol_message answer;
	struct pool_child *child;
	struct buffer body;
	enum status status;

	assert(fd >= 0);
	buffer_init(&body, 0);
	wire_add_tags(&body, tags);
	protocol_message_init(&answer);
	status = ask(pool, PROTOCOL_WRITE_TAGS,
		     (struct span){ body.bytes, body.length }, fd,
		     PROTOCOL_TAGS_WRITTEN, "file", &answer, &child, fault);
	if (status == STATUS_OK)
		pool_return(pool, child, true);
	protocol_message_release(&answer);
	buffer_release(&body);
	return status;
}

/* ---- what is heard ---- */

#define GO_ON_MS 1000

/* Hears the child until it has more to say than that it goes on. */
static enum status
analysis_wait(struct media_pool *pool, int socket, media_go_on *go_on,
	      void *cookie, struct protocol_message *answer,
	      struct fault *fault)
{
	int64_t heard_ms = clock_monotonic_ms();
	int64_t patience_ms = pool_timeout_ms(pool);

	for (;;) {
		int64_t now = clock_monotonic_ms();
		enum status status;

		if (go_on != NULL && !go_on(cookie))
			return STATUS_CANCELLED;
		status = protocol_receive(socket, answer, now + GO_ON_MS,
					  fault);
		if (status == STATUS_OK && answer->type != PROTOCOL_PROGRESS)
			return STATUS_OK;
		if (status == STATUS_OK)
			heard_ms = now;
		/* The child bounds its own processor time; waiting for its
		 * turn on a busy machine is not the file's fault. */
		else if (status != STATUS_TIMED_OUT ||
			 now - heard_ms > PATIENCE * patience_ms)
			return status;
	}
}

/* What came back, or whose fault it is that nothing did. */
static enum status
analysis_take(struct media_pool *pool, struct pool_child *child,
	      const struct protocol_message *answer, struct arena *arena,
	      struct media_analysis *out, struct fault *fault)
{
	struct media_analysis *analysis = arena_alloc(arena, sizeof *analysis);
	enum status status = STATUS_OK;

	if (answer->type == PROTOCOL_ANALYSIS &&
	    wire_read_analysis(body_of(answer), arena, analysis)) {
		*out = *analysis;
		pool_return(pool, child, true);
		return STATUS_OK;
	}
	if (answer->type == PROTOCOL_FAULT)
		status = answer_fault(answer, fault);
	if (status == STATUS_OK)
		return blame(pool, child, STATUS_CORRUPT, "file", fault);
	pool_return(pool, child, true);
	return status;
}

enum status
media_analyse(struct media_pool *pool, int fd, media_go_on *go_on,
	      void *cookie, struct arena *arena, struct media_analysis *out,
	      struct fault *fault)
{
	struct protocol_message answer;
	struct pool_child *child;
	struct fault why = { 0 };
	enum status status;
	int socket;

	assert(fd >= 0);
	status = pool_borrow(pool, POOL_ANALYSIS, &child, fault);
	if (status != STATUS_OK)
		return status;
	socket = pool_child_socket(child);
	protocol_message_init(&answer);
	status = protocol_send(socket, PROTOCOL_ANALYSE,
			       (struct span){ NULL, 0 }, &fd, 1,
			       clock_monotonic_ms() + pool_timeout_ms(pool),
			       &why);
	if (status == STATUS_OK)
		status = analysis_wait(pool, socket, go_on, cookie, &answer,
				       &why);
	if (status == STATUS_CANCELLED) {
		pool_return(pool, child, false);
		fault_set(fault, status, "the analysis was stopped");
	} else if (status != STATUS_OK) {
		status = blame_file(pool, child, status, fd, fault);
	} else {
		status = analysis_take(pool, child, &answer, arena, out,
				       fault);
	}
	protocol_message_release(&answer);
	return status;
}

/* ---- transcoding ---- */

enum status
media_transcode_begin(struct media_pool *pool, int input_fd,
		      const struct media_target *target, int64_t offset_ms,
		      int output_fd, struct media_transcode **out,
		      struct fault *fault)
{
	struct wire_transcode question = { .target = *target,
					   .offset_ms = offset_ms };
	const int fds[2] = { input_fd, output_fd };
	struct media_transcode *transcode;
	struct pool_child *child;
	struct buffer body;
	enum status status;

	assert(input_fd >= 0 && output_fd >= 0);
	status = pool_borrow(pool, POOL_TRANSCODE, &child, fault);
	if (status != STATUS_OK)
		return status;
	buffer_init(&body, 0);
	wire_add_transcode(&body, &question);
	status = protocol_send(pool_child_socket(child), PROTOCOL_TRANSCODE,
			       (struct span){ body.bytes, body.length }, fds,
			       2, clock_monotonic_ms() + START_WAIT_MS,
			       fault);
	buffer_release(&body);
	if (status != STATUS_OK) {
		pool_return(pool, child, false);
		return status;
	}
	transcode = mem_new(1, sizeof *transcode);
	transcode->pool = pool;
	transcode->child = child;
	protocol_message_init(&transcode->message);
	*out = transcode;
	return STATUS_OK;
}

/* One message from the child; *more when newer news may be there already. */
static enum status
transcode_hear(struct media_transcode *transcode, int64_t deadline_ms,
	       struct media_progress *progress, bool *more,
	       struct fault *fault)
{
	struct protocol_message *message = &transcode->message;
	enum protocol_type type;
	struct fault why = { 0 };
	enum status status;

	*more = false;
	status = protocol_receive(pool_child_socket(transcode->child), message,
				  deadline_ms, &why);
	if (status == STATUS_TIMED_OUT || status == STATUS_AGAIN_LATER)
		return STATUS_AGAIN_LATER;
	type = status == STATUS_OK ? message->type : PROTOCOL_FAULT;
	if (status == STATUS_OK &&
	    (type == PROTOCOL_PROGRESS || type == PROTOCOL_DONE) &&
	    wire_read_progress(body_of(message), progress)) {
		*more = type == PROTOCOL_PROGRESS;
		progress->done = type == PROTOCOL_DONE;
	} else if (status != STATUS_OK || type != PROTOCOL_FAULT ||
		   (status = answer_fault(message, fault)) == STATUS_OK) {
		struct pool_child *child = transcode->child;

		transcode->child = NULL;
		return blame(transcode->pool, child,
			     status == STATUS_OK ? STATUS_CORRUPT : status,
			     "file", fault);
	}
	if (!*more) {
		pool_return(transcode->pool, transcode->child, true);
		transcode->child = NULL;
	}
	return status;
}

enum status
media_transcode_wait(struct media_transcode *transcode, uint32_t wait_ms,
		     struct media_progress *progress, struct fault *fault)
{
	struct media_progress newest = { 0 };
	bool heard = false, more = true;
	enum status status = STATUS_OK;
	int64_t deadline = clock_monotonic_ms() + wait_ms;

	assert(transcode->child != NULL);
	while (more && status == STATUS_OK) {
		status = transcode_hear(transcode,
					heard || wait_ms == 0 ?
						PROTOCOL_NO_WAIT :
						deadline,
					&newest, &more, fault);
		heard = heard || status == STATUS_OK;
	}
	if (status == STATUS_AGAIN_LATER && heard)
		status = STATUS_OK;
	if (status == STATUS_OK)
		*progress = newest;
	return status;
}

int
media_transcode_fd(const struct media_transcode *transcode)
{
	return transcode->child != NULL ?
		       pool_child_socket(transcode->child) :
		       -1;
}

/* Asks the child to stop and listens until it has. */
static void
transcode_cancel(struct media_transcode *transcode)
{
	int socket = pool_child_socket(transcode->child);
	int64_t deadline = clock_monotonic_ms() + CANCEL_WAIT_MS;
	enum protocol_type type = PROTOCOL_PROGRESS;
	enum status status;

	status = protocol_send(socket, PROTOCOL_CANCEL,
			       (struct span){ NULL, 0 }, NULL, 0, deadline,
			       NULL);
	while (status == STATUS_OK && type == PROTOCOL_PROGRESS) {
		status = protocol_receive(socket, &transcode->message,
					  deadline, NULL);
		type = transcode->message.type;
	}
	pool_return(transcode->pool, transcode->child,
		    status == STATUS_OK &&
			    (type == PROTOCOL_FAULT || type == PROTOCOL_DONE));
	transcode->child = NULL;
}

void
media_transcode_end(struct media_transcode *transcode)
{
	if (transcode == NULL)
		return;
	if (transcode->child != NULL)
		transcode_cancel(transcode);
	protocol_message_release(&transcode->message);
	free(transcode);
}

const char *
media_target_type(enum media_target_format format)
{
	switch (format) {
	case MEDIA_MP3:
		return "audio/mpeg";
	case MEDIA_AAC_ADTS:
		return "audio/aac";
	case MEDIA_AAC_MP4:
		return "audio/mp4";
	case MEDIA_OPUS:
		return "audio/ogg; codecs=opus";
	case MEDIA_FLAC:
		return "audio/flac";
	case MEDIA_WAV_S16:
	case MEDIA_WAV_F32:
		return "audio/wav";
	case MEDIA_PCM_S16:
		return "audio/L16";
	case MEDIA_PCM_F32:
		break;
	}
	return "application/octet-stream";
}
