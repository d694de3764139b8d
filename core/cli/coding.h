/* SPDX-License-Identifier: MIT */
/* Content codings undone (RFC 9110 8.4), from file to file, so that nothing is held whole. */
#ifndef CODING_H
#define CODING_H

#include "capan/report.h"

/* A run of octets of one file on its way into another. */
struct pump {
    int from, to;
    uint64_t left;  /* octets of from still to be read */
    uint64_t limit; /* octets that may be written at most */
    uint64_t written;
    bool failed; /* the system refused; errno says why */
};

/* Undoes one coding, told case-insensitively: gzip and x-gzip, deflate, br, zstd; identity copies. What could be
 * decoded before damage or limit is written. CAPAN_OBJECT_UNKNOWN: no such coding, and nothing was written. */
enum capan_object_state coding_undo(struct capan_span coding, struct pump *);

#endif
