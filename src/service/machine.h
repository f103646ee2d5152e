/* machine.h - how busy this machine is, from /proc.
 *
 * Floor: 4 (service). Threads: no shared state.
 */
#ifndef OGMA_SERVICE_MACHINE_H
#define OGMA_SERVICE_MACHINE_H

/* What was seen at the last look; zeroed before the first. */
struct machine_look {
	unsigned long long busy, total;
	double cpu_percent;
};

/* Processor time in use since the last look, of all cores together. */
double machine_cpu_percent(struct machine_look *look);

/* 0 when it cannot be told. */
double machine_memory_percent(void);
double machine_disk_percent(const char *folder);

#endif /* OGMA_SERVICE_MACHINE_H */
