/* bench_programme.c - what one channel costs, in real time.
 *
 *	bench_programme MEDIA_PROGRAM FORMAT|none SECONDS FILE…
 *
 * Plays the files round and round with a crossfade of 2 s. Prints
 *
 *	server PERCENT   of a core: mixing, limiting, delivering
 *	media PERCENT    of a core: decoders and the encoder
 *	skip MS          longest of five, until the next one sounds
 *	first MS         from the tap to its first packet, process not started yet
 *	again MS         the same with the process there
 *	late TICKS       that had to wait for a decoder
 *	resident KIB     of the server's process
 *
 *	bench_programme MEDIA_PROGRAM drift SECONDS FILE…
 *
 * Prints "drift US": by how much the programme's count of samples and the
 * monotonic clock have moved against each other between the first ten and the
 * last ten seconds.
 */
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/programme.h"

#define CROSSFADE_MS 2000
#define SKIPS 5
#define RATE 48000

struct playlist {
	char **files;
	unsigned count;
	atomic_uint next;
};

static size_t
plan(void *cookie, struct programme_item *items)
{
	struct playlist *list = cookie;

	for (unsigned i = 0; i < PROGRAMME_PLAN_MAX; i++) {
		snprintf(items[i].id, sizeof items[i].id, "%u",
			 atomic_load(&list->next) + i);
		items[i].crossfade_ms = PROGRAMME_CHANNEL_CROSSFADE;
	}
	return PROGRAMME_PLAN_MAX;
}

static enum status
open_item(void *cookie, const struct programme_item *item,
	  struct programme_input *out, struct fault *fault)
{
	const struct playlist *list = cookie;
	const char *path =
		list->files[strtoul(item->id, NULL, 10) % list->count];

	out->fd = open(path, O_RDONLY | O_CLOEXEC);
	return out->fd >= 0 ? STATUS_OK :
			      fault_set(fault, STATUS_NOT_FOUND,
					"cannot open %s", path);
}

static void
started(void *cookie, const char *id)
{
	struct playlist *list = cookie;

	(void)id;
	atomic_fetch_add(&list->next, 1);
}

static void
ended(void *cookie, const char *id, enum programme_reason reason,
      int64_t played_ms, const struct fault *fault)
{
	(void)cookie;
	(void)played_ms;
	if (reason == PROGRAMME_ERROR)
		fprintf(stderr, "%s: %s\n", id, fault->message);
}

/* ---- measuring ---- */

static double
seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static double
own_seconds(int who)
{
	struct rusage use;

	getrusage(who, &use);
	return seconds_of(&use.ru_utime) + seconds_of(&use.ru_stime);
}

/* Of media processes that live, and of those that have ended. */
static double
media_seconds(void)
{
	double sum = own_seconds(RUSAGE_CHILDREN);
	glob_t tasks;

	if (glob("/proc/self/task/*/children", 0, NULL, &tasks) != 0)
		return sum;
	for (size_t i = 0; i < tasks.gl_pathc; i++) {
		FILE *file = fopen(tasks.gl_pathv[i], "re");
		int pid;

		while (file != NULL && fscanf(file, "%d", &pid) == 1) {
			char path[64];
			double ns = 0;
			FILE *stat;

			snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
			stat = fopen(path, "re");
			if (stat != NULL && fscanf(stat, "%lf", &ns) == 1)
				sum += ns / 1e9;
			if (stat != NULL)
				fclose(stat);
		}
		if (file != NULL)
			fclose(file);
	}
	globfree(&tasks);
	return sum;
}

static long
resident_kib(void)
{
	char line[256];
	long kib = 0;
	FILE *file = fopen("/proc/self/status", "re");

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	}
	if (file != NULL)
		fclose(file);
	return kib;
}

static void
on_packet(void *cookie, const struct media_packet *packet)
{
	_Atomic int64_t *first = cookie;

	if (packet->kind == MEDIA_PACKET_SOUND && atomic_load(first) == 0)
		atomic_store(first, clock_monotonic_us());
}

static void
on_end(void *cookie, const struct fault *fault)
{
	(void)cookie;
	fprintf(stderr, "the tap ended: %s\n", fault->message);
	exit(1);
}

