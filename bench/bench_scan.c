/* bench_scan.c - files per second of a whole scan into an empty library, beside
 * the limit (libavformat alone: demuxer named, open and find_stream_info) and
 * beside one ffprobe for each file; the memory it takes; and how long a scan of
 * an unchanged library takes.
 *
 *	bench_scan [FILES [RESCAN_FILES]]	(default 10000, 100000)
 *
 * The files are a made-up collection: albums of twelve, a cover of their own in
 * each, tags and audio that differ from file to file; six formats. They are
 * kept in /tmp/ogma-bench-scan and used again. The larger collection is made of
 * hard links to the smaller one. The page cache is warm. Rates are medians of
 * three rounds. MEDIA_PROGRAM names the ogma-media to use. */
#include <dirent.h>
#include <fcntl.h>
#include <libavformat/avformat.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "driver/blob.h"
#include "driver/store.h"
#include "library/migrations.h"
#include "media/media.h"
#include "service/scan.h"

#define PLACE "/tmp/ogma-bench-scan"
#define ROUNDS 3
#define WORKERS 2
#define FFPROBE_FILES 60
#define ALBUM_FILES 12
#define KINDS 6

static const struct {
	const char *ending, *demuxer, *options;
} kinds[KINDS] = {
	{ "mp3", "mp3", "-c:a libmp3lame -b:a 192k -id3v2_version 0" },
	{ "flac", "flac", "-c:a flac -sample_fmt s16" },
	{ "m4a", "mov", "-c:a aac -b:a 192k" },
	{ "ogg", "ogg", "-c:a libvorbis -q:a 5" },
	{ "opus", "ogg", "-c:a libopus -b:a 128k" },
	{ "wav", "wav", "-c:a pcm_s16le" },
};

static int files = 10000, rescan_files = 100000;
static struct buffer songs[KINDS], cover;

static void
die(const char *what)
{
	fprintf(stderr, "bench_scan: %s\n", what);
	exit(1);
}

static void
run(const char *command)
{
	char shell[] = "sh", option[] = "-c", words[1000];
	char *const arguments[] = { shell, option, words, NULL };
	pid_t child;
	int how;

	snprintf(words, sizeof words, "%s", command);
	if (posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ) !=
		    0 ||
	    waitpid(child, &how, 0) != child || how != 0)
		die(command);
}

/* ---- the collection ------------------------------------------------------- */

/* Of twelve: six mp3, two flac, one of each other. */
static int
kind_of(int i)
{
	static const int plan[ALBUM_FILES] = { 0, 0, 0, 0, 0, 0,
					       1, 1, 2, 3, 4, 5 };

	return plan[i / ALBUM_FILES % 2 == 0 ? i % ALBUM_FILES :
					       (i * 5) % ALBUM_FILES];
}

static void
path_of(int i, char out[200])
{
	int album = i / ALBUM_FILES;

	snprintf(out, 200, PLACE "/music/Artist %03d/Album %04d/%02d.%s",
		 album / 5, album, i % ALBUM_FILES, kinds[kind_of(i)].ending);
}

static void
be32_add(struct buffer *out, size_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buffer_add_char(out, (char)(number >> shift & 0xFF));
}

static void
le32_add(struct buffer *out, size_t number)
{
	for (int shift = 0; shift < 32; shift += 8)
		buffer_add_char(out, (char)(number >> shift & 0xFF));
}

/* The album's own picture: the same with a number in a comment segment. */
static void
cover_add(struct buffer *out, int album)
{
	char number[16];

	snprintf(number, sizeof number, "%08d", album);
	buffer_add(out, cover.bytes, 2);
	buffer_add(out, "\xFF\xFE\0\x0A", 4);
	buffer_add(out, number, 8);
	buffer_add(out, cover.bytes + 2, cover.length - 2);
}

static void
frame_add(struct buffer *tag, const char *name, const char *head,
	  size_t head_length, const struct buffer *body)
{
	buffer_add(tag, name, 4);
	be32_add(tag, head_length + body->length);
	buffer_add(tag, "\0\0", 2);
	buffer_add(tag, head, head_length);
	buffer_add(tag, body->bytes, body->length);
}

