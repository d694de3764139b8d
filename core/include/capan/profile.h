/* SPDX-License-Identifier: MIT */
/* Where the time of a run goes, layer by layer, for who gives the pointer to one; without it nothing is measured. */
#ifndef CAPAN_PROFILE_H
#define CAPAN_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, what is done in it) */
#define CAPAN_LAYERS(X)                                                                                                \
    X(READ, "read", "files read and unpacked, records found")                                                          \
    X(DECODE, "decode", "links, tunnels, IP, checksums")                                                               \
    X(TCP, "tcp", "connections found, segments judged and reported")                                                   \
    X(HTTP, "http", "octets put in order and read")                                                                    \
    X(JUDGE, "judge", "exchanges judged")                                                                              \
    X(ROWS, "rows", "what is found written")

#define CAPAN_X(name, ...) CAPAN_LAYER_##name,
enum capan_layer { CAPAN_LAYERS(CAPAN_X) CAPAN_LAYER_COUNT };
#undef CAPAN_X

/* The caller's: zero but for now, a clock in nanoseconds. One thread's. */
struct capan_profile {
    uint64_t (*now)(void);
    uint64_t ns[CAPAN_LAYER_COUNT];
    uint64_t since;         /* when the layer was entered; 0 none was yet */
    enum capan_layer layer; /* which time goes to now */
};

/* From here on time goes to that layer. Returns the one before, to be entered when this one is left. */
static inline enum capan_layer capan_profile_enter(struct capan_profile *profile, enum capan_layer layer) {
    if (!profile) return layer;
    const enum capan_layer before = profile->layer;
    const uint64_t now = profile->now();
    if (profile->since) profile->ns[before] += now - profile->since;
    profile->since = now;
    profile->layer = layer;
    return before;
}

#ifdef __cplusplus
}
#endif

#endif
