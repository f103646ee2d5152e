/* station_input.c - see station_input.h.
 *
 * An address is asked by a thread of its own, which writes what comes into a
 * pipe and ends when either side does. The head of the answer is waited for, so
 * that what cannot be had is told at once. */
#include "service/station_input.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "driver/telegram_post.h"
#include "net/address.h"
#include "service/fetch.h"
#include "service/station_item.h"
#include "service/stream.h"

extern char **environ;

#define CONNECT_SECONDS 10
#define HEAD_WAIT_MS 15000
#define STALL_SECONDS 20 /* without a byte */

/* ---- tracks and files ----------------------------------------------------- */

static enum status
track_open(struct streams *streams, int64_t track_id, int *fd,
	   struct fault *fault)
{
	const struct stream_request request = { .track_id = track_id,
						.format = STREAM_ORIGINAL };
	struct stream_answer answer;
	enum status status = stream_open(streams, &request, &answer, fault);

	if (status == STATUS_OK)
		*fd = answer.fd;
	return status;
}

struct file_work {
	const char *path, *real;
	struct arena *arena;
};

/* The source may have gone since the item was put in. */
static enum status
file_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct file_work *work = cookie;

	return station_file_find(session, "url", work->path, work->arena,
				 &work->real, fault);
}

static enum status
file_open(struct store *store, const char *path, int *fd, struct fault *fault)
{
	struct file_work work = { .path = path };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	work.arena = &arena;
	status = store_read(store, file_work, &work, fault);
	if (status == STATUS_OK) {
		*fd = open(work.real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (*fd < 0)
			status = fault_errno(fault, errno, "cannot open a file");
	}
	arena_release(&arena);
	return status;
}

/* ---- addresses ------------------------------------------------------------ */

struct pull {
	pthread_mutex_t lock;
	pthread_cond_t told;
	char *url;
	int pipe_fd;
	CURL *curl;
	unsigned holders; /* the opener and the thread */
	bool known;	  /* the head came, or it failed */
	bool good;
	char type[STATION_HINT_BYTES];
};

static void
pull_let_go(struct pull *pull)
{
	bool last;

	pthread_mutex_lock(&pull->lock);
	last = --pull->holders == 0;
	pthread_mutex_unlock(&pull->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&pull->lock);
	pthread_cond_destroy(&pull->told);
	free(pull->url);
	free(pull);
}

static void
pull_tell(struct pull *pull, bool good)
{
	pthread_mutex_lock(&pull->lock);
	if (!pull->known) {
		pull->known = true;
		pull->good = good;
		pthread_cond_signal(&pull->told);
	}
	pthread_mutex_unlock(&pull->lock);
}

static void
pull_note_type(struct pull *pull)
{
	const char *type = NULL;

	curl_easy_getinfo(pull->curl, CURLINFO_CONTENT_TYPE, &type);
	pthread_mutex_lock(&pull->lock);
	if (!pull->known && type != NULL) {
		size_t length = strcspn(type, "; ");

		if (length < sizeof pull->type) {
			memcpy(pull->type, type, length);
			pull->type[length] = '\0';
		}
	}
	pthread_mutex_unlock(&pull->lock);
}

/* The first bytes say that the answer is a good one. */
static size_t
pull_write(char *bytes, size_t size, size_t count, void *cookie)
{
	struct pull *pull = cookie;
	size_t length = size * count, done = 0;

	pull_note_type(pull);
	pull_tell(pull, true);
	while (done < length) {
		ssize_t wrote = write(pull->pipe_fd, bytes + done,
				      length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return 0; /* nobody hears it any more */
		done += (size_t)wrote;
	}
	return length;
}

/* Only public addresses are connected to. */
static curl_socket_t
pull_socket(void *cookie, curlsocktype purpose, struct curl_sockaddr *wanted)
{
	struct sockaddr_storage storage = { 0 };
	struct address address;

	(void)cookie;
	(void)purpose;
	if (wanted->addrlen > sizeof storage)
		return CURL_SOCKET_BAD;
	memcpy(&storage, &wanted->addr, wanted->addrlen);
	address = address_of(&storage);
	if (!fetch_address_allowed(&address))
		return CURL_SOCKET_BAD;
	return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC,
		      wanted->protocol);
}

static void *
pull_run(void *cookie)
{
	struct pull *pull = cookie;

	curl_easy_perform(pull->curl);
	pull_tell(pull, false);
	curl_easy_cleanup(pull->curl);
	close(pull->pipe_fd);
	pull_let_go(pull);
	return NULL;
}

static CURL *
pull_prepare(struct pull *pull)
{
	CURL *curl = curl_easy_init();

	if (curl == NULL)
		return NULL;
	curl_easy_setopt(curl, CURLOPT_URL, pull->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 1L); /* "ICY 200 OK" */
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, pull_socket);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, pull_write);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, pull);
	return curl;
}

