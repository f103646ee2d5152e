/* media_broken.c - a media process that misbehaves, in the way that its memory
 * setting names: the server has to survive each. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "media/protocol.h"

enum fashion {
	DIES_AT_START = 41,
	CRASHES,
	HANGS,
	SENDS_NOISE,
	SENDS_WRONG_TYPE,
	SENDS_BAD_FACTS,
	PROMISES_TOO_MUCH,
	STOPS_HALF_WAY,
	LEAVES,
};

static void
send_body(enum protocol_type type, const char *bytes, size_t count)
{
	protocol_send(PROTOCOL_SOCKET, type, (struct span){ bytes, count },
		      NULL, 0, 0, NULL);
}

static void
send_promise(uint32_t length)
{
	const uint32_t head[3] = { 0x616d676fu, PROTOCOL_FACTS, length };

	if (write(PROTOCOL_SOCKET, head, sizeof head) < 0)
		_exit(3);
}

static void
misbehave(enum fashion fashion)
{
	switch (fashion) {
	case CRASHES:
		signal(SIGSEGV, SIG_DFL); /* a sanitizer would tell of it first */
		raise(SIGSEGV);
		break;
	case HANGS:
		for (;;)
			pause();
	case SENDS_NOISE:
		if (write(PROTOCOL_SOCKET, "noise", 5) < 0)
			_exit(3);
		break;
	case SENDS_WRONG_TYPE:
		send_body(PROTOCOL_PROGRESS, "", 0);
		break;
	case SENDS_BAD_FACTS:
		send_body(PROTOCOL_FACTS, "\xFF\xFF\xFF\x7F", 4);
		break;
	case PROMISES_TOO_MUCH:
		send_promise(UINT32_MAX);
		break;
	case STOPS_HALF_WAY:
		send_promise(1000000);
		break;
	case LEAVES:
		_exit(0);
	case DIES_AT_START:
		break;
	}
}

int
main(int argc, char **argv)
{
	struct protocol_message question;
	enum fashion fashion;

	if (argc != 3)
		return 2;
	fashion = (enum fashion)strtoul(argv[1], NULL, 10);
	if (fashion == DIES_AT_START)
		return 1;
	send_body(PROTOCOL_READY, "", 0);
	for (;;) {
		protocol_message_init(&question);
		if (protocol_receive(PROTOCOL_SOCKET, &question, 0, NULL) !=
		    STATUS_OK)
			return 0;
		protocol_message_release(&question);
		misbehave(fashion);
	}
}
