/* SPDX-License-Identifier: MIT */
/* One file of a capture that may have several. Its records come one at a time, and the next one's time is known before
 * it is taken, so that the files' records can be put in the order of their times. */
#ifndef PART_H
#define PART_H

#include "savefile.h"

enum capan_part_state {
    CAPAN_PART_WAITING, /* its turn has not come: the file is closed, and only its first record's time is known */
    CAPAN_PART_OPEN,
    CAPAN_PART_OVER
};

/* Owned by the caller: open, then close. */
struct capan_part {
    char *path;
    size_t path_len;
    unsigned number; /* in the order in which files were named */
    int stop;        /* as in struct capan_file */
    enum capan_part_state state;
    struct capan_input input;
    const struct capan_buffers *buffers; /* of the input, once octets are handed out */
    struct capan_savefile file;
    struct capan_record record;           /* with has_record: the next one */
    uint32_t lost_frames, lost_fragments; /* the last notices of each that were read before it; 0 none */
    bool has_record;
    uint32_t next_frame; /* likewise, of a part of a split capture; else 0 */
    int64_t next_ns;     /* its time; with neither has_record nor WAITING nothing is known */
    uint64_t consumed;   /* octets of the file, once it is over */
    uint64_t dropped;    /* likewise */
    uint64_t dropped_told;
    uint64_t size;      /* of the file, 0 unknown */
    uint32_t link_type; /* of its first interface; of a pcapng file that describes none yet, Ethernet's */
    bool link_told;     /* there is one */
};

/* message says what failed. CAPAN_IO, CAPAN_TRUNCATED, CAPAN_DAMAGED, CAPAN_UNSUPPORTED, CAPAN_NO_MEMORY. */
enum capan_result capan_part_open(struct capan_part *, const char *path, unsigned number, int stop,
                                  char message[CAPAN_MESSAGE]);
void capan_part_close(struct capan_part *);

/* A file is closed until its turn comes, so that any number of them is no number of open files. A pipe stays open, and
 * one whose first record cannot be read: its turn is now. */
void capan_part_wait(struct capan_part *);
/* Its turn has come. Results as of open, in file.message. */
enum capan_result capan_part_resume(struct capan_part *);

/* The next record to record; CAPAN_END and others as capan_savefile_next. */
enum capan_result capan_part_next(struct capan_part *);
/* Its octets stay in use beyond the next record: from here on buffers are changed. A pipe's end is told by stop, too.
 */
void capan_part_keep(struct capan_part *, const struct capan_buffers *, int stop);
/* Nothing more is read from it. */
void capan_part_end(struct capan_part *);

/* Its next record is due before the other's. Parts of a split capture have the order that it had; else, of equal times
 * the file that was named first has it. */
static inline bool capan_part_before(const struct capan_part *a, const struct capan_part *b) {
    if (a->next_frame && b->next_frame) return a->next_frame < b->next_frame;
    return a->next_ns != b->next_ns ? a->next_ns < b->next_ns : a->number < b->number;
}

#endif
