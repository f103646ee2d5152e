/* folder.h - temporary folders of tests.
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

#endif /* OGMA_TESTS_SUPPORT_FOLDER_H */
