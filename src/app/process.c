/* process.c - gauges of the process and the machine, from /proc. */
#include "app/process.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"

static struct metric cpu_percent =
	METRIC_GAUGE("ogma_system_cpu_percent",
		     "Processor time in use on this machine since the last "
		     "look.");
static struct metric memory_percent = METRIC_GAUGE(
	"ogma_system_memory_percent", "Memory in use on this machine.");
static struct metric disk_percent = METRIC_GAUGE(
	"ogma_system_disk_percent", "Disk in use where the data lies.");
static struct metric resident_bytes =
	METRIC_GAUGE("process_resident_memory_bytes",
		     "Resident memory of this process.");
static struct metric open_files =
	METRIC_GAUGE("process_open_fds", "Open file descriptors.");
static struct metric started_seconds = METRIC_GAUGE(
	"process_start_time_seconds", "When this process started, Unix time.");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long long last_busy, last_total;

static void
cpu_refresh(void)
{
	unsigned long long v[8] = { 0 }, total = 0, busy;
	FILE *file = fopen("/proc/stat", "re");

	if (file == NULL)
		return;
	if (fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
		   &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) == 8) {
		for (int i = 0; i < 8; i++)
			total += v[i];
		busy = total - v[3] - v[4]; /* not idle, not waiting for I/O */
		pthread_mutex_lock(&lock);
		if (total > last_total)
			gauge_set(metric_cell(&cpu_percent),
				  100.0 * (double)(busy - last_busy) /
					  (double)(total - last_total));
		last_busy = busy;
		last_total = total;
		pthread_mutex_unlock(&lock);
	}
	fclose(file);
}

static void
memory_refresh(void)
{
	unsigned long long total = 0, available = 0, pages = 0;
	FILE *file = fopen("/proc/meminfo", "re");

	if (file != NULL) {
		if (fscanf(file,
			   "MemTotal: %llu kB MemFree: %*u kB "
			   "MemAvailable: %llu",
			   &total, &available) == 2 &&
		    total > 0)
			gauge_set(metric_cell(&memory_percent),
				  100.0 * (double)(total - available) /
					  (double)total);
		fclose(file);
	}
	file = fopen("/proc/self/statm", "re");
	if (file != NULL) {
		if (fscanf(file, "%*u %llu", &pages) == 1)
			gauge_set(metric_cell(&resident_bytes),
				  (double)pages *
					  (double)sysconf(_SC_PAGESIZE));
		fclose(file);
	}
}

static void
files_refresh(const char *data_dir)
{
	DIR *folder = opendir("/proc/self/fd");
	struct statvfs facts;
	double count = -1; /* opendir's own */

	if (folder != NULL) {
		while (readdir(folder) != NULL)
			count++;
		closedir(folder);
		gauge_set(metric_cell(&open_files), count - 2);
	}
	if (statvfs(data_dir, &facts) == 0 && facts.f_blocks > 0)
		gauge_set(metric_cell(&disk_percent),
			  100.0 * (double)(facts.f_blocks - facts.f_bavail) /
				  (double)facts.f_blocks);
}

static void
refresh(void *cookie)
{
	cpu_refresh();
	memory_refresh();
	files_refresh(cookie);
}

void
process_metrics_start(const char *data_dir)
{
	gauge_set(metric_cell(&started_seconds),
		  (double)clock_now_ms() / 1000);
	cpu_refresh();
	metric_on_print(refresh, (void *)(uintptr_t)data_dir);
}
