/* listening.h - keeps the log of events going: what is written aside from
 * requests, what plays change in the library, and the log's housekeeping.
 *
 * Requests, searches and doings are noted in memory and written by a thread
 * within a second. When requests come faster than they can be written, notes of
 * requests are dropped and counted; other notes are then written at once.
 * Listens never come here: service/listen.h writes them before they are
 * answered. The thread also carries plays to the library (library/listening.h)
 * and makes neighbours of tracks (service/recommend.h).
 *
 * Floor: 4 (service). Threads: all functions may be called from any.
 */
#ifndef OGMA_SERVICE_LISTENING_H
#define OGMA_SERVICE_LISTENING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "driver/events.h"
#include "driver/store.h"
#include "service/presence.h"

struct listening;

struct listening_settings {
	const char *geoip_path; /* GEOIP_DB; "": none */
	bool anonymous;		/* LISTEN_ANONYMOUS */
	bool request_log;	/* REQUEST_LOG */
	uint32_t late_days;	/* LISTEN_LATE_DAYS */
};
extern const struct option listening_options[];

struct listening_args {
	const struct listening_settings *settings; /* all borrowed */
	struct store *store;
	struct events_log *log;
	bool follow; /* start the thread; false: listening_catch_up() only */
};

enum status listening_open(const struct listening_args *args,
			   struct listening **out, struct fault *fault);

/* Writes what was noted. NULL is fine. */
void listening_close(struct listening *listening);

struct events_log *listening_log(struct listening *listening);
struct presence *listening_presence(struct listening *listening);
struct store *listening_store(struct listening *listening);

/* As kept_top() (service/kept_plays.h), remembered for a minute:
 * anybody may ask for tops, and they look at much. */
enum status listening_top(struct listening *listening, struct arena *arena,
			  enum events_kind kind,
			  const struct events_range *range,
			  struct events_top *out, struct fault *fault);

/* Forgets them: other tracks answer for what was heard. */
void listening_tops_forget(struct listening *listening);

/* Texts are copied. note_request() never blocks; the others may, when too much
 * waits. */
void listening_note_request(struct listening *listening,
			    const struct event_request *request);
void listening_note_search(struct listening *listening,
			   const struct event_search *search);
void listening_note_activity(struct listening *listening,
			     const struct event_activity *activity);

/* Writes what was noted and carries all plays to the library now. */
enum status listening_catch_up(struct listening *listening,
			       struct fault *fault);

/* A person's data leave the log and what was counted from it. */
enum status listening_forget_user(struct listening *listening, int64_t user_id,
				  struct fault *fault);

struct listening_counts {
	uint64_t accepted; /* events of all types, since the start */
	uint64_t dropped;  /* notes of requests */
	uint64_t waiting;  /* notes not yet written */
};
void listening_count(struct listening *listening,
		     struct listening_counts *out);

#endif /* OGMA_SERVICE_LISTENING_H */
