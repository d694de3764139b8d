/* SPDX-License-Identifier: MIT */
/* Two captures of one connection as a ladder of three columns: the first capture, the path between, the second one. */
#ifndef LADDERS_H
#define LADDERS_H

#include "capan/stitch.h"
#include "out.h"

struct capan_ladders;

/* NULL without memory. */
struct capan_ladders *capan_ladders_new(void);
void capan_ladders_free(struct capan_ladders *);
/* All rows are given; those about packets are kept, up to a limit that is told. */
void capan_ladders_row(struct capan_ladders *, const struct capan_stitch_row *);
void capan_ladders_draw(struct capan_ladders *, struct capan_out *, const struct capan_stitch_connection *);
/* False: there was no memory for some of it. */
bool capan_ladders_whole(const struct capan_ladders *);

#endif
