/* listen.c - the rule of plays; see listen.h.
 *
 * Of each player (a person or session, and the player's own id) the last few
 * listenings are remembered, with how much of each is counted already. A player
 * that is not known (after a restart) is looked up in the log. */
#include "service/listen.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "library/listening.h"
#include "service/listening_private.h"
#include "service/visits.h"

#define BUCKETS 4096
#define PLAYERS_MAX 65536
#define PLAYER_KEPT_MS (6 * 3600000) /* since its last report */
#define LISTENINGS_KEPT 8
#define LIVE_MS 600000	    /* a report after so long is a late one */
#define LATE_MS 60000
#define SAME_BEGIN_MS 1000
#define AHEAD_MS 60000	    /* a clock may be so much ahead */
#define LISTENS_UNTIL_MS 90000
#define LOOKED_UP_MAX 2000
#define HEARD_MAX_MS (24 * 3600000)

static struct metric cut_total = METRIC_COUNTER(
	"ogma_listens_cut_total",
	"Reports of players that said more was heard than the clock allows.");

struct listening_now { /* one time a track is put on */
	int64_t track_id; /* 0: free */
	int64_t began_at_ms, total_ms, reported_at_ms;
	bool counted;
};

struct player {
	uint64_t who, session;
	int64_t seen_at_ms, known_since_ms;
	int64_t heard_until_ms; /* this far time is used up */
	struct listening_now listenings[LISTENINGS_KEPT];
	size_t next_place;
	struct player *next; /* of its bucket */
};

void
players_init(struct listening *listening)
{
	metric_cell(&cut_total);
	listening->players = mem_new(BUCKETS, sizeof *listening->players);
}

static void
players_sweep(struct listening *listening, int64_t before_ms)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct player **link = &listening->players[i];

		while (*link != NULL) {
			struct player *player = *link;

			if (player->seen_at_ms >= before_ms) {
				link = &player->next;
				continue;
			}
			*link = player->next;
			listening->player_count--;
			free(player);
		}
	}
}

void
players_release(struct listening *listening)
{
	players_sweep(listening, INT64_MAX);
	free(listening->players);
}

/* ---- hashes --------------------------------------------------------------- */

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	return text != NULL ? hash_bytes(hash, text, strlen(text) + 1) : hash;
}

static uint64_t
hash_number(uint64_t hash, int64_t number)
{
	return hash_bytes(hash, &number, sizeof number);
}

#define HASH_START 0xcbf29ce484222325u

static uint64_t
never_0(uint64_t hash)
{
	return hash != 0 ? hash : 1;
}

static uint64_t
session_hash(const struct listen_report *report)
{
	return report->session_id != NULL ?
		       never_0(hash_text(HASH_START, report->session_id)) :
		       0;
}

/* Which player: its own id, else what it says of itself. */
static uint64_t
player_hash(const struct listen_report *report)
{
	uint64_t hash = HASH_START;

	if (report->session_id != NULL)
		return session_hash(report);
	hash = hash_text(hash, report->platform);
	hash = hash_text(hash, report->device_type);
	return hash_text(hash, report->client);
}

/* Equal for a report that is sent again; 0: it cannot be known. */
static uint64_t
report_key(const struct listener *who, const struct listen_report *report)
{
	uint64_t hash = hash_number(HASH_START, who->user_id);

	if (who->user_id == 0)
		hash = hash_text(hash, report->session_id);
	if (report->event_id != NULL)
		return never_0(hash_text(hash, report->event_id));
	if (report->began_at_ms == 0)
		return 0;
	hash = hash_number(hash, report->track_id);
	hash = hash_number(hash, report->began_at_ms);
	hash = hash_number(hash, report->action);
	hash = hash_number(hash, report->heard_ms);
	return never_0(hash_number(hash, report->position_ms));
}

/* ---- players -------------------------------------------------------------- */

static uint64_t
who_hash(const struct listener *who, const struct listen_report *report)
{
	return who->user_id > 0 ? (uint64_t)who->user_id :
				  session_hash(report);
}

