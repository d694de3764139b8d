/* SPDX-License-Identifier: MIT */
/* What an exchange's sentence rests on: facts that select its clauses, and the numbers that they name. */
#ifndef QUANTITIES_H
#define QUANTITIES_H

#include "capan/sentence.h"

/* X(name, token, sentence, condition on the exchange e). */
#define CAPAN_TOLD_FACTS(X)                                                                                            \
    X(HAS_REQUEST, "has-request", "the request was captured", e->method.len)                                           \
    X(HAS_REQUEST_END, "has-request-end", "so was the request's end", e->request.last_frame)                           \
    X(ON_STREAM, "on-stream", "it has a stream of its own", e->h2_stream >= 0)                                         \
    X(ASKS, "asks", "the request has a precondition that counts", is_conditional(e))                                   \
    X(DATE_IS_VOID, "date-is-void", "If-None-Match makes the request's date void",                                     \
      e->cond == CAPAN_COND_VALIDATE_BOTH)                                                                             \
    X(WAS_GIVEN, "was-given", "the response that issued the validator was captured", e->validator_in)                  \
    X(HAS_ODD_ORIGIN, "has-odd-origin", "the validator is not simply the newest that the client was given",            \
      capan_provenance_phrases[e->provenance])                                                                         \
    X(HAS_STATUS, "has-status", "a final response was captured", e->status)                                            \
    X(HAS_RESPONSE_END, "has-response-end", "so was the response's end", e->response.last_frame)                       \
    X(REASON_TELLS_MORE, "reason-tells-more", "neither status nor outcome says as much as the reason",                 \
      !is_obvious(e->reason))                                                                                          \
    X(HAS_FORGOTTEN, "has-forgotten", "something was given up, or not read, that the verdict would need",              \
      e->forgotten)                                                                                                    \
    X(IS_CITED, "is-cited", "an RFC defines the outcome", e->source && * e->source)                                    \
    X(COPY_MATTERS, "copy-matters", "the client's copy was asked for again, and its age is known",                     \
      is_copy_asked_for(e))                                                                                            \
    X(IS_NO_CACHE, "is-no-cache", "the copy is not to be used without asking", e->known_no_cache)                      \
    X(IS_HEURISTIC, "is-heuristic", "the copy's lifetime is a tenth of its age at the server", e->fresh_heuristic)     \
    X(SPARES, "spares", "a 304 spared octets", e->saved)                                                               \
    X(WASTES, "wastes", "octets were sent that the client had", e->wasted)                                             \
    X(IS_ANSWERED, "is-answered", "the time from request to response is known", e->answered_ns >= 0)                   \
    X(IS_TIMED, "is-timed", "the server's own part of it is known", e->server_ns >= 0)                                 \
    X(IS_MEASURED, "is-measured", "the round trips that it took are known", e->round_trips_x100 >= 0)                  \
    X(IS_SLOW, "is-slow", "its content took longer than windows need to grow", e->content_ns >= 0)                     \
    X(PAID_HANDSHAKES, "paid-handshakes", "it waited for handshakes", capan_handshake_sum(&e->handshakes))             \
    X(CROSSED_FIN, "crossed-fin", "the request and the server's FIN crossed", e->crossed_fin)                          \
    X(WAS_DELAYED, "was-delayed", "a segment sent again held it up", e->delayed_by)                                    \
    X(GUESS_IS_KNOWN, "guess-is-known", "what caches guess for want of a lifetime is known",                           \
      is_advised(e, CAPAN_ADVICE_EXPLICIT_LIFETIME) && seconds_unmodified(e) > 0)                                      \
    X(SKEW_IS_KNOWN, "skew-is-known", "the server's Date can be held against the capture's time",                      \
      is_advised(e, CAPAN_ADVICE_CLOCK_SKEW) && date_of(e, CAPAN_FIELD_DATE).form != CAPAN_DATE_MALFORMED)             \
    X(STAYED_SAME, "stayed-same", "it stayed the same for longer than its lifetime", e->unchanged_s > 0)               \
    X(FULL_IS_TIMED, "full-is-timed", "the server's time for the whole content is known", e->full_server_ns >= 0)      \
    X(IS_OF_PAGE, "is-of-page", "it belongs to a page", e->page.number)                                                \
    X(IS_WRONG, "is-wrong", "somebody did something against the RFC", e->violations)                                   \
    X(CAN_BE_BETTER, "can-be-better", "there is advice", e->advice)

#define CAPAN_X(name, ...) CAPAN_TOLD_NUMBER_##name,
enum { CAPAN_TOLD_FACTS(CAPAN_X) CAPAN_TOLD_FACT_COUNT };
#undef CAPAN_X
#define CAPAN_TOLD(name) (UINT64_C(1) << CAPAN_TOLD_NUMBER_##name)
/* Those that hold. */
uint64_t capan_told_facts(const struct capan_exchange *);

/* X(name, its first letter, its last letter, unit, style, facts without which it is not known, value from the exchange
 * e). Length, first and last letter tell the names of quantities and words apart; a clash does not compile. */
