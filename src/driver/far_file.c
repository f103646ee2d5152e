/* far_file.c - see far_file.h. */
#include "driver/far_file.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/memory.h"
#include "base/ranged.h"

#define BLOCK_BYTES 32768u /* what is fetched starts and ends at such places */
#define RUN_BLOCKS_MAX 16  /* fetched at once, read in order */
#define PIECES_MAX 16
#define HELD_BYTES_MAX (1u << 20)
#define STACK_BYTES (512u << 10) /* TLS and name look-ups are deep */

static struct metric fetched_metric = METRIC_COUNTER(
	"ogma_source_fetched_bytes_total",
	"Bytes of far files that were fetched, by kind of source.", "source");
static struct metric open_metric = METRIC_GAUGE(
	"ogma_source_far_files_open", "Far files that are open.", NULL);

static atomic_uint open_count;

/* Bytes that were fetched together. */
struct piece {
	uint64_t first_byte;
	size_t length;
	uint64_t used; /* when; 0: empty */
	char *bytes;
};

struct far_open {
	struct far_open *next;
	struct far_files *files;
	struct far_file file;
	int socket;
	pthread_t thread;
	bool ended; /* the thread touches nothing any more */

	/* of the thread */
	struct piece pieces[PIECES_MAX];
	size_t held_bytes;
	uint64_t clock, run_end;
	unsigned run_blocks;
	struct fault failed; /* the first that did; STATUS_OK: none */
};

struct far_files {
	const char *kind;
	atomic_uint_fast64_t fetched;
	pthread_mutex_t lock; /* of the list and of `ended` */
	struct far_open *open;
};

struct far_files *
far_files_new(const char *kind)
{
	struct far_files *files = mem_new(1, sizeof *files);

	files->kind = kind;
	pthread_mutex_init(&files->lock, NULL);
	metric_register(&fetched_metric);
	metric_register(&open_metric);
	return files;
}

uint64_t
far_files_fetched(const struct far_files *files)
{
	return atomic_load(&files->fetched);
}

/* ---- pieces ---- */

static void
piece_drop(struct far_open *open, struct piece *piece)
{
	open->held_bytes -= piece->length;
	free(piece->bytes);
	*piece = (struct piece){ 0 };
}

/* An empty place, with room for so many bytes more. */
static struct piece *
piece_place(struct far_open *open, size_t length)
{
	for (;;) {
		struct piece *oldest = NULL, *empty = NULL;

		for (size_t i = 0; i < PIECES_MAX; i++) {
			struct piece *piece = &open->pieces[i];

			if (piece->used == 0)
				empty = piece;
			else if (oldest == NULL || piece->used < oldest->used)
				oldest = piece;
		}
		if (empty != NULL &&
		    open->held_bytes + length <= HELD_BYTES_MAX)
			return empty;
		piece_drop(open, oldest);
	}
}

static struct piece *
piece_find(struct far_open *open, uint64_t offset)
{
	for (size_t i = 0; i < PIECES_MAX; i++) {
		struct piece *piece = &open->pieces[i];

		if (piece->used != 0 && offset >= piece->first_byte &&
		    offset - piece->first_byte < piece->length)
			return piece;
	}
	return NULL;
}

static bool
is_held(struct far_open *open, uint64_t offset)
{
	return piece_find(open, offset) != NULL;
}

static enum status
piece_fetch(struct far_open *open, uint64_t offset, struct piece **out)
{
	uint64_t first = offset - offset % BLOCK_BYTES;
	uint64_t left = open->file.size_bytes - first;
	size_t length = BLOCK_BYTES;
	struct piece *piece;
	struct fault fault = { 0 };
	enum status status;
	char *bytes;

	open->run_blocks = first != open->run_end ? 1 :
			   2 * open->run_blocks > RUN_BLOCKS_MAX ?
						    RUN_BLOCKS_MAX :
						    2 * open->run_blocks;
	while (length < open->run_blocks * (size_t)BLOCK_BYTES &&
	       !is_held(open, first + length))
		length += BLOCK_BYTES;
	if (length > left)
		length = (size_t)left;
	bytes = mem_new(length, 1);
	status = open->file.read(open->file.cookie, first, bytes, length,
				 &fault);
	if (status != STATUS_OK) {
		free(bytes);
		fault.status = status;
		if (open->failed.status == STATUS_OK)
			open->failed = fault;
		return status;
	}
	counter_add(metric_cell(&fetched_metric, open->files->kind),
		    (double)length);
	atomic_fetch_add(&open->files->fetched, length);
	piece = piece_place(open, length);
	*piece = (struct piece){ first, length, 1, bytes };
	open->held_bytes += length;
	open->run_end = first + length;
	*out = piece;
	return STATUS_OK;
}

/* ---- answers ---- */

static void
look_answer(const struct far_open *open, struct ranged_answer *answer)
{
	answer->size_bytes = open->file.size_bytes;
	answer->modified_ns = open->file.modified_ns;
	answer->mark = open->file.mark;
	answer->status = open->failed.status;
	if (answer->status != STATUS_OK)
		answer->bytes = span_of(open->failed.message);
}

