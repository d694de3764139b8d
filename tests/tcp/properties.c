/* SPDX-License-Identifier: MIT */
/* What holds of every script: changes that may not change its verdicts, or only for the better. */
#include <string.h>

#include "failing.h"
#include "play.h"

enum { REFUSALS = 400, MISSING_MAX = 100 };

static const struct script_variant unchanged;

/* What needs the payload's octets: all that a shorter snap length may take away. */
static const uint64_t flags_of_octets = UINT64_C(1) << CAPAN_FLAG_OVERLAP_CONFLICT |
                                        UINT64_C(1) << CAPAN_FLAG_HEADER_ONLY |
                                        UINT64_C(1) << CAPAN_FLAG_LAST_OF_MESSAGE;

static bool same_verdict(const struct capan_segment *a, const struct capan_segment *b, bool without_octets) {
    struct capan_segment pair[2] = {*a, *b};
    char text[2][VERDICT_TEXT];
    for (int i = 0; i < 2; i++) {
        if (without_octets) pair[i].flags &= ~flags_of_octets;
        verdict_text(&pair[i], text[i]);
    }
    return strcmp(text[0], text[1]) == 0;
}

static bool same_summary(const struct capan_tcp_summary *a, const struct capan_tcp_summary *b, bool snapped) {
    return a->open == b->open && a->close == b->close && a->vantage == b->vantage && a->limit == b->limit &&
           (snapped || a->quality == b->quality);
}

static unsigned compare(const struct script *script, const struct verdicts *base, const struct verdicts *other,
                        const struct script_variant *variant, const char *what) {
    for (size_t i = 0; i < script->count; i++) {
        const struct capan_segment *a = &base->segments[i], *b = &other->segments[i];
        if (a->frame == b->frame && same_verdict(a, b, variant->snap)) continue;
        fprintf(stderr, "%s:%u: other verdict with %s\n", script->name, script->segments[i].line, what);
        verdict_describe(a);
        verdict_describe(b);
        return 1;
    }
    for (int i = 0; i < PLAY_STREAMS; i++) {
        if (base->known[i] == other->known[i] && same_summary(&base->summaries[i], &other->summaries[i], variant->snap))
            continue;
        fprintf(stderr, "%s: other summary with %s\n", script->name, what);
        return 1;
    }
    return 0;
}

/* Each side's numbers pass a place in the middle of its data. */
static struct script_variant passing(const struct script *script, uint32_t place) {
    int64_t half[2] = {0, 0};
    for (size_t i = 0; i < script->count; i++) {
        const struct script_segment *segment = &script->segments[i];
        const int64_t end = (segment->seq + segment->len) / 2;
        if (!segment->icmp && end > half[segment->side]) half[segment->side] = end;
    }
    return (struct script_variant){
        .isn_shift = {place - (uint32_t)half[0] - script->isn[0], place - (uint32_t)half[1] - script->isn[1]}};
}

static unsigned check_variants(const struct script *script, const struct verdicts *base) {
    const struct {
        const char *what;
        struct script_variant variant;
    } variants[] = {
        {"other initial sequence numbers", {.isn_shift = {0x12345678, 0x9abcdef0}}},
        {"a wrap at the first octet", {.isn_shift = {0xffffffff - script->isn[0], 0xffffffff - script->isn[1]}}},
        {"a wrap in the middle", passing(script, 0)},
        {"numbers that pass 2^31", passing(script, UINT32_C(1) << 31)},
        {"the endpoints exchanged", {.mirror = true}},
        {"no payload captured", {.snap = true}},
        {"another time", {.time_shift = INT64_C(86400000000007)}}};
    unsigned failures = 0;
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        struct verdicts other;
        if (!verdicts_play(&other, script, &variants[i].variant, &capan_libc))
            failures++;
        else
            failures += compare(script, base, &other, &variants[i].variant, variants[i].what);
        verdicts_free(&other);
    }
    return failures;
}

