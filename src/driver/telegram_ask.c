/* telegram_ask.c - requests to the library and what it answers; see
 * telegram_private.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/counter.h"
#include "driver/telegram_private.h"

static struct metric requests_metric = METRIC_COUNTER(
	"ogma_telegram_requests_total",
	"Requests to Telegram's library, by what became of them.", "result");

const json_t *
telegram_at(const json_t *value, const char *path)
{
	struct span rest = span_of(path), name;

	while (value != NULL && span_next(&rest, '.', &name))
		value = json_object_getn(value, name.at, name.length);
	return value;
}

int64_t
telegram_int(const json_t *value, const char *path)
{
	return json_integer_value(telegram_at(value, path));
}

const char *
telegram_text(const json_t *value, const char *path)
{
	const char *text = json_string_value(telegram_at(value, path));

	return text == NULL ? "" : text;
}

/* ---- errors ---- */

/* "Too Many Requests: retry after 17" */
static int64_t
retry_seconds(const char *message)
{
	const char *digits = strpbrk(message, "0123456789");
	long seconds = digits == NULL ? 0 : strtol(digits, NULL, 10);

	return seconds < 1 ? 1 : seconds > 86400 ? 86400 : seconds;
}

static bool
has_one_of(const char *text, const char *const words[])
{
	for (; *words != NULL; words++) {
		if (strcasestr(text, *words) != NULL)
			return true;
	}
	return false;
}

/* Telegram's servers speak in CAPITALS, the library in sentences. */
static enum status
meaning_of(int64_t code, const char *message)
{
	static const char *const gone[] = { "not found",
					    "USERNAME_NOT_OCCUPIED",
					    "USERNAME_INVALID",
					    "MSG_ID_INVALID", NULL };
	static const char *const denied[] = { "CHANNEL_PRIVATE",
					      "Can't access",
					      "no access", "Have no rights",
					      "CHAT_FORBIDDEN", NULL };
	static const char *const wrong[] = { "PHONE_NUMBER_", "PHONE_CODE_",
					     "PASSWORD_HASH_INVALID",
					     "ACCESS_TOKEN_", "Wrong ", NULL };

	if (code == 429)
		return STATUS_AGAIN_LATER;
	if (code == 404 || has_one_of(message, gone))
		return STATUS_NOT_FOUND;
	if (code == 403 || has_one_of(message, denied))
		return STATUS_DENIED;
	if (code == 401 || has_one_of(message, wrong))
		return STATUS_INVALID;
	return code == 500 ? STATUS_UNAVAILABLE : STATUS_FAILED;
}

static enum status
hold_tell(int64_t seconds, struct fault *fault)
{
	return fault_field(fault, STATUS_AGAIN_LATER, "telegram",
			   "Telegram wants to be left alone for %lld s",
			   (long long)seconds);
}

enum status
telegram_error(struct telegram *telegram, const json_t *error,
	       struct fault *fault)
{
	const char *message = telegram_text(error, "message");
	enum status status = meaning_of(telegram_int(error, "code"), message);
	int64_t seconds;

	if (status != STATUS_AGAIN_LATER)
		return fault_field(fault, status, "telegram",
				   "Telegram says: %.200s", message);
	seconds = retry_seconds(message);
	pthread_mutex_lock(&telegram->lock);
	telegram->hold_until_ms = clock_monotonic_ms() + seconds * 1000;
	pthread_mutex_unlock(&telegram->lock);
	return hold_tell(seconds, fault);
}

enum status
telegram_hold(struct telegram *telegram, struct fault *fault)
{
	int64_t left_ms;

	pthread_mutex_lock(&telegram->lock);
	left_ms = telegram->hold_until_ms - clock_monotonic_ms();
	pthread_mutex_unlock(&telegram->lock);
	return left_ms <= 0 ? STATUS_OK :
			      hold_tell((left_ms + 999) / 1000, fault);
}

/* ---- asking ---- */

bool
telegram_change_wait(struct telegram *telegram, int64_t until_ms)
{
	struct timespec until = { .tv_sec = until_ms / 1000,
				  .tv_nsec = until_ms % 1000 * 1000000 };

	return pthread_cond_timedwait(&telegram->change, &telegram->lock,
				      &until) == 0;
}

/* Lock held. Its thread finds out a moment later. */
static void
helper_gone(struct telegram *telegram)
{
	telegram->socket = -1;
	telegram_state_set(telegram, TELEGRAM_BROKEN,
			   "Telegram's library ended unexpectedly");
}

