/* SPDX-License-Identifier: MIT */
/* What looks at all exchanges of one capture before it says anything. */
#ifndef STUDY_H
#define STUDY_H

#include "options.h"

struct study {
    const struct options *options;
    void (*content)(struct study *, const struct capan_content *); /* NULL: it does not look at contents */
    void (*exchange)(struct study *, const struct capan_exchange *);
    /* Writes its rows, when report is not NULL. name: of the file, for people. */
    enum exit_status (*end)(struct study *, struct capan_report *, const char *name);
    void (*close)(struct study *);
    void (*segment)(struct study *, const struct capan_segment *, const uint32_t *acks,
                    const struct capan_connection *);                       /* NULL: nor at segments */
    void (*connection)(struct study *, const struct capan_connection *);    /* likewise */
    void (*packet)(struct study *, const struct capan_packet *, bool icmp); /* likewise; before its segment */
    uint64_t frames;                                                        /* of the capture; known when it ends */
    struct capan_extractor *extractor; /* what it reads is a part's, and told elsewhere; NULL: here */
};

/* Each NULL, with a line on standard error and *status, when options make no sense or without memory. */
struct study *whatif_open(const struct options *, uint64_t seed, enum exit_status *status);
struct study *audit_open(const struct options *, enum exit_status *status);
struct study *etags_open(const struct options *, uint64_t seed, enum exit_status *status);

/* What entity tags are gathered in, of command etags; and its rows. */
struct capan_etags *etags_new(const struct options *, uint64_t seed);
void etags_tell(struct capan_etags *, const struct options *, struct capan_report *, const char *name);

#endif
