/* SPDX-License-Identifier: MIT */
#include "findings.h"

#include <stdlib.h>
#include <string.h>

/* Where each class begins in struct findings. */
enum {
    KINDS_AT = 0,
    FLAGS_AT = KINDS_AT + CAPAN_TCP_KIND_COUNT,
    OUTCOMES_AT = FLAGS_AT + CAPAN_TCP_FLAG_COUNT,
    VIOLATIONS_AT = OUTCOMES_AT + CAPAN_HTTP_OUTCOME_COUNT,
    ADVICES_AT = VIOLATIONS_AT + CAPAN_HTTP_VIOLATION_COUNT,
    FRAMINGS_AT = ADVICES_AT + CAPAN_HTTP_ADVICE_COUNT
};
static const size_t starts[CAPAN_FINDING_CLASS_COUNT] = {
    [CAPAN_FINDING_TCP_KIND] = KINDS_AT,   [CAPAN_FINDING_TCP_FLAG] = FLAGS_AT,
    [CAPAN_FINDING_OUTCOME] = OUTCOMES_AT, [CAPAN_FINDING_VIOLATION] = VIOLATIONS_AT,
    [CAPAN_FINDING_ADVICE] = ADVICES_AT,   [CAPAN_FINDING_FRAMING] = FRAMINGS_AT,
};

void capan_findings_init(struct findings *findings) {
    struct capan_finding *finding = findings->at;
    for (size_t of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) {
        const struct capan_cause_list *list = &capan_cause_lists[of];
        for (size_t i = 0; i < list->count; i++)
            *finding++ = (struct capan_finding){.of = (uint8_t)of,
                                                .number = (uint8_t)i,
                                                .severity = (uint8_t)list->tokens[i].severity,
                                                .blame = list->blames ? list->blames[i] : CAPAN_BLAME_NOBODY,
                                                .token = &list->tokens[i]};
    }
    for (unsigned flag = 0; flag < CAPAN_TCP_FLAG_COUNT; flag++)
        if (capan_tcp_flags[flag].severity != CAPAN_NONE) findings->loud_flags |= UINT64_C(1) << flag;
}

/* Where a cause was met, and what it cost. */
struct met {
    uint32_t frame, stream;
    uint64_t bytes;
};

static void note(struct findings *findings, const struct capan_cause *cause, const struct met *met) {
    size_t index = starts[cause->of] + cause->number;
    struct capan_finding *finding = &findings->at[index];
    if (finding->count++ == 0 || findings->last_stream[index] != met->stream) finding->streams++;
    findings->last_stream[index] = met->stream;
    finding->bytes += met->bytes;
    if (finding->frame_count < CAPAN_FINDING_FRAMES) finding->frames[finding->frame_count++] = met->frame;
}

static void note_all(struct findings *findings, struct capan_causes causes, struct met met) {
    for (struct capan_cause cause; capan_take_cause(&causes, &cause);) note(findings, &cause, &met);
}

/* Most segments are no cause of anything. */
void capan_findings_segment(struct findings *findings, const struct capan_segment *segment) {
    uint64_t bytes = capan_segment_is(segment, CAPAN_TRAIT_TWICE) ? segment->len : 0;
    if (capan_tcp_kinds[segment->kind].severity == CAPAN_NONE && !(segment->flags & findings->loud_flags)) return;
    note_all(findings, capan_segment_causes(segment), (struct met){segment->frame, segment->stream, bytes});
}

/* What the waste is the cost of: the advice whose subject made that the same octets were sent again, else the outcome.
 */
static struct capan_causes costly(const struct capan_exchange *exchange) {
    static const uint64_t wasteful = UINT64_C(1) << CAPAN_ADVICE_ETAG_ENCODING_SUFFIX |
                                     UINT64_C(1) << CAPAN_ADVICE_ETAG_UNSTABLE |
                                     UINT64_C(1) << CAPAN_ADVICE_ETAG_PER_NODE;
    bool modified = exchange->outcome == CAPAN_OUTCOME_MODIFIED || exchange->outcome == CAPAN_OUTCOME_MODIFIED_UNPROVEN;
    uint64_t advice = modified ? exchange->advice & wasteful : 0;
    return (struct capan_causes){.of = {[CAPAN_FINDING_OUTCOME] = (uint64_t)!advice << exchange->outcome,
                                        [CAPAN_FINDING_ADVICE] = advice & (~advice + 1)}};
}

static struct capan_causes only_framing(uint64_t framing) {
    return (struct capan_causes){.of = {[CAPAN_FINDING_FRAMING] = framing}};
}

/* What was wasted is the cost of one finding: of what caused it, not of what is to be said besides. What is odd about
 * the framing is met where that message begins. */
void capan_findings_exchange(struct findings *findings, const struct capan_exchange *exchange) {
    uint32_t frame = exchange->response.last_frame ? exchange->response.last_frame : exchange->request.last_frame;
    struct capan_causes dear = costly(exchange), others = capan_exchange_causes(exchange);
    others.of[CAPAN_FINDING_FRAMING] = 0;
    for (unsigned of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) others.of[of] &= ~dear.of[of];
    note_all(findings, dear, (struct met){frame, exchange->stream, exchange->wasted});
    note_all(findings, others, (struct met){frame, exchange->stream, 0});
    note_all(findings, only_framing(exchange->request_framing),
             (struct met){exchange->request.first_frame, exchange->stream, 0});
    note_all(findings, only_framing(exchange->response_framing),
             (struct met){exchange->response.first_frame, exchange->stream, 0});
}

static int louder(const void *left, const void *right) {
    const struct capan_finding *a = left, *b = right;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    if (a->of != b->of) return (int)a->of - (int)b->of;
    return a->number != b->number ? (int)a->number - (int)b->number : a->frames[0] < b->frames[0] ? -1 : 1;
}

size_t capan_findings_sort(struct findings *findings, const struct capan_finding *of_hosts, size_t count,
                           const struct capan_finding **sorted) {
    memcpy(findings->sorted, of_hosts, count * sizeof *of_hosts);
    for (size_t i = 0; i < FINDINGS_COUNT; i++)
        if (findings->at[i].count && findings->at[i].severity >= CAPAN_CHAT)
            findings->sorted[count++] = findings->at[i];
    qsort(findings->sorted, count, sizeof *findings->sorted, louder);
    *sorted = findings->sorted;
    return count;
}