static struct player **
bucket_of(struct listening *listening, uint64_t who, uint64_t session)
{
	uint64_t hash = (who ^ session << 1) * 0x9e3779b97f4a7c15u;

	return &listening->players[hash >> 52];
}

static struct player *
player_find(struct listening *listening, uint64_t who, uint64_t session)
{
	struct player *player = *bucket_of(listening, who, session);

	while (player != NULL &&
	       (player->who != who || player->session != session))
		player = player->next;
	return player;
}

static struct player *
player_make(struct listening *listening, uint64_t who, uint64_t session,
	    int64_t now_ms)
{
	struct player *player = player_find(listening, who, session);
	struct player **bucket = bucket_of(listening, who, session);

	if (player != NULL)
		return player;
	if (listening->player_count >= PLAYERS_MAX)
		players_sweep(listening, now_ms - PLAYER_KEPT_MS);
	if (listening->player_count >= PLAYERS_MAX)
		players_sweep(listening, INT64_MAX);
	player = mem_new(1, sizeof *player);
	player->who = who;
	player->session = session;
	player->known_since_ms = now_ms;
	player->next = *bucket;
	*bucket = player;
	listening->player_count++;
	return player;
}

static void
player_drop(struct listening *listening, uint64_t who, uint64_t session)
{
	struct player **link = bucket_of(listening, who, session);

	while (*link != NULL) {
		struct player *player = *link;

		if (player->who == who && player->session == session) {
			*link = player->next;
			listening->player_count--;
			free(player);
			return;
		}
		link = &player->next;
	}
}

static bool
same_begin(int64_t a, int64_t b)
{
	return a - b <= SAME_BEGIN_MS && b - a <= SAME_BEGIN_MS;
}

/* The listening a report is about; NULL: a new one. */
static struct listening_now *
listening_find(struct player *player, const struct listen_report *report)
{
	struct listening_now *newest = NULL;

	for (size_t i = 0; i < LISTENINGS_KEPT; i++) {
		struct listening_now *now = &player->listenings[i];

		if (now->track_id != report->track_id)
			continue;
		if (report->began_at_ms != 0 &&
		    same_begin(now->began_at_ms, report->began_at_ms))
			return now;
		if (newest == NULL || now->began_at_ms > newest->began_at_ms)
			newest = now;
	}
	/* One that does not say when it began goes on with what is on, unless
	 * it says that less was heard. */
	if (report->began_at_ms != 0 || newest == NULL ||
	    report->action == EVENT_START ||
	    report->heard_ms < newest->total_ms)
		return NULL;
	return newest;
}

static struct listening_now *
listening_add(struct player *player, int64_t track_id, int64_t began_at_ms)
{
	struct listening_now *now = &player->listenings[player->next_place];

	player->next_place = (player->next_place + 1) % LISTENINGS_KEPT;
	*now = (struct listening_now){ .track_id = track_id,
				       .began_at_ms = began_at_ms };
	return now;
}

/* ---- what the log knows --------------------------------------------------- */

struct looked_up {
	struct arena *arena;
	struct event_listen *listens; /* numbers only are good */
	size_t count, room;
};

static bool
look_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	struct looked_up *up = cookie;
	struct event_listen *grown;

	(void)seq;
	if (up->count == up->room) {
		up->room = up->room > 0 ? 2 * up->room : 64;
		grown = arena_new(up->arena, struct event_listen, up->room);
		if (up->count > 0)
			memcpy(grown, up->listens, up->count * sizeof *grown);
		up->listens = grown;
	}
	up->listens[up->count++] = *listen;
	return up->count < LOOKED_UP_MAX;
}

/* Reports about listenings that began before we know the player. */
static bool
needs_look(const struct player *player, const struct listen_report *report)
{
	return report->began_at_ms != 0 && report->action != EVENT_START &&
	       (player == NULL ||
		report->began_at_ms < player->known_since_ms);
}

static enum status
look_up(struct listening *listening, const struct listener *who,
	const struct listen_report *reports, size_t count,
	struct looked_up *out, struct fault *fault)
{
	struct events_walk walk = { .user_id = who->user_id,
				    .from_ms = INT64_MAX,
				    .until_ms = INT64_MAX,
				    .newest_first = true };

