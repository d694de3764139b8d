/* SPDX-License-Identifier: MIT */
#include "congestion.h"

#include "bytes.h"
#include "sentence.h"

enum {
    ROUNDS = 8, /* fewer do not show how it grows */
    KEPT = 84,  /* percent of its window, and more: it was not cut */
    SMALL = 6,  /* segments: in a smaller window 0.5 and 0.7 of it come to the same */
    CERTAIN = 3 /* answers to a loss that say the same, and none another */
};

static void count(uint16_t *number) {
    if (*number < UINT16_MAX) ++*number;
}

/* Where the loss before is not answered yet, its window was not cut for that one. */
void capan_congestion_lost(struct capan_congestion *congestion, uint32_t cwnd, bool needless) {
    const uint32_t before = congestion->before;
    if (before && !needless && (uint64_t)cwnd * 100 >= (uint64_t)before * KEPT) count(&congestion->counts.kept);
    congestion->before = cwnd;
    count(&congestion->counts.losses);
}

/* In that round it may have grown by a segment already: half of one is taken off. */
void capan_congestion_recovered(struct capan_congestion *congestion, uint32_t cwnd, uint32_t full, bool needless) {
    const uint32_t before = congestion->before;
    const uint64_t percent = before ? ((uint64_t)cwnd - full / 2) * 100 / before : 0;
    congestion->before = 0;
    congestion->ssthresh = cwnd;
    if (before < SMALL * full) return;
    if (percent >= 38 && percent <= 58) count(&congestion->counts.halved);
    if (percent >= 61 && percent <= 78) count(&congestion->counts.reduced);
    if (percent >= KEPT && !needless) count(&congestion->counts.kept);
}

void capan_congestion_round(struct capan_congestion *congestion, uint32_t before, uint32_t most, uint32_t full) {
    struct capan_tcp_congestion *counts = &congestion->counts;
    if (before < SMALL * full || most >= before + before / 5 * 2) return;
    count(&counts->rounds);
    if (most + full < before - before / 14)
        count(&counts->sank);
    else if (most < before + full / 2)
        count(&counts->stayed);
    else if (most < before + full + full / 2)
        count(&counts->grew);
    else
        count(&counts->rose);
}

/* By how it grows; UNKNOWN where that is neither's, or too few rounds show it. */
static enum capan_congestion_control by_growth(const struct capan_tcp_congestion *counts) {
    const uint32_t rounds = counts->rounds, uneven = (uint32_t)counts->stayed + counts->rose;
    if (rounds < ROUNDS || counts->sank > rounds / 16 + 1) return CAPAN_CONTROL_UNKNOWN;
    if (counts->grew * 10 >= rounds * 7 && counts->rose * 6 <= rounds) return CAPAN_CONTROL_RENO;
    const bool cubic = uneven * 10 >= rounds * 4 && (counts->grew * 8 >= rounds || counts->rose * 2 >= rounds);
    return cubic ? CAPAN_CONTROL_CUBIC : CAPAN_CONTROL_UNKNOWN;
}

static enum capan_congestion_control by_losses(const struct capan_tcp_congestion *counts) {
    if (counts->halved > counts->reduced) return CAPAN_CONTROL_RENO;
    return counts->reduced > counts->halved ? CAPAN_CONTROL_CUBIC : CAPAN_CONTROL_UNKNOWN;
}

/* It keeps its window over losses; or it sinks without one, and none cuts it. Nor does it grow by a segment in a round,
 * as others do. */
static bool is_bbr(const struct capan_tcp_congestion *counts) {
    const uint32_t cut = (uint32_t)counts->halved + counts->reduced;
    if (counts->grew * 10 > counts->rounds) return false;
    if (counts->kept >= 2 && counts->kept > cut) return true;
    if (counts->rounds < ROUNDS || cut) return false;
    return counts->kept || (counts->sank >= 2 && counts->sank * 12 >= counts->rounds);
}

