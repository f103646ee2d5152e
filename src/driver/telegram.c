/* telegram.c - the thread that looks after the helper; see telegram.h and
 * telegram_private.h.
 *
 * One turn of the thread: take the session's lock, start the helper, carry its
 * lines until it ends. What comes next depends on how it ended: somebody has to
 * sign in first (then the folder is looked at from time to time), or it is
 * started again, later each time. */
#include "driver/telegram.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "driver/telegram_private.h"

#define LOOK_MS 500 /* how often the folder is looked at */
#define RETRY_MS 250
#define RETRY_MAX_MS 60000
#define END_MS 12000 /* the helper gives the library ten seconds */
#define CACHE_FILES_MAX 1000000

#define OFFSET(field) offsetof(struct telegram_settings, field)

const struct option telegram_options[] = {
	{ .name = "TELEGRAM_API_ID", .type = OPTION_U32, .preset = "0",
	  .summary = "Number of your application at my.telegram.org; 0: no "
		     "account at Telegram is used.",
	  .max = 2147483647, .offset = OFFSET(api_id) },
	{ .name = "TELEGRAM_API_HASH", .type = OPTION_TEXT, .preset = "",
	  .summary = "The application's hash.", .secret = true,
	  .offset = OFFSET(api_hash) },
	{ .name = "TELEGRAM_SESSION", .type = OPTION_TEXT,
	  .preset = "telegram",
	  .summary = "Folder of the account's session, in the data folder "
		     "unless it is absolute. As secret as a password.",
	  .offset = OFFSET(session) },
	{ .name = "TELEGRAM_LIBRARY", .type = OPTION_TEXT, .preset = "",
	  .summary = "Telegram's library libtdjson.so, 1.8.42 or later; "
		     "empty: beside this program, or where libraries are.",
	  .offset = OFFSET(library) },
	{ .name = "TELEGRAM_PROGRAM", .type = OPTION_TEXT, .preset = "",
	  .summary = "The ogma-td program; empty: beside this program.",
	  .offset = OFFSET(program) },
	{ .name = "TELEGRAM_CACHE_BYTES", .type = OPTION_U64,
	  .preset = "2147483648", .unit = "bytes",
	  .summary = "Parts of Telegram's files to keep in the cache folder; "
		     "what was used within the last hour stays beyond it.",
	  .min = 67108864, .max = 1e15, .offset = OFFSET(cache_bytes) },
	{ .name = "TELEGRAM_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "10000", .unit = "ms",
	  .summary = "Longest wait for an answer of Telegram's servers.",
	  .min = 100, .max = 120000, .offset = OFFSET(timeout_ms) },
	{ 0 }
};

static struct metric starts_metric = METRIC_COUNTER(
	"ogma_telegram_starts_total", "Starts of the helper ogma-td.", NULL);
static struct metric ready_metric = METRIC_GAUGE(
	"ogma_telegram_ready",
	"1: an account at Telegram is signed in and can be asked.", NULL);
static struct metric connected_metric = METRIC_GAUGE(
	"ogma_telegram_connected",
	"1: Telegram's servers can be reached.", NULL);

static const char *const state_names[TELEGRAM_STATES] = {
	[TELEGRAM_NOT_CONFIGURED] = "not configured",
	[TELEGRAM_STARTING] = "starting",
	[TELEGRAM_NO_LIBRARY] = "no library",
	[TELEGRAM_TAKEN] = "used by another process",
	[TELEGRAM_NOT_LOGGED_IN] = "not logged in",
	[TELEGRAM_WAITS_PHONE] = "waits for a phone number",
	[TELEGRAM_WAITS_CODE] = "waits for a code",
	[TELEGRAM_WAITS_PASSWORD] = "waits for a password",
	[TELEGRAM_WAITS_DEVICE] = "waits for another device",
	[TELEGRAM_WAITS_OTHER] = "waits for something else",
	[TELEGRAM_READY] = "ready",
	[TELEGRAM_BROKEN] = "broken",
};

const char *
telegram_state_name(enum telegram_state state)
{
	return state_names[state];
}

/* ---- states ---- */

