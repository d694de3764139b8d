/* SPDX-License-Identifier: MIT */
/* The files of a capture, read frame by frame in the order of their times, and decoded. */
#ifndef READER_H
#define READER_H

#include "filter.h"
#include "link.h"
#include "part.h"

#define CAPAN_LINK_TEXT 32

/* Names of interfaces, which packets keep for longer than a file is open. */
enum { CAPAN_INTERFACES_NAMED = 64 };
struct capan_interfaces {
    char (*at[CAPAN_INTERFACES_NAMED])[CAPAN_INTERFACE_NAME];
    size_t count, last; /* the one that was asked for last */
};

/* Owned by the caller: open, then close; also one that could not be opened. */
struct capan_reader {
    struct capan_part **parts; /* in the order in which they were named */
    size_t count, capacity;
    struct capan_part *current;     /* the one that had the last record; NULL none yet */
    const struct capan_part *after; /* of several, the one whose turn is next; NULL there is none left */
    int stop;                       /* as in struct capan_file */
    struct capan_profile *profile;  /* NULL: nothing is measured */
    bool datagrams;                 /* as in struct capan_capture_config */
    struct capan_decoder *decoder;
    struct capan_filters filters;
    struct capan_capture_totals totals; /* but for dropped */
    enum capan_result ended;            /* CAPAN_OK while there may be more */
    bool refused;                       /* memory, without which something was passed over */
    uint32_t noticed;                   /* the last notice of a split capture that was told; 0 none */
    enum capan_result failed;           /* why one of the files ended before its end; CAPAN_OK none did */
    char message[CAPAN_MESSAGE];
    char link[CAPAN_LINK_TEXT];
    char unread[CAPAN_LINK_TEXT]; /* of the first packet's link type that is not decoded; "" none */
    bool link_known;              /* packets of link are decoded */
    struct capan_interfaces interfaces;
    struct capan_slice slice; /* of the first part */
};

/* As the functions of capan/capture.h. */
enum capan_result capan_reader_open(struct capan_reader *, const char *path, const struct capan_capture_config *,
                                    char message[CAPAN_MESSAGE]);
enum capan_result capan_reader_add(struct capan_reader *, const char *path, char message[CAPAN_MESSAGE]);
enum capan_result capan_reader_next(struct capan_reader *, const struct capan_capture_sink *);
void capan_reader_close(struct capan_reader *);

/* What was read so far. */
struct capan_read {
    struct capan_capture_totals totals;
    uint64_t done, size; /* octets of the files, and how many there are; 0 unknown */
    char link[CAPAN_LINK_TEXT], unread[CAPAN_LINK_TEXT];
    bool link_known;
};
void capan_reader_tell(const struct capan_reader *, struct capan_read *);

#endif
