/* main.c - the loop of ogma-media: hears a question, answers it; see worker.h.
 *
 *	ogma-media MEMORY_MIB TIMEOUT_MS [push]	(socket on descriptor 3)
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/worker/libav.h"
#include "media/worker/worker.h"

#define KEEP_HEAP_BYTES (4u << 20)
#define LARGE_BYTES (256u << 10) /* larger blocks go back at once */

static struct worker_limits limits;

static struct span
body_of(const struct protocol_message *message)
{
	return (struct span){ message->body.bytes, message->body.length };
}

static enum status
answer(enum protocol_type type, const struct buffer *body)
{
	return protocol_send(PROTOCOL_SOCKET, type,
			     (struct span){ body->bytes, body->length }, NULL,
			     0, 0, NULL);
}

static enum status
answer_probe(const struct protocol_message *question, struct arena *arena,
	     struct buffer *body, struct fault *fault)
{
	struct media_facts *facts = arena_alloc(arena, sizeof *facts);
	struct wire_probe ask;
	struct probe_layout layout;
	enum status status;

	if (question->fds[0] < 0 ||
	    !wire_read_probe(body_of(question), arena, &ask))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	sandbox_clock(limits.timeout_ms);
	status = probe_file(question->fds[0], &ask, arena, facts, &layout,
			    fault);
	if (status == STATUS_OK)
		wire_add_facts(body, facts);
	return status;
}

static enum status
answer_thumbnail(const struct protocol_message *question, struct arena *arena,
		 struct buffer *body, struct fault *fault)
{
	struct media_thumbnail thumbnail = { 0 };
	struct wire_thumbnail ask;
	enum status status;

	if (!wire_read_thumbnail(body_of(question), &ask))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	sandbox_clock(limits.timeout_ms);
	status = thumbnail_make(&ask, arena, &thumbnail, fault);
	if (status == STATUS_OK)
		wire_add_thumbnail_done(body, &thumbnail);
	return status;
}

static enum status
answer_write_tags(const struct protocol_message *question,
		  struct arena *arena, struct buffer *body,
		  struct fault *fault)
{
	struct media_tags tags;

	(void)body;
	if (question->fds[0] < 0 ||
	    !wire_read_tags(body_of(question), arena, &tags))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	sandbox_clock(limits.timeout_ms);
	return tags_write(question->fds[0], &tags, fault);
}

static enum status
answer_transcode(const struct protocol_message *question, struct arena *arena,
		 struct buffer *body, struct fault *fault)
{
	struct media_progress progress = { 0 };
	struct wire_transcode ask;
	enum status status;

	if (question->fds[0] < 0 || question->fds[1] < 0 ||
	    !wire_read_transcode(body_of(question), arena, &ask))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	status = transcode_file(question->fds[0], question->fds[1], &ask,
				PROTOCOL_SOCKET, &progress, fault);
	progress.done = true;
	wire_add_progress(body, &progress);
	return status;
}

static enum status
answer_decode(const struct protocol_message *question, struct arena *arena,
	      struct buffer *body, struct fault *fault)
{
	struct media_progress progress = { 0 };
	struct wire_decode ask;
	enum status status;

	if (question->fds[0] < 0 || question->fds[1] < 0 ||
	    !wire_read_decode(body_of(question), arena, &ask))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	status = decode_live(question->fds[0], question->fds[1], &ask,
			     PROTOCOL_SOCKET, &progress, fault);
	progress.done = true;
	wire_add_progress(body, &progress);
	return status;
}

static enum status
answer_encode(const struct protocol_message *question, struct arena *arena,
	      struct buffer *body, struct fault *fault)
{
	const struct media_progress progress = { .done = true };
	struct wire_encode ask;

	(void)arena;
	if (question->fds[0] < 0 || question->fds[1] < 0 ||
	    !wire_read_encode(body_of(question), &ask))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	wire_add_progress(body, &progress);
	return encode_live(question->fds[0], question->fds[1], &ask,
			   PROTOCOL_SOCKET, fault);
}

static bool pushes; /* the one role that may reach the network */

static enum status
answer_push(const struct protocol_message *question, struct arena *arena,
	    struct buffer *body, struct fault *fault)
{
	const struct media_progress progress = { .done = true };
	struct wire_push ask;

	if (!pushes || question->fds[0] < 0 ||
	    !wire_read_push(body_of(question), arena, &ask))
		return fault_set(fault, STATUS_INVALID, "a bad question");
	wire_add_progress(body, &progress);
	return push_live(question->fds[0], &ask, PROTOCOL_SOCKET, fault);
}