void
telegram_state_set(struct telegram *telegram, enum telegram_state state,
		   const char *reason)
{
	struct telegram_look *look = &telegram->look;

	look->state = state;
	look->serial++;
	snprintf(look->reason, sizeof look->reason, "%s",
		 reason == NULL ? "" : reason);
	gauge_set(metric_cell(&ready_metric), state == TELEGRAM_READY);
	pthread_cond_broadcast(&telegram->change);
}

static void
state_set(struct telegram *telegram, enum telegram_state state,
	  const char *reason)
{
	pthread_mutex_lock(&telegram->lock);
	telegram_state_set(telegram, state, reason);
	pthread_mutex_unlock(&telegram->lock);
}

static bool
is_closing(struct telegram *telegram)
{
	bool closing;

	pthread_mutex_lock(&telegram->lock);
	closing = telegram->closing;
	pthread_mutex_unlock(&telegram->lock);
	return closing;
}

void
telegram_look(struct telegram *telegram, struct telegram_look *out)
{
	*out = (struct telegram_look){ 0 };
	if (telegram == NULL)
		return;
	pthread_mutex_lock(&telegram->lock);
	*out = telegram->look;
	pthread_mutex_unlock(&telegram->lock);
}

void
telegram_wait(struct telegram *telegram, uint64_t serial, int64_t timeout_ms,
	      struct telegram_look *out)
{
	int64_t until_ms = clock_monotonic_ms() + timeout_ms;

	pthread_mutex_lock(&telegram->lock);
	while (telegram->look.serial == serial &&
	       telegram_change_wait(telegram, until_ms))
		;
	*out = telegram->look;
	pthread_mutex_unlock(&telegram->lock);
}

enum status
telegram_check(struct telegram *telegram, struct fault *fault)
{
	struct telegram_look look;

	telegram_look(telegram, &look);
	if (look.state == TELEGRAM_READY)
		return STATUS_OK;
	if (look.state == TELEGRAM_NOT_CONFIGURED)
		return fault_field(fault, STATUS_UNSUPPORTED, "telegram",
				   "Telegram is not configured");
	return fault_field(fault, STATUS_UNAVAILABLE, "telegram",
			   "Telegram: %s%s%.200s",
			   telegram_state_name(look.state),
			   look.reason[0] != '\0' ? ": " : "", look.reason);
}

enum status
telegram_reach(struct telegram *telegram, struct fault *fault)
{
	enum status status = telegram_check(telegram, fault);
	struct telegram_look look;

	telegram_look(telegram, &look);
	if (status == STATUS_OK && !look.connected)
		status = fault_field(fault, STATUS_UNAVAILABLE, "telegram",
				     "Telegram's servers cannot be reached");
	return status;
}

/* ---- what the library tells ---- */

static void
parameters_send(struct telegram *telegram)
{
	const struct telegram_settings *settings = telegram->args.settings;

	telegram_tell(
		telegram,
		json_pack("{s:s,s:s,s:b,s:s,s:s,s:b,s:b,s:b,s:b,s:I,s:s,s:s,"
			  "s:s,s:s}",
			  "@type", "setTdlibParameters", "@extra",
			  "parameters", "use_test_dc", 0,
			  "database_directory", telegram->db_path,
			  "files_directory", telegram->files_path,
			  "use_file_database", 1, "use_chat_info_database", 1,
			  "use_message_database", 1, "use_secret_chats", 0,
			  "api_id", (json_int_t)settings->api_id, "api_hash",
			  settings->api_hash, "system_language_code", "en",
			  "device_model", "Ogma", "application_version",
			  OGMA_VERSION));
}

/* Not its defaults, which would keep 100 MiB for a day. */
void
telegram_cache_tidy(struct telegram *telegram)
{
	telegram_tell(
		telegram,
		json_pack("{s:s,s:I,s:i,s:i,s:i}", "@type", "optimizeStorage",
			  "size",
			  (json_int_t)telegram->args.settings->cache_bytes,
			  "ttl", 366 * 86400, "count", CACHE_FILES_MAX,
			  "immunity_delay", 3600));
}

static void
account_write(struct telegram *telegram, const char *name)
{
	char *path = telegram_path(telegram, "account");
	struct fault fault = { 0 };

	if (file_write(path, span_of(name), 0600, &fault) != STATUS_OK)
		log_warning("telegram", "cannot write whose session it is",
			    LOG_TEXT("reason", fault.message));
	free(path);
}

