/* recommend.c - what somebody may like; see recommend.h.
 *
 * How near two tracks are: of each of the LISTENERS_MAX people who hear the
 * first most, their TRACKS_OF_ONE most heard tracks count, each by how much it
 * is among that person's; the sum is divided by the root of both tracks'
 * numbers of listeners (cosine), so that what everybody hears is not near to
 * everything. Few common listeners say little: the score is damped. */
#include "service/recommend.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "library/listening.h"
#include "service/sounds.h"

#define MARKED_MAX 20000
#define LISTENERS_MAX 80
#define TRACKS_OF_ONE 60
#define CANDIDATES_MAX 120 /* whose listeners are counted */
#define DAMPING 2.0	   /* as if so many more had heard it */
#define SEEDS_TOP 20
#define SEEDS_RECENT 20
#define HEARD_MAX 2000 /* of a person's tracks are left out by memory */
#define OF_ONE_ARTIST 3

struct recommend {
	struct store *store;
	pthread_mutex_t lock;
	int64_t *marked; /* a ring without doubles */
	size_t first, count;
};

static const char *const reason_names[] = {
	[RECOMMEND_TOGETHER] = "co_listening",
	[RECOMMEND_SOUND] = "sound",
	[RECOMMEND_ARTIST] = "artist",
	[RECOMMEND_GENRE] = "genre",
	[RECOMMEND_POPULAR] = "popular",
};

const char *
recommend_reason_name(enum recommend_reason reason)
{
	assert((size_t)reason < ARRAY_LENGTH(reason_names));
	return reason_names[reason];
}

struct recommend *
recommend_new(struct store *store)
{
	struct recommend *recommend = mem_new(1, sizeof *recommend);

	recommend->store = store;
	recommend->marked = mem_new(MARKED_MAX, sizeof *recommend->marked);
	pthread_mutex_init(&recommend->lock, NULL);
	return recommend;
}

void
recommend_free(struct recommend *recommend)
{
	if (recommend == NULL)
		return;
	pthread_mutex_destroy(&recommend->lock);
	free(recommend->marked);
	free(recommend);
}

#define DOUBLES_LOOKED_AT 256 /* of the newest marks */

/* A track that is marked is not marked again; one too many replaces the oldest:
 * it is marked when it is played the next time. */
void
recommend_mark(struct recommend *recommend, int64_t track_id)
{
	size_t looked = 0;
	bool there = false;

	pthread_mutex_lock(&recommend->lock);
	for (size_t i = recommend->count; i-- > 0 && !there &&
					  looked < DOUBLES_LOOKED_AT;
	     looked++)
		there = recommend->marked[(recommend->first + i) %
					  MARKED_MAX] == track_id;
	if (!there) {
		if (recommend->count == MARKED_MAX) {
			recommend->first = (recommend->first + 1) % MARKED_MAX;
			recommend->count--;
		}
		recommend->marked[(recommend->first + recommend->count++) %
				  MARKED_MAX] = track_id;
	}
	pthread_mutex_unlock(&recommend->lock);
}

/* ---- making neighbours ---------------------------------------------------- */

struct candidate {
	int64_t id;
	double weight;
	uint32_t listeners; /* common */
};

struct making {
	struct arena arena;
	int64_t track_id, now_ms;
	struct candidate *candidates;
	size_t count;
	struct neighbour neighbours[NEIGHBOURS_MAX];
	size_t neighbour_count;
};