static void
text_frame_add(struct buffer *tag, const char *name, const char *words,
	       int number)
{
	struct buffer text;

	buffer_init(&text, 0);
	buffer_print(&text, "%s%d", words, number);
	frame_add(tag, name, "\3", 1, &text);
	buffer_release(&text);
}

static void
mp3_write(struct buffer *out, int i)
{
	struct buffer tag, picture;

	buffer_init(&tag, 0);
	buffer_init(&picture, 0);
	text_frame_add(&tag, "TIT2", "The song with number ", i);
	text_frame_add(&tag, "TPE1", "Artist ", i / ALBUM_FILES / 5);
	text_frame_add(&tag, "TALB", "Album ", i / ALBUM_FILES);
	text_frame_add(&tag, "TRCK", "", i % ALBUM_FILES + 1);
	text_frame_add(&tag, "TYER", "", 1960 + i / ALBUM_FILES % 60);
	text_frame_add(&tag, "TCON", "Genre ", i / ALBUM_FILES % 20);
	cover_add(&picture, i / ALBUM_FILES);
	frame_add(&tag, "APIC", "\0image/jpeg\0\3\0", 14, &picture);
	buffer_add(out, "ID3\3\0\0", 6);
	for (int shift = 21; shift >= 0; shift -= 7)
		buffer_add_char(out, (char)(tag.length >> shift & 0x7F));
	buffer_add(out, tag.bytes, tag.length);
	buffer_add(out, songs[0].bytes, songs[0].length);
	/* Other audio: bytes in the middle of the second frame. */
	memcpy(out->bytes + 10 + tag.length + 900, &i, sizeof i);
	buffer_release(&tag);
	buffer_release(&picture);
}

static void
comment_add(struct buffer *block, const char *name, const char *value,
	    int number)
{
	char text[100];

	snprintf(text, sizeof text, "%s=%s%d", name, value, number);
	le32_add(block, strlen(text));
	buffer_add_text(block, text);
}

static void
flac_write(struct buffer *out, int i)
{
	struct buffer block, picture;
	const char *audio = songs[1].bytes + 4;
	bool last = false;

	buffer_add(out, songs[1].bytes, 42); /* "fLaC" and STREAMINFO */
	out->bytes[4] &= 0x7F;
	memcpy(out->bytes + 26, &i, sizeof i); /* of the audio's MD5 */
	buffer_init(&block, 0);
	le32_add(&block, 0);
	le32_add(&block, 5);
	comment_add(&block, "TITLE", "The song with number ", i);
	comment_add(&block, "ARTIST", "Artist ", i / ALBUM_FILES / 5);
	comment_add(&block, "ALBUM", "Album ", i / ALBUM_FILES);
	comment_add(&block, "TRACKNUMBER", "", i % ALBUM_FILES + 1);
	comment_add(&block, "DATE", "", 1960 + i / ALBUM_FILES % 60);
	be32_add(out, 4u << 24 | block.length);
	buffer_add(out, block.bytes, block.length);
	buffer_clear(&block);
	buffer_init(&picture, 0);
	cover_add(&picture, i / ALBUM_FILES);
	be32_add(&block, 3);
	be32_add(&block, 10);
	buffer_add_text(&block, "image/jpeg");
	for (int k = 0; k < 5; k++)
		be32_add(&block, 0);
	be32_add(&block, picture.length);
	buffer_add(&block, picture.bytes, picture.length);
	be32_add(out, 0x86u << 24 | block.length);
	buffer_add(out, block.bytes, block.length);
	while (!last) {
		const uint8_t *head = (const uint8_t *)audio;

		last = (head[0] & 0x80) != 0;
		audio += 4 + ((size_t)head[1] << 16 | (size_t)head[2] << 8 |
			      head[3]);
	}
	buffer_add(out, audio,
		   songs[1].length - (size_t)(audio - songs[1].bytes));
	buffer_release(&block);
	buffer_release(&picture);
}

/* Of the other formats only the audio differs, where nothing sums it up. */
static void
other_write(struct buffer *out, int i)
{
	const struct buffer *song = &songs[kind_of(i)];

	buffer_add(out, song->bytes, song->length);
	if (kind_of(i) == 2 || kind_of(i) == 5)
		memcpy(out->bytes + song->length / 2, &i, sizeof i);
	if (kind_of(i) == 5)
		memcpy(out->bytes + 200, &i, sizeof i);
}

