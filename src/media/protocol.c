/* protocol.c - packets and bodies; see protocol.h. */
#include "media/protocol.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"

#define MAGIC 0x616d676fu /* "ogma" */

struct head {
	uint32_t magic, type, length;
};

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(PROTOCOL_FDS_MAX * sizeof(int))];
};

void
protocol_message_init(struct protocol_message *message)
{
	buffer_init(&message->body, PROTOCOL_BODY_MAX);
	for (size_t i = 0; i < PROTOCOL_FDS_MAX; i++)
		message->fds[i] = -1;
}

static void
fds_close(struct protocol_message *message)
{
	for (size_t i = 0; i < PROTOCOL_FDS_MAX; i++) {
		if (message->fds[i] >= 0)
			close(message->fds[i]);
		message->fds[i] = -1;
	}
}

void
protocol_message_release(struct protocol_message *message)
{
	fds_close(message);
	buffer_release(&message->body);
}

static enum status
gone(struct fault *fault)
{
	return fault_field(fault, STATUS_UNAVAILABLE, "media",
			   "the media process ended");
}

/* Waits until the socket can be read or written. */
static enum status
socket_wait(int socket, short events, int64_t deadline_ms, struct fault *fault)
{
	struct pollfd poll_fd = { .fd = socket, .events = events };
	int got;

	do {
		int64_t left = -1;

		if (deadline_ms > 0) {
			left = deadline_ms - clock_monotonic_ms();
			left = left < 0 ? 0 : left;
		}
		got = poll(&poll_fd, 1,
			   left > 1000000 ? 1000000 : (int)left);
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		return STATUS_OK;
	return fault_field(fault, STATUS_TIMED_OUT, "media",
			   "the media process took too long");
}

static enum status
packet_send(int socket, struct msghdr *packet, int64_t deadline_ms,
	    struct fault *fault)
{
	for (;;) {
		enum status status;

		if (sendmsg(socket, packet, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return STATUS_OK;
		if (errno == EINTR)
			continue;
		if (errno == EPIPE || errno == ECONNRESET)
			return gone(fault);
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return fault_errno(fault, errno,
					   "cannot talk to a media process");
		status = socket_wait(socket, POLLOUT, deadline_ms, fault);
		if (status != STATUS_OK)
			return status;
	}
}

static void
fds_attach(struct msghdr *packet, union control *control, const int *fds,
	   size_t count)
{
	struct cmsghdr *message;

	memset(control, 0, sizeof *control);
	packet->msg_control = control->bytes;
	packet->msg_controllen = CMSG_SPACE(count * sizeof(int));
	message = CMSG_FIRSTHDR(packet);
	message->cmsg_level = SOL_SOCKET;
	message->cmsg_type = SCM_RIGHTS;
	message->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(message), fds, count * sizeof(int));
}

enum status
protocol_send(int socket, enum protocol_type type, struct span body,
	      const int *fds, size_t fd_count, int64_t deadline_ms,
	      struct fault *fault)
{
	struct head head = { MAGIC, type, (uint32_t)body.length };
	struct iovec parts[2] = { { &head, sizeof head }, { NULL, 0 } };
	struct msghdr packet = { .msg_iov = parts, .msg_iovlen = 2 };
	union control control;
	enum status status;
	size_t part = PROTOCOL_PACKET_BYTES - sizeof head;

	if (body.length > PROTOCOL_BODY_MAX)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "a message is longer than %u bytes",
				 PROTOCOL_BODY_MAX);
	if (fd_count > 0)
		fds_attach(&packet, &control, fds, fd_count);
	for (;;) {
		part = part < body.length ? part : body.length;
		parts[1] = (struct iovec){ (void *)(uintptr_t)body.at, part };
		status = packet_send(socket, &packet, deadline_ms, fault);
		if (status != STATUS_OK || part == body.length)
			return status;
		body.at += part;
		body.length -= part;
		parts[0].iov_len = 0;
		packet.msg_controllen = 0;
		packet.msg_control = NULL;
		part = PROTOCOL_PACKET_BYTES;
	}
}

/* Keeps the descriptors that came along, closing what is too many. */
static void
fds_take(struct msghdr *packet, struct protocol_message *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(packet); c != NULL;
	     c = CMSG_NXTHDR(packet, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (i < PROTOCOL_FDS_MAX && message->fds[i] < 0)
				message->fds[i] = fd;
			else
				close(fd);
		}
	}
}

/* Receives one packet into `room`; *got is its length. */
static enum status
packet_receive(int socket, struct protocol_message *message,
	       struct iovec *parts, size_t count, int64_t deadline_ms,
	       size_t *got, struct fault *fault)
{
	union control control;
	struct msghdr packet = { .msg_iov = parts, .msg_iovlen = count,
				 .msg_control = control.bytes };

	for (;;) {
		enum status status;
		ssize_t length;

		packet.msg_controllen = sizeof control.bytes;
		length = recvmsg(socket, &packet,
				 MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (length > 0) {
			fds_take(&packet, message);
			*got = (size_t)length;
			return packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ?
				       fault_set(fault, STATUS_CORRUPT,
						 "a packet was too long") :
				       STATUS_OK;
		}
		if (length == 0 || errno == ECONNRESET)
			return gone(fault);
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return fault_errno(fault, errno,
					   "cannot hear a media process");
		if (deadline_ms == PROTOCOL_NO_WAIT)
			return STATUS_AGAIN_LATER;
		status = socket_wait(socket, POLLIN, deadline_ms, fault);
		if (status != STATUS_OK)
			return status;
	}
}

static enum status
rest_receive(int socket, struct protocol_message *message, size_t length,
	     int64_t deadline_ms, struct fault *fault)
{
	while (message->body.length < length) {
		size_t left = length - message->body.length, got;
		struct iovec part;
		enum status status;

		part.iov_base = buffer_reserve(&message->body, left);
		part.iov_len = left;
		status = packet_receive(socket, message, &part, 1,
					deadline_ms, &got, fault);
		if (status != STATUS_OK)
			return status;
		message->body.length += got;
	}
	return STATUS_OK;
}

enum status
protocol_receive(int socket, struct protocol_message *message,
		 int64_t deadline_ms, struct fault *fault)
{
	size_t room = PROTOCOL_PACKET_BYTES - sizeof(struct head), got;
	struct head head;
	struct iovec parts[2] = { { &head, sizeof head }, { NULL, room } };
	enum status status;

	fds_close(message);
	buffer_clear(&message->body);
	parts[1].iov_base = buffer_reserve(&message->body, room);
	status = packet_receive(socket, message, parts, 2, deadline_ms, &got,
				fault);
	if (status != STATUS_OK)
		return status;
	if (got < sizeof head || head.magic != MAGIC || head.type == 0 ||
	    head.type >= PROTOCOL_TYPE_COUNT ||
	    head.length > PROTOCOL_BODY_MAX ||
	    got - sizeof head > head.length)
		return fault_set(fault, STATUS_CORRUPT,
				 "a media process sent nonsense");
	message->type = (enum protocol_type)head.type;
	message->body.length = got - sizeof head;
	return rest_receive(socket, message, head.length,
			    deadline_ms == PROTOCOL_NO_WAIT ?
				    clock_monotonic_ms() + 1000 :
				    deadline_ms,
			    fault);
}