	pthread_mutex_lock(&listening->players_lock);
	for (size_t i = 0; i < count; i++) {
		const struct listen_report *report = &reports[i];
		struct player *player =
			player_find(listening, who_hash(who, report),
				    player_hash(report));

		if (!needs_look(player, report))
			continue;
		if (who->user_id == 0)
			walk.session = session_hash(report);
		if (report->began_at_ms < walk.from_ms)
			walk.from_ms = report->began_at_ms;
	}
	pthread_mutex_unlock(&listening->players_lock);
	if (walk.from_ms == INT64_MAX)
		return STATUS_OK;
	return events_listens(listening->args.log, &walk, look_visit, out,
			      fault);
}

/* Takes over what the log has of a listening. */
static void
listening_recover(struct listening_now *now, const struct looked_up *up)
{
	for (size_t i = 0; i < up->count; i++) {
		const struct event_listen *listen = &up->listens[i];

		if (listen->track_id != now->track_id ||
		    !same_begin(listen->began_at_ms, now->began_at_ms))
			continue;
		now->began_at_ms = listen->began_at_ms;
		if (listen->total_ms > now->total_ms)
			now->total_ms = listen->total_ms;
		now->counted |= listen->counts;
	}
}

/* ---- the rule ------------------------------------------------------------- */

struct taking {
	struct listening *listening;
	const struct listener *who;
	struct looked_up up;
	int64_t now_ms;
	struct event_listen *events;
	size_t event_count;
	struct listen_receipt *receipt;
	char country[COUNTRY_BYTES];
};

static bool
play_counts(const struct listening_now *now, int64_t duration_ms)
{
	int64_t needed = LISTEN_PLAY_HEARD_MS;

	if (duration_ms <= LISTEN_PLAY_MIN_TRACK_MS || now->counted)
		return false;
	if ((duration_ms + 1) / 2 < needed)
		needed = (duration_ms + 1) / 2;
	return now->total_ms >= needed;
}

/* When it happened: now, unless it is told late. */
static int64_t
happened_at(const struct taking *taking, const struct listening_now *now,
	    bool known, const struct listen_report *report)
{
	int64_t late_ms = now->began_at_ms + report->heard_ms;

	if (known && taking->now_ms - now->reported_at_ms < LIVE_MS)
		return taking->now_ms;
	return late_ms + LATE_MS < taking->now_ms ? late_ms : taking->now_ms;
}

/* How much of what is reported the clock allows. */
static int64_t
heard_allowed(const struct player *player, const struct listening_now *now,
	      int64_t at_ms)
{
	int64_t allowed = at_ms - now->began_at_ms + LISTEN_SLACK_MS -
			  now->total_ms;
	int64_t since = now->began_at_ms;

	if (player->heard_until_ms > since && player->heard_until_ms <= at_ms)
		since = player->heard_until_ms;
	if (at_ms - since + LISTEN_SLACK_MS < allowed)
		allowed = at_ms - since + LISTEN_SLACK_MS;
	return allowed > 0 ? allowed : 0;
}

static int64_t
heard_new(const struct player *player, const struct listening_now *now,
	  int64_t at_ms, const struct listen_report *report)
{
	int64_t heard = report->heard_ms - now->total_ms;
	int64_t allowed = heard_allowed(player, now, at_ms);

	if (heard <= 0)
		return 0;
	if (heard <= allowed)
		return heard;
	counter_add(metric_cell(&cut_total), 1);
	return allowed;
}

static void
presence_note(const struct taking *taking, const struct listening_now *now,
	      const struct listen_report *report)
{
	bool on = report->action == EVENT_START ||
		  report->action == EVENT_PROGRESS ||
		  report->action == EVENT_SEEK;
	struct present present = {
		.user_id = taking->who->user_id,
		.session = session_hash(report),
		.seen_at_ms = taking->now_ms,
		.track_id = on ? now->track_id : 0,
		.began_at_ms = now->began_at_ms,
		.listens_until_ms = taking->now_ms + LISTENS_UNTIL_MS,
	};

	if (report->platform != NULL) {
		size_t length = utf8_cut(report->platform,
					 strlen(report->platform),
					 sizeof present.platform - 1);

		memcpy(present.platform, report->platform, length);
	}
	presence_hear(taking->listening->presence, &present);
}

