/* SPDX-License-Identifier: MIT */
/* Which connection a segment is of. */
#ifndef TALKS_H
#define TALKS_H

#include "header.h"
#include "record.h"

/* from: the side that sends it; reopens: it begins a connection where another one was. NULL without memory. */
struct talk *capan_talk_of(struct recording *, const struct capan_packet *, const struct capan_tcp_header *, int *from,
                           bool *reopens);

#endif
