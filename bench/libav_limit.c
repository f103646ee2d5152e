/* libav_limit.c - the limit of a scan: open and look, by libavformat alone.
 *
 *	libav_limit LIST PROCESSES
 *
 * LIST names one file a line. The demuxer is chosen by the name's ending,
 * without libavformat's own guessing; each process takes every n-th file.
 * Prints "files seconds"; files that do not open are not counted. */
#include <libavformat/avformat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define FILES_MAX 100000

static const struct {
	const char *ending, *demuxer;
} endings[] = {
	{ "mp3", "mp3" },   { "flac", "flac" }, { "m4a", "mov" },
	{ "ogg", "ogg" },   { "opus", "ogg" },  { "wav", "wav" },
	{ "aiff", "aiff" }, { "wma", "asf" },   { "wv", "wv" },
};

static const AVInputFormat *
demuxer_of(const char *path)
{
	const char *ending = strrchr(path, '.');

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		if (ending != NULL &&
		    strcmp(ending + 1, endings[i].ending) == 0)
			return av_find_input_format(endings[i].demuxer);
	}
	return NULL;
}

static int
file_probe(const char *path)
{
	AVFormatContext *input = NULL;
	int good;

	if (avformat_open_input(&input, path, demuxer_of(path), NULL) < 0)
		return 0;
	good = avformat_find_stream_info(input, NULL) >= 0;
	avformat_close_input(&input);
	return good;
}

static char **
list_read(const char *path, size_t *count)
{
	char **names = calloc(FILES_MAX, sizeof *names);
	char line[4096];
	FILE *file = fopen(path, "re");

	while (file != NULL && *count < FILES_MAX &&
	       fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		names[(*count)++] = strdup(line);
	}
	if (file != NULL)
		fclose(file);
	return names;
}

int
main(int argc, char **argv)
{
	unsigned processes = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) :
					 0;
	size_t count = 0, total = 0;
	size_t *good = mmap(NULL, 64 * sizeof *good, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t begun_us;
	char **names;

	if (processes < 1 || processes > 64 || good == MAP_FAILED) {
		fputs("usage: libav_limit LIST PROCESSES\n", stderr);
		return 2;
	}
	av_log_set_level(AV_LOG_QUIET);
	names = list_read(argv[1], &count);
	begun_us = clock_monotonic_us();
	for (unsigned i = 0; i < processes; i++) {
		if (fork() != 0)
			continue;
		for (size_t n = i; n < count; n += processes)
			good[i] += (size_t)file_probe(names[n]);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	for (unsigned i = 0; i < processes; i++)
		total += good[i];
	printf("%zu %.6f\n", total,
	       (double)(clock_monotonic_us() - begun_us) / 1e6);
	return 0;
}