static void
render(void)
{
	char command[1000], path[200];

	run("mkdir -p " PLACE " && cd " PLACE " && ffmpeg -y -v error -f lavfi "
	    "-i 'nullsrc=s=700x700,geq=random(1)*255:128:128' -frames:v 1 "
	    "-q:v 12 cover.jpg");
	for (int k = 0; k < KINDS; k++) {
		snprintf(command, sizeof command,
			 "cd " PLACE " && ffmpeg -y -v error -f lavfi -i "
			 "'anoisesrc=d=8:r=44100:a=0.01,aformat="
			 "channel_layouts=stereo' %s -metadata title='A %s' "
			 "-metadata artist='Some artist' -metadata "
			 "album='Loose' -metadata genre=Rock song.%s",
			 kinds[k].options, kinds[k].ending, kinds[k].ending);
		run(command);
		snprintf(path, sizeof path, PLACE "/song.%s", kinds[k].ending);
		if (file_read(path, 64 << 20, &songs[k], NULL) != STATUS_OK)
			die(path);
	}
	if (file_read(PLACE "/cover.jpg", 64 << 20, &cover, NULL) != STATUS_OK)
		die("cover.jpg");
}

static void
collection_write(void)
{
	char path[200], marker[100];

	snprintf(marker, sizeof marker, PLACE "/made-1-%d", files);
	if (access(marker, F_OK) == 0)
		return;
	run("rm -rf " PLACE);
	render();
	for (int i = 0; i < files; i++) {
		struct buffer out;
		char *slash;
		int fd;

		path_of(i, path);
		slash = strrchr(path, '/');
		*slash = '\0';
		if (i % ALBUM_FILES == 0 &&
		    folder_make(path, NULL) != STATUS_OK)
			die(path);
		*slash = '/';
		buffer_init(&out, 0);
		if (kind_of(i) == 0)
			mp3_write(&out, i);
		else if (kind_of(i) == 1)
			flac_write(&out, i);
		else
			other_write(&out, i);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0 ||
		    fd_write(fd, out.bytes, out.length, NULL) != STATUS_OK)
			die(path);
		close(fd);
		buffer_release(&out);
	}
	run("sync -f " PLACE);
	close(open(marker, O_WRONLY | O_CREAT, 0644));
}

/* ---- libavformat alone, and ffprobe --------------------------------------- */

static void
libav_share(int share)
{
	char path[200];

	av_log_set_level(AV_LOG_QUIET);
	for (int i = share; i < files; i += WORKERS) {
		AVFormatContext *format = NULL;

		path_of(i, path);
		if (avformat_open_input(&format, path,
					av_find_input_format(
						kinds[kind_of(i)].demuxer),
					NULL) < 0 ||
		    avformat_find_stream_info(format, NULL) < 0) {
			fprintf(stderr, "bench_scan: libavformat: %s\n", path);
			_exit(1);
		}
		avformat_close_input(&format);
	}
	_exit(0);
}

/* Processor time of this process and of its children that ended. */
static double
processor_seconds(void)
{
	static const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	double seconds = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(whose); i++) {
		struct rusage usage;

		getrusage(whose[i], &usage);
		seconds += (double)(usage.ru_utime.tv_sec +
				    usage.ru_stime.tv_sec) +
			   (double)(usage.ru_utime.tv_usec +
				    usage.ru_stime.tv_usec) / 1e6;
	}
	return seconds;
}

static double
libav(double *processor_us)
{
	double before = processor_seconds();
	int64_t start = clock_monotonic_us();
	pid_t children[WORKERS];
	int how, bad = 0;

	for (int i = 0; i < WORKERS; i++) {
		children[i] = fork();
		if (children[i] == 0)
			libav_share(i);
	}
	for (int i = 0; i < WORKERS; i++) {
		waitpid(children[i], &how, 0);
		bad |= how;
	}
	if (bad)
		die("libavformat failed");
	*processor_us = (processor_seconds() - before) * 1e6 / files;
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
			 "ffprobe -v error -show_format -show_streams '%s' "
			 ">/dev/null", path);
		run(command);
	}
	return FFPROBE_FILES / ((double)(clock_monotonic_us() - start) / 1e6);
}

