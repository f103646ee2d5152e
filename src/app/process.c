/* process.c - gauges of the process and the machine, from /proc. */
#include "app/process.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "service/machine.h"

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
static struct machine_look look;

static void
cpu_refresh(void)
{
	pthread_mutex_lock(&lock);
	gauge_set(metric_cell(&cpu_percent), machine_cpu_percent(&look));
	pthread_mutex_unlock(&lock);
}

static void
memory_refresh(void)
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	gauge_set(metric_cell(&memory_percent), machine_memory_percent());
	if (file == NULL)
		return;
	if (fscanf(file, "%*u %llu", &pages) == 1)
		gauge_set(metric_cell(&resident_bytes),
			  (double)pages * (double)sysconf(_SC_PAGESIZE));
	fclose(file);
}

static void
files_refresh(const char *data_dir)
{
	DIR *folder = opendir("/proc/self/fd");
	double count = -1; /* opendir's own */

	if (folder != NULL) {
		while (readdir(folder) != NULL)
			count++;
		closedir(folder);
		gauge_set(metric_cell(&open_files), count - 2);
	}
	gauge_set(metric_cell(&disk_percent), machine_disk_percent(data_dir));
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
