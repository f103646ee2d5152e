/* server.c - a server: its settings, listeners, loops and their end. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "net/connection.h"
#include "net/shard.h"

#define LINGER_MS 2000
#define ACCEPT_RETRY_MS 100
#define ACCEPTS_PER_TURN 64
#define BACKLOG 1024
#define LOOPS_MAX 64
#define OTHER_DESCRIPTORS 512

struct metric http_connections_metric =
	METRIC_GAUGE("ogma_http_connections", "Connections open now.", NULL);
struct metric http_accepted_metric =
	METRIC_COUNTER("ogma_http_connections_accepted_total",
		       "Connections accepted.", NULL);
struct metric http_refused_metric =
	METRIC_COUNTER("ogma_http_connections_refused_total",
		       "Connections refused, by reason.", "reason");
struct metric http_sent_metric = METRIC_COUNTER(
	"ogma_http_sent_bytes_total", "Bytes sent, heads included.", NULL);

/* ---- accepting ---------------------------------------------------------- */

static void
admit(struct shard *shard, int fd, const struct sockaddr_storage *from)
{
	struct address peer = address_of(from);
	enum admission_result result =
		admission_enter(&shard->server->admission, &peer);

	if (result == ADMISSION_GRANTED) {
		counter_add(metric_cell(&http_accepted_metric), 1);
		connection_open(shard, fd, &peer);
		return;
	}
	counter_add(metric_cell(&http_refused_metric,
				result == ADMISSION_FULL ?
					"connections_max" :
					"connections_per_address_max"),
		    1);
	connection_refuse(shard, fd, result);
}

/* Out of descriptors: rest a little instead of spinning. */
static void
listener_rest(struct listener *listener)
{
	struct shard *shard = listener->shard;

	counter_add(metric_cell(&http_refused_metric, "no_descriptors"), 1);
	log_warning("http", "cannot accept: out of descriptors or memory");
	loop_watch_change(shard->loop, &listener->watch, listener->fd, 0);
	loop_timer_start(shard->loop, &shard->retry, &listener->retry);
}

static void
listener_retry(struct loop_timer *timer)
{
	struct listener *listener =
		container_of(timer, struct listener, retry);

	if (listener->fd >= 0)
		loop_watch_change(listener->shard->loop, &listener->watch,
				  listener->fd, EPOLLIN);
}

static void
on_connections(struct loop_watch *watch, uint32_t events)
{
	struct listener *listener =
		container_of(watch, struct listener, watch);

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from;
		socklen_t size = sizeof from;
		int fd = accept4(listener->fd, (struct sockaddr *)&from, &size,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			admit(listener->shard, fd, &from);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		    errno == ENOBUFS)
			listener_rest(listener);
		else if (errno != EAGAIN)
			continue; /* that client has gone already */
		return;
	}
}

static void
listeners_close(struct shard *shard)
{
	for (size_t i = 0; i < shard->listener_count; i++) {
		struct listener *listener = &shard->listeners[i];

		loop_timer_stop(&listener->retry);
		if (listener->fd >= 0) {
			loop_watch_end(shard->loop, listener->fd);
			close(listener->fd);
		}
		listener->fd = -1;
	}
}

/* ---- binding ------------------------------------------------------------ */

static void
port_set(struct sockaddr_storage *address, uint16_t port)
{
	if (address->ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)address)->sin6_port =
			htons(port);
	else
		((struct sockaddr_in *)(void *)address)->sin_port =
			htons(port);
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof address;

	getsockname(fd, (struct sockaddr *)&address, &size);
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)(void *)&address)
				     ->sin6_port);
	return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

static int
socket_bind(const struct sockaddr_storage *address, bool shared,
	    bool dual_stack)
{
	static const int on = 1, off = 0;
	int fd = socket(address->ss_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (address->ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
			   dual_stack ? &off : &on, sizeof on);
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

struct places {
	struct sockaddr_storage items[LISTENERS_MAX];
	size_t count;
	bool dual_stack;
};

/* Everything, over IPv6 that takes IPv4 too, where there is IPv6. */
static void
places_any(struct places *out)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	out->count = 1;
	out->dual_stack = fd >= 0;
	out->items[0].ss_family = fd >= 0 ? AF_INET6 : AF_INET;
	if (fd >= 0)
		close(fd);
}

static enum status
places_find(const char *host, struct places *out, struct fault *fault)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					       .ai_flags = AI_PASSIVE };
	struct addrinfo *found;
	int error;

	*out = (struct places){ .count = 0 };
	if (host == NULL || host[0] == '\0' || strcmp(host, "*") == 0 ||
	    strcmp(host, "::") == 0) {
		places_any(out);
		return STATUS_OK;
	}
	error = getaddrinfo(host, NULL, &hints, &found);
	if (error != 0)
		return fault_field(fault, STATUS_INVALID, "HOST",
				   "cannot listen on \"%s\": %s", host,
				   gai_strerror(error));
	for (struct addrinfo *at = found;
	     at != NULL && out->count < LISTENERS_MAX; at = at->ai_next) {
		if (at->ai_family == AF_INET || at->ai_family == AF_INET6)
			memcpy(&out->items[out->count++], at->ai_addr,
			       at->ai_addrlen);
	}
	freeaddrinfo(found);
	return STATUS_OK;
}

