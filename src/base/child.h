/* child.h - helper programs of ours, which lie beside the running one.
 *
 * A helper gets one socket and nothing else: no other descriptor, no setting
 * and no secret of our environment (a few variables that loaders and sanitizers
 * read are left), no signal mask, and a process group of its own, so that Ctrl-C
 * at a terminal is for the server alone.
 *
 * Floor: 0 (base). Threads: any. A helper that asked the kernel to die with its
 * parent dies with the thread that started it.
 */
#ifndef OGMA_BASE_CHILD_H
#define OGMA_BASE_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#define CHILD_SOCKET 3 /* the helper's descriptor */

/* The path of a program in the folder of the running one; for free(). */
char *child_program_beside(const char *name);

/* Standard input and output are /dev/null, standard error is ours; `socket`
 * stays open here. arguments[0] is the program, NULL ends them. 0, or an error
 * number. */
int child_spawn(char *const arguments[], int socket, pid_t *pid);

/* Waits until it ends, and kills it after `patience_ms` (0: at once). Returns the
 * status that waitpid() told. */
int child_reap(pid_t pid, int64_t patience_ms);

#endif /* OGMA_BASE_CHILD_H */
