/* SPDX-License-Identifier: MIT */
/* What a capture holds that was not read, for people: their findings' silence says nothing of it. */
#ifndef UNREAD_H
#define UNREAD_H

#include "text.h"

/* The servers that connections of TLS asked for, and what they offered to speak; once each, as many as there is room
 * for. */
enum { CAPAN_SEALED_NAMES = 5 };
struct capan_sealed {
    char name[CAPAN_SEALED_NAMES][352];
    size_t count;
};
void capan_sealed_note(struct capan_sealed *, const struct capan_connection *);

/* A line for each thing, its connections, octets and first streams; nothing where all was read. */
void capan_text_unread(struct capan_text *, const struct capan_sealed *, const struct capan_source *,
                       const struct capan_totals *);
/* Whether some connections may be HTTP, or not, for all that is known. */
bool capan_unread_any(const struct capan_totals *);

/* What only looks like damage, which is said before what is. */
void capan_text_offload(struct capan_out *, const struct capan_finding *, size_t count);
/* What was cut short, given up or not read: a line for each. */
void capan_text_limits(struct capan_out *, const struct capan_source *, const struct capan_totals *);

#endif
