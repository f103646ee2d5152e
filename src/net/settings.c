/* settings.c - the settings of the HTTP server as rows. */
#include "net/http.h"

#define ROW(field_) .offset = offsetof(struct http_settings, field_)

const struct option http_options[] = {
	{ .name = "HOST", .flag = "--host", .type = OPTION_TEXT,
	  .preset = "*",
	  .summary = "Address to listen on; * is all, IPv6 and IPv4.",
	  ROW(host) },
	{ .name = "PORT", .flag = "--port", .type = OPTION_U32,
	  .preset = "8080", .max = 65535,
	  .summary = "TCP port to listen on; 0 picks a free one.",
	  ROW(port) },
	{ .name = "HTTP_LOOPS", .type = OPTION_U32, .preset = "0", .max = 64,
	  .summary = "Event loops; 0 is one per core.", ROW(loops) },
	{ .name = "HTTP_CONNECTIONS_MAX", .type = OPTION_U32,
	  .preset = "10000", .min = 1, .max = 1000000,
	  .summary = "Connections open at once.", ROW(connections_max) },
	{ .name = "HTTP_CONNECTIONS_PER_ADDRESS_MAX", .type = OPTION_U32,
	  .preset = "256", .min = 1, .max = 1000000,
	  .summary = "Connections of one IPv4 address or IPv6 /64; trusted "
		     "proxies are not counted.",
	  ROW(connections_per_address_max) },
	{ .name = "HTTP_HEAD_LIMIT_BYTES", .type = OPTION_U32,
	  .preset = "16384", .unit = "bytes", .min = 1024, .max = 32768,
	  .summary = "Largest head of a request.", ROW(head_limit_bytes) },
	{ .name = "HTTP_FIELDS_MAX", .type = OPTION_U32, .preset = "100",
	  .min = 10, .max = 1000,
	  .summary = "Most header fields of a request.", ROW(fields_max) },
	{ .name = "HTTP_HEAD_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "10000", .unit = "ms", .min = 10, .max = 3600000,
	  .summary = "From the first byte of a request to the end of its head.",
	  ROW(head_timeout_ms) },
	{ .name = "HTTP_BODY_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "30000", .unit = "ms", .min = 10, .max = 3600000,
	  .summary = "Longest wait for the next bytes of a body.",
	  ROW(body_timeout_ms) },
	{ .name = "HTTP_IDLE_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "75000", .unit = "ms", .min = 10, .max = 86400000,
	  .summary = "Longest wait for the next request of a connection.",
	  ROW(idle_timeout_ms) },
	{ .name = "HTTP_WRITE_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "30000", .unit = "ms", .min = 10, .max = 3600000,
	  .summary = "A client that takes no byte of its answer for so long "
		     "is dropped.",
	  ROW(write_timeout_ms) },
	{ .name = "HTTP_TRUSTED_PROXIES", .type = OPTION_TEXT, .preset = "",
	  .summary = "Addresses and networks, comma separated, whose "
		     "X-Forwarded-For or Forwarded names the client.",
	  ROW(trusted_proxies) },
	{ .name = "HTTP_TCP_CONGESTION", .type = OPTION_TEXT, .preset = "",
	  .summary = "TCP congestion control, such as cubic or bbr; empty is "
		     "the system's.",
	  ROW(tcp_congestion) },
	{ 0 },
};
