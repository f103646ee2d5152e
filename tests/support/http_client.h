/* http_client.h - a raw HTTP client for tests: sends exactly the bytes it is
 * given and reads what comes, with a time limit on every wait. */
#ifndef OGMA_TESTS_HTTP_CLIENT_H
#define OGMA_TESTS_HTTP_CLIENT_H

#include "base/text.h"

#define CLIENT_WAIT_MS 10000

int client_connect(uint16_t port);
void client_send(int fd, const char *bytes, size_t count);
void client_send_text(int fd, const char *text);

/* One answer: its status, head and body (chunks joined). */
struct client_answer {
	unsigned status; /* 0: the connection ended before a whole head */
	char *head;      /* without the empty line */
	char *body;
	size_t body_length;
	bool cut;        /* ended in the middle of the body */
};

/* `no_body`: the answer to a HEAD. Reads no byte beyond the answer. */
void client_read(int fd, bool no_body, struct client_answer *out);
void client_answer_free(struct client_answer *answer);

/* Value of a field of the answer, in a static buffer; NULL when absent. */
const char *client_field(const struct client_answer *answer,
			 const char *name);

/* Waits until the server has closed; false when bytes or nothing come. */
bool client_sees_end(int fd);

/* connect, send, read one answer, close. */
void client_ask(uint16_t port, const char *request,
		struct client_answer *out);
unsigned client_status(uint16_t port, const char *request);

#endif /* OGMA_TESTS_HTTP_CLIENT_H */
