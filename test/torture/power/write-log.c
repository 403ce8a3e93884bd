/*
 * LD_PRELOADed into a process that writes a database: appends to the file WRITE_LOG, in order, whatever it does to files in the
 * directory WRITE_LOG_DIR. Each record is a line, "W path offset length" followed by the bytes and a newline,
 * "T path size", "S path" (fsync) or "U path" (unlink). Memory-mapped files (SQLite's -shm) are not seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int log_fd = -2;
static const char *directory;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);

static void begin(void) {
  if (log_fd != -2) return;
  real_write = dlsym(RTLD_NEXT, "write");
  directory = getenv("WRITE_LOG_DIR");
  const char *path = getenv("WRITE_LOG");
  int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  log_fd = path && directory ? real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

/* The path of a descriptor in the directory, relative to it; NULL for any other. */
static const char *watched(int fd, char *buffer) {
  char link[64];
  begin();
  if (log_fd < 0 || fd == log_fd) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX);
  if (length <= 0 || length >= PATH_MAX) return NULL;
  buffer[length] = 0;
  size_t prefix = strlen(directory);
  if (strncmp(buffer, directory, prefix) != 0) return NULL;
  return buffer[prefix] == '/' ? buffer + prefix + 1 : buffer[prefix] == 0 ? "." : NULL;
}

static void put(const void *bytes, size_t length) {
  while (length > 0) {
    ssize_t done = real_write(log_fd, bytes, length);
    if (done <= 0) abort();
    bytes = (const char *)bytes + done;
    length -= done;
  }
}

static void record_write(int fd, const void *bytes, ssize_t length, off_t offset) {
  char buffer[PATH_MAX + 1], line[PATH_MAX + 64];
  const char *path = length > 0 ? watched(fd, buffer) : NULL;
  if (!path) return;
  pthread_mutex_lock(&order);
  put(line, snprintf(line, sizeof line, "W %s %lld %zd\n", path, (long long)offset, length));
  put(bytes, length);
  put("\n", 1);
  pthread_mutex_unlock(&order);
}

static void record(int fd, const char *format, long long number) {
  char buffer[PATH_MAX + 1], line[PATH_MAX + 64];
  const char *path = watched(fd, buffer);
  if (!path) return;
  pthread_mutex_lock(&order);
  put(line, snprintf(line, sizeof line, format, path, number));
  pthread_mutex_unlock(&order);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  begin();
  off_t before = lseek(fd, 0, SEEK_CUR);
  ssize_t done = real_write(fd, bytes, length);
  if (done > 0 && before != (off_t)-1) {
    /* With O_APPEND the place is known only afterwards. */
    off_t after = lseek(fd, 0, SEEK_CUR);
    record_write(fd, bytes, done, after - done);
  }
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  ssize_t done = real(fd, bytes, length, offset);
  record_write(fd, bytes, done, offset);
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return pwrite(fd, bytes, length, offset); }

int ftruncate(int fd, off_t size) {
  int (*real)(int, off_t) = dlsym(RTLD_NEXT, "ftruncate");
  int result = real(fd, size);
  if (result == 0) record(fd, "T %s %lld\n", size);
  return result;
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int unlink(const char *file) {
  int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
  char line[PATH_MAX + 64];
  begin();
  int result = real(file);
  size_t prefix = log_fd >= 0 ? strlen(directory) : 0;
  if (result == 0 && log_fd >= 0 && strncmp(file, directory, prefix) == 0 && file[prefix] == '/') {
    pthread_mutex_lock(&order);
    put(line, snprintf(line, sizeof line, "U %s\n", file + prefix + 1));
    pthread_mutex_unlock(&order);
  }
  return result;
}

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) record(fd, "S %s\n", 0);
  return result;
}

int fdatasync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) record(fd, "S %s\n", 0);
  return result;
}
