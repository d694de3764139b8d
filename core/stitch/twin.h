/* SPDX-License-Identifier: MIT */
/* Which of the other capture's sightings within a seam is a packet's twin. */
#ifndef TWIN_H
#define TWIN_H

#include "stitching.h"

/* A sighting in the numbers of the other capture. */
struct sought {
    struct capan_stitch *stitch;
    struct sighting *sighting;
    struct seam *seam;
    const struct seam_way *way;
    struct strand *strand; /* its twin would be of */
    uint8_t direction;
    uint32_t seq, ack;
};

/* How long it would have been on its way, against others. */
enum timing { UNTIMED, TIMELY, UNTIMELY };

struct choice {
    struct sighting *best;
    int rank;
    uint8_t timing; /* enum timing, of the best */
    bool unlike;    /* one was left out that looks like another copy */
    bool telling;   /* that, though there should be one of each alone: new data in both */
};

struct sought capan_twin_seek(struct capan_stitch *, struct seam *, struct sighting *);
/* False: what is known forbids it. */
bool capan_twin_fits(const struct sought *, const struct sighting *other);
/* One more is held against the best so far. Zero at the beginning. */
void capan_twin_consider(const struct sought *, struct sighting *other, struct choice *);
/* The best of those; NULL: there is none. */
struct sighting *capan_twin_chosen(const struct sought *, const struct choice *);

static inline uint32_t shifted(uint32_t number, uint32_t shift, bool to_b) {
    return to_b ? number + shift : number - shift;
}

#endif
