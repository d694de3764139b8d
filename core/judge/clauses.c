/* SPDX-License-Identifier: MIT */
#include "clauses.h"

#define F(name) CAPAN_TOLD(name)
#define CLAUSE(name, needs, lacks, source, text)                                                                       \
    {                                                                                                                  \
        needs, lacks, {                                                                                                \
            "", name, CAPAN_NONE, source, text                                                                         \
        }                                                                                                              \
    }

const struct capan_clause capan_clauses[CAPAN_CLAUSES] = {
    CLAUSE("no-request", 0, F(HAS_REQUEST) | F(HAS_REQUEST_END), "", "a response"),
    CLAUSE("unread-request", F(HAS_REQUEST_END), F(HAS_REQUEST), "RFC 9112 3, RFC 9113 4.3",
           "a request that cannot be read (frame {request_frame})"),
    CLAUSE("request", F(HAS_REQUEST) | F(HAS_REQUEST_END), 0, "RFC 9110 9, RFC 9112 3.2",
           "{method} {target} (frame {request_frame})"),
    CLAUSE("cut-request", F(HAS_REQUEST), F(HAS_REQUEST_END), "RFC 9110 9, RFC 9112 3.2", "{method} {target}"),
    CLAUSE("stream", F(HAS_REQUEST_END) | F(ON_STREAM), 0, "RFC 9113 5, RFC 9114 4.1", " on stream {stream}"),
    CLAUSE("conditions", F(HAS_REQUEST), 0, "RFC 9110 13.1", "{conditions}"),
    CLAUSE("validator", F(HAS_REQUEST) | F(ASKS) | F(WAS_GIVEN), 0, "RFC 9111 4.3.1",
           ", given in frame {validator_in}, {validator_age} before"),
    CLAUSE("provenance", F(HAS_REQUEST) | F(ASKS) | F(HAS_ODD_ORIGIN), 0, "RFC 9111 4.3.1", ", {provenance}"),
    CLAUSE("response", F(HAS_STATUS) | F(HAS_RESPONSE_END), 0, "RFC 9110 15",
           "; {status} (frame {response_frame}): {outcome}"),
    CLAUSE("cut-response", F(HAS_STATUS), F(HAS_RESPONSE_END), "RFC 9110 15", "; {status}: {outcome}"),
    CLAUSE("no-response", 0, F(HAS_STATUS), "", "; {outcome}"),
    CLAUSE("reason", F(REASON_TELLS_MORE), 0, "", "; {reason}"),
    CLAUSE("forgotten", F(HAS_FORGOTTEN), 0, "", "; not all before it is known: {given_up}"),
    CLAUSE("outcome-source", F(IS_CITED), 0, "", " ({outcome_source})"),
    /* How old the client's copy was matters where it asked for it again. */
    CLAUSE("copy", F(COPY_MATTERS), 0, "RFC 9111 4.2.3", "; its copy of frame {known_in} was {age} s old"),
    CLAUSE("no-cache", F(COPY_MATTERS) | F(IS_NO_CACHE), 0, "RFC 9111 5.2.2.4",
           " and, by no-cache, not to be used without asking"),
    CLAUSE("heuristic-lifetime", F(COPY_MATTERS) | F(IS_HEURISTIC), F(IS_NO_CACHE), "RFC 9111 4.2.2",
           ", by the 10 % rule fresh for {lifetime} s"),
    CLAUSE("lifetime", F(COPY_MATTERS), F(IS_NO_CACHE) | F(IS_HEURISTIC), "RFC 9111 4.2.1", ", fresh for {lifetime} s"),
    CLAUSE("saved", F(SPARES), 0, "RFC 9110 15.4.5", "; {saved} octets spared"),
    CLAUSE("wasted", F(WASTES), 0, "RFC 9110 13.1", "; {wasted} octets sent in vain"),
    CLAUSE("answered", F(HAS_STATUS) | F(IS_ANSWERED), 0, "", "; answered after {answered}"),
    CLAUSE("server-time", F(HAS_STATUS) | F(IS_TIMED), 0, "", ", of which the server itself took {server_time}"),
    CLAUSE("round-trips", F(IS_MEASURED), 0, "", "; the network took {round_trips} round trips of {round_trip}"),
    CLAUSE("content-time", F(IS_SLOW), 0, "", ", and the content came within {sending_time}"),
    CLAUSE("handshakes", F(IS_MEASURED) | F(PAID_HANDSHAKES), 0, "RFC 9293 3.5, RFC 9110 9.3.6, RFC 8446 2",
           ", and before it {handshakes} for the handshake of {handshake_kinds}"),
    CLAUSE("crossed-fin", F(CROSSED_FIN), 0, "RFC 9112 9.5",
           "; it crossed the FIN of frame {crossed_fin}: the server had given up the idle connection, and the client "
           "may ask again ({section})"),
    CLAUSE("delay", F(WAS_DELAYED), 0, "", "; held up {delay} by frame {delayed_in}, {delayed_by}"),
    CLAUSE("violations", F(IS_WRONG), 0, "", "{violations}"),
    CLAUSE("advice", F(CAN_BE_BETTER), 0, "", "{advice}"),
};

