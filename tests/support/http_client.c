/* http_client.c - see http_client.h. */
#include "tests/support/http_client.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

int
client_connect(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&address, sizeof address) !=
	    0) {
		perror("connect");
		abort();
	}
	return fd;
}

void
client_send(int fd, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* the server has had enough */
		bytes += sent;
		count -= (size_t)sent;
	}
}

void
client_send_text(int fd, const char *text)
{
	client_send(fd, text, strlen(text));
}

/* 0 at the end, after an error, and when nothing comes. */
static size_t
receive(int fd, void *room, size_t count)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got;

	if (poll(&wait, 1, CLIENT_WAIT_MS) != 1)
		return 0;
	got = recv(fd, room, count, 0);
	return got > 0 ? (size_t)got : 0;
}

static bool
receive_line(int fd, struct buffer *line)
{
	char c;

	buffer_clear(line);
	while (receive(fd, &c, 1) == 1) {
		if (c == '\n')
			return true;
		if (c != '\r')
			buffer_add_char(line, c);
	}
	return false;
}

static bool
receive_all(int fd, struct buffer *out, uint64_t count)
{
	char room[65536];

	while (count > 0) {
		size_t got = receive(
			fd, room, count < sizeof room ? count : sizeof room);

		if (got == 0)
			return false;
		buffer_add(out, room, got);
		count -= got;
	}
	return true;
}

static bool
receive_chunks(int fd, struct buffer *out)
{
	struct buffer line;
	bool good = false;

	buffer_init(&line, 0);
	while (receive_line(fd, &line)) {
		uint64_t count = strtoull(line.bytes, NULL, 16);

		if (count == 0) {
			good = receive_line(fd, &line) && line.length == 0;
			break;
		}
		if (!receive_all(fd, out, count) || !receive_line(fd, &line) ||
		    line.length != 0)
			break;
	}
	buffer_release(&line);
	return good;
}

static bool
receive_body(int fd, struct client_answer *answer, struct buffer *body)
{
	const char *length = client_field(answer, "Content-Length");
	const char *coding = client_field(answer, "Transfer-Encoding");

	if (coding != NULL)
		return receive_chunks(fd, body);
	if (length != NULL)
		return receive_all(fd, body, strtoull(length, NULL, 10));
	receive_all(fd, body, UINT64_MAX); /* until the end */
	return true;
}

void
client_read(int fd, bool no_body, struct client_answer *out)
{
	struct buffer line, head, body;
	bool whole = false;

	*out = (struct client_answer){ .status = 0 };
	buffer_init(&line, 0);
	buffer_init(&head, 0);
	buffer_init(&body, 0);
	while (receive_line(fd, &line)) {
		if (line.length == 0) {
			whole = true;
			break;
		}
		buffer_add(&head, line.bytes, line.length);
		buffer_add_char(&head, '\n');
	}
	out->head = buffer_take(&head, NULL);
	if (whole && strncmp(out->head, "HTTP/1.1 ", 9) == 0)
		out->status = (unsigned)strtoul(out->head + 9, NULL, 10);
	if (whole && !no_body && out->status >= 200 && out->status != 204 &&
	    out->status != 304)
		out->cut = !receive_body(fd, out, &body);
	out->body = buffer_take(&body, &out->body_length);
	buffer_release(&line);
}

void
client_answer_free(struct client_answer *answer)
{
	free(answer->head);
	free(answer->body);
	*answer = (struct client_answer){ .status = 0 };
}

const char *
client_field(const struct client_answer *answer, const char *name)
{
	static char value[4096];
	size_t length = strlen(name);

	for (const char *at = answer->head; *at != '\0';
	     at += strcspn(at, "\n") + 1) {
		if (strncasecmp(at, name, length) == 0 && at[length] == ':') {
			const char *text = at + length + 1;

			text += strspn(text, " ");
			snprintf(value, sizeof value, "%.*s",
				 (int)strcspn(text, "\n"), text);
			return value;
		}
	}
	return NULL;
}

bool
client_sees_end(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&wait, 1, CLIENT_WAIT_MS) == 1 &&
	       recv(fd, &byte, 1, 0) <= 0;
}

void
client_ask(uint16_t port, const char *request, struct client_answer *out)
{
	int fd = client_connect(port);

	client_send_text(fd, request);
	client_read(fd, strncmp(request, "HEAD ", 5) == 0, out);
	close(fd);
}

unsigned
client_status(uint16_t port, const char *request)
{
	struct client_answer answer;
	unsigned status;

	client_ask(port, request, &answer);
	status = answer.status;
	client_answer_free(&answer);
	return status;
}