/* SO_REUSEPORT would share the port with another server of the same user in
 * silence; a socket without it finds out first. It also picks the port when
 * that is 0. */
static enum status
port_claim(struct http_server *server, struct places *places,
	   struct fault *fault)
{
	uint16_t port = (uint16_t)server->settings.port;

	for (size_t i = 0; i < places->count; i++) {
		int fd;

		port_set(&places->items[i], port);
		fd = socket_bind(&places->items[i], false, places->dual_stack);
		if (fd < 0 || listen(fd, 1) != 0) {
			enum status status = fault_errno(
				fault, errno, "cannot listen on %s port %u",
				server->settings.host, port);

			if (fd >= 0)
				close(fd);
			return status;
		}
		port = port_of(fd);
		close(fd);
		port_set(&places->items[i], port);
	}
	server->port = port;
	return STATUS_OK;
}

static enum status
listener_open(struct shard *shard, const struct sockaddr_storage *place,
	      bool dual_stack, struct fault *fault)
{
	static const int on = 1;
	struct listener *listener = &shard->listeners[shard->listener_count];
	const char *congestion = shard->server->settings.tcp_congestion;

	listener->shard = shard;
	listener->watch.on_events = on_connections;
	listener->retry.expire = listener_retry;
	listener->fd = socket_bind(place, true, dual_stack);
	if (listener->fd < 0)
		return fault_errno(fault, errno, "cannot listen on port %u",
				   shard->server->port);
	shard->listener_count++;
	/* Accepted sockets inherit both. */
	setsockopt(listener->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (congestion != NULL && congestion[0] != '\0' &&
	    setsockopt(listener->fd, IPPROTO_TCP, TCP_CONGESTION, congestion,
		       (socklen_t)strlen(congestion)) != 0)
		return fault_field(fault, STATUS_INVALID, "HTTP_TCP_CONGESTION",
				   "the kernel has no congestion control "
				   "\"%s\"",
				   congestion);
	if (listen(listener->fd, BACKLOG) != 0)
		return fault_errno(fault, errno, "cannot listen on port %u",
				   shard->server->port);
	return loop_watch_add(shard->loop, &listener->watch, listener->fd,
			      EPOLLIN, fault);
}

/* ---- shards ------------------------------------------------------------- */

void
shard_check_drained(struct shard *shard)
{
	if (shard->draining && shard->connections == NULL &&
	    shard->requests == 0)
		loop_stop(shard->loop);
}

static void
shard_cut(struct loop_timer *timer)
{
	struct shard *shard = container_of(timer, struct shard, drain_timer);

	connections_close(shard, true);
	loop_stop(shard->loop);
}

static void
shard_drain(struct loop_task *task)
{
	struct shard *shard = container_of(task, struct shard, drain_task);

	shard->draining = true;
	listeners_close(shard);
	connections_close(shard, false);
	loop_timers_init(shard->loop, &shard->drain, shard->server->drain_ms);
	shard->drain_timer.expire = shard_cut;
	loop_timer_start(shard->loop, &shard->drain, &shard->drain_timer);
	shard_check_drained(shard);
}

static void *
shard_run(void *cookie)
{
	struct shard *shard = cookie;

	loop_run(shard->loop);
	return NULL;
}

static void
shard_free(struct shard *shard)
{
	listeners_close(shard);
	while (shard->free_requests != NULL) {
		struct http_request *request = shard->free_requests;

		shard->free_requests = request->next_free;
		request_free(request);
	}
	if (shard->loop != NULL)
		loop_drop(shard->loop);
	free(shard);
}

static void
shard_timers_init(struct shard *shard)
{
	const struct http_settings *settings = &shard->server->settings;
	struct loop *loop = shard->loop;

	loop_timers_init(loop, &shard->head, settings->head_timeout_ms);
	loop_timers_init(loop, &shard->body, settings->body_timeout_ms);
	loop_timers_init(loop, &shard->idle, settings->idle_timeout_ms);
	loop_timers_init(loop, &shard->write, settings->write_timeout_ms);
	loop_timers_init(loop, &shard->linger, LINGER_MS);
	loop_timers_init(loop, &shard->retry, ACCEPT_RETRY_MS);
}

static enum status
shard_open(struct http_server *server, const struct places *places,
	   struct fault *fault)
{
	struct shard *shard = mem_new(1, sizeof *shard);
	enum status status;

	server->shards[server->shard_count++] = shard;
	shard->server = server;
	shard->drain_task.run = shard_drain;
	random_bytes(&shard->id_state, sizeof shard->id_state);
	status = loop_new(&shard->loop, fault);
	if (status != STATUS_OK)
		return status;
	shard_timers_init(shard);
	for (size_t i = 0; i < places->count && status == STATUS_OK; i++)
		status = listener_open(shard, &places->items[i],
				       places->dual_stack, fault);
	return status;
}

/* Loop threads take no signals: those are for the main thread, and SIGPIPE,
 * which sendfile() cannot be told not to raise, is for nobody. */
static enum status
shard_start(struct shard *shard, uint32_t number, struct fault *fault)
{
	sigset_t all, before;
	char name[16];
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&shard->thread, NULL, shard_run, shard);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		return fault_errno(fault, error,
				   "cannot start an event loop");
	shard->started = true;
	snprintf(name, sizeof name, "http-%u", number % 1000);
	pthread_setname_np(shard->thread, name);
	return STATUS_OK;
}