/* ---- memory --------------------------------------------------------------- */

static atomic_bool sampling, ended;
static double pss_most_mib;

static double
pss_of(long pid)
{
	uint64_t kib = 0;
	struct buffer text;
	char path[64];
	struct span line, rest;

	buffer_init(&text, 65536);
	snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", pid);
	if (file_read(path, 65536, &text, NULL) == STATUS_OK) {
		rest = (struct span){ text.bytes, text.length };
		while (span_next(&rest, '\n', &line)) {
			if (span_starts(line, SPAN("Pss:")))
				kib = strtoull(line.at + 4, NULL, 10);
		}
	}
	buffer_release(&text);
	return (double)kib / 1024;
}

static int
is_number(const struct dirent *entry)
{
	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

/* PSS of this process and its children, which any of its threads started. */
static double
pss_now(void)
{
	struct dirent **threads;
	int count = scandir("/proc/self/task", &threads, is_number, NULL);
	double sum = pss_of((long)getpid());

	for (int i = 0; i < count; i++) {
		struct span rest, child;
		struct buffer text;
		char path[300];

		buffer_init(&text, 65536);
		snprintf(path, sizeof path, "/proc/self/task/%s/children",
			 threads[i]->d_name);
		if (file_read(path, 65536, &text, NULL) == STATUS_OK &&
		    text.length > 0) {
			rest = (struct span){ text.bytes, text.length };
			while (span_next(&rest, ' ', &child))
				if (child.length > 0)
					sum += pss_of(strtol(child.at, NULL,
							     10));
		}
		buffer_release(&text);
		free(threads[i]);
	}
	if (count >= 0)
		free(threads);
	return sum;
}

static void *
sample_run(void *cookie)
{
	(void)cookie;
	while (!atomic_load(&ended)) {
		double now = atomic_load(&sampling) ? pss_now() : 0;

		if (now > pss_most_mib)
			pss_most_mib = now;
		usleep(250000);
	}
	return NULL;
}

/* ---- ours ----------------------------------------------------------------- */

struct house {
	struct store *store;
	struct blob_store *blobs;
	struct media_pool *media;
	struct scan_settings settings;
};

static void
house_open(struct house *house, const char *data)
{
	char path[200], blob_path[200];
	struct store_sqlite_settings sqlite = { .path = path,
						.readers_max = 4,
						.cache_kib = 512,
						.busy_timeout_ms = 10000 };
	struct blob_folder_settings folder = { .path = blob_path };
	struct blob_open_args blobs = { .settings = &folder };
	struct media_settings media = { .program = getenv("MEDIA_PROGRAM"),
					.workers = WORKERS };
	struct fault fault = { 0 };

	if (media.program == NULL)
		media.program = "";
	snprintf(path, sizeof path, "%s/ogma.db", data);
	snprintf(blob_path, sizeof blob_path, "%s/blobs", data);
	if (folder_make(data, &fault) != STATUS_OK ||
	    store_open(&store_driver_sqlite, &sqlite, &house->store, &fault) !=
		    STATUS_OK ||
	    migrations_apply(house->store, &fault) != STATUS_OK ||
	    blob_store_open(&blob_driver_folder, &blobs, &house->blobs,
			    &fault) != STATUS_OK ||
	    media_pool_open(&media, &house->media, &fault) != STATUS_OK)
		die(fault.message);
	house->settings = (struct scan_settings){
		.walkers = 2, .batch = 250, .picture_limit_bytes = 20 << 20,
		.links = true,
	};
}

static void
house_close(struct house *house)
{
	media_pool_close(house->media);
	blob_store_close(house->blobs);
	store_close(house->store);
}

static void
rejected_print(void *cookie, const char *path, const char *reason)
{
	(void)cookie;
	fprintf(stderr, "bench_scan: rejected %s: %s\n", path, reason);
}

/* Seconds of one scan of `root`. */
static double
scan(struct house *house, const char *root, struct scan_progress *progress)
{
	struct scan_services services = { .store = house->store,
					  .blobs = house->blobs,
					  .media = house->media,
					  .settings = &house->settings };
	struct scan_args args = { .watcher.rejected = rejected_print };
	struct fault fault = { 0 };
	int64_t start;
	bool is_new;

	start = clock_monotonic_us();
	if (scan_source_add(house->store, root, &args.source_id, &is_new,
			    &fault) != STATUS_OK ||
	    scan_run(&services, &args, progress, NULL, &fault) != STATUS_OK)
		die(fault.message);
	return (double)(clock_monotonic_us() - start) / 1e6;
}

static double
scan_fresh(int round, double *processor_us)
{
	struct scan_progress progress;
	struct house house;
	char data[100];
	double seconds, before;

	atomic_store(&sampling, round == 0); /* looking costs time too */
	snprintf(data, sizeof data, PLACE "/data-%d", round);
	before = processor_seconds();
	house_open(&house, data);
	seconds = scan(&house, PLACE "/music", &progress);
	if (progress.added != (uint64_t)files)
		die("not every file was added");
	house_close(&house);
	*processor_us = (processor_seconds() - before) * 1e6 / files;
	return files / seconds;
}

static void
rescan_measure(void)
{
	struct scan_progress progress;
	double first, best = 1e9;
	char command[300];
	struct house house;

	snprintf(command, sizeof command,
		 "cd " PLACE " && if [ ! -e many-%d ]; then rm -rf many-* "
		 "many; mkdir many; for i in $(seq %d); do cp -rl music "
		 "many/$i; done; touch many-%d; fi",
		 rescan_files, rescan_files / files, rescan_files);
	run(command);
	house_open(&house, PLACE "/data-many");
	pss_most_mib = 0;
	atomic_store(&sampling, true);
	first = scan(&house, PLACE "/many", &progress);
	printf("first scan of %llu files: %.1f s, %.0f files/s\n",
	       (unsigned long long)progress.total, first,
	       (double)progress.total / first);
	for (int i = 0; i < ROUNDS; i++) {
		double seconds = scan(&house, PLACE "/many", &progress);

		if (progress.unchanged != progress.total)
			die("something changed");
		best = seconds < best ? seconds : best;
	}
	printf("scan of %llu unchanged files: %.2f s\n",
	       (unsigned long long)progress.total, best);
	printf("memory during it, most: PSS %.1f MiB\n", pss_most_mib);
	house_close(&house);
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

int
main(int argc, char **argv)
{
	double ours[ROUNDS], limit[ROUNDS], limit_rate, our_rate, probe_rate;
	double our_us[ROUNDS], limit_us[ROUNDS];
	pthread_t sampler;

	if (argc > 1)
		files = (int)strtol(argv[1], NULL, 10);
	if (argc > 2)
		rescan_files = (int)strtol(argv[2], NULL, 10);
	if (files < FFPROBE_FILES)
		return 2;
	log_open(&(struct log_settings){ .level = LOG_WARNING,
					 .to_stderr = true }, NULL);
	collection_write();
	run("rm -rf " PLACE "/data*");
	libav(&limit_us[0]); /* warms the page cache */
	pthread_create(&sampler, NULL, sample_run, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = scan_fresh(i, &our_us[i]);
		limit[i] = libav(&limit_us[i]);
	}
	our_rate = median(ours);
	limit_rate = median(limit);
	probe_rate = ffprobe();
	printf("%d files, %d workers\n", files, WORKERS);
	printf("%-38s %8s %6s %8s %6s\n", "", "files/s", "ratio", "us/file",
	       "ratio");
	printf("%-38s %8.0f %6s %8.0f %6s\n",
	       "libavformat open + find_stream_info", limit_rate, "1.00",
	       median(limit_us), "1.00");
	printf("%-38s %8.0f %6.2f %8.0f %6.2f\n", "scan into an empty library",
	       our_rate, our_rate / limit_rate, median(our_us),
	       median(limit_us) / median(our_us));
	printf("%-38s %8.0f %6.3f\n", "ffprobe, one process a file",
	       probe_rate, probe_rate / limit_rate);
	printf("us/file: processor time, all processes together\n");
	printf("memory while scanning, most: PSS %.1f MiB\n", pss_most_mib);
	fflush(stdout);
	if (rescan_files >= files)
		rescan_measure();
	atomic_store(&ended, true);
	pthread_join(sampler, NULL);
	run("rm -rf " PLACE "/data*");
	return 0;
}