/* The answer to getMe. */
static void
account_told(struct telegram *telegram, const json_t *user)
{
	char name[160];
	const json_t *first = json_array_get(
		telegram_at(user, "usernames.active_usernames"), 0);

	if (json_is_string(first))
		snprintf(name, sizeof name, "@%s", json_string_value(first));
	else
		snprintf(name, sizeof name, "%s",
			 telegram_text(user, "first_name"));
	if (name[0] == '\0')
		snprintf(name, sizeof name, "%lld",
			 (long long)telegram_int(user, "id"));
	account_write(telegram, name);
	pthread_mutex_lock(&telegram->lock);
	snprintf(telegram->look.account, sizeof telegram->look.account, "%s",
		 name);
	telegram_state_set(telegram, TELEGRAM_READY, NULL);
	pthread_mutex_unlock(&telegram->lock);
	log_info("telegram", "signed in", LOG_TEXT("account", name),
		 LOG_TEXT("library", telegram->look.version));
	telegram_cache_tidy(telegram);
}

/* Nobody is signed in: not yet, or out, here or on another device. */
static void
account_gone(struct telegram *telegram)
{
	char *path = telegram_path(telegram, "account");
	bool was_there = unlink(path) == 0;

	free(path);
	pthread_mutex_lock(&telegram->lock);
	telegram->look.account[0] = '\0';
	telegram_state_set(telegram, TELEGRAM_NOT_LOGGED_IN, NULL);
	pthread_mutex_unlock(&telegram->lock);
	if (was_there)
		log_warning("telegram", "nobody is signed in any more");
}

static const struct waiting {
	const char *type;
	enum telegram_state state;
	const char *hint; /* the member that tells more */
} waitings[] = {
	{ "authorizationStateWaitPhoneNumber", TELEGRAM_WAITS_PHONE, "" },
	{ "authorizationStateWaitCode", TELEGRAM_WAITS_CODE,
	  "code_info.type.@type" },
	{ "authorizationStateWaitPassword", TELEGRAM_WAITS_PASSWORD,
	  "password_hint" },
	{ "authorizationStateWaitOtherDeviceConfirmation",
	  TELEGRAM_WAITS_DEVICE, "link" },
	{ NULL, TELEGRAM_WAITS_OTHER, "@type" },
};

/* False: the helper is to be ended. */
static bool
authorization_told(struct telegram *telegram, const json_t *state)
{
	const char *type = telegram_text(state, "@type");
	const struct waiting *row = waitings;

	if (strcmp(type, "authorizationStateWaitTdlibParameters") == 0) {
		parameters_send(telegram);
		return true;
	}
	if (strcmp(type, "authorizationStateReady") == 0) {
		telegram_tell(telegram, json_pack("{s:s,s:s}", "@type",
						  "getMe", "@extra", "me"));
		return true;
	}
	if (strcmp(type, "authorizationStateLoggingOut") == 0 ||
	    strcmp(type, "authorizationStateClosing") == 0)
		return true;
	if (strcmp(type, "authorizationStateClosed") == 0) {
		account_gone(telegram);
		return false;
	}
	if (!telegram->args.signs_in) {
		account_gone(telegram);
		return false;
	}
	while (row->type != NULL && strcmp(row->type, type) != 0)
		row++;
	pthread_mutex_lock(&telegram->lock);
	snprintf(telegram->look.hint, sizeof telegram->look.hint, "%s",
		 telegram_text(state, row->hint));
	telegram_state_set(telegram, row->state, NULL);
	pthread_mutex_unlock(&telegram->lock);
	return true;
}

static void
connection_told(struct telegram *telegram, const char *type)
{
	bool connected = strcmp(type, "connectionStateReady") == 0 ||
			 strcmp(type, "connectionStateUpdating") == 0;

	pthread_mutex_lock(&telegram->lock);
	telegram->look.connected = connected;
	pthread_mutex_unlock(&telegram->lock);
	gauge_set(metric_cell(&connected_metric), connected);
}

/* Answers to what the thread itself asked. */
static bool
own_answer(struct telegram *telegram, const json_t *object)
{
	const char *extra = telegram_text(object, "@extra");
	bool failed = strcmp(telegram_text(object, "@type"), "error") == 0;

	if (strcmp(extra, "me") == 0 && !failed)
		account_told(telegram, object);
	if (!failed || *extra == '\0')
		return true;
	state_set(telegram, TELEGRAM_BROKEN, telegram_text(object, "message"));
	return false;
}

