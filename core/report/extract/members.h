/* SPDX-License-Identifier: MIT */
/* Which members of struct capan_extract each kind of line has, in their order, and what they may hold. */
#ifndef MEMBERS_H
#define MEMBERS_H

#include "capan/extract.h"

/* ENDPOINT, ADDRESS: hexadecimal digits of version, octets and, of the former, port. SPAN: octets as Latin-1; TEXT:
 * likewise of an array that ends with NUL; OCTETS: of a whole array, none where all are zero. */
enum member_type {
    MEMBER_UNSIGNED,
    MEMBER_SIGNED,
    MEMBER_BOOLEAN,
    MEMBER_SPAN,
    MEMBER_TEXT,
    MEMBER_OCTETS,
    MEMBER_ENDPOINT,
    MEMBER_ADDRESS
};

struct member {
    uint16_t offset, size; /* in struct capan_extract */
    uint8_t type;          /* enum member_type */
    uint64_t below;        /* an unsigned number must be; 0: any may be */
};

struct members {
    const struct member *at;
    size_t count;
};
extern const struct members capan_extract_members[CAPAN_EXTRACT_COUNT];

/* The names of the fields. */
extern const char *const capan_extract_fields[CAPAN_EXTRACT_FIELDS];

#endif
