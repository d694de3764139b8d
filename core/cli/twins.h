/* SPDX-License-Identifier: MIT */
/* The frames of one packet in two captures, and what each of them says of its own. */
#ifndef TWINS_H
#define TWINS_H

#include "options.h"

enum { TWINS_MAX = 64 }; /* frames of one capture: a packet may come in parts */

struct twins {
    uint32_t frames[CAPAN_STITCH_SIDES][TWINS_MAX];
    size_t count[CAPAN_STITCH_SIDES];
};

void twins_note(struct twins *, const struct capan_stitch_row *);
/* Reads each capture again for its verdicts, and writes them as text. Standard input cannot be read again. */
enum exit_status twins_tell(const struct twins *, const struct options *, struct capan_report *,
                            const char *const files[CAPAN_STITCH_SIDES]);

#endif
