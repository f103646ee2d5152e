/* folder.h - temporary folders of tests, and commands that fill them.
 *
 * They are made in TMPDIR, or in /tmp. tools/test names a folder in memory: a
 * test that kills a process loses nothing there that it would keep on a disk,
 * and need not wait for one.
 */
#ifndef OGMA_TESTS_SUPPORT_FOLDER_H
#define OGMA_TESTS_SUPPORT_FOLDER_H

/* Fails the test when it cannot. */
void test_folder_make(char path[64]);

/* With all that is in it. */
void test_folder_remove(const char *path);

/* Runs a command of the shell; fails the test when that fails. */
void test_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* OGMA_TESTS_SUPPORT_FOLDER_H */
