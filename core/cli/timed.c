/* SPDX-License-Identifier: MIT */
#include "timed.h"

#include <glib.h>
#include <time.h>

static uint64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

struct capan_profile timed_begin(void) {
    return (struct capan_profile){.now = now};
}

void timed_tell(struct capan_profile *profile, uint64_t frames) {
#define CAPAN_X(name, token, sentence) {token, sentence},
    static const char *const layers[CAPAN_LAYER_COUNT][2] = {CAPAN_LAYERS(CAPAN_X)};
#undef CAPAN_X
    uint64_t sum = 0;
    capan_profile_enter(profile, CAPAN_LAYER_READ);
    for (int i = 0; i < CAPAN_LAYER_COUNT; i++) sum += profile->ns[i];
    for (int i = 0; i < CAPAN_LAYER_COUNT; i++)
        g_printerr("%-7s %14" G_GUINT64_FORMAT " ns %5.1f %% %8.1f ns a frame  %s\n", layers[i][0], profile->ns[i],
                   sum ? 100.0 * (double)profile->ns[i] / (double)sum : 0.0,
                   frames ? (double)profile->ns[i] / (double)frames : 0.0, layers[i][1]);
}
