/* bench_probe.c - files per second: media_probe() through the pool, beside
 * libavformat alone (demuxer named, open and find_stream_info, no tags kept)
 * and beside one ffprobe for each file.
 *
 *	bench_probe [FILES [WORKERS]]	(default 10000, 2)
 *
 * Six songs of 165 s are rendered by ffmpeg (mp3, flac and m4a with a cover of
 * 250 kB; mp3, ogg and opus without) and hard-linked as often as needed, so the
 * page cache is warm and the processor is what is measured. Rates are medians
 * of three rounds. MEDIA_PROGRAM names the ogma-media to use. */
#include <dirent.h>
#include <fcntl.h>
#include <libavformat/avformat.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "media/media.h"

#define ROUNDS 3
#define FFPROBE_FILES 60
#define SONGS 6

static char folder[] = "/tmp/ogma-bench-XXXXXX";
static const struct {
	const char *name, *demuxer, *options;
	bool cover;
} songs[SONGS] = {
	{ "a.mp3", "mp3", "-b:a 192k", true },
	{ "b.flac", "flac", "-sample_fmt s16", true },
	{ "c.m4a", "mov", "-b:a 192k", true },
	{ "d.mp3", "mp3", "-q:a 2", false },
	{ "e.ogg", "ogg", "-c:a libvorbis -q:a 5", false },
	{ "f.opus", "ogg", "-b:a 128k", false },
};

static int files, workers;
static struct media_pool *pool;
static atomic_int next_file;

static void
run(const char *command)
{
	char *arguments[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c",
			      (char *)(uintptr_t)command, NULL };
	pid_t pid;
	int how = -1;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, arguments, environ) != 0 ||
	    waitpid(pid, &how, 0) != pid || how != 0) {
		fprintf(stderr, "bench_probe: failed: %s\n", command);
		exit(1);
	}
}

static void
path_of(int i, char out[200])
{
	snprintf(out, 200, "%s/%05d_%s", folder, i, songs[i % SONGS].name);
}

static void
render(void)
{
	char command[2000], path[200], song[200];

	if (mkdtemp(folder) == NULL)
		exit(1);
	snprintf(command, sizeof command,
		 "cd %s && ffmpeg -v error -f lavfi -i "
		 "'nullsrc=s=800x800,geq=random(1)*255:128:128' -frames:v 1 "
		 "-q:v 6 cover.jpg", folder);
	run(command);
	for (int i = 0; i < SONGS; i++) {
		snprintf(command, sizeof command,
			 "cd %s && ffmpeg -v error -f lavfi -i "
			 "'anoisesrc=d=165:r=44100:a=0.1,aformat="
			 "channel_layouts=stereo' %s %s -metadata "
			 "title='A song of some length' -metadata "
			 "artist='Some artist' -metadata album='An album' "
			 "-metadata genre=Rock -metadata track=3/12 -metadata "
			 "date=2004 %s",
			 folder,
			 songs[i].cover ? "-i cover.jpg -map 0:a -map 1:v "
					  "-c:v copy -disposition:v "
					  "attached_pic" : "",
			 songs[i].options, songs[i].name);
		run(command);
	}
	for (int i = 0; i < files; i++) {
		snprintf(song, sizeof song, "%s/%s", folder,
			 songs[i % SONGS].name);
		path_of(i, path);
		if (link(song, path) != 0)
			exit(1);
	}
}

/* ---- ours ---- */