/* False: the helper is to be ended. */
static bool
object_told(struct telegram *telegram, const json_t *object)
{
	const char *type = telegram_text(object, "@type");

	if (strcmp(type, "updateFile") == 0)
		telegram_file_note(telegram, telegram_at(object, "file"));
	else if (strcmp(type, "updateConnectionState") == 0)
		connection_told(telegram, telegram_text(object, "state.@type"));
	else if (strcmp(type, "updateAuthorizationState") == 0)
		return authorization_told(
			telegram, telegram_at(object, "authorization_state"));
	else
		return own_answer(telegram, object);
	return true;
}

static bool
line_told(struct telegram *telegram, struct span line)
{
	json_t *object = NULL;
	bool goes_on = true;

	if (json_parse(line.at, line.length, &object, NULL) != STATUS_OK)
		return true; /* nothing that we would know */
	/* before who asked hears of it, so that no update comes in between */
	if (strcmp(telegram_text(object, "@type"), "file") == 0)
		telegram_file_note(telegram, object);
	if (telegram_answered(telegram, object))
		return true;
	goes_on = object_told(telegram, object);
	json_decref(object);
	return goes_on;
}

/* ---- one run of the helper ---- */

/* Somebody wants to sign out who has not got the session. */
static void
logout_look(struct telegram *telegram)
{
	char *path = telegram_path(telegram, "logout");

	if (unlink(path) == 0)
		telegram_tell(telegram,
			      json_pack("{s:s}", "@type", "logOut"));
	free(path);
}

/* Carries lines until the helper ends, or is to be ended. */
static void
lines_carry(struct telegram *telegram, struct telegram_helper *helper)
{
	enum status status = STATUS_OK;
	bool goes_on = true;

	while (goes_on && !is_closing(telegram)) {
		struct span line;

		status = telegram_line_read(helper, LOOK_MS,
					    telegram->wake_fd, &line);
		if (status == STATUS_OK) {
			goes_on = line_told(telegram, line);
			telegram_line_drop(helper, line);
		} else if (status == STATUS_TIMED_OUT) {
			logout_look(telegram);
		} else {
			state_set(telegram, TELEGRAM_BROKEN,
				  "Telegram's library ended unexpectedly");
			goes_on = false;
		}
	}
}

static void
helper_attach(struct telegram *telegram, const struct telegram_helper *helper,
	      const char *version)
{
	pthread_mutex_lock(&telegram->lock);
	telegram->socket = helper->socket;
	telegram->run++;
	snprintf(telegram->look.version, sizeof telegram->look.version, "%s",
		 version);
	pthread_mutex_unlock(&telegram->lock);
}

static void
helper_detach(struct telegram *telegram)
{
	pthread_mutex_lock(&telegram->lock);
	telegram->socket = -1;
	telegram->look.connected = false;
	telegram_answers_drop(telegram);
	pthread_mutex_unlock(&telegram->lock);
	gauge_set(metric_cell(&connected_metric), 0);
}

static bool
version_fits(const char *version)
{
	unsigned major = 0, minor = 0, patch = 0;

	if (sscanf(version, "%u.%u.%u", &major, &minor, &patch) != 3)
		return false;
	return major == 1 && minor == 8 && patch >= 42;
}

static enum status
helper_begin(const struct telegram_settings *settings,
	     struct telegram_helper *helper, char version[32],
	     struct fault *fault)
{
	enum status status = telegram_helper_start(settings, helper, fault);

	if (status != STATUS_OK)
		return status;
	status = telegram_helper_ready(helper, version, fault);
	if (status == STATUS_OK && !version_fits(version))
		status = fault_field(fault, STATUS_NOT_FOUND, "telegram",
				     "libtdjson.so %s is not of the series "
				     "1.8, from 1.8.42 on", version);
	if (status != STATUS_OK)
		telegram_helper_end(helper, 0);
	return status;
}