/* Rounds that fit what losses leave. */
static uint32_t fitting(const struct capan_tcp_congestion *counts, enum capan_congestion_control losses) {
    return losses == CAPAN_CONTROL_RENO ? counts->grew : (uint32_t)counts->stayed + counts->rose;
}

/* Too few rounds show how it grows. One loss alone may leave any share by chance. */
static bool is_silent(const struct capan_tcp_congestion *counts, uint32_t fit) {
    return counts->rounds < ROUNDS && !counts->kept && (fit || max_u32(counts->halved, counts->reduced) > 1);
}

/* Both what losses leave and how it grows say so, or one does and the other is silent. */
static enum capan_congestion_control by_both(const struct capan_tcp_congestion *counts) {
    const enum capan_congestion_control growth = by_growth(counts), losses = by_losses(counts);
    const uint32_t most = max_u32(counts->halved, counts->reduced), least = min_u32(counts->halved, counts->reduced);
    if (losses == CAPAN_CONTROL_UNKNOWN) return most || counts->kept > 1 ? CAPAN_CONTROL_UNKNOWN : growth;
    if (growth == losses) return losses;
    const uint32_t fit = fitting(counts, losses);
    if (counts->rounds >= ROUNDS / 2 && fit * 3 < counts->rounds) return CAPAN_CONTROL_UNKNOWN;
    const bool silent = growth == CAPAN_CONTROL_UNKNOWN && is_silent(counts, fit);
    return most > 2 * least + (silent ? 0 : 2) ? losses : CAPAN_CONTROL_UNKNOWN;
}

static bool is_certain(const struct capan_tcp_congestion *counts) {
    const uint32_t most = max_u32(counts->halved, counts->reduced), least = min_u32(counts->halved, counts->reduced);
    return counts->control == by_growth(counts) && counts->control == by_losses(counts) && most >= CERTAIN && !least &&
           !counts->kept;
}

void capan_congestion_tell(const struct capan_congestion *congestion, struct capan_tcp_congestion *told) {
    *told = congestion->counts;
    const bool bbr = is_bbr(told);
    told->control = (uint8_t)(bbr ? CAPAN_CONTROL_BBR : by_both(told));
    told->certainty = told->control == CAPAN_CONTROL_UNKNOWN ? CAPAN_AMBIGUOUS
                      : is_certain(told)                     ? CAPAN_CERTAIN
                                                             : CAPAN_LIKELY;
    told->ssthresh = bbr ? 0 : congestion->ssthresh;
    told->pacing_rate = bbr ? congestion->rate : 0;
}

static const char *plural(uint32_t count, const char *one, const char *more) {
    return count == 1 ? one : more;
}

size_t capan_congestion_explain(const struct capan_tcp_congestion *told, char text[CAPAN_EXPLAIN_TEXT]) {
    struct sentence sentence = sentence_in(text, CAPAN_EXPLAIN_TEXT);
    capan_say(&sentence, "%u %s", told->losses, plural(told->losses, "loss", "losses"));
    if (told->halved) capan_say(&sentence, ", %u left half of its congestion window (RFC 5681 3.1)", told->halved);
    if (told->reduced) capan_say(&sentence, ", %u left 0.7 of its congestion window (RFC 9438 4.6)", told->reduced);
    if (told->kept) capan_say(&sentence, ", %u left next to all of its congestion window (as BBR does)", told->kept);
    if (!told->rounds) return sentence.len;
    capan_say(&sentence, "; in %u %s without a loss it", told->rounds, plural(told->rounds, "round", "rounds"));
    capan_say(&sentence,
              " grew by one segment %u times (RFC 5681 3.1), by more %u times, by none %u times (RFC 9438 4.3)",
              told->grew, told->rose, told->stayed);
    if (told->sank) capan_say(&sentence, ", and sank %u times (as BBR does)", told->sank);
    return sentence.len;
}
