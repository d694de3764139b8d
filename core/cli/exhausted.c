/* SPDX-License-Identifier: MIT */
#include "exhausted.h"

#include <gcrypt.h>
#include <glib.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Given back when the engine is refused memory, so that the libraries, who want little, still get some. */
enum { BALLAST = 1 << 20 };

static _Atomic(void *) ballast;
static bool at_work;

/* --- who does not --- */

static void end_with(const char *line) {
    if (write(STDERR_FILENO, line, strlen(line)) < 0) _exit(EXIT_INTERNAL);
    _exit(EXIT_INTERNAL);
}

static void on_abort(int number) {
    (void)number;
    end_with("capan: ended by an internal error: out of memory, most likely\n");
}

static void on_exit_call(void) {
    if (at_work) end_with("capan: out of memory\n");
}

/* GLib's errors are about memory alone here: nothing else of it that is used has any. */
static void on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer data) {
    if (level & G_LOG_LEVEL_ERROR) end_with("capan: out of memory\n");
    g_log_default_handler(domain, level, message, data);
}

/* --- who goes on --- */

static atomic_bool refused;

static void *note(void *block) {
    if (block) return block;
    refused = true;
    free(atomic_exchange(&ballast, NULL));
    return NULL;
}

/* Large tables are looked at all over: in pages of 4 KiB, each look costs a second one, for where the page is. */
enum { LARGE = 4 << 20, LARGE_PAGE = 2 << 20 };

static void *new_large(size_t size) {
    void *block = NULL;
    if (posix_memalign(&block, LARGE_PAGE, size) != 0) return NULL;
    madvise(block, size, MADV_HUGEPAGE);
    return block;
}

static void *resize(void *context, void *block, size_t old_size, size_t new_size) {
    if (!block && new_size >= LARGE) return note(new_large(new_size));
    void *moved = capan_libc.resize(context, block, old_size, new_size);
    return new_size ? note(moved) : moved;
}

const struct capan_alloc exhausted_alloc = {resize, NULL};

static void *gcrypt_alloc(size_t size) {
    return note(malloc(size));
}

static void *gcrypt_resize(void *block, size_t size) {
    return note(realloc(block, size));
}

/* No memory is locked: the secrets lie in files beside the capture. */
static int gcrypt_is_secure(const void *block) {
    (void)block;
    return 0;
}

enum exit_status exhausted_tell(void) {
    fprintf(stderr, "capan: %s\n", capan_result_text(CAPAN_NO_MEMORY));
    return EXIT_INTERNAL;
}

bool exhausted_ask(void) {
    return atomic_exchange(&refused, false);
}

void exhausted_catch(void) {
    ballast = malloc(BALLAST);
    g_log_set_default_handler(on_log, NULL);
    signal(SIGABRT, on_abort);
    atexit(on_exit_call);
    gcry_set_allocation_handler(gcrypt_alloc, gcrypt_alloc, gcrypt_is_secure, gcrypt_resize, free);
}

void exhausted_begin(void) {
    at_work = true;
}

enum exit_status exhausted_end(enum exit_status status) {
    at_work = false;
    return status < EXIT_INTERNAL && exhausted_ask() ? exhausted_tell() : status;
}
