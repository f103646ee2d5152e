/* telegram_private.h - what the files of telegram share.
 *
 *	telegram.c	   settings, states, the thread that looks after the helper
 *	telegram_ask.c	   requests and their answers, what errors mean
 *	telegram_helper.c  one run of ogma-td: start, lines, end
 *	telegram_login.c   by hand: whose session it is, signing out
 *	telegram_post.c	   posts
 *	telegram_file.c	   their files
 *
 * `lock` guards all that is written after opening, but for the helper, which
 * is the thread's. The socket is closed under the lock and written to under it.
 */
#ifndef OGMA_DRIVER_TELEGRAM_PRIVATE_H
#define OGMA_DRIVER_TELEGRAM_PRIVATE_H

#include <pthread.h>
#include <sys/types.h>

#include "base/text.h"
#include "driver/far_file.h"
#include "driver/telegram.h"
#include "driver/telegram_link.h"

#define TELEGRAM_LINE_MAX (16u << 20)
#define TELEGRAM_NAMES_MAX 256

/* A request that waits, on the stack of who asked. */
struct telegram_pending {
	struct telegram_pending *next;
	int64_t id;
	json_t *answer;
	bool done; /* without an answer: the helper ended */
};

/* What updates tell of a file that is read; see telegram_file.c. */
struct telegram_watch {
	struct telegram_watch *next;
	int64_t file_id;
	uint64_t run;
	unsigned holders;
	pthread_mutex_t window; /* one asks for a part at a time */
	/* under telegram->lock */
	char *path;
	int64_t from, prefix, downloaded;
	bool active, complete;
	uint64_t told; /* counts updates */
};

/* A name that was asked for, so that it is not asked for again. */
struct telegram_name {
	char name[40];
	int64_t chat_id; /* 0: nobody has it */
	int64_t known_ms;
};

struct telegram {
	struct telegram_args args;
	char *folder, *db_path, *files_path, *program;
	struct far_files *files;

	pthread_mutex_t lock;
	pthread_cond_t change; /* of anything below */
	pthread_t thread;
	int wake_fd;
	bool closing;
	struct telegram_look look;
	int socket;   /* -1: no helper */
	uint64_t run; /* counts helpers; file ids are of one */
	int64_t next_id;
	struct telegram_pending *pending;
	struct telegram_watch *watches;
	int64_t hold_until_ms; /* monotonic */

	/* of telegram_post.c, under the lock */
	struct telegram_name names[TELEGRAM_NAMES_MAX];
	size_t name_count; /* of all that were noted; the oldest goes */
	int64_t names_day_ms; /* when the present day of asking began */
	unsigned names_asked;
	uint64_t fetched_since_tidy;
};

/* ---- telegram.c ---- */

/* Lock held. `reason` NULL: none. */
void telegram_state_set(struct telegram *telegram, enum telegram_state state,
			const char *reason);
/* Lets the library drop parts of files that are too many. */
void telegram_cache_tidy(struct telegram *telegram);
char *telegram_path(const struct telegram *telegram, const char *name);
char *telegram_folder(const struct telegram_args *args);

/* ---- telegram_ask.c ---- */

/* Lock held: sends a line without waiting for an answer; takes `request`.
 * False: there is no helper, or it does not read. */
bool telegram_send(struct telegram *telegram, json_t *request);

/* The same, for who does not hold the lock. */
void telegram_tell(struct telegram *telegram, json_t *request);

/* An answer came: true when somebody waited for it. Takes over *answer then. */
bool telegram_answered(struct telegram *telegram, json_t *answer);

/* Everybody who waits waits in vain. Lock held. */
void telegram_answers_drop(struct telegram *telegram);

/* What the library's {"@type":"error"} means. */
enum status telegram_error(struct telegram *telegram, const json_t *error,
			   struct fault *fault);

/* Lock held: until something changes or the moment has come; false: it has. */
bool telegram_change_wait(struct telegram *telegram, int64_t until_ms);

/* ---- telegram_helper.c ---- */

struct telegram_helper {
	pid_t pid;
	int socket;
	struct buffer in;
};

enum status telegram_helper_start(const struct telegram_settings *settings,
				  struct telegram_helper *out,
				  struct fault *fault);

/* The next line, without its end, until telegram_line_drop(); waits up to
 * timeout_ms, and for wake_fd too when that is not -1. STATUS_TIMED_OUT: none so
 * far; STATUS_NOT_FOUND: the helper ended; STATUS_TOO_LARGE. */
enum status telegram_line_read(struct telegram_helper *helper,
			       int64_t timeout_ms, int wake_fd,
			       struct span *out);
void telegram_line_drop(struct telegram_helper *helper, struct span line);

/* The first line: its version. STATUS_NOT_FOUND with the helper's sentence:
 * there is no library that works. */
enum status telegram_helper_ready(struct telegram_helper *helper,
				  char version[32], struct fault *fault);

/* Waits for its end, and kills it after that; what waitpid() told. */
int telegram_helper_end(struct telegram_helper *helper, int64_t patience_ms);

/* ---- telegram_file.c ---- */

/* Of updateFile and of answers; on the thread, in their order. */
void telegram_file_note(struct telegram *telegram, const json_t *file);

/* ---- telegram_post.c ---- */

/* The message of a post; *out for json_decref(). */
enum status telegram_message_get(struct telegram *telegram,
				 const struct telegram_link *link,
				 json_t **out, struct fault *fault);

/* The file of a message with sound; NULL: it has none. Borrowed from it. */
const json_t *telegram_message_file(const json_t *message);

/* ---- telegram_ask.c ---- */

/* json_object_get() along "a.b.c". */
const json_t *telegram_at(const json_t *value, const char *path);
int64_t telegram_int(const json_t *value, const char *path);
const char *telegram_text(const json_t *value, const char *path); /* or "" */

#endif /* OGMA_DRIVER_TELEGRAM_PRIVATE_H */
