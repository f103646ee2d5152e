/* search.h - finding tracks, albums, artists and playlists by words.
 *
 * A driver keeps an index derived from the library. The index is never the
 * truth: service/index.c carries changes to it from the library's outbox and
 * can rebuild it whole.
 *
 * Floor: 2 (driver). Threads: all calls may block; one index may be used by
 * many threads; queries never wait for updates.
 */
#ifndef OGMA_DRIVER_SEARCH_H
#define OGMA_DRIVER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

enum search_kind { SEARCH_TRACK, SEARCH_ALBUM, SEARCH_ARTIST, SEARCH_PLAYLIST };
#define SEARCH_KINDS 4

/* What the index must know of one thing. Text as people wrote it; folding is
 * the driver's work. */
struct search_document {
	enum search_kind kind;
	int64_t id;
	const char *title;  /* a track's title, an artist's name, … */
	const char *artist; /* all artists' names, ", " between; NULL: none */
	const char *album;  /* NULL: none */
	const char *genre;  /* main genre, for filter and facet; NULL: none */
	int32_t year;       /* 0: unknown */
	int64_t artist_id;  /* main artist, for filter and facet; 0: none */
	double popularity;  /* higher first; any non-negative scale */
	bool gone;          /* remove it; only kind and id matter */
};

#endif /* OGMA_DRIVER_SEARCH_H */