static void *
probe_run(void *cookie)
{
	struct media_facts *facts = mem_new(1, sizeof *facts);
	struct arena arena;
	char path[200];
	int i;

	(void)cookie;
	arena_init(&arena);
	while ((i = atomic_fetch_add(&next_file, 1)) < files) {
		struct media_probe_args args = { .name_hint = path };
		struct fault fault = { 0 };
		int fd;

		path_of(i, path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (media_probe(pool, fd, &args, &arena, facts, &fault) !=
			    STATUS_OK ||
		    facts->title == NULL) {
			fprintf(stderr, "%s: %s\n", path, fault.message);
			exit(1);
		}
		close(fd);
		arena_reset(&arena);
	}
	arena_release(&arena);
	free(facts);
	return NULL;
}

static double
ours(void)
{
	pthread_t threads[64];
	int64_t start = clock_monotonic_us();

	atomic_store(&next_file, 0);
	for (int i = 0; i < workers; i++)
		pthread_create(&threads[i], NULL, probe_run, NULL);
	for (int i = 0; i < workers; i++)
		pthread_join(threads[i], NULL);
	return files / ((double)(clock_monotonic_us() - start) / 1e6);
}

/* ---- libavformat alone ---- */

static void
libav_share(int share)
{
	char path[200];

	av_log_set_level(AV_LOG_QUIET);
	for (int i = share; i < files; i += workers) {
		AVFormatContext *format = NULL;
		const AVInputFormat *demuxer =
			av_find_input_format(songs[i % SONGS].demuxer);

		path_of(i, path);
		if (avformat_open_input(&format, path, demuxer, NULL) < 0 ||
		    avformat_find_stream_info(format, NULL) < 0)
			_exit(1);
		avformat_close_input(&format);
	}
	_exit(0);
}

/* In processes of their own, as ours are. */
static double
libav(void)
{
	int64_t start = clock_monotonic_us();
	int how, bad = 0;

	for (int i = 0; i < workers; i++) {
		if (fork() == 0)
			libav_share(i);
	}
	for (int i = 0; i < workers; i++) {
		wait(&how);
		bad |= how;
	}
	if (bad)
		exit(1);
	return files / ((double)(clock_monotonic_us() - start) / 1e6);
}

static double
ffprobe(void)
{
	char command[400], path[200];
	int64_t start = clock_monotonic_us();

	for (int i = 0; i < FFPROBE_FILES; i++) {
		path_of(i, path);
		snprintf(command, sizeof command,
			 "ffprobe -v error -show_format -show_streams %s "
			 ">/dev/null", path);
		run(command);
	}
	return FFPROBE_FILES / ((double)(clock_monotonic_us() - start) / 1e6);
}

static int
double_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(double rates[ROUNDS])
{
	qsort(rates, ROUNDS, sizeof rates[0], double_compare);
	return rates[ROUNDS / 2];
}

/* Resident pages of this process and its children, in KiB, each page counted
 * once per process (RSS) and by its share (PSS). */
static void
memory_print(void)
{
	char command[600];

	snprintf(command, sizeof command,
		 "for p in %d $(cat /proc/%d/task/*/children); do grep -h "
		 "'^Rss\\|^Pss:' /proc/$p/smaps_rollup; done | awk "
		 "'/Rss/ {r += $2} /Pss/ {p += $2} END {printf \"memory of "
		 "this program and its %d processes: RSS %%.1f MiB, PSS %%.1f "
		 "MiB\\n\", r / 1024, p / 1024}'",
		 getpid(), getpid(), workers);
	fflush(stdout);
	run(command);
}

static bool
number_of(const char *text, int64_t low, int64_t high, int *out)
{
	int64_t number;

	if (!span_to_i64(span_of(text), &number) || number < low ||
	    number > high)
		return false;
	*out = (int)number;
	return true;
}

int
main(int argc, char **argv)
{
	struct media_settings settings = {
		.program = getenv("MEDIA_PROGRAM"),
	};
	double a[ROUNDS], b[ROUNDS], probe_rate, libav_rate, ffprobe_rate;
	struct fault fault = { 0 };
	char command[100];

	if (!number_of(argc > 1 ? argv[1] : "10000", FFPROBE_FILES, 100000,
		       &files) ||
	    !number_of(argc > 2 ? argv[2] : "2", 1, 64, &workers)) {
		fputs("usage: bench_probe [FILES [WORKERS]]\n", stderr);
		return 2;
	}
	settings.workers = (uint32_t)workers;
	if (media_pool_open(&settings, &pool, &fault) != STATUS_OK) {
		fprintf(stderr, "bench_probe: %s\n", fault.message);
		return 1;
	}
	render();
	for (int i = 0; i < ROUNDS; i++) {
		a[i] = ours();
		b[i] = libav();
	}
	probe_rate = median(a);
	libav_rate = median(b);
	ffprobe_rate = ffprobe();
	printf("%d files, %d workers\n", files, workers);
	printf("%-42s %9s %6s\n", "", "files/s", "ratio");
	printf("%-42s %9.0f %6s\n", "libavformat open + find_stream_info",
	       libav_rate, "1.00");
	printf("%-42s %9.0f %6.2f\n", "media_probe, sandboxed, tags and key",
	       probe_rate, probe_rate / libav_rate);
	printf("%-42s %9.0f %6.3f\n", "ffprobe, one process a file",
	       ffprobe_rate, ffprobe_rate / libav_rate);
	memory_print();
	media_pool_close(pool);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	run(command);
	return 0;
}
