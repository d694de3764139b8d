/* SPDX-License-Identifier: MIT */
/* One part as a pcapng file, little-endian, times in nanoseconds. */
#ifndef WRITER_H
#define WRITER_H

#include <stdio.h>

#include "alloc.h"
#include "capan/capture.h"
#include "slice.h"

enum { WRITER_BUFFER = 64 * 1024 };

/* Owned by the caller: begin, then free. */
struct writer {
    FILE *file; /* the caller's */
    uint8_t *buffer;
    size_t len;
    uint64_t packets;
    bool refused; /* the file did not take all */
};

/* False without memory. */
bool capan_writer_begin(struct writer *, FILE *, const struct capan_slice *, const struct capan_alloc *);
void capan_writer_free(struct writer *, const struct capan_alloc *);
/* name NULL: there is none. They are numbered from 0 in this order. */
void capan_writer_interface(struct writer *, uint32_t link_type, const char *name);
void capan_writer_packet(struct writer *, const struct capan_whole_frame *, uint32_t interface);
/* Lines of a key log. */
void capan_writer_secrets(struct writer *, struct capan_span lines);
void capan_writer_notice(struct writer *, const struct capan_slice_notice *);
/* All is written, and what the first section says is written again. False: the file did not take all; errno says
 * why. */
bool capan_writer_end(struct writer *, const struct capan_slice *);

#endif
