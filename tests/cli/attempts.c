/* SPDX-License-Identifier: MIT */
/* Put before a program by LD_PRELOAD: when the program first flushes its output it tries what it has no business with,
 * and prints each attempt with the name of the error, "ok" for none. ATTEMPTS_ELSEWHERE and ATTEMPTS_INSIDE name files
 * that are to be written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, int result) {
    dprintf(STDERR_FILENO, "%s=%s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
}

static int write_file(const char *variable) {
    const char *path = getenv(variable);
    int file = path ? open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600) : -1;
    if (!path) errno = EINVAL;
    if (file >= 0) close(file);
    return file;
}

static int run_program(void) {
    char name[] = "true", *const words[] = {name, NULL};
    int child = fork();
    if (child < 0) return child;
    if (child == 0) {
        execv("/bin/true", words);
        _exit(127);
    }
    int status;
    if (waitpid(child, &status, 0) == child && status == 0) return 0;
    errno = EACCES;
    return -1;
}

static void attempt(void) {
    tell("inside", write_file("ATTEMPTS_INSIDE"));
    tell("elsewhere", write_file("ATTEMPTS_ELSEWHERE"));
    tell("folder", mkdir(getenv("ATTEMPTS_FOLDER"), 0700));
    tell("remove", unlink(getenv("ATTEMPTS_VICTIM")));
    tell("network", socket(AF_INET, SOCK_STREAM, 0));
    tell("program", run_program());
}

int fflush(FILE *file) {
    static int (*real)(FILE *);
    static int attempted;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "fflush");
    if (!attempted++) attempt();
    return real(file);
}
