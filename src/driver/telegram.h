/* telegram.h - an account at Telegram, through the library TDLib.
 *
 * The library is in a program of its own, ogma-td (driver/td/ogma_td.c), which
 * one thread here starts, reads and, when it is killed or crashes, starts again,
 * later each time. Who has something to ask does so from any thread, with a time
 * limit of its own: without a network the library answers nothing.
 *
 * An account signs in by hand, once (`ogma telegram login`); its session lies in
 * a folder of the data folder:
 *
 *	db/		the library's
 *	lock		who has the session: one process at a time
 *	account		whose it is; written when somebody signed in. A server
 *			without one waits for it, and leaves the session alone
 *	logout		asks the server that has the session to sign out
 *
 * What is got out of Telegram is in telegram_post.h.
 *
 * Floor: 2 (driver). Threads: any; NULL as telegram is fine: not configured.
 */
#ifndef OGMA_DRIVER_TELEGRAM_H
#define OGMA_DRIVER_TELEGRAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/option.h"

struct telegram_settings {
	uint32_t api_id; /* 0: not configured */
	const char *api_hash;
	const char *session; /* a folder; relative: below the data folder */
	const char *library; /* "": looked for */
	const char *program; /* "": beside this program */
	uint64_t cache_bytes;
	uint32_t timeout_ms;
};

extern const struct option telegram_options[];

struct telegram_args {
	const struct telegram_settings *settings; /* borrowed, all of it */
	const char *data_dir, *cache_dir;
	bool signs_in; /* waits for telegram_sign_in() instead of letting go */
};

enum telegram_state {
	TELEGRAM_NOT_CONFIGURED,
	TELEGRAM_STARTING,
	TELEGRAM_NO_LIBRARY,
	TELEGRAM_TAKEN, /* another process has the session */
	TELEGRAM_NOT_LOGGED_IN,
	TELEGRAM_WAITS_PHONE,
	TELEGRAM_WAITS_CODE,
	TELEGRAM_WAITS_PASSWORD,
	TELEGRAM_WAITS_DEVICE, /* a QR code to be read */
	TELEGRAM_WAITS_OTHER,  /* what we cannot give, e.g. a registration */
	TELEGRAM_READY,
	TELEGRAM_BROKEN, /* ended or refused; it is tried again */
	TELEGRAM_STATES
};

/* "ready", "not logged in", … */
const char *telegram_state_name(enum telegram_state state);

struct telegram_look {
	enum telegram_state state;
	uint64_t serial;    /* moves with the state */
	bool connected;     /* to Telegram's servers */
	char version[32];   /* of the library; "": not known */
	char account[160];  /* "@name" or a name; "": nobody */
	char hint[160];     /* of what is waited for, e.g. of a password */
	char reason[320];   /* why it is broken, or there is no library */
};

struct telegram;

/* *out NULL with STATUS_OK: not configured. STATUS_INVALID: settings. */
enum status telegram_open(const struct telegram_args *args,
			  struct telegram **out, struct fault *fault);

/* Who asks something is told STATUS_CANCELLED; the library closes its database.
 * NULL is fine. */
void telegram_close(struct telegram *telegram);

void telegram_look(struct telegram *telegram, struct telegram_look *out);

/* Until the state is another than that of `serial`, or the time is over. */
void telegram_wait(struct telegram *telegram, uint64_t serial,
		   int64_t timeout_ms, struct telegram_look *out);

/* STATUS_OK when the account can be asked; else STATUS_UNAVAILABLE with field
 * "telegram" and the reason, STATUS_UNSUPPORTED when it is not configured. */
enum status telegram_check(struct telegram *telegram, struct fault *fault);

/* The same, and STATUS_UNAVAILABLE while Telegram's servers cannot be reached:
 * for who would rather not wait for them. */
enum status telegram_reach(struct telegram *telegram, struct fault *fault);

/* Asks the library. `request` is taken over (json_pack()); *out, an object for
 * json_decref(), may be NULL. The library's errors become
 * STATUS_NOT_FOUND	no such chat, name, message or file
 * STATUS_DENIED	this account may not see it
 * STATUS_AGAIN_LATER	too much was asked: see telegram_hold()
 * STATUS_INVALID	what was given, e.g. a code, is wrong
 * STATUS_UNAVAILABLE	the helper ended meanwhile, or is not there
 * STATUS_TIMED_OUT	no answer within that time (0: the setting's)
 * STATUS_FAILED	anything else; the sentence has Telegram's own words. */
enum status telegram_ask(struct telegram *telegram, json_t *request,
			 int64_t timeout_ms, json_t **out,
			 struct fault *fault);

/* Telegram wants nothing to be asked of its servers before some time:
 * STATUS_AGAIN_LATER, with the seconds in the sentence. */
enum status telegram_hold(struct telegram *telegram, struct fault *fault);

/* ---- by hand, see app/command_telegram.c ---- */

/* Whose session it is, as the folder says; false: nobody's. */
bool telegram_account(const struct telegram_args *args, char out[160]);

/* Signs out: by itself when nobody has the session, else by the server that
 * has it. Waits until it is done. */
enum status telegram_sign_out(const struct telegram_args *args,
			      struct fault *fault);

/* Starts the helper only to see whether the library is there: its version. */
enum status telegram_version(const struct telegram_settings *settings,
			     char out[32], struct fault *fault);

#endif /* OGMA_DRIVER_TELEGRAM_H */
