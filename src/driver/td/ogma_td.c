/* ogma_td.c - the helper that holds TDLib, Telegram's own client library.
 *
 *	ogma-td [LIBRARY]
 *
 * A process apart: the library brings an OpenSSL of its own that clashes with
 * the server's, it aborts on misuse, and it crashes a process that ends without
 * closing it. So this program is linked with nothing but libc, loads the library
 * by name, and carries lines of JSON between it and descriptor 3, a stream socket:
 *
 *	first	{"@type":"ogmaReady","version":"1.8.65","library":"…"}
 *		or {"@type":"ogmaFault","message":"…"}, and it ends
 *	in	a request a line
 *	out	an answer or an update a line
 *
 * The library writes each object in one line, line ends in it as \n.
 *
 * When the socket is closed at the other end, the client is closed and the end
 * waits for that: its database is then whole on the disk. The process is left by
 * _exit(), so that no destructor of the library runs beside its threads.
 *
 * Floor: 2 (driver), a program of its own that includes nothing of the others.
 * Threads: the first sends, another receives (the library allows only one).
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOCKET 3
#define RECEIVE_SECONDS 10.0
#define CLOSE_SECONDS 10

/* What is used of the library (td/telegram/td_json_client.h). */
static struct {
	int (*create_client_id)(void);
	void (*send)(int client_id, const char *request);
	const char *(*receive)(double timeout_seconds);
	const char *(*execute)(const char *request);
} td;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static bool is_closed; /* the client; under the lock */

/* ---- lines ---- */

static bool
bytes_write(const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t wrote = write(SOCKET, bytes, count);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		bytes += wrote;
		count -= (size_t)wrote;
	}
	return true;
}

/* As text in JSON; what would need an escape becomes a blank. */
static void
plain_copy(char *out, size_t room, const char *text)
{
	size_t length = 0;

	for (; *text != '\0' && length + 1 < room; text++) {
		unsigned char c = (unsigned char)*text;

		out[length++] = c < ' ' || c == '"' || c == '\\' ? ' ' : *text;
	}
	out[length] = '\0';
}

static int
fault_tell(const char *message)
{
	char plain[400], line[512];

	plain_copy(plain, sizeof plain, message);
	snprintf(line, sizeof line,
		 "{\"@type\":\"ogmaFault\",\"message\":\"%s\"}\n", plain);
	bytes_write(line, strlen(line));
	return 1;
}

/* ---- the library ---- */

/* Beside this program goes before where the loader looks. */
static void *
library_find(const char *given, char *found, size_t room)
{
	static const char *const names[] = { "libtdjson.so",
					     "/usr/local/lib/libtdjson.so",
					     "/usr/lib/libtdjson.so" };
	char beside[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", beside,
				  sizeof beside - sizeof "/libtdjson.so");
	void *library = NULL;
	char *slash;

	if (*given != '\0') {
		plain_copy(found, room, given);
		return dlopen(given, RTLD_NOW | RTLD_LOCAL);
	}
	beside[length > 0 ? length : 0] = '\0';
	slash = strrchr(beside, '/');
	if (slash != NULL) {
		memcpy(slash, "/libtdjson.so", sizeof "/libtdjson.so");
		plain_copy(found, room, beside);
		library = dlopen(beside, RTLD_NOW | RTLD_LOCAL);
	}
	for (size_t i = 0; library == NULL &&
			   i < sizeof names / sizeof names[0]; i++) {
		plain_copy(found, room, names[i]);
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	}
	return library;
}

static bool
function_find(void *library, const char *name, void *out)
{
	void *found = dlsym(library, name);

	memcpy(out, &found, sizeof found);
	return found != NULL;
}

