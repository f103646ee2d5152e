/* telegram_login.c - what is done by hand with a session; see telegram.h. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "driver/telegram_private.h"

#define SIGN_OUT_MS 30000
#define LOOK_US 50000

static char *
path_below(const struct telegram_args *args, const char *name)
{
	char *folder = telegram_folder(args);
	struct buffer path;

	buffer_init(&path, 0);
	buffer_print(&path, "%s/%s", folder, name);
	free(folder);
	return buffer_take(&path, NULL);
}

bool
telegram_account(const struct telegram_args *args, char out[160])
{
	char *path = path_below(args, "account");
	struct buffer text;
	bool there;

	buffer_init(&text, 0);
	there = file_read(path, 159, &text, NULL) == STATUS_OK &&
		text.length > 0;
	if (there)
		snprintf(out, 160, "%s", text.bytes);
	buffer_release(&text);
	free(path);
	return there;
}

/* The session is ours: says so to Telegram, and waits until it is out. */
static enum status
own_sign_out(struct telegram *telegram, int64_t until_ms, struct fault *fault)
{
	struct telegram_look look;
	bool asked = false;

	telegram_look(telegram, &look);
	while (clock_monotonic_ms() < until_ms) {
		if (look.state == TELEGRAM_NOT_LOGGED_IN ||
		    look.state == TELEGRAM_WAITS_PHONE)
			return STATUS_OK;
		if (look.state == TELEGRAM_NO_LIBRARY ||
		    look.state == TELEGRAM_BROKEN)
			return fault_field(fault, STATUS_UNAVAILABLE,
					   "telegram", "%s", look.reason);
		if (look.state == TELEGRAM_READY && !asked)
			telegram_tell(telegram, json_pack("{s:s}", "@type",
							  "logOut"));
		asked = asked || look.state == TELEGRAM_READY;
		telegram_wait(telegram, look.serial, 1000, &look);
	}
	return fault_field(fault, STATUS_TIMED_OUT, "telegram",
			   "Telegram did not answer in time");
}

static enum status
sign_out_alone(const struct telegram_args *args, struct fault *fault)
{
	struct telegram *telegram = NULL;
	enum status status = telegram_open(args, &telegram, fault);

	if (status == STATUS_OK)
		status = own_sign_out(telegram,
				      clock_monotonic_ms() + SIGN_OUT_MS,
				      fault);
	telegram_close(telegram);
	return status;
}

/* A server has it: leaves word, and waits until it was heard. */
static enum status
sign_out_ask(const struct telegram_args *args, struct fault *fault)
{
	int64_t until_ms = clock_monotonic_ms() + SIGN_OUT_MS;
	char *path = path_below(args, "logout"), account[160];
	enum status status = file_write(path, SPAN(""), 0600, fault);

	while (status == STATUS_OK && telegram_account(args, account)) {
		if (clock_monotonic_ms() > until_ms)
			status = fault_field(fault, STATUS_TIMED_OUT,
					     "telegram",
					     "the server did not sign out in "
					     "time");
		usleep(LOOK_US);
	}
	unlink(path);
	free(path);
	return status;
}

enum status
telegram_sign_out(const struct telegram_args *args, struct fault *fault)
{
	char account[160], *path;
	struct fault why = { 0 };
	enum status status;
	int lock_fd = -1;

	if (!telegram_account(args, account))
		return STATUS_OK;
	path = path_below(args, "lock");
	status = file_lock(path, &lock_fd, &why);
	free(path);
	if (status == STATUS_CONFLICT)
		return sign_out_ask(args, fault);
	if (status == STATUS_OK)
		close(lock_fd);
	return sign_out_alone(args, fault);
}