static int
candidate_by_id(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int
candidate_by_weight(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Adds one listener's tracks: each as much as it is of the most heard one. */
static enum status
listener_add(struct store_session *session, struct making *making,
	     int64_t user_id, struct fault *fault)
{
	struct user_track *tracks;
	size_t count;
	enum status status = user_tracks_get(session, user_id, USER_TRACKS_TOP,
					     TRACKS_OF_ONE, &making->arena,
					     &tracks, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		if (tracks[i].track_id != making->track_id)
			making->candidates[making->count++] =
				(struct candidate){
					tracks[i].track_id,
					sqrt((double)tracks[i].plays /
					     (double)tracks[0].plays),
					1
				};
	return status;
}

/* Joins the candidates of all listeners. */
static void
candidates_join(struct making *making)
{
	size_t kept = 0;

	if (making->count == 0)
		return;
	qsort(making->candidates, making->count, sizeof *making->candidates,
	      candidate_by_id);
	for (size_t i = 1; i < making->count; i++) {
		struct candidate *last = &making->candidates[kept];

		if (making->candidates[i].id == last->id) {
			last->weight += making->candidates[i].weight;
			last->listeners++;
		} else {
			making->candidates[++kept] = making->candidates[i];
		}
	}
	making->count = kept + 1;
	qsort(making->candidates, making->count, sizeof *making->candidates,
	      candidate_by_weight);
	if (making->count > CANDIDATES_MAX)
		making->count = CANDIDATES_MAX;
}

static enum status
neighbours_choose(struct store_session *session, struct making *making,
		  int64_t listeners, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < making->count && status == STATUS_OK; i++) {
		struct candidate *candidate = &making->candidates[i];
		int64_t others = 0;

		status = track_users_count(session, candidate->id, &others,
					   fault);
		candidate->weight /= sqrt((double)(listeners + 1) *
					  (double)(others + 1));
		candidate->weight *= candidate->listeners /
				     (candidate->listeners + DAMPING);
	}
	if (status != STATUS_OK)
		return status;
	if (making->count > 0)
		qsort(making->candidates, making->count,
		      sizeof *making->candidates, candidate_by_weight);
	making->neighbour_count = 0;
	for (size_t i = 0; i < making->count && i < NEIGHBOURS_MAX; i++)
		making->neighbours[making->neighbour_count++] =
			(struct neighbour){
				making->candidates[i].id,
				making->candidates[i].weight < 1 ?
					making->candidates[i].weight :
					1
			};
	return STATUS_OK;
}

static enum status
make_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct making *making = cookie;
	struct user_track *users;
	int64_t listeners = 0;
	size_t count;
	enum status status;

	arena_reset(&making->arena);
	making->count = 0;
	status = track_users_get(session, making->track_id, LISTENERS_MAX,
				 &making->arena, &users, &count, fault);
	if (status != STATUS_OK)
		return status;
	making->candidates = arena_new(&making->arena, struct candidate,
				       count * TRACKS_OF_ONE + 1);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = listener_add(session, making, users[i].user_id,
				      fault);
	candidates_join(making);
	if (status == STATUS_OK)
		status = track_users_count(session, making->track_id,
					   &listeners, fault);
	return status == STATUS_OK ? neighbours_choose(session, making,
						       listeners, fault) :
				     status;
}

static enum status
keep_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct making *making = cookie;

	return neighbours_set(session, making->track_id, making->neighbours,
			      making->neighbour_count, making->now_ms, fault);
}

/* False: none is marked. */
static bool
marked_take(struct recommend *recommend, int64_t *out, uint32_t *left)
{
	bool any;

	pthread_mutex_lock(&recommend->lock);
	any = recommend->count > 0;
	if (any) {
		*out = recommend->marked[recommend->first];
		recommend->first = (recommend->first + 1) % MARKED_MAX;
		recommend->count--;
	}
	*left = (uint32_t)recommend->count;
	pthread_mutex_unlock(&recommend->lock);
	return any;
}

enum status
recommend_step(struct recommend *recommend, uint32_t limit, int64_t now_ms,
	       uint32_t *left, struct fault *fault)
{
	struct making *making = mem_new(1, sizeof *making);
	enum status status = STATUS_OK;

	arena_init(&making->arena);
	making->now_ms = now_ms;
	*left = 0;
	while (limit-- > 0 && status == STATUS_OK &&
	       marked_take(recommend, &making->track_id, left)) {
		status = store_read(recommend->store, make_work, making,
				    fault);
		if (status == STATUS_OK)
			status = store_write(recommend->store, keep_work,
					     making, fault);
		if (status == STATUS_CONFLICT)
			status = STATUS_OK; /* a track was removed */
	}
	arena_release(&making->arena);
	free(making);
	return status;
}

/* ---- choosing ------------------------------------------------------------- */

struct choosing {
	struct arena *arena;
	struct sounds *sounds;
	int64_t user_id;
	int64_t *heard; /* ascending */
	size_t heard_count;
	struct recommended *items;
	size_t count, room;
};

static int
number_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* What the person knows is no recommendation. */
static enum status
heard_load(struct store_session *session, struct choosing *choosing,
	   struct fault *fault)
{
	struct user_track *tracks;
	size_t count;
	enum status status = user_tracks_get(session, choosing->user_id,
					     USER_TRACKS_RECENT, HEARD_MAX,
					     choosing->arena, &tracks, &count,
					     fault);

	if (status != STATUS_OK)
		return status;
	choosing->heard = arena_new(choosing->arena, int64_t, count + 1);
	choosing->heard_count = count;
	for (size_t i = 0; i < count; i++)
		choosing->heard[i] = tracks[i].track_id;
	qsort(choosing->heard, count, sizeof *choosing->heard, number_compare);
	return STATUS_OK;
}