static struct listening_now *
listening_of(struct taking *taking, struct player *player,
	     const struct listen_report *report, bool *known)
{
	struct listening_now *now = listening_find(player, report);
	int64_t began = report->began_at_ms;

	*known = now != NULL;
	if (now != NULL)
		return now;
	if (began == 0)
		began = taking->now_ms - report->heard_ms;
	now = listening_add(player, report->track_id, began);
	listening_recover(now, &taking->up);
	return now;
}

static void
event_add(struct taking *taking, const struct listen_report *report,
	  const struct heard_track *track, const struct listening_now *now,
	  int64_t at_ms, int64_t heard_ms, bool counts)
{
	struct event_listen *event = &taking->events[taking->event_count++];

	*event = (struct event_listen){
		.at_ms = at_ms,
		.began_at_ms = now->began_at_ms,
		.user_id = taking->who->user_id,
		.session = session_hash(report),
		.track_id = track->id,
		.album_id = track->album_id,
		.genre_id = track->genre_id,
		.action = report->action,
		.source = report->source,
		.source_id = report->source_id,
		.heard_ms = (uint32_t)heard_ms,
		.total_ms = (uint32_t)now->total_ms,
		.position_ms = (uint32_t)report->position_ms,
		.counts = counts,
		.key = report_key(taking->who, report),
		.platform = report->platform,
		.device = report->device_type,
		.client = report->client,
		.country = *taking->country != '\0' ? taking->country : NULL,
	};
	memcpy(event->artists, track->artists, sizeof event->artists);
}

/* Under the lock of the players. */
static void
report_take(struct taking *taking, const struct listen_report *report,
	    const struct heard_track *track)
{
	struct player *player =
		player_make(taking->listening, who_hash(taking->who, report),
			    player_hash(report), taking->now_ms);
	bool known, counts;
	struct listening_now *now = listening_of(taking, player, report,
						 &known);
	int64_t at_ms = happened_at(taking, now, known, report);
	int64_t heard_ms = heard_new(player, now, at_ms, report);

	now->total_ms += heard_ms;
	now->reported_at_ms = taking->now_ms;
	counts = play_counts(now, track->duration_ms);
	now->counted |= counts;
	if (player->heard_until_ms < at_ms)
		player->heard_until_ms = at_ms;
	player->seen_at_ms = taking->now_ms;
	taking->receipt->plays += counts;
	if (taking->who->user_id > 0)
		visits_see(taking->listening->visits, taking->who->user_id,
			   taking->now_ms, counts, 0);
	event_add(taking, report, track, now, at_ms, heard_ms, counts);
	if (at_ms == taking->now_ms)
		presence_note(taking, now, report);
}

/* ---- taking --------------------------------------------------------------- */

struct tracks_read {
	const int64_t *ids;
	size_t count;
	struct heard_track *tracks;
};

static enum status
tracks_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct tracks_read *read = cookie;

	return heard_tracks_get(session, read->ids, read->count, read->tracks,
				fault);
}

static enum status
tracks_load(struct listening *listening, const struct listen_report *reports,
	    size_t count, struct arena *arena, struct heard_track **out,
	    struct fault *fault)
{
	int64_t *ids = arena_new(arena, int64_t, count + 1);
	struct tracks_read read = {
		.ids = ids,
		.count = count,
		.tracks = arena_new(arena, struct heard_track, count + 1),
	};

	for (size_t i = 0; i < count; i++)
		ids[i] = reports[i].track_id;
	*out = read.tracks;
	return store_read(listening->args.store, tracks_work, &read, fault);
}

static bool
report_reject(struct listen_receipt *receipt, size_t index, const char *field,
	      enum status status)
{
	receipt->rejections[receipt->rejection_count++] =
		(struct listen_rejection){ index, field, status };
	return false;
}

