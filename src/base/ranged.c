/* ranged.c - see ranged.h. */
#include "base/ranged.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ASK_MAGIC 0x6b736172u    /* "rask" */
#define ANSWER_MAGIC 0x736e6172u /* "rans" */
#define WAIT_MS 120000 /* the server's own limits are shorter */
#define SENTENCE_BYTES 300

/* The head of both kinds of packets; numbers are in native order. */
struct head {
	uint32_t magic, kind;
	uint64_t offset;
	uint32_t length; /* asked for */
	uint32_t status;
	uint64_t size_bytes, mark;
	int64_t modified_ns;
	uint32_t follow; /* bytes after the head */
	uint32_t zero[3];
};
_Static_assert(sizeof(struct head) == RANGED_HEAD_BYTES, "no padding");

/* ---- packets ---- */

static bool
head_parse(struct span packet, uint32_t magic, struct head *out)
{
	if (packet.length < sizeof *out || packet.length > RANGED_PACKET_BYTES)
		return false;
	memcpy(out, packet.at, sizeof *out);
	return out->magic == magic &&
	       (out->kind == RANGED_LOOK || out->kind == RANGED_READ) &&
	       out->status <= STATUS_FAILED &&
	       out->follow == packet.length - sizeof *out;
}

void
ranged_ask_print(const struct ranged_ask *ask, char out[RANGED_HEAD_BYTES])
{
	const struct head head = { .magic = ASK_MAGIC,
				   .kind = ask->kind,
				   .offset = ask->offset,
				   .length = ask->length };

	memcpy(out, &head, sizeof head);
}

bool
ranged_ask_parse(struct span packet, struct ranged_ask *out)
{
	struct head head;

	if (!head_parse(packet, ASK_MAGIC, &head) || head.follow != 0)
		return false;
	*out = (struct ranged_ask){ (enum ranged_kind)head.kind, head.length,
				    head.offset };
	return true;
}

bool
ranged_ask_same(const struct ranged_ask *a, const struct ranged_ask *b)
{
	return a->kind == b->kind && a->offset == b->offset &&
	       a->length == b->length;
}

void
ranged_answer_print(const struct ranged_answer *answer,
		    char out[RANGED_HEAD_BYTES])
{
	const struct head head = { .magic = ANSWER_MAGIC,
				   .kind = answer->ask.kind,
				   .offset = answer->ask.offset,
				   .length = answer->ask.length,
				   .status = answer->status,
				   .size_bytes = answer->size_bytes,
				   .mark = answer->mark,
				   .modified_ns = answer->modified_ns,
				   .follow = (uint32_t)answer->bytes.length };

	memcpy(out, &head, sizeof head);
}

bool
ranged_answer_parse(struct span packet, struct ranged_answer *out)
{
	struct head head;

	if (!head_parse(packet, ANSWER_MAGIC, &head))
		return false;
	if (head.kind == RANGED_READ && head.status == STATUS_OK &&
	    head.follow > head.length)
		return false;
	*out = (struct ranged_answer){
		.ask = { (enum ranged_kind)head.kind, head.length,
			 head.offset },
		.status = (enum status)head.status,
		.bytes = { packet.at + sizeof head, head.follow },
		.size_bytes = head.size_bytes,
		.mark = head.mark,
		.modified_ns = head.modified_ns,
	};
	return true;
}

/* ---- asking ---- */

/* One packet into `room`; its length, or -1 with errno. */
static ssize_t
packet_receive(int fd, char *room, size_t count)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t got;
	int polled;

	do
		polled = poll(&ready, 1, WAIT_MS);
	while (polled < 0 && errno == EINTR);
	if (polled == 0)
		errno = ETIMEDOUT;
	if (polled <= 0)
		return -1;
	do
		got = recv(fd, room, count, 0);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		errno = EPIPE;
	return got > 0 ? got : -1;
}

/* Asks and waits; answer->bytes are in `room`. False with errno. */
static bool
exchange(int fd, const struct ranged_ask *ask, char room[RANGED_PACKET_BYTES],
	 struct ranged_answer *answer)
{
	char packet[RANGED_HEAD_BYTES];
	ssize_t sent;

