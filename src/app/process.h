/* process.h - what the kernel knows of this process and machine.
 *
 * Floor: 6 (app). Threads: all functions may be called from any.
 */
#ifndef OGMA_APP_PROCESS_H
#define OGMA_APP_PROCESS_H

/* Keeps ogma_system_* and process_* gauges fresh on /metrics; `data_dir` is
 * borrowed until the process ends. */
void process_metrics_start(const char *data_dir);

#endif /* OGMA_APP_PROCESS_H */
