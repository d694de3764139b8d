/* SPDX-License-Identifier: MIT */
/* Validators (RFC 9110 8.8) as the judge remembers them: an entity tag by the keyed hash of its octets. Two tags of one
 * hash are taken for the same; with 64 bits that happens by chance once in a billion captures of a million tags. */
#ifndef VALIDATOR_H
#define VALIDATOR_H

#include "date.h"
#include "etag.h"
#include "hash.h"
#include "kept.h"

struct capan_tag {
    uint64_t whole; /* hash of the opaque octets; 0 no tag */
    uint64_t base;  /* the same without the suffix of a content coding ("-gzip"); whole where there is none */
    bool weak;
    bool malformed; /* no entity tag by RFC 9110 8.8.3, or several: compared as octets */
    bool repeated;  /* more than one field line */
};

/* A field with one HTTP-date. More than one line or member is none (RFC 9110 13.1.3, 13.1.4). */
struct capan_date_field {
    bool present;
    bool valid;      /* an HTTP-date, in its case (RFC 9110 5.6.7) */
    bool imf;        /* in the form that must be generated */
    bool tailed;     /* a date, but for parameters behind it as old browsers sent them ("; length=300"): not valid */
    int64_t seconds; /* where it is valid or tailed */
    uint64_t raw;    /* hash of what could not be read */
};

/* Octets of an entity tag without what marks a content coding at its end. */
size_t capan_tag_base_len(struct capan_span opaque);
struct capan_tag capan_tag_of(struct capan_hash_key, const struct capan_etag *, bool malformed);
/* The ETag field of a message; of several the first. */
struct capan_tag capan_tag_read(struct capan_hash_key, const struct capan_kept *);
/* The next of its field lines; start with *at = 0. */
bool capan_tag_next(struct capan_hash_key, const struct capan_kept *, size_t *at, struct capan_tag *);
struct capan_date_field capan_date_field_read(struct capan_hash_key, const struct capan_kept *, enum capan_field,
                                              int64_t now_s);
struct capan_date_field capan_date_field_of(struct capan_hash_key, struct capan_span value, int64_t now_s);

/* RFC 9110 8.8.3.2. */
static inline bool capan_tag_weak_equal(const struct capan_tag *a, const struct capan_tag *b) {
    return a->whole && a->whole == b->whole;
}
static inline bool capan_tag_strong_equal(const struct capan_tag *a, const struct capan_tag *b) {
    return capan_tag_weak_equal(a, b) && !a->weak && !b->weak;
}
static inline bool capan_tag_readable(const struct capan_tag *tag) {
    return tag->whole && !tag->malformed;
}

/* Does the tag end as servers do that mark a content coding (RFC 9110 8.8.3.3)? */
static inline bool capan_tag_marked(const struct capan_tag *tag) {
    return tag->base != tag->whole;
}

#endif
