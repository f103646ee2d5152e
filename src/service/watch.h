/* watch.h - keeps the library in step with its folders while Ogma serves.
 *
 * Each source gets a scan at the start (settable), a scan of the folders that
 * changed as soon as they rest (inotify, where the kernel allows as many
 * watches as there are folders), and a whole scan every rescan interval. New
 * and removed sources are noticed within seconds.
 *
 * Threads: watch_open() and watch_close() by one thread; own threads inside,
 * one per source.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_WATCH_H
#define OGMA_SERVICE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/option.h"
#include "service/scan.h"

struct watch;

struct watch_settings {
	bool scan_at_start;              /* SCAN_AT_START */
	bool folders;                    /* WATCH_FOLDERS: inotify */
	uint32_t folders_max;            /* WATCH_FOLDERS_MAX */
	uint32_t quiet_ms;               /* WATCH_QUIET_MS */
	uint32_t rescan_interval_seconds; /* RESCAN_INTERVAL_SECONDS; 0: never */
};
extern const struct option watch_options[];

/* `services` and `settings` are borrowed until watch_close(). */
enum status watch_open(const struct scan_services *services,
		       const struct watch_settings *settings,
		       struct watch **out, struct fault *fault);

/* Stops a running scan and waits for it. NULL is fine. */
void watch_close(struct watch *watch);

/* Looks at the sources table now, after one was added or removed. */
void watch_wake(struct watch *watch);

#endif /* OGMA_SERVICE_WATCH_H */