	ranged_ask_print(ask, packet);
	do
		sent = send(fd, packet, sizeof packet, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent != (ssize_t)sizeof packet)
		return false;
	do {
		ssize_t got = packet_receive(fd, room, RANGED_PACKET_BYTES);

		if (got < 0)
			return false;
		if (!ranged_answer_parse((struct span){ room, (size_t)got },
					 answer)) {
			errno = EPROTO;
			return false;
		}
	} while (!ranged_ask_same(&answer->ask, ask));
	return true;
}

/* The call itself: fstat() of glibc is one that takes a path, which a media
 * process may not make. */
static bool
look(int fd, struct stat *out)
{
	return syscall(SYS_fstat, fd, out) == 0;
}

bool
ranged_is_far(int fd)
{
	struct stat facts;

	return look(fd, &facts) && S_ISSOCK(facts.st_mode);
}

static enum status
far_look(int fd, struct ranged_answer *answer, char room[RANGED_PACKET_BYTES],
	 struct fault *fault)
{
	const struct ranged_ask ask = { .kind = RANGED_LOOK };

	return exchange(fd, &ask, room, answer) ?
		       STATUS_OK :
		       fault_errno(fault, errno,
				   "the place where the file lies cannot be "
				   "asked");
}

enum status
ranged_open(int fd, struct ranged_file *out, struct fault *fault)
{
	char room[RANGED_PACKET_BYTES];
	struct ranged_answer answer = { 0 };
	enum status status;
	struct stat facts;

	if (!look(fd, &facts))
		return fault_errno(fault, errno, "cannot look at the file");
	if (S_ISREG(facts.st_mode)) {
		*out = (struct ranged_file){
			.fd = fd,
			.size_bytes = (uint64_t)facts.st_size,
			.modified_ns = (int64_t)facts.st_mtim.tv_sec *
					       1000000000 +
				       facts.st_mtim.tv_nsec,
		};
		return STATUS_OK;
	}
	if (!S_ISSOCK(facts.st_mode))
		return fault_set(fault, STATUS_UNSUPPORTED,
				 "this is not a regular file");
	status = far_look(fd, &answer, room, fault);
	if (status == STATUS_OK)
		*out = (struct ranged_file){ .fd = fd,
					     .far = true,
					     .size_bytes = answer.size_bytes,
					     .modified_ns = answer.modified_ns,
					     .mark = answer.mark };
	return status;
}

static ssize_t
far_read(const struct ranged_file *file, void *out, size_t count,
	 uint64_t offset)
{
	struct ranged_ask ask = { RANGED_READ, RANGED_READ_BYTES, offset };
	char room[RANGED_PACKET_BYTES];
	struct ranged_answer answer = { 0 };

	if (offset >= file->size_bytes || count == 0)
		return 0;
	if (count < ask.length)
		ask.length = (uint32_t)count;
	if (!exchange(file->fd, &ask, room, &answer))
		return -1;
	if (answer.status != STATUS_OK) {
		errno = EIO;
		return -1;
	}
	memcpy(out, answer.bytes.at, answer.bytes.length);
	return (ssize_t)answer.bytes.length;
}

ssize_t
ranged_read(const struct ranged_file *file, void *room, size_t count,
	    uint64_t offset)
{
	ssize_t got;

	if (file->far)
		return far_read(file, room, count, offset);
	do
		got = pread(file->fd, room, count, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got;
}

size_t
ranged_read_all(const struct ranged_file *file, void *room, size_t count,
		uint64_t offset)
{
	size_t done = 0;

	while (done < count) {
		ssize_t got = ranged_read(file, (char *)room + done,
					  count - done, offset + done);

		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

enum status
ranged_fault(int fd, struct fault *fault)
{
	char room[RANGED_PACKET_BYTES];
	struct ranged_answer answer = { 0 };
	enum status status;

	if (!ranged_is_far(fd))
		return STATUS_OK;
	status = far_look(fd, &answer, room, fault);
	if (status != STATUS_OK || answer.status == STATUS_OK)
		return status;
	return fault_field(fault, answer.status, "source", "%.*s",
			   answer.bytes.length < SENTENCE_BYTES ?
				   (int)answer.bytes.length :
				   SENTENCE_BYTES,
			   answer.bytes.at);
}
