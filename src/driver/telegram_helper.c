/* telegram_helper.c - one run of ogma-td; see telegram_private.h. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/json.h"
#include "driver/telegram_private.h"

#define READ_BYTES 65536
#define READY_MS 15000

enum status
telegram_helper_start(const struct telegram_settings *settings,
		      struct telegram_helper *out, struct fault *fault)
{
	char *program = *settings->program != '\0' ?
				mem_copy_text(settings->program) :
				child_program_beside("ogma-td");
	char *library = mem_copy_text(settings->library);
	char *arguments[] = { program, library, NULL };
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		error = errno;
	} else {
		error = child_spawn(arguments, ends[1], &out->pid);
		close(ends[1]);
		if (error != 0)
			close(ends[0]);
	}
	if (error != 0)
		fault_field(fault, STATUS_UNAVAILABLE, "telegram",
			    "cannot start %s: %s", program, strerror(error));
	else
		out->socket = ends[0];
	free(program);
	free(library);
	if (error != 0)
		return STATUS_UNAVAILABLE;
	buffer_init(&out->in, TELEGRAM_LINE_MAX);
	return STATUS_OK;
}

static bool
line_find(const struct telegram_helper *helper, struct span *out)
{
	const struct buffer *in = &helper->in;
	const char *end = in->length == 0 ?
				  NULL :
				  memchr(in->bytes, '\n', in->length);

	if (end == NULL)
		return false;
	*out = (struct span){ in->bytes, (size_t)(end - in->bytes) };
	return true;
}

void
telegram_line_drop(struct telegram_helper *helper, struct span line)
{
	buffer_drop(&helper->in, line.length + 1);
}

enum status
telegram_line_read(struct telegram_helper *helper, int64_t timeout_ms,
		   int wake_fd, struct span *out)
{
	struct pollfd ready[] = { { .fd = helper->socket, .events = POLLIN },
				  { .fd = wake_fd, .events = POLLIN } };
	ssize_t got;
	char *room;

	if (line_find(helper, out))
		return STATUS_OK;
	if (poll(ready, 2, (int)timeout_ms) <= 0 || ready[0].revents == 0)
		return STATUS_TIMED_OUT;
	room = buffer_reserve(&helper->in, READ_BYTES);
	if (room == NULL)
		return STATUS_TOO_LARGE;
	got = recv(helper->socket, room, READ_BYTES, MSG_DONTWAIT);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return STATUS_TIMED_OUT;
	if (got <= 0)
		return STATUS_NOT_FOUND;
	helper->in.length += (size_t)got;
	return line_find(helper, out) ? STATUS_OK : STATUS_TIMED_OUT;
}

static enum status
ready_read(struct span line, char version[32], struct fault *fault)
{
	json_t *told = NULL;
	enum status status = json_parse(line.at, line.length, &told, fault);
	const char *type;

	if (status != STATUS_OK)
		return status;
	type = telegram_text(told, "@type");
	if (strcmp(type, "ogmaReady") == 0)
		snprintf(version, 32, "%s", telegram_text(told, "version"));
	else
		status = fault_field(fault, STATUS_NOT_FOUND, "telegram", "%s",
				     telegram_text(told, "message"));
	json_decref(told);
	return status;
}

enum status
telegram_helper_ready(struct telegram_helper *helper, char version[32],
		      struct fault *fault)
{
	int64_t until_ms = clock_monotonic_ms() + READY_MS;
	enum status status = STATUS_TIMED_OUT;
	struct span line;

	while (status == STATUS_TIMED_OUT && clock_monotonic_ms() < until_ms)
		status = telegram_line_read(helper, 1000, -1, &line);
	if (status != STATUS_OK)
		return fault_field(fault, STATUS_UNAVAILABLE, "telegram",
				   "ogma-td ended at its start");
	status = ready_read(line, version, fault);
	telegram_line_drop(helper, line);
	return status;
}

int
telegram_helper_end(struct telegram_helper *helper, int64_t patience_ms)
{
	close(helper->socket);
	helper->socket = -1;
	buffer_release(&helper->in);
	return child_reap(helper->pid, patience_ms);
}
