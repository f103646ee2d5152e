/* gauges.h - numbers on /metrics that are read from services when asked for.
 *
 * Floor: 6 (app). Threads: start and stop on the main thread.
 */
#ifndef OGMA_APP_GAUGES_H
#define OGMA_APP_GAUGES_H

#include "app/app.h"

void gauges_start(struct app *app); /* borrowed until gauges_stop() */
void gauges_stop(struct app *app);

#endif /* OGMA_APP_GAUGES_H */