static bool
report_good(const struct taking *taking, const struct listen_report *report,
	    const struct heard_track *track, size_t index)
{
	int64_t late_ms =
		(int64_t)taking->listening->args.settings->late_days * DAY_MS;
	struct listen_receipt *receipt = taking->receipt;

	if (track->id == 0)
		return report_reject(receipt, index, "track_id",
				     STATUS_NOT_FOUND);
	if (report->heard_ms < 0 || report->heard_ms > HEARD_MAX_MS)
		return report_reject(receipt, index, "duration_played_ms",
				     STATUS_INVALID);
	if (report->position_ms < 0 || report->position_ms > HEARD_MAX_MS)
		return report_reject(receipt, index, "position_ms",
				     STATUS_INVALID);
	if (report->began_at_ms != 0 &&
	    (report->began_at_ms > taking->now_ms + AHEAD_MS ||
	     report->began_at_ms < taking->now_ms - late_ms))
		return report_reject(receipt, index, "played_at",
				     STATUS_INVALID);
	if (taking->who->user_id == 0 && report->session_id == NULL)
		return report_reject(receipt, index, "session_id",
				     STATUS_INVALID);
	return true;
}

static void
reports_take(struct taking *taking, const struct listen_report *reports,
	     size_t count, const struct heard_track *tracks)
{
	pthread_mutex_lock(&taking->listening->players_lock);
	for (size_t i = 0; i < count; i++) {
		struct listen_report report = reports[i];

		if (!report_good(taking, &report, &tracks[i], i))
			continue;
		if (report.began_at_ms > taking->now_ms)
			report.began_at_ms = taking->now_ms;
		report_take(taking, &report, &tracks[i]);
	}
	pthread_mutex_unlock(&taking->listening->players_lock);
}

/* The log did not keep them: what is remembered of the players is wrong. */
static void
players_forget(struct taking *taking, const struct listen_report *reports,
	       size_t count)
{
	pthread_mutex_lock(&taking->listening->players_lock);
	for (size_t i = 0; i < count; i++)
		player_drop(taking->listening, who_hash(taking->who,
							&reports[i]),
			    player_hash(&reports[i]));
	pthread_mutex_unlock(&taking->listening->players_lock);
}

static enum status
events_write(struct taking *taking, const struct listen_report *reports,
	     size_t count, struct fault *fault)
{
	struct events_batch batch = { .listens = taking->events,
				      .listen_count = taking->event_count };
	struct events_receipt receipt = { 0 };
	enum status status;

	if (taking->event_count == 0)
		return STATUS_OK;
	status = events_append(taking->listening->args.log, &batch, &receipt,
			       fault);
	if (status != STATUS_OK) {
		players_forget(taking, reports, count);
		return status;
	}
	taking->receipt->duplicates = receipt.duplicates;
	taking->receipt->accepted = taking->event_count - receipt.duplicates;
	listening_accepted(taking->listening, "listen",
			   taking->receipt->accepted);
	return STATUS_OK;
}

enum status
listen_take(struct listening *listening, const struct listener *who,
	    const struct listen_report *reports, size_t count,
	    struct arena *arena, struct listen_receipt *out,
	    struct fault *fault)
{
	struct listen_receipt receipt = {
		.rejections = arena_new(arena, struct listen_rejection,
					count + 1),
	};
	struct taking taking = {
		.listening = listening,
		.who = who,
		.up = { .arena = arena },
		.now_ms = clock_now_ms(),
		.events = arena_new(arena, struct event_listen, count + 1),
		.receipt = &receipt,
	};
	struct heard_track *tracks;
	enum status status;

	if (who->user_id == 0 && !listening->args.settings->anonymous)
		return fault_set(fault, STATUS_UNAUTHENTICATED,
				 "listens are kept of people who are signed "
				 "in only");
	countries_find(listening->countries, who->address, taking.country);
	status = tracks_load(listening, reports, count, arena, &tracks, fault);
	if (status == STATUS_OK)
		status = look_up(listening, who, reports, count, &taking.up,
				 fault);
	if (status != STATUS_OK)
		return status;
	reports_take(&taking, reports, count, tracks);
	status = events_write(&taking, reports, count, fault);
	if (status == STATUS_OK)
		*out = receipt;
	return status;
}
