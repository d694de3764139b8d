/* SPDX-License-Identifier: MIT */
/* Changes to the fields of responses, each for the target URIs that a glob matches. */
#ifndef REWRITE_H
#define REWRITE_H

#include "capan/whatif.h"

/* "*" stands for any octets, everything else for itself. Linear but for the stars: len times pattern at worst. */
bool capan_glob_matches(struct capan_span glob, struct capan_span text);

/* scheme://authority/path?query */
struct capan_url {
    struct capan_span whole, after_scheme, path; /* each the end of the one before */
};

/* One change; the text is its own. */
struct capan_rewrite {
    struct capan_span glob, name, value;
    bool removes;
    char *text;
    size_t size;
};

/* CAPAN_USAGE: not understood. */
enum capan_result capan_rewrite_read(struct capan_rewrite *, const struct capan_alloc *, const char *text,
                                     bool removes);
void capan_rewrite_free(struct capan_rewrite *, const struct capan_alloc *);
bool capan_rewrite_concerns(const struct capan_rewrite *, const struct capan_url *);
/* Changes *count fields; there is room for one more. */
void capan_rewrite_apply(const struct capan_rewrite *, struct capan_http_field *fields, size_t *count);

#endif
