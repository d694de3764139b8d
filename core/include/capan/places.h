/* SPDX-License-Identifier: MIT */
/* Findings by place: what of a service or of a resource is wrong, under a name that the next capture of the same
 * service gives it again. For pipelines, which must tell what is new from what is known. */
#ifndef CAPAN_PLACES_H
#define CAPAN_PLACES_H

#include "analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, sentence): what a baseline says of a place. */
#define CAPAN_BASELINES(X)                                                                                             \
    X(NONE, "none", "there is no baseline")                                                                            \
    X(NEW, "new", "the baseline does not have it")                                                                     \
    X(KNOWN, "known", "the baseline has it")

#define CAPAN_X(name, ...) CAPAN_BASELINE_##name,
enum capan_baseline { CAPAN_BASELINES(CAPAN_X) CAPAN_BASELINE_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_baselines[CAPAN_BASELINE_COUNT];

#define CAPAN_FINGERPRINT 17 /* 16 hexadecimal digits and NUL */

/* A cause that was met at one place. subject: of an exchange "GET example.test/a", without the query's values; of
 * segments "to port 80" or "from port 80", by who sent them. fingerprint: the first half of the SHA-1 of the class's
 * column, the token and the subject: no frame, time, address of a client, or number of times is in it. */
struct capan_place {
    uint8_t of, number; /* enum capan_finding_class, and in its list */
    uint8_t severity;   /* enum capan_severity */
    uint8_t blame;      /* enum capan_blame */
    uint8_t baseline;   /* enum capan_baseline; the caller's */
    bool fails;         /* the caller's: it is to end in failure */
    const struct capan_token *token;
    struct capan_span subject;
    uint64_t count, bytes;
    uint32_t frames[CAPAN_FINDING_FRAMES];
    uint32_t frame_count;
    char fingerprint[CAPAN_FINGERPRINT];
};

struct capan_places;

/* memory: octets that are kept at most; 0 is 256 MiB. NULL without memory. alloc is copied. */
CAPAN_API struct capan_places *capan_places_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc);
CAPAN_API void capan_places_free(struct capan_places *);
CAPAN_API void capan_places_segment(struct capan_places *, const struct capan_segment *,
                                    const struct capan_connection *);
CAPAN_API void capan_places_exchange(struct capan_places *, const struct capan_exchange *);
/* All of them, loudest and most frequent first; the same capture gives the same order. Owned by the object. */
CAPAN_API size_t capan_places_sorted(struct capan_places *, struct capan_place ***places);
/* How often something was met at a place too many, or without memory. */
CAPAN_API uint64_t capan_places_left_out(const struct capan_places *);

#ifdef __cplusplus
}
#endif

#endif
