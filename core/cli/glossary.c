/* SPDX-License-Identifier: MIT */
#include "glossary.h"

#include <string.h>

static const struct note {
    const char *token;
    struct glossary_note note;
} notes[] = {
    {"duplicate-packet",
     {"not a retransmission: IP identification and all octets are those of a packet of a moment ago",
      "retransmission and duplicate ACK"}},
    {"syn-retransmit", {"the same initial number again; another one is syn-reuse", "at times out-of-order"}},
    {"syn-ack", {"also when it answers a SYN that was ignored before", "at times port numbers reused"}},
    {"window-probe", {"also Linux's form without an octet", "keep-alive, then zero window"}},
    {"keepalive",
     {"nothing may be outstanding: one octet of data sent again is data", "goes by length and position alone"}},
    {"data-late", {"sent in order and overtaken; nothing was lost", "out-of-order or retransmission"}},
    {"data-recovered",
     {"the first copy was lost before the capture point; cause says what sent the second", "often out-of-order"}},
    {"retransmit-fast", {"the first hole of a recovery", "wants it within 20 ms of the last duplicate ACK"}},
    {"retransmit-sack", {"a further hole of a recovery, not its first", "out-of-order"}},
    {"retransmit-tlp", {"no timeout: the tail's probe comes before it", "retransmission, its delay given as timeout"}},
    {"retransmit-rto",
     {"the time is counted from the last copy of the same octets", "counts from the oldest unacknowledged"}},
    {"ack-duplicate", {"all of RFC 5681's five conditions hold: data is outstanding", "any repeated ACK"}},
    {"ack-repeat", {"nothing is outstanding and nothing is missing", "duplicate ACK"}},
    {"ack-old", {"overtaken on the way; the state stays", "unmarked, and the next one is a duplicate ACK"}},
    {"ack-dsack", {"the receiver got octets twice; it does not miss any", "duplicate ACK and a warning"}},
    {"gap-before",
     {"which loss it was is told by gap-path-loss or gap-capture-loss", "previous segment not captured, for both"}},
    {"gap-path-loss", {"the hole was sent again later", "previous segment not captured"}},
    {"gap-capture-loss", {"the hole was acknowledged without being sent again", "previous segment not captured"}},
    {"304-storm", {"a round trip is one 304 or a handshake for it; the server's time does not count", ""}},
    {"window-full", {"the right edge is reached or passed, with the scale known", "only when it is met exactly"}},
};

const struct glossary_section glossary_sections[] = {
    {"Why a segment was sent", "capan.tcp.kind", capan_tcp_kinds, CAPAN_TCP_KIND_COUNT, NULL},
    {"What else is true of a segment", "capan.tcp.flags", capan_tcp_flags, CAPAN_TCP_FLAG_COUNT, NULL},
    {"What made the sender send again", "capan.tcp.cause", capan_tcp_causes, CAPAN_TCP_CAUSE_COUNT, NULL},
    {"What the rules of TCP ask of a segment", "facts of proofs", capan_tcp_facts, CAPAN_TCP_FACT_COUNT, NULL},
    {"States of an endpoint (RFC 9293 3.3.2)", "capan.tcp.client.state", capan_tcp_states, CAPAN_TCP_STATE_COUNT, NULL},
    {"How sure a verdict is", "capan.tcp.certainty", capan_certainties, CAPAN_CERTAINTY_COUNT, NULL},
    {"How a connection opened", "capan.connection.open", capan_tcp_opens, CAPAN_TCP_OPEN_COUNT, NULL},
    {"How it closed", "capan.connection.close", capan_tcp_closes, CAPAN_TCP_CLOSE_COUNT, NULL},
    {"Where it was captured", "capan.connection.vantage", capan_tcp_vantages, CAPAN_TCP_VANTAGE_COUNT, NULL},
    {"What held it back", "capan.connection.limit", capan_tcp_limits, CAPAN_TCP_LIMIT_COUNT, NULL},
    {"What the capture has of it", "capan.connection.quality", capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT, NULL},
    {"What an ICMP error says of its segments", "capan.connection.icmp", capan_icmp_errors, CAPAN_ICMP_ERROR_COUNT,
     NULL},
    {"What came of it", "capan.connection.icmp_effect", capan_icmp_effects, CAPAN_ICMP_EFFECT_COUNT, NULL},
    {"The class of a request by its preconditions", "capan.http.cond", capan_http_conds, CAPAN_HTTP_COND_COUNT, NULL},
    {"What an exchange came to", "capan.http.outcome", capan_http_outcomes, CAPAN_HTTP_OUTCOME_COUNT, NULL},
    {"Why it came to that", "capan.http.reason", capan_http_reasons, CAPAN_HTTP_REASON_COUNT, NULL},
    {"What somebody did against the RFC", "capan.http.violation", capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT,
     capan_http_violation_blames},
    {"What is odd about how messages are framed", "capan.http.framing", capan_http_framings, CAPAN_HTTP_FRAMING_COUNT,
     NULL},
    {"What could be better", "capan.http.advice", capan_http_advices, CAPAN_HTTP_ADVICE_COUNT, NULL},
    {"Where the validator came from", "capan.http.provenance", capan_http_provenances, CAPAN_HTTP_PROVENANCE_COUNT,
     NULL},
    {"How validators compared", "capan.http.compare", capan_http_compares, CAPAN_HTTP_COMPARE_COUNT, NULL},
    {"Who answered", "capan.http.served_by", capan_http_served_bys, CAPAN_HTTP_SERVED_BY_COUNT, NULL},
    {"What an exchange is to its page", "page_role", capan_page_roles, CAPAN_PAGE_ROLE_COUNT, NULL},
    {"What became of a content", "state of objects", capan_object_states, CAPAN_OBJECT_STATE_COUNT, NULL},
};
const size_t glossary_section_count = sizeof glossary_sections / sizeof *glossary_sections;

const struct glossary_note *glossary_note_on(const char *token) {
    static const struct glossary_note nothing = {"", ""};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (strcmp(notes[i].token, token) == 0) return &notes[i].note;
    return &nothing;
}

static bool is_listed(const char *token) {
    for (size_t i = 0; i < glossary_section_count; i++)
        for (size_t j = 0; j < glossary_sections[i].count; j++)
            if (strcmp(glossary_sections[i].tokens[j].token, token) == 0) return true;
    return false;
}

const char *glossary_stray_note(void) {
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (!is_listed(notes[i].token)) return notes[i].token;
    return NULL;
}
