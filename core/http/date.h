/* SPDX-License-Identifier: MIT */
/* HTTP-date, the three forms of RFC 9110 5.6.7. */
#ifndef DATE_H
#define DATE_H

#include "capan/base.h"

enum capan_date_form {
    CAPAN_DATE_MALFORMED,
    CAPAN_DATE_IMF_FIXDATE, /* Sun, 06 Nov 1994 08:49:37 GMT: the one to send */
    CAPAN_DATE_RFC850,      /* Sunday, 06-Nov-94 08:49:37 GMT */
    CAPAN_DATE_ASCTIME      /* Sun Nov  6 08:49:37 1994 */
};

struct capan_date {
    int64_t seconds; /* since 1970, leap seconds not counted; 0 when malformed */
    enum capan_date_form form;
    bool exact; /* to the letter: case, and the day's name is that day's */
};

/* now_s tells which century a two-digit year means: one that looks more than 50 years ahead is the latest past one with
 * the same last digits. Letters may be in any case (RFC 9111 4.2), and the day's name may be wrong; the zone must be
 * GMT. */
struct capan_date capan_date_read(struct capan_span value, int64_t now_s);

#endif