static enum status
answer_analyse(const struct protocol_message *question, struct arena *arena,
	       struct buffer *body, struct fault *fault)
{
	struct media_analysis *analysis = arena_alloc(arena, sizeof *analysis);
	enum status status;

	if (question->fds[0] < 0)
		return fault_set(fault, STATUS_INVALID, "a bad question");
	status = analyse_file(question->fds[0], &limits, PROTOCOL_SOCKET,
			      arena, analysis, fault);
	if (status == STATUS_OK)
		wire_add_analysis(body, analysis);
	return status;
}

struct question_row {
	enum protocol_type done;
	enum status (*answer)(const struct protocol_message *question,
			      struct arena *arena, struct buffer *body,
			      struct fault *fault);
};

static const struct question_row questions[PROTOCOL_TYPE_COUNT] = {
	[PROTOCOL_PROBE] = { PROTOCOL_FACTS, answer_probe },
	[PROTOCOL_THUMBNAIL] = { PROTOCOL_THUMBNAIL_DONE, answer_thumbnail },
	[PROTOCOL_ANALYSE] = { PROTOCOL_ANALYSIS, answer_analyse },
	[PROTOCOL_WRITE_TAGS] = { PROTOCOL_TAGS_WRITTEN, answer_write_tags },
	[PROTOCOL_TRANSCODE] = { PROTOCOL_DONE, answer_transcode },
	[PROTOCOL_DECODE] = { PROTOCOL_DONE, answer_decode },
	[PROTOCOL_PUSH] = { PROTOCOL_DONE, answer_push },
	[PROTOCOL_ENCODE] = { PROTOCOL_DONE, answer_encode },
};

/* Decoders take what cannot be read for the end of a broken file. */
static enum status
place_blame(const struct protocol_message *question, enum status status,
	    struct fault *fault)
{
	struct fault why = { 0 };

	if (question->fds[0] < 0 || status == STATUS_CANCELLED ||
	    ranged_fault(question->fds[0], &why) == STATUS_OK)
		return status;
	return fault_field(fault, STATUS_UNAVAILABLE, "source", "%s",
			   why.message);
}

static enum status
answer_question(const struct protocol_message *question)
{
	const struct question_row *row = &questions[question->type];
	enum protocol_type type = PROTOCOL_FAULT;
	struct fault fault = { 0 };
	struct arena arena;
	struct buffer body;
	enum status status = STATUS_INVALID;

	arena_init(&arena);
	buffer_init(&body, PROTOCOL_BODY_MAX);
	libav_quiet();
	if (row->answer != NULL) {
		type = row->done;
		status = row->answer(question, &arena, &body, &fault);
		status = place_blame(question, status, &fault);
	} else {
		fault_set(&fault, status, "a bad question");
	}
	sandbox_clock(0);
	if (status != STATUS_OK) {
		type = PROTOCOL_FAULT;
		buffer_clear(&body);
		wire_add_fault(&body, &fault);
	}
	status = answer(type, &body);
	buffer_release(&body);
	arena_release(&arena);
	return status;
}

static void
loop(void)
{
	struct protocol_message question;
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		protocol_message_init(&question);
		status = protocol_receive(PROTOCOL_SOCKET, &question, 0, NULL);
		/* a CANCEL that came after the end has nothing to cancel */
		if (status == STATUS_OK && question.type != PROTOCOL_CANCEL)
			status = answer_question(&question);
		protocol_message_release(&question);
	}
}

int
main(int argc, char **argv)
{
	const char *missing;
	struct buffer ready;

	pushes = argc == 4 && strcmp(argv[3], "push") == 0;
	if (argc != 3 && !pushes) {
		fputs("ogma-media is started by ogma, not by hand\n", stderr);
		return 2;
	}
	limits.memory_mib = (uint32_t)strtoul(argv[1], NULL, 10);
	limits.timeout_ms = (uint32_t)strtoul(argv[2], NULL, 10);
	signal(SIGPIPE, SIG_IGN); /* a reader that leaves is an error code */
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEEP_HEAP_BYTES);
	libav_start();
	missing = sandbox_enter(&limits, pushes);
	buffer_init(&ready, 0);
	if (missing[0] != '\0')
		buffer_add_text(&ready, missing);
	if (answer(PROTOCOL_READY, &ready) == STATUS_OK)
		loop();
	buffer_release(&ready);
	/* nothing to tidy up: no file is ours, and exit handlers of a hundred
	 * libraries take longer than the rest of the end */
	_exit(0);
}
