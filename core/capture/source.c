/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "ahead.h"
#include "alloc.h"
#include "reader.h"

struct capan_capture {
    struct capan_reader reader;
    struct capan_ahead *ahead; /* the reader's thread, whose the reader is then; NULL: it is ours */
};

enum capan_result capan_capture_open(struct capan_capture **opened, const char *path,
                                     const struct capan_capture_config *config, char message[256]) {
    static const struct capan_capture_config defaults = {.stop = -1};
    *opened = NULL;
    struct capan_capture *capture = capan_new(&capan_libc, sizeof *capture);
    if (!capture) {
        snprintf(message, CAPAN_MESSAGE, "%s", capan_result_text(CAPAN_NO_MEMORY));
        return CAPAN_NO_MEMORY;
    }
    enum capan_result result = capan_reader_open(&capture->reader, path, config ? config : &defaults, message);
    if (result == CAPAN_OK)
        *opened = capture;
    else
        capan_capture_close(capture);
    return result;
}

enum capan_result capan_capture_add(struct capan_capture *capture, const char *path, char message[256]) {
    return capan_reader_add(&capture->reader, path, message);
}

enum capan_result capan_capture_ahead(struct capan_capture *capture) {
    if (capture->ahead) return CAPAN_OK;
    capture->ahead = capan_ahead_new(&capture->reader);
    return capture->ahead ? CAPAN_OK : CAPAN_NO_MEMORY;
}

void capan_capture_close(struct capan_capture *capture) {
    if (!capture) return;
    capan_ahead_free(capture->ahead);
    capan_reader_close(&capture->reader);
    capan_delete(&capan_libc, capture, sizeof *capture);
}

enum capan_result capan_capture_next(struct capan_capture *capture, const struct capan_capture_sink *sink) {
    return capture->ahead ? capan_ahead_next(capture->ahead, sink) : capan_reader_next(&capture->reader, sink);
}

const char *capan_capture_message(const struct capan_capture *capture) {
    return capture->reader.message;
}

static void tell(const struct capan_capture *capture, struct capan_read *read) {
    if (capture->ahead)
        *read = *capan_ahead_read(capture->ahead);
    else
        capan_reader_tell(&capture->reader, read);
}

void capan_capture_count(const struct capan_capture *capture, struct capan_capture_totals *totals) {
    struct capan_read read;
    tell(capture, &read);
    *totals = read.totals;
}

void capan_capture_progress(const struct capan_capture *capture, uint64_t *done, uint64_t *size) {
    struct capan_read read;
    tell(capture, &read);
    *done = read.done;
    *size = read.size;
}

bool capan_capture_link_known(const struct capan_capture *capture) {
    return capture->ahead ? capan_ahead_read(capture->ahead)->link_known : capture->reader.link_known;
}

const struct capan_slice *capan_capture_slice(const struct capan_capture *capture) {
    return &capture->reader.slice;
}

const char *capan_capture_link_unread(const struct capan_capture *capture) {
    const char *unread = capture->ahead ? capan_ahead_read(capture->ahead)->unread : capture->reader.unread;
    return unread[0] ? unread : NULL;
}

const char *capan_capture_link(const struct capan_capture *capture) {
    const char *link = capture->ahead ? capan_ahead_read(capture->ahead)->link : capture->reader.link;
    return link[0] ? link : "none";
}