static void
choose(struct choosing *choosing, int64_t track_id,
       enum recommend_reason reason, int64_t because_id, double score)
{
	if (bsearch(&track_id, choosing->heard, choosing->heard_count,
		    sizeof track_id, number_compare) != NULL)
		return;
	for (size_t i = 0; i < choosing->count; i++) {
		struct recommended *there = &choosing->items[i];

		if (there->track_id != track_id)
			continue;
		/* Two reasons are better than one; the stronger is told. */
		if (score > there->score) {
			there->reason = reason;
			there->because_id = because_id;
		}
		there->score = there->score + score - there->score * score;
		return;
	}
	if (choosing->count < choosing->room)
		choosing->items[choosing->count++] = (struct recommended){
			track_id, reason, because_id, score
		};
}

static enum status
choose_neighbours(struct store_session *session, struct choosing *choosing,
		  const struct user_track *seeds, size_t count,
		  struct fault *fault)
{
	struct neighbour neighbours[NEIGHBOURS_MAX];
	enum status status = STATUS_OK;
	int64_t made_at_ms;
	size_t found;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = neighbours_get(session, seeds[i].track_id, neighbours,
					&found, &made_at_ms, fault);
		for (size_t k = 0; status == STATUS_OK && k < found; k++)
			choose(choosing, neighbours[k].id, RECOMMEND_TOGETHER,
			       seeds[i].track_id, neighbours[k].score);
	}
	return status;
}

#define CONTENT_SCORE 0.2 /* of the first; below it goes down */