static bool
library_load(const char *given, char *found, size_t room)
{
	void *library = library_find(given, found, room);
	const char *why = dlerror();

	if (library == NULL && *given == '\0')
		fault_tell("libtdjson.so is not installed");
	else if (library == NULL)
		fault_tell(why != NULL ? why : "the library cannot be loaded");
	else if (!function_find(library, "td_create_client_id",
				&td.create_client_id) ||
		 !function_find(library, "td_send", &td.send) ||
		 !function_find(library, "td_receive", &td.receive) ||
		 !function_find(library, "td_execute", &td.execute))
		fault_tell("the library is no libtdjson of this decade");
	else
		return true;
	return false;
}

/* {"@type":"optionValueString","value":"1.8.65"} */
static bool
version_read(char *out, size_t room)
{
	const char *answer = td.execute("{\"@type\":\"getOption\","
					"\"name\":\"version\"}");
	const char *value = answer == NULL ? NULL :
					     strstr(answer, "\"value\":\"");
	size_t length;

	if (value == NULL)
		return false;
	value += strlen("\"value\":\"");
	length = strcspn(value, "\"\\");
	if (length == 0 || length >= room)
		return false;
	memcpy(out, value, length);
	out[length] = '\0';
	return true;
}

static bool
ready_tell(const char *library)
{
	char version[32], line[PATH_MAX + 128];

	/* it would write to our standard error, also what is nobody's business */
	td.execute("{\"@type\":\"setLogStream\",\"log_stream\":"
		   "{\"@type\":\"logStreamEmpty\"}}");
	if (!version_read(version, sizeof version)) {
		fault_tell("the library does not tell its version");
		return false;
	}
	snprintf(line, sizeof line,
		 "{\"@type\":\"ogmaReady\",\"version\":\"%s\","
		 "\"library\":\"%s\"}\n", version, library);
	return bytes_write(line, strlen(line));
}

/* ---- carrying ---- */

/* Quotes inside of texts are escaped, so no text looks like this. */
static bool
tells_closed(const char *line)
{
	return strstr(line, "\"@type\":\"updateAuthorizationState\"") != NULL &&
	       strstr(line, "\"@type\":\"authorizationStateClosed\"") != NULL;
}

static void *
receive_run(void *cookie)
{
	bool heard = true; /* somebody reads what is written */

	(void)cookie;
	for (;;) {
		const char *line = td.receive(RECEIVE_SECONDS);

		if (line == NULL)
			continue;
		heard = heard && bytes_write(line, strlen(line)) &&
			bytes_write("\n", 1);
		if (!tells_closed(line))
			continue;
		pthread_mutex_lock(&lock);
		is_closed = true;
		pthread_cond_signal(&told);
		pthread_mutex_unlock(&lock);
		return NULL;
	}
}

static void
requests_carry(int client)
{
	FILE *requests = fdopen(SOCKET, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while (requests != NULL &&
	       (length = getline(&line, &room, requests)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		td.send(client, line);
	}
	free(line);
}

static bool
client_close(int client, pthread_t receiver)
{
	struct timespec until;
	bool closed;

	td.send(client, "{\"@type\":\"close\"}");
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += CLOSE_SECONDS;
	pthread_mutex_lock(&lock);
	while (!is_closed && pthread_cond_timedwait(&told, &lock, &until) == 0)
		;
	closed = is_closed;
	pthread_mutex_unlock(&lock);
	if (closed)
		pthread_join(receiver, NULL);
	return closed;
}

int
main(int argc, char **argv)
{
	char library[PATH_MAX];
	pthread_t receiver;
	int client;

	signal(SIGPIPE, SIG_IGN);
	if (!library_load(argc > 1 ? argv[1] : "", library, sizeof library) ||
	    !ready_tell(library))
		_exit(1);
	client = td.create_client_id();
	if (pthread_create(&receiver, NULL, receive_run, NULL) != 0)
		_exit(fault_tell("cannot start a thread"));
	/* a client begins with its first request */
	td.send(client, "{\"@type\":\"getOption\",\"name\":\"version\"}");
	requests_carry(client);
	_exit(client_close(client, receiver) ? 0 : 1);
}