/* Without an identification the same ACK may be said twice. */
static bool copy_is_known(const struct script *script, const struct capan_segment *single) {
    return single->frame != 0 && single->kind != CAPAN_KIND_MALFORMED && single->kind != CAPAN_KIND_DUPLICATE_PACKET &&
           (!script->ipv6 || single->len > 0);
}

/* Each packet captured twice, as a mirror port does it: the copies are called that and change nothing. */
static unsigned check_twice(const struct script *script, const struct verdicts *base) {
    const struct script_variant variant = {.twice = true};
    struct verdicts doubled;
    unsigned failures = !verdicts_play(&doubled, script, &variant, &capan_libc);
    for (size_t i = 0; i < script->count && failures == 0; i++) {
        const struct capan_segment *single = &base->segments[i], *first = &doubled.segments[i],
                                   *copy = &doubled.copies[i];
        if (!copy_is_known(script, single)) continue;
        if (first->kind == single->kind && first->cause == single->cause && copy->kind == CAPAN_KIND_DUPLICATE_PACKET)
            continue;
        fprintf(stderr, "%s:%u: other verdict when captured twice\n", script->name, script->segments[i].line);
        verdict_describe(single);
        verdict_describe(first);
        verdict_describe(copy);
        failures = 1;
    }
    verdicts_free(&doubled);
    return failures;
}

/* Without the packet sent again that it is a copy of, a copy stands for that one. */
static bool stands_for(const struct capan_segment *whole, const struct capan_segment *missing) {
    return whole->kind == CAPAN_KIND_DUPLICATE_PACKET && capan_segment_is(missing, CAPAN_TRAIT_HOLDS_UP) &&
           whole->seq == missing->seq;
}

/* A packet that only the capture lost makes no other one a retransmission; but one octet below an ACK that was not seen
 * may be a probe or sent again. */
static unsigned check_missing(const struct script *script, const struct verdicts *base, size_t missing) {
    const struct script_variant variant = {.missing = missing};
    struct verdicts other;
    unsigned failures = !verdicts_play(&other, script, &variant, &capan_libc);
    for (size_t i = 0; i < script->count && failures == 0; i++) {
        const struct capan_segment *whole = &base->segments[i], *found = &other.segments[i];
        if (found->frame == 0 || capan_segment_is(whole, CAPAN_TRAIT_HOLDS_UP) ||
            !capan_segment_is(found, CAPAN_TRAIT_HOLDS_UP) || found->len == 1 ||
            stands_for(whole, &base->segments[missing - 1]))
            continue;
        fprintf(stderr, "%s:%u: sent again, when the capture misses line %u\n", script->name, script->segments[i].line,
                script->segments[missing - 1].line);
        verdict_describe(whole);
        verdict_describe(found);
        failures = 1;
    }
    verdicts_free(&other);
    return failures;
}

static unsigned check_each_missing(const struct script *script, const struct verdicts *base) {
    unsigned failures = 0;
    for (size_t i = 1; i <= script->count && i <= MISSING_MAX; i++) failures += check_missing(script, base, i);
    return failures;
}

/* Nothing crashes or leaks, whichever allocation is refused. */
static unsigned check_refusals(const struct script *script) {
    for (size_t refuse = 1; refuse < REFUSALS; refuse++) {
        struct failing failing;
        struct verdicts verdicts;
        failing_init(&failing, refuse);
        verdicts_play(&verdicts, script, &unchanged, &failing.alloc);
        verdicts_free(&verdicts);
        if (failing.held != 0) {
            fprintf(stderr, "%s: %zu octets leak when allocation %zu is refused\n", script->name, failing.held, refuse);
            return 1;
        }
        if (failing.requests < refuse) return 0;
    }
    return 0;
}

unsigned check_properties(const struct script *script, const struct verdicts *base) {
    return check_variants(script, base) + check_twice(script, base) + check_each_missing(script, base) +
           check_refusals(script);
}
