/* test_http_memory.c - what connections cost. Sanitizers keep what was freed, so
 * this runs in the plain build alone: tests/tools/memory.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "tests/support/http_client.h"
#include "tests/support/loopback.h"

static uint64_t
resident_bytes(void)
{
	unsigned long long pages = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu %llu", &pages, &resident), 2);
	fclose(file);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
answer_shortly(void *cookie, struct http_request *request)
{
	static const char text[] = "hello";

	(void)cookie;
	http_answer_bytes(request, 200, "text/plain",
			  (struct span){ text, sizeof text - 1 });
}

static void
idle_connections_cost_little_memory(void **state)
{
	const struct http_server_args args = { .on_request = answer_shortly };
	struct http_server *server = loopback_open(&args);
	uint16_t port = http_server_port(server);
	uint64_t before = resident_bytes(), after;
	int fds[900];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		struct client_answer answer;

		fds[i] = client_connect(port);
		client_send_text(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		client_read(fds[i], false, &answer);
		assert_int_equal(answer.status, 200);
		client_answer_free(&answer);
	}
	after = resident_bytes();
	/* Half a KiB each, and some slack for the allocator. */
	assert_in_range(after - before, 0, ARRAY_LENGTH(fds) * 512 + 400000);
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++)
		close(fds[i]);
	http_server_close(server, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_connections_cost_little_memory),
	};

	return cmocka_run_group_tests_name("http memory", tests, NULL, NULL);
}