const struct capan_clause capan_precondition_clauses[CAPAN_FIELD_COUNT] = {
    [CAPAN_FIELD_IF_MATCH] = CLAUSE("if-match", 0, 0, "RFC 9110 13.1.1", " demands If-Match {value}"),
    [CAPAN_FIELD_IF_UNMODIFIED_SINCE] =
        CLAUSE("if-unmodified-since", 0, 0, "RFC 9110 13.1.4", " demands no change since {value}"),
    [CAPAN_FIELD_IF_NONE_MATCH] = CLAUSE("if-none-match", 0, 0, "RFC 9110 13.1.2", " asks with If-None-Match {value}"),
    [CAPAN_FIELD_IF_MODIFIED_SINCE] =
        CLAUSE("if-modified-since", 0, F(DATE_IS_VOID), "RFC 9110 13.1.3", " asks for changes since {value}"),
    [CAPAN_FIELD_RANGE] = CLAUSE("range", 0, 0, "RFC 9110 14.2", " wants {value}"),
    [CAPAN_FIELD_IF_RANGE] = CLAUSE("if-range", 0, 0, "RFC 9110 13.1.5", " if it is still {value}"),
};

const struct capan_clause capan_lost_clauses[CAPAN_HTTP_VIOLATION_COUNT] = {
    [CAPAN_VIOLATION_304_MISSING_FIELD] = CLAUSE("lost-by-304", 0, 0, "RFC 9110 15.4.5", ": {missing}"),
    [CAPAN_VIOLATION_206_MISSING_FIELD] = CLAUSE("lost-by-206", 0, 0, "RFC 9110 15.3.7", ": {missing}"),
};

const struct capan_clause capan_figure_clauses[CAPAN_HTTP_ADVICE_COUNT] = {
    [CAPAN_ADVICE_EXPLICIT_LIFETIME] =
        CLAUSE("guessed-lifetime", F(GUESS_IS_KNOWN), 0, "RFC 9111 4.2.2", ", here {guessed_lifetime} s"),
    [CAPAN_ADVICE_CLOCK_SKEW] =
        CLAUSE("clock-skew", F(SKEW_IS_KNOWN), 0, "RFC 9110 6.6.1", ", which is {clock_skew} s {skew_side}"),
    [CAPAN_ADVICE_304_NOT_WORTH_IT] = CLAUSE("exchanged", 0, 0, "", ", here {exchanged} octets"),
    [CAPAN_ADVICE_304_NEW_CONNECTION] = CLAUSE("new-connection", F(PAID_HANDSHAKES), 0, "",
                                               ", round trips: {handshakes} for the handshake of {handshake_kinds}"),
    [CAPAN_ADVICE_304_SLOW] = CLAUSE("full-server-time", F(FULL_IS_TIMED), 0, "", ", which took {full_server_time}"),
    [CAPAN_ADVICE_304_STORM] = CLAUSE("storm", F(IS_OF_PAGE), 0, "",
                                      ", here {page_not_modified} of {page_requests} requests and {page_confirming} "
                                      "round trips in a row"),
    [CAPAN_ADVICE_LENGTHEN_LIFETIME] =
        CLAUSE("unchanged", F(STAYED_SAME), 0, "RFC 9111 5.2.2.1", ", here max-age={unchanged}"),
    [CAPAN_ADVICE_AGE_EATS_LIFETIME] = CLAUSE("age-on-arrival", 0, 0, "RFC 9111 5.1", ", here {age_field} s"),
};