static enum status
choose_by_sound(struct store_session *session, struct choosing *choosing,
		int64_t track_id, double score, uint32_t limit,
		struct fault *fault)
{
	struct sound_alike *alike = arena_new(choosing->arena,
					      struct sound_alike, limit + 1);
	size_t count;
	enum status status = sounds_alike(choosing->sounds, session, track_id,
					  limit, alike, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		choose(choosing, alike[i].track_id, RECOMMEND_SOUND, track_id,
		       score * sounds_score(alike[i].distance));
	return status;
}

static enum status
choose_popular(struct store_session *session, struct choosing *choosing,
	       enum recommend_reason reason, int64_t id, double score,
	       uint32_t limit, struct fault *fault)
{
	int64_t *ids;
	size_t count;
	enum status status = popular_track_ids(
		session, reason == RECOMMEND_ARTIST ? id : 0,
		reason == RECOMMEND_GENRE ? id : 0, limit, choosing->arena,
		&ids, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		choose(choosing, ids[i], reason, id,
		       score / (1 + 0.1 * (double)i));
	return status;
}

#define CONTENT_SEEDS 8

static enum status
choose_by_content(struct store_session *session, struct choosing *choosing,
		  const struct user_track *seeds, size_t count,
		  struct fault *fault)
{
	struct heard_track tracks[CONTENT_SEEDS];
	int64_t ids[CONTENT_SEEDS];
	enum status status;

	count = count < CONTENT_SEEDS ? count : CONTENT_SEEDS;
	for (size_t i = 0; i < count; i++)
		ids[i] = seeds[i].track_id;
	status = heard_tracks_get(session, ids, count, tracks, fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		double score = CONTENT_SCORE / (1 + 0.2 * (double)i);

		status = choose_by_sound(session, choosing, ids[i],
					 1.5 * score, 10, fault);
		if (status == STATUS_OK && tracks[i].artists[0] != 0)
			status = choose_popular(session, choosing,
						RECOMMEND_ARTIST,
						tracks[i].artists[0], score,
						10, fault);
		if (status == STATUS_OK && tracks[i].genre_id != 0)
			status = choose_popular(session, choosing,
						RECOMMEND_GENRE,
						tracks[i].genre_id, score / 2,
						20, fault);
	}
	return status;
}

static int
recommended_compare(const void *a, const void *b)
{
	const struct recommended *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->track_id < y->track_id ? -1 : x->track_id > y->track_id;
}

/* Keeps the best `limit`, at most OF_ONE_ARTIST of an artist while there are
 * others. */
static enum status
choice_cut(struct store_session *session, struct choosing *choosing,
	   uint32_t limit, struct fault *fault)
{
	size_t looked = choosing->count < 3 * (size_t)limit ?
				choosing->count :
				3 * (size_t)limit;
	struct heard_track *tracks =
		arena_new(choosing->arena, struct heard_track, looked + 1);
	int64_t *ids = arena_new(choosing->arena, int64_t, looked + 1);
	size_t kept = 0;
	enum status status;

	if (choosing->count > 0)
		qsort(choosing->items, choosing->count,
		      sizeof *choosing->items, recommended_compare);
	for (size_t i = 0; i < looked; i++)
		ids[i] = choosing->items[i].track_id;
	status = heard_tracks_get(session, ids, looked, tracks, fault);
	for (size_t i = 0; i < looked && kept < limit && status == STATUS_OK;
	     i++) {
		size_t same = 0;

		for (size_t k = 0; k < kept; k++)
			same += tracks[k].artists[0] != 0 &&
				tracks[k].artists[0] == tracks[i].artists[0];
		if (tracks[i].id == 0 || same >= OF_ONE_ARTIST)
			continue;
		choosing->items[kept] = choosing->items[i];
		tracks[kept++] = tracks[i];
	}
	choosing->count = kept;
	return status;
}

enum status
recommend_for_user(struct store_session *session, struct sounds *sounds,
		   int64_t user_id, uint32_t limit, struct arena *arena,
		   struct recommended **out, size_t *count,
		   struct fault *fault)
{
	struct choosing choosing = { .arena = arena, .sounds = sounds,
				     .user_id = user_id };
	struct user_track *top, *recent;
	size_t top_count = 0, recent_count = 0;
	enum status status;

	choosing.room = (SEEDS_TOP + SEEDS_RECENT) * NEIGHBOURS_MAX +
			CONTENT_SEEDS * 40 + 4 * RECOMMEND_MAX;
	choosing.items = arena_new(arena, struct recommended, choosing.room);
	status = heard_load(session, &choosing, fault);
	if (status == STATUS_OK)
		status = user_tracks_get(session, user_id, USER_TRACKS_TOP,
					 SEEDS_TOP, arena, &top, &top_count,
					 fault);
	if (status == STATUS_OK)
		status = user_tracks_get(session, user_id, USER_TRACKS_RECENT,
					 SEEDS_RECENT, arena, &recent,
					 &recent_count, fault);
	if (status == STATUS_OK)
		status = choose_neighbours(session, &choosing, top, top_count,
					   fault);
	if (status == STATUS_OK)
		status = choose_neighbours(session, &choosing, recent,
					   recent_count, fault);
	if (status == STATUS_OK && choosing.count < limit)
		status = choose_by_content(session, &choosing, top, top_count,
					   fault);
	if (status == STATUS_OK && choosing.count < limit)
		status = choose_popular(session, &choosing, RECOMMEND_POPULAR,
					0, 0.01, 2 * limit, fault);
	if (status == STATUS_OK)
		status = choice_cut(session, &choosing, limit, fault);
	if (status == STATUS_OK) {
		*out = choosing.items;
		*count = choosing.count;
	}
	return status;
}

/* The reasons one after the other: what is heard together is worth more than a
 * half, what sounds alike more than what shares an artist or a genre. */
enum status
recommend_similar(struct store_session *session, struct sounds *sounds,
		  int64_t track_id, uint32_t limit, struct arena *arena,
		  struct recommended **out, size_t *count, struct fault *fault)
{
	struct choosing choosing = { .arena = arena, .sounds = sounds };
	struct user_track seed = { .track_id = track_id };
	struct heard_track track;
	enum status status;

	status = heard_tracks_get(session, &track_id, 1, &track, fault);
	if (status == STATUS_OK && track.id == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no track %lld", (long long)track_id);
	choosing.heard = &track_id;
	choosing.heard_count = 1;
	choosing.room = NEIGHBOURS_MAX + 4 * RECOMMEND_MAX;
	choosing.items = arena_new(arena, struct recommended, choosing.room);
	if (status == STATUS_OK)
		status = choose_neighbours(session, &choosing, &seed, 1,
					   fault);
	for (size_t i = 0; i < choosing.count; i++)
		choosing.items[i].score = 0.5 + choosing.items[i].score / 2;
	if (status == STATUS_OK && choosing.count < limit)
		status = choose_by_sound(session, &choosing, track_id, 0.49,
					 limit, fault);
	/* Half of the room at most for the artist's own. */
	if (status == STATUS_OK && choosing.count < limit &&
	    track.artists[0] != 0)
		status = choose_popular(session, &choosing, RECOMMEND_ARTIST,
					track.artists[0], 1e-6,
					(limit + 1) / 2 + 1, fault);
	if (status == STATUS_OK && choosing.count < limit &&
	    track.genre_id != 0)
		status = choose_popular(session, &choosing, RECOMMEND_GENRE,
					track.genre_id, 1e-8, limit + 1,
					fault);
	if (status != STATUS_OK)
		return status;
	if (choosing.count > 0)
		qsort(choosing.items, choosing.count, sizeof *choosing.items,
		      recommended_compare);
	*count = choosing.count < limit ? choosing.count : limit;
	*out = choosing.items;
	return STATUS_OK;
}
