/*
 * LD_PRELOADed into one process, not into its children. Records the operations of the process on the files in the directory
 * WRITE_LOG_DIR by appending them, in order, to the file WRITE_LOG. Each record is a line with paths relative to that
 * directory, which is itself ".":
 *
 *   N path                the file is created if it does not exist   M path          the directory is created
 *   W path offset length  followed by the bytes and a newline        T path size     the size is set
 *   B path number         a sync begins                              S path number   the sync ends
 *   U path                the path is removed                        R from to, L from to   rename, link
 *
 * A record is appended in one write, so the test can append its own records. Memory-mapped files (SQLite's -shm) are not recorded.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))
#define RECORD_LENGTH (2 * PATH_MAX + 64)

static int log_fd = -1;
static const char *directory;
static atomic_llong syncs;

__attribute__((constructor)) static void begin(void) {
  directory = getenv("WRITE_LOG_DIR");
  const char *log = getenv("WRITE_LOG");
  if (log && directory)
    log_fd = REAL(int, open, const char *, int, ...)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  unsetenv("LD_PRELOAD");
}

/* The path relative to the directory; NULL if it is outside. */
static const char *below(const char *path) {
  if (log_fd < 0) return NULL;
  size_t prefix = strlen(directory);
  if (strncmp(path, directory, prefix) != 0) return NULL;
  return path[prefix] == '/' ? path + prefix + 1 : path[prefix] == 0 ? "." : NULL;
}

static const char *path_of(int fd, char *buffer) {
  char link[64];
  if (log_fd < 0 || fd == log_fd) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, PATH_MAX);
  if (length <= 0) return NULL;
  buffer[length] = 0;
  return below(buffer);
}

static void append_record(const char *line, int line_length, const void *bytes, size_t length) {
  struct iovec parts[] = {{(void *)line, line_length}, {(void *)bytes, length}, {"\n", length ? 1 : 0}};
  if (writev(log_fd, parts, 3) != (ssize_t)(line_length + length + (length ? 1 : 0))) abort();
}

static void record(const char *kind, const char *path, const char *more) {
  char line[RECORD_LENGTH];
  if (path) append_record(line, snprintf(line, sizeof line, "%s %s%s\n", kind, path, more), NULL, 0);
}

static void record_number(const char *kind, const char *path, long long number) {
  char more[32];
  snprintf(more, sizeof more, " %lld", number);
  record(kind, path, more);
}

static void record_write(int fd, const void *bytes, ssize_t length, off_t offset) {
  char buffer[PATH_MAX + 1], line[RECORD_LENGTH];
  const char *path = length > 0 ? path_of(fd, buffer) : NULL;
  if (path) append_record(line, snprintf(line, sizeof line, "W %s %lld %zd\n", path, (long long)offset, length), bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  ssize_t done = REAL(ssize_t, write, int, const void *, size_t)(fd, bytes, length);
  /* With O_APPEND the offset is known only afterwards. */
  off_t after = done > 0 ? lseek(fd, 0, SEEK_CUR) : (off_t)-1;
  if (after != (off_t)-1) record_write(fd, bytes, done, after - done);
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  ssize_t done = REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, bytes, length, offset);
  record_write(fd, bytes, done, offset);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

int ftruncate64(int fd, off64_t size) {
  char buffer[PATH_MAX + 1];
  int result = REAL(int, ftruncate64, int, off64_t)(fd, size);
  if (result == 0) record_number("T", path_of(fd, buffer), size);
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd, int (*sync)(int)) {
  char buffer[PATH_MAX + 1];
  const char *path = path_of(fd, buffer);
  long long number = ++syncs;
  record_number("B", path, number);
  int result = sync(fd);
  if (result == 0) record_number("S", path, number);
  return result;
}

int fsync(int fd) { return synced(fd, REAL(int, fsync, int)); }
int fdatasync(int fd) { return synced(fd, REAL(int, fdatasync, int)); }

static int opened(int (*open)(const char *, int, ...), const char *file, int flags, mode_t mode) {
  int fd = open(file, flags, mode);
  if (fd >= 0 && flags & O_CREAT) record("N", below(file), "");
  if (fd >= 0 && flags & O_TRUNC) record_number("T", below(file), 0);
  return fd;
}

int open(const char *file, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return opened(REAL(int, open, const char *, int, ...), file, flags, mode);
}

int open64(const char *file, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return opened(REAL(int, open64, const char *, int, ...), file, flags, mode);
}

int mkdir(const char *path, mode_t mode) {
  int result = REAL(int, mkdir, const char *, mode_t)(path, mode);
  if (result == 0) record("M", below(path), "");
  return result;
}

int unlink(const char *path) {
  int result = REAL(int, unlink, const char *)(path);
  if (result == 0) record("U", below(path), "");
  return result;
}

int rmdir(const char *path) {
  int result = REAL(int, rmdir, const char *)(path);
  if (result == 0) record("U", below(path), "");
  return result;
}

/* Records nothing unless both paths are in the directory. */
static int moved(const char *kind, int result, const char *from, const char *to) {
  char more[PATH_MAX + 2];
  if (result != 0 || !below(from) || !below(to)) return result;
  snprintf(more, sizeof more, " %s", below(to));
  record(kind, below(from), more);
  return result;
}

int rename(const char *from, const char *to) {
  return moved("R", REAL(int, rename, const char *, const char *)(from, to), from, to);
}

int link(const char *from, const char *to) {
  return moved("L", REAL(int, link, const char *, const char *)(from, to), from, to);
}