static bool
pull_wait(struct pull *pull, char hint[STATION_HINT_BYTES])
{
	struct timespec until;
	bool good;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += HEAD_WAIT_MS / 1000;
	pthread_mutex_lock(&pull->lock);
	while (!pull->known && pthread_cond_timedwait(&pull->told, &pull->lock,
						      &until) == 0)
		;
	good = pull->known && pull->good;
	memcpy(hint, pull->type, STATION_HINT_BYTES);
	pthread_mutex_unlock(&pull->lock);
	return good;
}

static enum status
pull_start(struct pull *pull, int *fd, struct fault *fault)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int ends[2], failed;

	pull->curl = pull_prepare(pull);
	if (pull->curl == NULL)
		return fault_set(fault, STATUS_UNAVAILABLE,
				 "cannot ask addresses");
	if (pipe2(ends, O_CLOEXEC) != 0) {
		curl_easy_cleanup(pull->curl);
		return fault_errno(fault, errno, "cannot make a pipe");
	}
	pull->pipe_fd = ends[1];
	pull->holders = 2;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &attributes, pull_run, pull);
	pthread_attr_destroy(&attributes);
	if (failed != 0) {
		pull->holders = 1;
		curl_easy_cleanup(pull->curl);
		close(ends[0]);
		close(ends[1]);
		return fault_errno(fault, failed, "cannot start a thread");
	}
	*fd = ends[0];
	return STATUS_OK;
}

static enum status
address_open(const char *url, int *fd, char hint[STATION_HINT_BYTES],
	     struct fault *fault)
{
	struct pull *pull = mem_new(1, sizeof *pull);
	int pipe_fd = -1;
	enum status status;

	pthread_mutex_init(&pull->lock, NULL);
	pthread_cond_init(&pull->told, NULL);
	pull->url = mem_copy_text(url);
	pull->holders = 1;
	status = pull_start(pull, &pipe_fd, fault);
	if (status == STATUS_OK && !pull_wait(pull, hint)) {
		close(pipe_fd);
		status = fault_field(fault, STATUS_UNAVAILABLE, "url",
				     "the address gives no sound");
	}
	if (status == STATUS_OK)
		*fd = pipe_fd;
	pull_let_go(pull);
	return status;
}

/* ---- posts ---------------------------------------------------------------- */

static enum status
post_open(struct telegram *telegram, const char *url, int *fd,
	  struct fault *fault)
{
	struct telegram_link link;

	if (!telegram_link_parse(span_of(url), &link))
		return fault_field(fault, STATUS_INVALID, "url",
				   "is no address of a post");
	return telegram_post_open(telegram, &link, fd, fault);
}

/* ---- yt-dlp --------------------------------------------------------------- */

static void *
child_wait(void *cookie)
{
	pid_t *child = cookie;

	waitpid(*child, NULL, 0);
	free(child);
	return NULL;
}

static enum status
ytdlp_open(const char *url, int *fd, struct fault *fault)
{
	const char *const arguments[] = {
		"yt-dlp", "--quiet",  "--no-playlist", "--no-config",
		"--format", "bestaudio", "--output", "-", "--", url, NULL
	};
	posix_spawn_file_actions_t actions;
	pid_t *child = mem_new(1, sizeof *child);
	pthread_t thread;
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		free(child);
		return fault_errno(fault, errno, "cannot make a pipe");
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	failed = posix_spawnp(child, "yt-dlp", &actions, NULL,
			      (char *const *)(uintptr_t)arguments,
			      environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (failed == 0 &&
	    pthread_create(&thread, NULL, child_wait, child) == 0) {
		pthread_detach(thread);
		*fd = ends[0];
		return STATUS_OK;
	}
	close(ends[0]); /* ends a child that cannot be waited for */
	free(child);
	return fault_set(fault, STATUS_UNAVAILABLE, "cannot start yt-dlp");
}

enum status
station_input_open(struct store *store, struct streams *streams,
		   struct telegram *telegram,
		   const struct station_pick *pick, int *fd,
		   char hint[STATION_HINT_BYTES], struct fault *fault)
{
	const struct queue_item *item = &pick->item;

	memset(hint, 0, STATION_HINT_BYTES);
	switch (item->source) {
	case ITEM_TRACK:
		return track_open(streams, item->track_id, fd, fault);
	case ITEM_FILE:
		return file_open(store, item->url, fd, fault);
	case ITEM_STREAM:
		return address_open(item->url, fd, hint, fault);
	case ITEM_YOUTUBE:
		return ytdlp_open(item->url, fd, fault);
	case ITEM_TELEGRAM:
		return post_open(telegram, item->url, fd, fault);
	}
	return fault_set(fault, STATUS_UNSUPPORTED, "no such source");
}