/* ---- the server --------------------------------------------------------- */

static uint32_t
core_count(void)
{
	cpu_set_t cores;

	if (sched_getaffinity(0, sizeof cores, &cores) != 0)
		return 1;
	return (uint32_t)CPU_COUNT(&cores);
}

/* Each connection is a descriptor, and each file sent is another. Not simply
 * all that may be had: some programs started later close them one by one. */
static void
descriptors_raise(uint32_t connections_max)
{
	rlim_t wanted = (rlim_t)connections_max * 2 + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < connections_max + OTHER_DESCRIPTORS)
		log_warning("http",
			    "fewer descriptors than connections are allowed",
			    LOG_INT("descriptors", limit.rlim_cur),
			    LOG_INT("connections_max", connections_max));
}

static void
metrics_begin(void)
{
	metric_register(&http_refused_metric);
	counter_add(metric_cell(&http_accepted_metric), 0);
	counter_add(metric_cell(&http_sent_metric), 0);
	gauge_add(metric_cell(&http_connections_metric), 0);
}

static struct http_server *
server_new(const struct http_server_args *args)
{
	uint32_t loops = args->settings->loops;
	struct http_server *server;

	if (loops == 0)
		loops = core_count();
	if (loops > LOOPS_MAX)
		loops = LOOPS_MAX;
	server = mem_new(1, sizeof *server + loops * sizeof(struct shard *));
	server->args = *args;
	server->settings = *args->settings;
	server->settings.loops = loops;
	server->limits = (struct request_limits){
		.head_bytes = args->settings->head_limit_bytes,
		.fields = args->settings->fields_max,
	};
	if (server->limits.head_bytes > SCRATCH_BYTES / 2)
		server->limits.head_bytes = SCRATCH_BYTES / 2;
	admission_init(&server->admission, args->settings->connections_max,
		       args->settings->connections_per_address_max,
		       &server->trusted);
	return server;
}

enum status
http_server_open(const struct http_server_args *args, struct http_server **out,
		 struct fault *fault)
{
	struct http_server *server = server_new(args);
	struct places places;
	enum status status;

	descriptors_raise(args->settings->connections_max);
	metrics_begin();
	status = networks_parse(span_of(server->settings.trusted_proxies),
				&server->trusted, fault);
	if (status == STATUS_OK)
		status = places_find(server->settings.host, &places, fault);
	if (status == STATUS_OK)
		status = port_claim(server, &places, fault);
	for (uint32_t i = 0; i < server->settings.loops && status == STATUS_OK;
	     i++)
		status = shard_open(server, &places, fault);
	for (uint32_t i = 0; i < server->shard_count && status == STATUS_OK;
	     i++)
		status = shard_start(server->shards[i], i, fault);
	if (status == STATUS_OK)
		*out = server;
	else
		http_server_close(server, 0);
	return status;
}

uint16_t
http_server_port(const struct http_server *server)
{
	return server->port;
}

uint32_t
http_server_connections(const struct http_server *server)
{
	return atomic_load(&server->admission.connections);
}

void
http_server_close(struct http_server *server, uint32_t drain_ms)
{
	server->drain_ms = drain_ms;
	for (uint32_t i = 0; i < server->shard_count; i++) {
		struct shard *shard = server->shards[i];

		if (!shard->started)
			continue;
		loop_set_draining(shard->loop);
		loop_post(shard->loop, &shard->drain_task);
	}
	for (uint32_t i = 0; i < server->shard_count; i++) {
		struct shard *shard = server->shards[i];

		if (shard->started)
			pthread_join(shard->thread, NULL);
		shard_free(shard);
	}
	admission_release(&server->admission);
	free(server);
}