static void
helper_run(struct telegram *telegram)
{
	struct telegram_helper helper = { .socket = -1 };
	struct fault fault = { 0 };
	char version[32];
	enum status status = helper_begin(telegram->args.settings, &helper,
					  version, &fault);

	if (status != STATUS_OK) {
		state_set(telegram,
			  status == STATUS_NOT_FOUND ? TELEGRAM_NO_LIBRARY :
						       TELEGRAM_BROKEN,
			  fault.message);
		return;
	}
	counter_add(metric_cell(&starts_metric), 1);
	helper_attach(telegram, &helper, version);
	lines_carry(telegram, &helper);
	helper_detach(telegram);
	telegram_helper_end(&helper, END_MS);
}

/* ---- the thread ---- */

static void
pause_make(struct telegram *telegram, int64_t timeout_ms)
{
	struct pollfd wake = { .fd = telegram->wake_fd, .events = POLLIN };

	poll(&wake, 1, (int)timeout_ms);
}

/* -1: nobody ever signed in. */
static int64_t
account_age(struct telegram *telegram)
{
	char *path = telegram_path(telegram, "account");
	struct stat facts;
	bool there = stat(path, &facts) == 0;

	free(path);
	return there ? (int64_t)facts.st_mtim.tv_sec * 1000000000 +
			       facts.st_mtim.tv_nsec :
		       -1;
}

/* Until somebody signs in: another process does, and leaves word. */
static void
sign_in_wait(struct telegram *telegram, int64_t known)
{
	while (!is_closing(telegram) && account_age(telegram) == known)
		pause_make(telegram, LOOK_MS);
}

struct turns {
	int lock_fd;	  /* of the session; -1: it is not ours */
	int64_t known;	  /* account_age() when it was */
	int64_t retry_ms; /* the next pause */
};

/* Whose account is signed in keeps the session, also between two helpers. */
static void
session_let_go(struct telegram *telegram, struct turns *turns)
{
	struct telegram_look look;

	turns->known = account_age(telegram);
	telegram_look(telegram, &look);
	if (turns->known >= 0 && look.state == TELEGRAM_BROKEN)
		return;
	close(turns->lock_fd);
	turns->lock_fd = -1;
}

static void
session_run(struct telegram *telegram, struct turns *turns)
{
	char *path = telegram_path(telegram, "lock");
	struct fault fault = { 0 };

	if (turns->lock_fd >= 0 ||
	    file_lock(path, &turns->lock_fd, &fault) == STATUS_OK) {
		helper_run(telegram);
		session_let_go(telegram, turns);
	} else if (fault.status == STATUS_CONFLICT) {
		state_set(telegram, TELEGRAM_TAKEN, NULL);
	} else {
		state_set(telegram, TELEGRAM_BROKEN, fault.message);
	}
	free(path);
}

static void
turn(struct telegram *telegram, struct turns *turns)
{
	struct telegram_look look;

	session_run(telegram, turns);
	telegram_look(telegram, &look);
	if (is_closing(telegram))
		return;
	if (look.state == TELEGRAM_NOT_LOGGED_IN) {
		sign_in_wait(telegram, turns->known);
		turns->retry_ms = RETRY_MS;
		return;
	}
	if (look.state == TELEGRAM_TAKEN)
		turns->retry_ms = RETRY_MS;
	else
		log_warning("telegram", "the library does not run",
			    LOG_TEXT("reason", look.reason),
			    LOG_INT("retry_ms", turns->retry_ms));
	pause_make(telegram, turns->retry_ms);
	turns->retry_ms = 2 * turns->retry_ms > RETRY_MAX_MS ?
				  RETRY_MAX_MS :
				  2 * turns->retry_ms;
}

static void *
thread_run(void *cookie)
{
	struct telegram *telegram = cookie;
	struct turns turns = { .lock_fd = -1, .retry_ms = RETRY_MS };

	while (!is_closing(telegram)) {
		int64_t began_ms = clock_monotonic_ms();

		turn(telegram, &turns);
		if (clock_monotonic_ms() - began_ms > 2 * RETRY_MAX_MS)
			turns.retry_ms = RETRY_MS; /* it ran well for long */
	}
	if (turns.lock_fd >= 0)
		close(turns.lock_fd);
	return NULL;
}

/* ---- opening and closing ---- */

char *
telegram_folder(const struct telegram_args *args)
{
	const char *session = args->settings->session;
	struct buffer path;

	buffer_init(&path, 0);
	if (*session == '/')
		buffer_print(&path, "%s", session);
	else
		buffer_print(&path, "%s/%s", args->data_dir, session);
	return buffer_take(&path, NULL);
}

