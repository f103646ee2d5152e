/* loopback.c - see loopback.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "tests/support/loopback.h"

struct http_settings
loopback_settings(void)
{
	return (struct http_settings){
		.host = "127.0.0.1",
		.port = 0,
		.loops = 2,
		.connections_max = 1000,
		.connections_per_address_max = 1000,
		.head_limit_bytes = 16384,
		.fields_max = 100,
		.head_timeout_ms = 10000,
		.body_timeout_ms = 10000,
		.idle_timeout_ms = 10000,
		.write_timeout_ms = 10000,
		.trusted_proxies = "",
	};
}

static void
no_body(void *cookie, struct http_request *request, struct http_plan *plan)
{
	(void)cookie;
	(void)request;
	(void)plan;
}

struct http_server *
loopback_open(const struct http_server_args *args)
{
	const struct http_settings usual = loopback_settings();
	struct http_server_args filled = *args;
	struct http_server *server = NULL;
	struct fault fault = { 0 };

	if (filled.settings == NULL)
		filled.settings = &usual;
	if (filled.on_head == NULL)
		filled.on_head = no_body;
	if (http_server_open(&filled, &server, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return server;
}

void
wait_for(atomic_uint *number, unsigned at_least)
{
	for (int i = 0; i < 1000 && atomic_load(number) < at_least; i++)
		usleep(10000);
	assert_true(atomic_load(number) >= at_least);
}