static void
read_answer(struct far_open *open, struct ranged_answer *answer)
{
	uint64_t offset = answer->ask.offset;
	size_t wanted = answer->ask.length < RANGED_READ_BYTES ?
				answer->ask.length :
				RANGED_READ_BYTES;
	struct piece *piece;
	size_t skip;

	if (offset >= open->file.size_bytes || wanted == 0)
		return;
	piece = piece_find(open, offset);
	if (piece == NULL)
		answer->status = piece_fetch(open, offset, &piece);
	if (answer->status != STATUS_OK)
		return;
	piece->used = ++open->clock + 1;
	skip = (size_t)(offset - piece->first_byte);
	answer->bytes = (struct span){ piece->bytes + skip,
				       piece->length - skip };
	if (answer->bytes.length > wanted)
		answer->bytes.length = wanted;
}

/* False when the reader is gone, or makes no sense. */
static bool
question_answer(struct far_open *open)
{
	char packet[RANGED_HEAD_BYTES + 1], head[RANGED_HEAD_BYTES];
	struct ranged_answer answer = { 0 };
	struct iovec parts[2];
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t got;

	do
		got = recv(open->socket, packet, sizeof packet, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0 || !ranged_ask_parse((struct span){ packet, (size_t)got },
					  &answer.ask))
		return false;
	if (answer.ask.kind == RANGED_LOOK)
		look_answer(open, &answer);
	else
		read_answer(open, &answer);
	ranged_answer_print(&answer, head);
	parts[0] = (struct iovec){ head, sizeof head };
	parts[1] = (struct iovec){ (void *)(uintptr_t)answer.bytes.at,
				   answer.bytes.length };
	do
		got = sendmsg(open->socket, &message, MSG_NOSIGNAL);
	while (got < 0 && errno == EINTR);
	return got >= 0;
}

/* ---- threads ---- */

static void
open_count_change(int by)
{
	unsigned now = atomic_fetch_add(&open_count, (unsigned)by) +
		       (unsigned)by;

	gauge_set(metric_cell(&open_metric), now);
}

static void *
serve(void *cookie)
{
	struct far_open *open = cookie;
	struct far_files *files = open->files;

	while (question_answer(open))
		;
	for (size_t i = 0; i < PIECES_MAX; i++)
		free(open->pieces[i].bytes);
	open->file.release(open->file.cookie);
	open_count_change(-1);
	pthread_mutex_lock(&files->lock);
	close(open->socket);
	open->ended = true;
	pthread_mutex_unlock(&files->lock);
	return NULL;
}

/* Joins and frees the threads that ended; with `all` it cuts off the rest. */
static void
threads_tidy(struct far_files *files, bool all)
{
	struct far_open *gone = NULL, **at;

	pthread_mutex_lock(&files->lock);
	for (at = &files->open; *at != NULL;) {
		struct far_open *open = *at;

		if (!open->ended && !all) {
			at = &open->next;
			continue;
		}
		if (!open->ended)
			shutdown(open->socket, SHUT_RDWR);
		*at = open->next;
		open->next = gone;
		gone = open;
	}
	pthread_mutex_unlock(&files->lock);
	while (gone != NULL) {
		struct far_open *next = gone->next;

		pthread_join(gone->thread, NULL);
		free(gone);
		gone = next;
	}
}

void
far_files_free(struct far_files *files)
{
	if (files == NULL)
		return;
	threads_tidy(files, true);
	pthread_mutex_destroy(&files->lock);
	free(files);
}

static int
thread_start(struct far_open *open)
{
	pthread_attr_t attributes;
	int failed;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	failed = pthread_create(&open->thread, &attributes, serve, open);
	pthread_attr_destroy(&attributes);
	return failed;
}

static enum status
open_start(struct far_files *files, const struct far_file *file, int *out_fd,
	   struct fault *fault)
{
	struct far_open *open;
	int ends[2], failed;

	if (atomic_load(&open_count) >= FAR_FILES_MAX)
		return fault_set(fault, STATUS_AGAIN_LATER,
				 "%d far files are open already",
				 FAR_FILES_MAX);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return fault_errno(fault, errno, "cannot open a far file");
	open = mem_new(1, sizeof *open);
	open->files = files;
	open->file = *file;
	open->socket = ends[1];
	open->run_end = UINT64_MAX;
	open_count_change(1);
	pthread_mutex_lock(&files->lock);
	failed = thread_start(open);
	if (failed == 0) {
		open->next = files->open;
		files->open = open;
	}
	pthread_mutex_unlock(&files->lock);
	if (failed == 0) {
		*out_fd = ends[0];
		return STATUS_OK;
	}
	open_count_change(-1);
	close(ends[0]);
	close(ends[1]);
	free(open);
	return fault_errno(fault, failed, "cannot open a far file");
}

enum status
far_files_open(struct far_files *files, const struct far_file *file,
	       int *out_fd, struct fault *fault)
{
	enum status status;

	threads_tidy(files, false);
	status = open_start(files, file, out_fd, fault);
	if (status != STATUS_OK)
		file->release(file->cookie);
	return status;
}
