/* SPDX-License-Identifier: MIT */
#include "findings.h"

#include <stdlib.h>

/* Where each class begins in struct findings, and its list. */
static const struct class_row {
    size_t start, count;
    const struct capan_token *tokens;
} classes[] = {
    [CAPAN_FINDING_TCP_KIND] = {0, CAPAN_TCP_KIND_COUNT, capan_tcp_kinds},
    [CAPAN_FINDING_TCP_FLAG] = {CAPAN_TCP_KIND_COUNT, CAPAN_TCP_FLAG_COUNT, capan_tcp_flags},
    [CAPAN_FINDING_OUTCOME] = {CAPAN_TCP_KIND_COUNT + CAPAN_TCP_FLAG_COUNT, CAPAN_HTTP_OUTCOME_COUNT,
                               capan_http_outcomes},
    [CAPAN_FINDING_VIOLATION] = {CAPAN_TCP_KIND_COUNT + CAPAN_TCP_FLAG_COUNT + CAPAN_HTTP_OUTCOME_COUNT,
                                 CAPAN_HTTP_VIOLATION_COUNT, capan_http_violations},
    [CAPAN_FINDING_ADVICE] = {FINDINGS_COUNT - CAPAN_HTTP_FRAMING_COUNT - CAPAN_HTTP_ADVICE_COUNT,
                              CAPAN_HTTP_ADVICE_COUNT, capan_http_advices},
    [CAPAN_FINDING_FRAMING] = {FINDINGS_COUNT - CAPAN_HTTP_FRAMING_COUNT, CAPAN_HTTP_FRAMING_COUNT,
                               capan_http_framings},
};
enum { CLASS_COUNT = sizeof classes / sizeof *classes };

/* Who is to mend what TCP shows. What is not named is nobody's fault. */
static const struct blame_row {
    uint8_t of, number, blame;
} blames[] = {
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_DUPLICATE_PACKET, CAPAN_BLAME_CAPTURE},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_ACK_UNSEEN, CAPAN_BLAME_CAPTURE},
    {CAPAN_FINDING_TCP_FLAG, CAPAN_FLAG_GAP_BEFORE, CAPAN_BLAME_CAPTURE},
    {CAPAN_FINDING_TCP_FLAG, CAPAN_FLAG_GAP_CAPTURE_LOSS, CAPAN_BLAME_CAPTURE},
    {CAPAN_FINDING_TCP_FLAG, CAPAN_FLAG_GAP_PATH_LOSS, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_DATA_LATE, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_DATA_RECOVERED, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RETRANSMIT_FAST, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RETRANSMIT_SACK, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RETRANSMIT_TLP, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RETRANSMIT_RTO, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RETRANSMIT_PMTU, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_SYN_RETRANSMIT, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_SYN_ACK_RETRANSMIT, CAPAN_BLAME_NETWORK},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RST_REFUSE, CAPAN_BLAME_SERVER},
    {CAPAN_FINDING_TCP_KIND, CAPAN_KIND_ACK_ZERO_WINDOW, CAPAN_BLAME_EITHER},
    {CAPAN_FINDING_TCP_FLAG, CAPAN_FLAG_SACK_RENEGING, CAPAN_BLAME_EITHER},
};

void capan_findings_init(struct findings *findings) {
    for (size_t of = 0; of < CLASS_COUNT; of++) {
        for (size_t i = 0; i < classes[of].count; i++) {
            const struct capan_token *token = &classes[of].tokens[i];
            uint8_t blame = of == CAPAN_FINDING_VIOLATION ? capan_http_violation_blames[i] : CAPAN_BLAME_NOBODY;
            findings->at[classes[of].start + i] = (struct capan_finding){.of = (uint8_t)of,
                                                                         .number = (uint8_t)i,
                                                                         .severity = (uint8_t)token->severity,
                                                                         .blame = blame,
                                                                         .token = token};
        }
    }
    for (size_t i = 0; i < sizeof blames / sizeof *blames; i++)
        findings->at[classes[blames[i].of].start + blames[i].number].blame = blames[i].blame;
}

static void note(struct findings *findings, enum capan_finding_class of, unsigned number, uint32_t frame,
                 uint32_t stream, uint64_t bytes) {
    size_t place = classes[of].start + number;
    struct capan_finding *finding = &findings->at[place];
    if (finding->count++ == 0 || findings->last_stream[place] != stream) finding->streams++;
    findings->last_stream[place] = stream;
    finding->bytes += bytes;
    if (finding->frame_count < CAPAN_FINDING_FRAMES) finding->frames[finding->frame_count++] = frame;
}

/* Notes every bit of a set. */
static void note_set(struct findings *findings, enum capan_finding_class of, uint64_t set, uint32_t frame,
                     uint32_t stream, uint64_t bytes) {
    for (unsigned number = 0; set; number++, set >>= 1)
        if (set & 1) note(findings, of, number, frame, stream, bytes);
}

/* Octets that crossed the wire again. */
static uint64_t resent(const struct capan_segment *segment) {
    switch (segment->kind) {
    case CAPAN_KIND_DUPLICATE_PACKET:
    case CAPAN_KIND_DATA_RECOVERED:
    case CAPAN_KIND_RETRANSMIT_FAST:
    case CAPAN_KIND_RETRANSMIT_SACK:
    case CAPAN_KIND_RETRANSMIT_TLP:
    case CAPAN_KIND_RETRANSMIT_RTO:
    case CAPAN_KIND_RETRANSMIT_PMTU:
    case CAPAN_KIND_RETRANSMIT_UNCLEAR: return segment->len;
    default: return 0;
    }
}

void capan_findings_segment(struct findings *findings, const struct capan_segment *segment) {
    uint64_t bytes = resent(segment);
    if (capan_tcp_kinds[segment->kind].severity != CAPAN_NONE)
        note(findings, CAPAN_FINDING_TCP_KIND, segment->kind, segment->frame, segment->stream, bytes);
    if (segment->flags)
        note_set(findings, CAPAN_FINDING_TCP_FLAG, segment->flags, segment->frame, segment->stream, bytes);
}

void capan_findings_exchange(struct findings *findings, const struct capan_exchange *exchange) {
    uint32_t frame = exchange->response.last_frame ? exchange->response.last_frame : exchange->request.last_frame;
    note(findings, CAPAN_FINDING_OUTCOME, exchange->outcome, frame, exchange->stream, exchange->wasted);
    note_set(findings, CAPAN_FINDING_VIOLATION, exchange->violations, frame, exchange->stream, exchange->wasted);
    note_set(findings, CAPAN_FINDING_ADVICE, exchange->advice, frame, exchange->stream, exchange->wasted);
    note_set(findings, CAPAN_FINDING_FRAMING, exchange->request_framing, exchange->request.first_frame,
             exchange->stream, 0);
    note_set(findings, CAPAN_FINDING_FRAMING, exchange->response_framing, exchange->response.first_frame,
             exchange->stream, 0);
}

static int louder(const void *left, const void *right) {
    const struct capan_finding *a = left, *b = right;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return a->of != b->of ? (int)a->of - (int)b->of : (int)a->number - (int)b->number;
}

size_t capan_findings_sort(struct findings *findings, const struct capan_finding **sorted) {
    size_t count = 0;
    for (size_t i = 0; i < FINDINGS_COUNT; i++)
        if (findings->at[i].count && findings->at[i].severity >= CAPAN_CHAT)
            findings->sorted[count++] = findings->at[i];
    qsort(findings->sorted, count, sizeof *findings->sorted, louder);
    *sorted = findings->sorted;
    return count;
}