char *
telegram_path(const struct telegram *telegram, const char *name)
{
	struct buffer path;

	buffer_init(&path, 0);
	buffer_print(&path, "%s/%s", telegram->folder, name);
	return buffer_take(&path, NULL);
}

/* Absolute: the helper takes it so. */
static enum status
absolute_make(char **path, mode_t mode, struct fault *fault)
{
	enum status status = folder_make(*path, fault);
	char *real = status == STATUS_OK ? realpath(*path, NULL) : NULL;

	if (status != STATUS_OK)
		return status;
	if (real == NULL || chmod(real, mode) != 0) {
		free(real);
		return fault_errno(fault, errno, "cannot use %s", *path);
	}
	free(*path);
	*path = real;
	return STATUS_OK;
}

static enum status
folders_make(struct telegram *telegram, struct fault *fault)
{
	struct buffer files;
	enum status status;

	telegram->folder = telegram_folder(&telegram->args);
	status = absolute_make(&telegram->folder, 0700, fault);
	telegram->db_path = telegram_path(telegram, "db");
	buffer_init(&files, 0);
	buffer_print(&files, "%s/telegram", telegram->args.cache_dir);
	telegram->files_path = buffer_take(&files, NULL);
	if (status == STATUS_OK)
		status = absolute_make(&telegram->db_path, 0700, fault);
	if (status == STATUS_OK)
		status = absolute_make(&telegram->files_path, 0700, fault);
	return status;
}

static void
telegram_free(struct telegram *telegram)
{
	far_files_free(telegram->files);
	pthread_mutex_destroy(&telegram->lock);
	pthread_cond_destroy(&telegram->change);
	if (telegram->wake_fd >= 0)
		close(telegram->wake_fd);
	free(telegram->folder);
	free(telegram->db_path);
	free(telegram->files_path);
	free(telegram);
}

static struct telegram *
telegram_new(const struct telegram_args *args)
{
	struct telegram *telegram = mem_new(1, sizeof *telegram);
	pthread_condattr_t attributes;

	telegram->args = *args;
	telegram->socket = -1;
	telegram->look.state = TELEGRAM_STARTING;
	telegram->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	telegram->files = far_files_new("telegram");
	pthread_mutex_init(&telegram->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&telegram->change, &attributes);
	pthread_condattr_destroy(&attributes);
	metric_register(&starts_metric);
	gauge_set(metric_cell(&ready_metric), 0);
	gauge_set(metric_cell(&connected_metric), 0);
	return telegram;
}

enum status
telegram_open(const struct telegram_args *args, struct telegram **out,
	      struct fault *fault)
{
	struct telegram *telegram;
	enum status status;

	*out = NULL;
	if (args->settings->api_id == 0)
		return STATUS_OK;
	if (*args->settings->api_hash == '\0')
		return fault_field(fault, STATUS_INVALID, "TELEGRAM_API_HASH",
				   "TELEGRAM_API_HASH: is needed beside "
				   "TELEGRAM_API_ID");
	telegram = telegram_new(args);
	status = folders_make(telegram, fault);
	if (status == STATUS_OK && pthread_create(&telegram->thread, NULL,
						  thread_run, telegram) != 0)
		status = fault_set(fault, STATUS_FAILED,
				   "cannot start a thread");
	if (status == STATUS_OK)
		*out = telegram;
	else
		telegram_free(telegram);
	return status;
}

void
telegram_close(struct telegram *telegram)
{
	const uint64_t one = 1;

	if (telegram == NULL)
		return;
	pthread_mutex_lock(&telegram->lock);
	telegram->closing = true;
	pthread_cond_broadcast(&telegram->change);
	pthread_mutex_unlock(&telegram->lock);
	if (write(telegram->wake_fd, &one, sizeof one) < 0)
		log_warning("telegram", "cannot wake the thread");
	pthread_join(telegram->thread, NULL);
	telegram_free(telegram);
}

/* ---- without a thread ---- */

enum status
telegram_version(const struct telegram_settings *settings, char out[32],
		 struct fault *fault)
{
	struct telegram_helper helper = { .socket = -1 };
	enum status status = helper_begin(settings, &helper, out, fault);

	if (status == STATUS_OK)
		telegram_helper_end(&helper, END_MS);
	return status;
}
