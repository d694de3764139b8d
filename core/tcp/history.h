/* SPDX-License-Identifier: MIT */
/* A connection's history in letters, by the rules of Zeek's conn.log: capital ones for the client. It begins with ^
 * where the server's segment came first, so that only its kind tells who is who. */
#ifndef HISTORY_H
#define HISTORY_H

#include "arrival.h"
#include "capan/statistics.h"

struct capan_history {
    char text[CAPAN_HISTORY];
    uint8_t len;
    struct {
        uint32_t met[4];       /* how often what is told by the power of ten was met */
        int64_t syn, fin, rst; /* sequence number of the last one */
        uint16_t told;         /* a bit for each letter that is told once */
    } side[2];
};

void capan_history_segment(struct capan_history *, const struct capan_arrival *);

#endif
