/* SPDX-License-Identifier: MIT */
/* A text about a capture held against it: each number, frame, state, header and claim of an article, a report of an
 * incident, a student's work, and whether the capture says the same. Only what can be told for certain is refuted: what
 * is ambiguous is not understood, and counted. */
#ifndef CAPAN_AUDIT_H
#define CAPAN_AUDIT_H

#include "analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, sentence): what a claim is about. */
#define CAPAN_CLAIM_WHATS(X)                                                                                           \
    X(NUMBER, "number", "a number that stands for nothing that is known here")                                         \
    X(FRAME, "frame", "which frame it is, or that there is one")                                                       \
    X(ADDRESS, "address", "an address of the capture, or of one end")                                                  \
    X(PORT, "port", "a port of the capture, or of one end")                                                            \
    X(FRAME_LENGTH, "frame-length", "octets of a frame")                                                               \
    X(PAYLOAD, "payload", "octets of data in a segment")                                                               \
    X(HEADER_LENGTH, "header-length", "octets of a message's header section")                                          \
    X(BODY_LENGTH, "body-length", "octets of a message's body")                                                        \
    X(OCTETS, "octets", "octets of a segment, a message, or so far")                                                   \
    X(SENT, "sent", "octets that one end has sent so far, or with this segment")                                       \
    X(RECEIVED, "received", "octets that one end has received so far, or acknowledges")                                \
    X(LARGEST, "largest", "the largest payload of one end")                                                            \
    X(SEQ, "seq", "a sequence number, relative or raw")                                                                \
    X(ACK, "ack", "an acknowledgement number, relative or raw")                                                        \
    X(NEXT_SEQ, "next-seq", "the number behind a segment")                                                             \
    X(ISN, "isn", "an initial sequence number: relative it is 0, and the first octet is 1")                            \
    X(WINDOW, "window", "a window as offered, scaled or not")                                                          \
    X(MSS, "mss", "the largest segment that an end announced it takes")                                                \
    X(SCALE, "window-scale", "the shift of a window")                                                                  \
    X(SACK, "sack", "whether selective acknowledgement is offered")                                                    \
    X(FLAGS, "flags", "flags of a segment")                                                                            \
    X(STATE, "state", "the state of one end")                                                                          \
    X(KIND, "kind", "why a segment was sent")                                                                          \
    X(CLOSE, "close", "who ended a connection, and how")                                                               \
    X(REQUEST, "request", "a method and a target")                                                                     \
    X(VERSION, "version", "a version of HTTP")                                                                         \
    X(STATUS, "status", "a status, and its reason phrase")                                                             \
    X(FIELD, "field", "a field line of a message")                                                                     \
    X(HANDSHAKE, "handshake", "the frames of a handshake")                                                             \
    X(ANSWER, "answer", "frames that answer or acknowledge another one")                                               \
    X(REASSEMBLY, "reassembly", "the octets of a message put together from segments")                                  \
    X(OFFSET, "offset", "where a segment's octets lie in its message")                                                 \
    X(SUM, "sum", "an equation of numbers")                                                                            \
    X(LOSS, "loss", "what a ping sent, got back and lost")                                                             \
    X(COUNT, "count", "how many there are")                                                                            \
    X(TIME, "time", "a duration or a time of the capture")                                                             \
    X(NAME, "name", "a service's name for a port")                                                                     \
    X(TEACHING, "teaching", "how TCP or HTTP work")                                                                    \
    X(SENTENCE, "sentence", "all of a sentence, in which nothing was found to hold against the capture")

/* X(name, token, sentence) */
#define CAPAN_CLAIM_VERDICTS(X)                                                                                        \
    X(CONFIRMED, "confirmed", "the capture says the same")                                                             \
    X(REFUTED, "refuted", "the capture, or the RFC that is named, says otherwise")                                     \
    X(ABSENT, "not-in-capture", "about something that the capture does not have")                                      \
    X(UNREAD, "not-understood", "what it says of what is not certain, so nothing is said of it")

#define CAPAN_X(name, ...) CAPAN_CLAIM_##name,
enum capan_claim_what { CAPAN_CLAIM_WHATS(CAPAN_X) CAPAN_CLAIM_WHAT_COUNT };
#undef CAPAN_X
#define CAPAN_X(name, ...) CAPAN_CLAIM_##name,
enum capan_claim_verdict { CAPAN_CLAIM_VERDICTS(CAPAN_X) CAPAN_CLAIM_VERDICT_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_claim_whats[CAPAN_CLAIM_WHAT_COUNT];
CAPAN_API extern const struct capan_token capan_claim_verdicts[CAPAN_CLAIM_VERDICT_COUNT];

#define CAPAN_CLAIM_FRAMES 8

/* One claim. Spans lie in the text or in the object. */
struct capan_claim {
    uint64_t number; /* from 1, in the order of the text */
    uint32_t line;   /* of the text, from 1 */
    uint8_t what;    /* enum capan_claim_what */
    uint8_t verdict; /* enum capan_claim_verdict */
    uint8_t frame_count;
    uint32_t slip;                     /* the mistake that it is, from 1: one that is made again has the same; 0 none */
    struct capan_span sentence, words; /* as the text has them */
    struct capan_span said, right;     /* the value that the text gives; the one that it should, where refuted */
    struct capan_span why;             /* in words, where refuted */
    const char *source;                /* RFC and section, or "" */
    uint32_t frames[CAPAN_CLAIM_FRAMES];
};

struct capan_audit_totals {
    uint64_t sentences; /* of the text */
    uint64_t silent;    /* those of them in which nothing was understood; UNREAD has them, too */
    uint64_t claims[CAPAN_CLAIM_VERDICT_COUNT]; /* by verdict */
    uint64_t slips;                             /* distinct mistakes among what is refuted */
    uint64_t left_out;                          /* frames, connections, exchanges and claims, for memory */
};

struct capan_audit;

/* memory: budget in octets, 0 is 256 MiB. NULL without memory. alloc must outlive the object; NULL is libc's. */
CAPAN_API struct capan_audit *capan_audit_new(uint64_t memory, const struct capan_alloc *alloc);
CAPAN_API void capan_audit_free(struct capan_audit *);

/* The capture: each packet, TCP or ICMP, before what the analysis says of it. What does not fit is counted. */
CAPAN_API void capan_audit_packet(struct capan_audit *, const struct capan_packet *, bool icmp);
CAPAN_API void capan_audit_segment(struct capan_audit *, const struct capan_segment *, const uint32_t *acks);
CAPAN_API void capan_audit_exchange(struct capan_audit *, const struct capan_exchange *);
CAPAN_API void capan_audit_connection(struct capan_audit *, const struct capan_connection *);

/* Then the text, once: octets in UTF-8, which stay the caller's until the object is freed. frames: that the capture
 * has. CAPAN_NO_MEMORY: not all of it was read. */
CAPAN_API enum capan_result capan_audit_text(struct capan_audit *, struct capan_span text, uint64_t frames);
/* The next claim, in the order of the text; false: no more. Start with *at = 0. */
CAPAN_API bool capan_audit_next(const struct capan_audit *, uint64_t *at, struct capan_claim *claim);
CAPAN_API void capan_audit_count(const struct capan_audit *, struct capan_audit_totals *);

#ifdef __cplusplus
}
#endif

#endif