#define CAPAN_TOLD_QUANTITIES(X)                                                                                       \
    X(request_frame, 'r', 'e', FRAME, PLAIN, CAPAN_TOLD(HAS_REQUEST_END), e->request.last_frame)                       \
    X(response_frame, 'r', 'e', FRAME, PLAIN, CAPAN_TOLD(HAS_RESPONSE_END), e->response.last_frame)                    \
    X(stream, 's', 'm', IDENTIFIER, PLAIN, CAPAN_TOLD(ON_STREAM), e->h2_stream)                                        \
    X(status, 's', 's', IDENTIFIER, PLAIN, CAPAN_TOLD(HAS_STATUS), e->status)                                          \
    X(validator_in, 'v', 'n', FRAME, PLAIN, CAPAN_TOLD(WAS_GIVEN), e->validator_in)                                    \
    X(validator_age, 'v', 'e', NS, TO_THE_MS, CAPAN_TOLD(WAS_GIVEN),                                                   \
      capan_elapsed_ns(e->validator_ns, e->request.first_ns))                                                          \
    X(known_in, 'k', 'n', FRAME, PLAIN, CAPAN_TOLD(COPY_MATTERS), e->known_in)                                         \
    X(age, 'a', 'e', SECONDS, PLAIN, CAPAN_TOLD(COPY_MATTERS), e->age_s)                                               \
    X(lifetime, 'l', 'e', SECONDS, PLAIN, CAPAN_TOLD(COPY_MATTERS), e->fresh_lifetime_s)                               \
    X(saved, 's', 'd', OCTETS, PLAIN, CAPAN_TOLD(SPARES), (int64_t)e->saved)                                           \
    X(wasted, 'w', 'd', OCTETS, PLAIN, CAPAN_TOLD(WASTES), (int64_t)e->wasted)                                         \
    X(answered, 'a', 'd', NS, TO_THE_US, CAPAN_TOLD(IS_ANSWERED), e->answered_ns)                                      \
    X(server_time, 's', 'e', NS, TO_THE_US, CAPAN_TOLD(IS_TIMED), e->server_ns)                                        \
    X(round_trips, 'r', 's', ROUND_TRIPS_X100, TENTHS, CAPAN_TOLD(IS_MEASURED), e->round_trips_x100)                   \
    X(sending_time, 's', 'e', NS, TO_THE_US, CAPAN_TOLD(IS_SLOW), e->content_ns)                                       \
    X(round_trip, 'r', 'p', NS, TO_THE_US, CAPAN_TOLD(IS_MEASURED), e->rtt_ns)                                         \
    X(handshakes, 'h', 's', NUMBER, PLAIN, CAPAN_TOLD(PAID_HANDSHAKES), capan_handshake_sum(&e->handshakes))           \
    X(crossed_fin, 'c', 'n', FRAME, PLAIN, CAPAN_TOLD(CROSSED_FIN), e->crossed_fin)                                    \
    X(delay, 'd', 'y', NS, TO_THE_US, CAPAN_TOLD(WAS_DELAYED), e->delayed_ns)                                          \
    X(delayed_in, 'd', 'n', FRAME, PLAIN, CAPAN_TOLD(WAS_DELAYED), e->delayed_in)                                      \
    X(guessed_lifetime, 'g', 'e', SECONDS, PLAIN, CAPAN_TOLD(GUESS_IS_KNOWN), seconds_unmodified(e) / 10)              \
    X(clock_skew, 'c', 'w', SECONDS, MAGNITUDE, CAPAN_TOLD(SKEW_IS_KNOWN), seconds_late(e))                            \
    X(exchanged, 'e', 'd', OCTETS, PLAIN, 0, (int64_t)(e->request.wire_len + e->response.wire_len))                    \
    X(full_server_time, 'f', 'e', NS, TO_THE_US, CAPAN_TOLD(FULL_IS_TIMED), e->full_server_ns)                         \
    X(page_requests, 'p', 's', NUMBER, PLAIN, CAPAN_TOLD(IS_OF_PAGE), e->page.requests)                                \
    X(page_not_modified, 'p', 'd', NUMBER, PLAIN, CAPAN_TOLD(IS_OF_PAGE), e->page.not_modified)                        \
    X(page_confirming, 'p', 'g', NUMBER, PLAIN, CAPAN_TOLD(IS_OF_PAGE), e->page.confirming)                            \
    X(unchanged, 'u', 'd', SECONDS, PLAIN, CAPAN_TOLD(STAYED_SAME), e->unchanged_s)

/* A name as a small number, for one jump by a table instead of comparisons. Texts are ours, so that no more of a name
 * need be looked at. Where a new name clashes, other factors will do. */
#define CAPAN_TOLD_KEY(len, first, last)   (((unsigned)(len) + 19u * (unsigned)(first) + 13u * (unsigned)(last)) & 127u)
#define CAPAN_TOLD_NAME(name, first, last) CAPAN_TOLD_KEY(sizeof(name) - 1, first, last)

/* How a sentence writes a quantity: PLAIN as a number, MAGNITUDE without its sign, TENTHS of hundredths, else as a
 * duration. */
enum capan_told_style {
    CAPAN_TOLD_PLAIN,
    CAPAN_TOLD_MAGNITUDE,
    CAPAN_TOLD_TENTHS,
    CAPAN_TOLD_TO_THE_US,
    CAPAN_TOLD_TO_THE_MS
};
struct capan_told_quantity {
    enum capan_told_style style;
    int64_t value;
};
/* The quantity of that name, known or not. False: there is none. */
bool capan_told_quantity(const struct capan_exchange *, const char *name, size_t len, struct capan_told_quantity *);

/* The value of the response's first field of that number (enum capan_field); empty without one. */
struct capan_span capan_response_value(const struct capan_exchange *, unsigned field);

/* What a validator is that is not simply the newest; NULL for those that are. */
extern const char *const capan_provenance_phrases[CAPAN_HTTP_PROVENANCE_COUNT];

#endif
