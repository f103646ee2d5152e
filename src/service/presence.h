/* presence.h - who is here now, and what they listen to. In memory only.
 *
 * Floor: 4 (service). Threads: all functions may be called from any; none
 * blocks for long.
 */
#ifndef OGMA_SERVICE_PRESENCE_H
#define OGMA_SERVICE_PRESENCE_H

#include <stddef.h>
#include <stdint.h>

#define PRESENCE_KEPT_MS 3600000 /* nobody is remembered longer */
#define PRESENCE_MAX 65536	 /* people and sessions at once */
#define PRESENCE_PLATFORM_BYTES 40

struct presence;

struct present {
	int64_t user_id; /* 0: an anonymous session */
	uint64_t session;
	int64_t seen_at_ms;
	int64_t track_id; /* 0: not listening */
	int64_t began_at_ms;
	int64_t listens_until_ms; /* unless another report comes */
	char platform[PRESENCE_PLATFORM_BYTES]; /* "": unknown */
};

struct presence *presence_new(void);
void presence_free(struct presence *presence); /* NULL is fine */

/* Somebody did something. */
void presence_see(struct presence *presence, int64_t user_id, int64_t now_ms);

/* Somebody's player reported. track_id 0: it stopped. */
void presence_hear(struct presence *presence, const struct present *present);

/* People (not sessions) seen since. */
uint32_t presence_count(struct presence *presence, int64_t since_ms);

/* Those who listen now, the newest reports first; at most `room`. */
size_t presence_listening(struct presence *presence, int64_t now_ms,
			  struct present *out, size_t room);
uint32_t presence_listening_count(struct presence *presence, int64_t now_ms);

#endif /* OGMA_SERVICE_PRESENCE_H */
