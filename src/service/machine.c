/* machine.c - see machine.h. */
#include "service/machine.h"

#include <stdio.h>
#include <sys/statvfs.h>

double
machine_cpu_percent(struct machine_look *look)
{
	unsigned long long v[8] = { 0 }, total = 0, busy;
	FILE *file = fopen("/proc/stat", "re");

	if (file == NULL)
		return 0;
	if (fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
		   &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) == 8) {
		for (int i = 0; i < 8; i++)
			total += v[i];
		busy = total - v[3] - v[4]; /* not idle, not waiting for I/O */
		if (total > look->total)
			look->cpu_percent = 100.0 *
					    (double)(busy - look->busy) /
					    (double)(total - look->total);
		look->busy = busy;
		look->total = total;
	}
	fclose(file);
	return look->cpu_percent;
}

double
machine_memory_percent(void)
{
	unsigned long long total = 0, available = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	double percent = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file,
		   "MemTotal: %llu kB MemFree: %*u kB MemAvailable: %llu",
		   &total, &available) == 2 &&
	    total > 0)
		percent = 100.0 * (double)(total - available) / (double)total;
	fclose(file);
	return percent;
}

double
machine_disk_percent(const char *folder)
{
	struct statvfs facts;

	if (statvfs(folder, &facts) != 0 || facts.f_blocks == 0)
		return 0;
	return 100.0 * (double)(facts.f_blocks - facts.f_bavail) /
	       (double)facts.f_blocks;
}