bool
telegram_send(struct telegram *telegram, json_t *request)
{
	char *line = json_dumps(request, JSON_COMPACT);
	size_t length = line == NULL ? 0 : strlen(line);
	ssize_t sent = -1;

	json_decref(request);
	if (length > 0 && telegram->socket >= 0) {
		line[length] = '\n'; /* in the place of its end */
		sent = send(telegram->socket, line, length + 1,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
			helper_gone(telegram);
		/* half a line would spoil the next: it is started anew */
		else if (sent > 0 && (size_t)sent != length + 1)
			shutdown(telegram->socket, SHUT_RDWR);
	}
	free(line);
	return sent > 0 && (size_t)sent == length + 1;
}

void
telegram_tell(struct telegram *telegram, json_t *request)
{
	pthread_mutex_lock(&telegram->lock);
	telegram_send(telegram, request);
	pthread_mutex_unlock(&telegram->lock);
}

bool
telegram_answered(struct telegram *telegram, json_t *answer)
{
	const json_t *id = json_object_get(answer, "@extra");
	bool taken = false;

	if (!json_is_integer(id))
		return false;
	pthread_mutex_lock(&telegram->lock);
	for (struct telegram_pending *one = telegram->pending;
	     one != NULL && !taken; one = one->next) {
		if (one->id != json_integer_value(id) || one->done)
			continue;
		one->answer = answer;
		one->done = taken = true;
		pthread_cond_broadcast(&telegram->change);
	}
	pthread_mutex_unlock(&telegram->lock);
	return taken;
}

void
telegram_answers_drop(struct telegram *telegram)
{
	for (struct telegram_pending *one = telegram->pending; one != NULL;
	     one = one->next)
		one->done = true;
	pthread_cond_broadcast(&telegram->change);
}

static void
pending_remove(struct telegram *telegram, struct telegram_pending *pending)
{
	struct telegram_pending **at = &telegram->pending;

	while (*at != pending)
		at = &(*at)->next;
	*at = pending->next;
}

/* Lock held. STATUS_OK: pending->answer is there. */
static enum status
answer_wait(struct telegram *telegram, json_t *request,
	    struct telegram_pending *pending, int64_t until_ms,
	    struct fault *fault)
{
	bool in_time = true;

	pending->id = ++telegram->next_id;
	json_object_set_new(request, "@extra", json_integer(pending->id));
	if (!telegram_send(telegram, request) || telegram->closing)
		return fault_field(fault, STATUS_UNAVAILABLE, "telegram",
				   "Telegram's library does not run");
	pending->next = telegram->pending;
	telegram->pending = pending;
	while (!pending->done && !telegram->closing && in_time)
		in_time = telegram_change_wait(telegram, until_ms);
	pending_remove(telegram, pending);
	if (pending->answer != NULL)
		return STATUS_OK;
	if (telegram->closing)
		return fault_field(fault, STATUS_CANCELLED, "telegram",
				   "the server ends");
	if (pending->done)
		return fault_field(fault, STATUS_UNAVAILABLE, "telegram",
				   "Telegram's library ended unexpectedly");
	return fault_field(fault, STATUS_TIMED_OUT, "telegram",
			   "Telegram did not answer in time");
}

static void
request_count(enum status status)
{
	const char *result = status == STATUS_OK	  ? "ok" :
			     status == STATUS_AGAIN_LATER ? "flood" :
			     status == STATUS_TIMED_OUT	  ? "timeout" :
			     status == STATUS_UNAVAILABLE ? "unavailable" :
							    "error";

	counter_add(metric_cell(&requests_metric, result), 1);
}

enum status
telegram_ask(struct telegram *telegram, json_t *request, int64_t timeout_ms,
	     json_t **out, struct fault *fault)
{
	struct telegram_pending pending = { 0 };
	enum status status;

	if (timeout_ms == 0)
		timeout_ms = telegram->args.settings->timeout_ms;
	pthread_mutex_lock(&telegram->lock);
	status = answer_wait(telegram, request, &pending,
			     clock_monotonic_ms() + timeout_ms, fault);
	pthread_mutex_unlock(&telegram->lock);
	if (status == STATUS_OK &&
	    strcmp(telegram_text(pending.answer, "@type"), "error") == 0)
		status = telegram_error(telegram, pending.answer, fault);
	request_count(status);
	if (status == STATUS_OK && out != NULL)
		*out = pending.answer;
	else
		json_decref(pending.answer);
	return status;
}
