/* SPDX-License-Identifier: MIT */
#include "freshness.h"

#include "bytes.h"

#define NS_PER_S       1000000000
#define HEURISTIC_PART 10

int64_t capan_explicit_lifetime(const struct capan_answer *answer, bool shared, int64_t received_s) {
    if (shared && answer->cc.s_maxage >= 0) return answer->cc.s_maxage;
    if (answer->cc.max_age >= 0) return answer->cc.max_age;
    if (!answer->expires.present) return -1;
    if (!answer->expires.valid) return 0; /* RFC 9111 5.3: an invalid date, "0" above all, is in the past */
    int64_t since = answer->date.valid ? answer->date.seconds : received_s;
    return max_i64(0, answer->expires.seconds - since);
}

bool capan_is_heuristically_cacheable(uint16_t status) {
    static const uint16_t statuses[] = {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i] == status) return true;
    }
    return false;
}

int64_t capan_heuristic_lifetime(const struct capan_answer *answer, uint16_t status, int64_t received_s) {
    if (!answer->modified.valid || !capan_is_heuristically_cacheable(status)) return -1;
    int64_t since = answer->date.valid ? answer->date.seconds : received_s;
    return max_i64(0, since - answer->modified.seconds) / HEURISTIC_PART;
}

int64_t capan_initial_age(const struct capan_answer *answer, int64_t asked_ns, int64_t received_ns) {
    int64_t apparent = answer->date.valid ? max_i64(0, received_ns / NS_PER_S - answer->date.seconds) : 0;
    int64_t delay = capan_elapsed_ns(asked_ns, received_ns) / NS_PER_S;
    int64_t corrected = min_i64(max_i64(0, answer->age_s), INT64_MAX / 4) + delay;
    return max_i64(apparent, corrected);
}

/* No longer than so that a capture's time can be added. */
static int64_t seconds_as_ns(int64_t seconds) {
    return min_i64(max_i64(0, seconds), INT64_MAX / 4 / NS_PER_S) * NS_PER_S;
}

int64_t capan_initial_age_ns(const struct capan_answer *answer, int64_t asked_ns, int64_t received_ns) {
    int64_t apparent = 0;
    if (answer->date.valid && answer->date.seconds <= received_ns / NS_PER_S)
        apparent = seconds_as_ns(received_ns / NS_PER_S - answer->date.seconds) + received_ns % NS_PER_S;
    int64_t delay = min_i64(capan_elapsed_ns(asked_ns, received_ns), INT64_MAX / 4);
    return max_i64(apparent, seconds_as_ns(answer->age_s) + delay);
}

int64_t capan_age_at(const struct capan_stored *stored, int64_t ns) {
    return stored->age_s + capan_elapsed_ns(stored->ns, ns) / NS_PER_S;
}

bool capan_is_fresh(const struct capan_stored *stored, int64_t ns) {
    if (stored->heuristic || stored->lifetime_s < 0 || stored->directives & (CAPAN_NO_STORE | CAPAN_NO_CACHE))
        return false;
    return stored->lifetime_s > capan_age_at(stored, ns);
}