static struct programme_tap *
tap(struct programme *programme, const char *name, double *first_ms)
{
	static _Atomic int64_t first;
	struct programme_tap_args args = { .cookie = (void *)&first,
					   .on_packet = on_packet,
					   .on_end = on_end };
	struct programme_tap *tapped;
	int64_t begin = clock_monotonic_us();

	while (args.format < MEDIA_LIVE_FORMATS &&
	       strcmp(media_live_name(args.format), name) != 0)
		args.format++;
	if (args.format == MEDIA_LIVE_FORMATS)
		return NULL;
	atomic_store(&first, 0);
	tapped = programme_tap_open(programme, &args);
	while (atomic_load(&first) == 0)
		usleep(500);
	*first_ms = (double)(atomic_load(&first) - begin) / 1000;
	return tapped;
}

static double
skip_ms(struct programme *programme)
{
	struct programme_position before, now;
	int64_t begin;

	programme_look(programme, &before);
	begin = clock_monotonic_us();
	programme_skip(programme, NULL);
	do {
		usleep(500);
		programme_look(programme, &now);
	} while (strcmp(now.id, before.id) == 0 || now.position_ms == 0);
	return (double)(clock_monotonic_us() - begin) / 1000;
}

/* ---- drift ---- */

#define DRIFT_LOOKS 5000
#define DRIFT_WINDOW_US 10000000

/* How far the clock is ahead of the samples: the least of many looks, since a
 * look comes some time after the tick that it sees. */
static double
ahead_us(struct programme *programme)
{
	double least = 1e18;

	for (int i = 0; i < DRIFT_LOOKS; i++) {
		struct programme_position look;
		double ahead;

		programme_look(programme, &look);
		ahead = (double)clock_monotonic_us() -
			(double)look.samples * 1e6 / RATE;
		least = ahead < least ? ahead : least;
		usleep(DRIFT_WINDOW_US / DRIFT_LOOKS);
	}
	return least;
}

static void
drift_measure(struct programme *programme, unsigned seconds)
{
	double first = ahead_us(programme);

	sleep(seconds);
	printf("drift %.0f\n", ahead_us(programme) - first);
}

int
main(int argc, char **argv)
{
	struct playlist list;
	struct media_settings media = { .program = argv[1] };
	struct programme_settings settings = { .crossfade_ms = CROSSFADE_MS,
					       .linger_ms = 1 };
	const struct programme_station station = { &list,   plan,  open_item,
						   started, ended, NULL, NULL };
	struct programme *programme = NULL;
	struct programme_tap *tapped;
	struct programme_position look;
	double first = 0, again = 0, self, children, longest = 0, wall;
	struct fault fault = { 0 };

	if (argc < 5)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	list.files = argv + 4;
	list.count = (unsigned)(argc - 4);
	atomic_init(&list.next, 0);
	if (media_pool_open(&media, &settings.pool, &fault) != STATUS_OK ||
	    programme_open(&settings, &station, &programme, &fault) !=
		    STATUS_OK) {
		fprintf(stderr, "%s\n", fault.message);
		return 1;
	}
	sleep(3);
	if (strcmp(argv[2], "drift") == 0) {
		drift_measure(programme, (unsigned)strtoul(argv[3], NULL, 10));
		programme_close(programme);
		media_pool_close(settings.pool);
		return 0;
	}
	tapped = tap(programme, argv[2], &first);
	if (tapped != NULL) {
		programme_tap_close(tapped);
		usleep(200000);
		tapped = tap(programme, argv[2], &again);
	}
	sleep(1);
	self = own_seconds(RUSAGE_SELF);
	children = media_seconds();
	wall = (double)clock_monotonic_us();
	sleep((unsigned)strtoul(argv[3], NULL, 10));
	wall = ((double)clock_monotonic_us() - wall) / 1e6;
	printf("server %.3f\n", 100 * (own_seconds(RUSAGE_SELF) - self) / wall);
	printf("media %.3f\n", 100 * (media_seconds() - children) / wall);
	for (int i = 0; i < SKIPS; i++) {
		double took = skip_ms(programme);

		longest = took > longest ? took : longest;
		usleep(700000);
	}
	programme_look(programme, &look);
	printf("skip %.1f\nfirst %.1f\nagain %.1f\nlate %llu\nresident %ld\n",
	       longest, first, again, (unsigned long long)look.late_ticks,
	       resident_kib());
	programme_tap_close(tapped);
	programme_close(programme);
	media_pool_close(settings.pool);
	return 0;
}
