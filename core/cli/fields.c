/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <stdio.h>

static const struct field segment_fields[] = {
    {"frame", FIELD_INTEGER, "number of the packet in the capture, from 1"},
    {"time", FIELD_SECONDS, "since 1970-01-01 UTC"},
    {"relative_time", FIELD_SECONDS, "since the first packet"},
    {"stream", FIELD_INTEGER, "the TCP connection, counted from 0 as Wireshark's tcp.stream"},
    {"direction", FIELD_WORD, "c2s (client to server) or s2c"},
    {"seq", FIELD_INTEGER, "sequence number, relative to the sender's SYN, unwrapped"},
    {"ack", FIELD_INTEGER, "acknowledgement number, relative to the peer's SYN, unwrapped"},
    {"len", FIELD_INTEGER, "payload octets on the wire"},
    {"raw_seq", FIELD_INTEGER, "sequence number as on the wire"},
    {"raw_ack", FIELD_INTEGER, "acknowledgement number as on the wire"},
    {"window", FIELD_INTEGER, "octets that the sender is ready to take, scaled"},
    {"outstanding", FIELD_INTEGER, "octets its sender has in flight after it, SACKed ones not counted"},
    {"tcp.kind", FIELD_WORD, "why it was sent"},
    {"tcp.flags", FIELD_WORDS, "what else is true of it"},
    {"tcp.cause", FIELD_WORD, "what made the sender send it again"},
    {"tcp.client.state", FIELD_WORD, "the client's state after it (RFC 9293 3.3.2)"},
    {"tcp.server.state", FIELD_WORD, "the server's state after it"},
    {"tcp.acks", FIELD_INTEGERS, "the data frames that it newly acknowledges"},
    {"tcp.acked_in", FIELD_INTEGER, "the frame that first acknowledged all of its data"},
    {"tcp.rtt", FIELD_SECONDS, "the round-trip sample that it gives (RFC 6298 3)"},
    {"tcp.rto", FIELD_SECONDS, "how long a timeout retransmission waited"},
    {"tcp.certainty", FIELD_WORD, "how sure the verdict is"},
    {"because", FIELD_INTEGERS, "the frames that prove the verdict, the telling one first"},
    {"source", FIELD_TEXT, "RFC and section of the rule that gave the verdict"},
    {"explain", FIELD_TEXT, "the verdict as a sentence, with numbers and frames"},
};

static const struct field exchange_fields[] = {
    {"index", FIELD_INTEGER, "its place in order of report, from 0"},
    {"stream", FIELD_INTEGER, "the TCP connection"},
    {"h2_stream", FIELD_INTEGER, "the HTTP/2 or HTTP/3 stream"},
    {"time", FIELD_SECONDS, "of the request's first octet (else the response's), since 1970-01-01 UTC"},
    {"relative_time", FIELD_SECONDS, "the same since the first packet"},
    {"duration", FIELD_SECONDS, "from the request's first octet to the response's last"},
    {"server_time", FIELD_SECONDS, "from the request's last octet to the response's first"},
    {"page", FIELD_INTEGER, "the page load it belongs to, counted from 1 as they were noticed"},
    {"page_role", FIELD_WORD, "what it is to the page: redirect, document, part or favicon"},
    {"resent", FIELD_INTEGER, "segments of its connection sent again while it lasted, needless ones not counted"},
    {"delay", FIELD_SECONDS, "how late the latest of these came after its first copy"},
    {"delayed_in", FIELD_INTEGER, "that segment's frame"},
    {"delayed_by", FIELD_WORD, "and its kind"},
    {"crossed_fin", FIELD_INTEGER, "the server's FIN that a request without an answer crossed on its way"},
    {"client", FIELD_TEXT, "who asked, address:port"},
    {"server", FIELD_TEXT, "who answered"},
    {"method", FIELD_TEXT, "of the request; absent when it was not captured"},
    {"target", FIELD_TEXT, "request target as sent (RFC 9112 3.2)"},
    {"authority", FIELD_TEXT, "of the target URI, from the target or Host, in lower case"},
    {"status", FIELD_INTEGER, "of the final response"},
    {"interim", FIELD_INTEGERS, "statuses 1xx before it"},
    {"request_version", FIELD_WORD, "HTTP version of the request"},
    {"response_version", FIELD_WORD, "HTTP version of the response"},
    {"request_first_frame", FIELD_INTEGER, "the frame with the request's first octet"},
    {"request_frame", FIELD_INTEGER, "the frame with which the request was whole"},
    {"response_first_frame", FIELD_INTEGER, "the frame with the response's first octet"},
    {"response_frame", FIELD_INTEGER, "the frame with which the response was whole"},
    {"request_len", FIELD_INTEGER, "all octets of the request"},
    {"request_body_len", FIELD_INTEGER, "octets of its body that were seen"},
    {"request_body_missing", FIELD_INTEGER, "octets of its body that were not"},
    {"response_len", FIELD_INTEGER, "all octets of the response, framing included"},
    {"response_head_len", FIELD_INTEGER, "octets of its start line and fields"},
    {"response_body_len", FIELD_INTEGER, "octets of its body that were seen, framing not counted"},
    {"response_body_missing", FIELD_INTEGER, "octets of its body that were not"},
    {"response_complete", FIELD_TRUE, "its end was seen"},
    {"response_digest", FIELD_WORD, "equal for equal bodies, as coded, within one run"},
    {"http.cond", FIELD_WORD, "the class of the request by its preconditions"},
    {"http.outcome", FIELD_WORD, "what the exchange came to"},
    {"http.reason", FIELD_WORD, "why it came to that"},
    {"http.violation", FIELD_WORDS, "what somebody did against the RFC"},
    {"http.advice", FIELD_WORDS, "what could be better"},
    {"http.framing", FIELD_WORDS, "what is odd about how the messages are framed, and how others may read them"},
    {"http.request_in", FIELD_INTEGER, "request_frame under the plugin's name"},
    {"http.response_in", FIELD_INTEGER, "response_frame under the plugin's name"},
    {"http.validator_in", FIELD_INTEGER, "last frame of the response that issued the validator"},
    {"http.known_in", FIELD_INTEGER, "last frame of the newest response that the client already had"},
    {"http.saved", FIELD_INTEGER, "body octets that a 304 spared"},
    {"http.wasted", FIELD_INTEGER, "body octets sent although the client had them"},
    {"http.unchanged", FIELD_INTEGER,
     "seconds for which it was seen to stay the same: the max-age that lengthen-lifetime proposes"},
    {"http.round_trip", FIELD_SECONDS,
     "one round trip of its connection: the shortest measured so far, on both sides of the capture"},
    {"http.round_trips", FIELD_NUMBER,
     "what the client waited, in round trips: from the request's first octet sent to the response's last received, the "
     "server's time included"},
    {"http.handshake_tcp", FIELD_INTEGER, "round trips it paid before it could be sent, for TCP's handshake"},
    {"http.handshake_tunnel", FIELD_INTEGER, "for the CONNECT that opened its way"},
    {"http.handshake_tls", FIELD_INTEGER, "for the handshake of TLS, where the content was decrypted"},
    {"http.provenance", FIELD_WORD, "where the validator came from"},
    {"http.compare", FIELD_WORD, "how validators compared"},
    {"http.served_by", FIELD_WORD, "who answered, as far as it shows"},
    {"http.lifetime", FIELD_INTEGER, "seconds for which the client's copy was fresh (RFC 9111 4.2.1)"},
    {"http.lifetime_heuristic", FIELD_TRUE, "that lifetime is a guess (RFC 9111 4.2.2)"},
    {"http.age", FIELD_INTEGER, "seconds of age of that copy when it was asked for again (RFC 9111 4.2.3)"},
    {"http.certainty", FIELD_WORD, "how sure the verdict is"},
    {"request_fields", FIELD_OBJECT, "validators, preconditions and cache fields of the request"},
    {"response_fields", FIELD_OBJECT, "the same of the response"},
    {"request_trailer_fields", FIELD_OBJECT, "the same behind the request's content (RFC 9110 6.5)"},
    {"response_trailer_fields", FIELD_OBJECT, "and behind the response's"},
    {"explain", FIELD_TEXT, "the verdict as a sentence, with frames"},
};

static const struct field connection_fields[] = {
    {"stream", FIELD_INTEGER, "its number, counted from 0 as Wireshark's tcp.stream"},
    {"client", FIELD_TEXT, "who opened it, address:port"},
    {"server", FIELD_TEXT, "who accepted it"},
    {"first_frame", FIELD_INTEGER, "its first packet"},
    {"last_frame", FIELD_INTEGER, "its last packet"},
    {"time", FIELD_SECONDS, "of its first packet, since 1970-01-01 UTC"},
    {"relative_time", FIELD_SECONDS, "the same since the capture's first packet"},
    {"duration", FIELD_SECONDS, "from its first packet to its last"},
    {"exchanges", FIELD_INTEGER, "HTTP exchanges on it"},
    {"evicted", FIELD_TRUE, "given up for memory while it could still have gone on"},
    {"connection.open", FIELD_WORD, "how it opened"},
    {"connection.close", FIELD_WORD, "how it closed"},
    {"connection.vantage", FIELD_WORD, "where it was captured"},
    {"connection.limit", FIELD_WORD, "what held it back"},
    {"connection.quality", FIELD_WORD, "what the capture has of it"},
    {"connection.time_wait", FIELD_WORD, "who waits in TIME-WAIT: client, server or both"},
    {"connection.handshake", FIELD_INTEGERS, "the frames of SYN, SYN-ACK and ACK, as far as they were seen in turn"},
    {"connection.syn_to_syn_ack", FIELD_SECONDS, "first half of the handshake"},
    {"connection.syn_ack_to_ack", FIELD_SECONDS, "second half of the handshake"},
    {"connection.rtt", FIELD_SECONDS, "initial round trip: both halves"},
    {"connection.half_close", FIELD_SECONDS, "from the first FIN to the second"},
    {"connection.pmtu", FIELD_INTEGER, "path MTU by evidence in the capture"},
    {"connection.pmtu_frame", FIELD_INTEGER, "the frame that is this evidence"},
    {"connection.ping_passed", FIELD_INTEGER,
     "octets of the client's largest ping that was answered and must not be fragmented"},
    {"connection.ping_refused", FIELD_INTEGER, "octets of its smallest one that was refused as too big"},
    {"connection.ping_elsewhere", FIELD_TRUE, "they went to another address than this server's"},
    {"connection.ping_passed", FIELD_INTEGER,
     "largest packet of an unfragmentable ping of its client that was answered"},
    {"connection.ping_refused", FIELD_INTEGER, "smallest one that was refused as too big"},
    {"connection.ping_elsewhere", FIELD_TRUE, "those pings went to another address than the server's"},
    {"c2s.state", FIELD_WORD, "state at the end"},
    {"c2s.segments", FIELD_INTEGER, "segments sent"},
    {"c2s.data_segments", FIELD_INTEGER, "segments with data"},
    {"c2s.bytes", FIELD_INTEGER, "payload octets, each counted once"},
    {"c2s.resent_bytes", FIELD_INTEGER, "payload octets sent again"},
    {"c2s.missing_bytes", FIELD_INTEGER, "octets acknowledged that the capture never saw"},
    {"c2s.resent_segments", FIELD_INTEGER, "segments sent again, whatever the cause"},
    {"c2s.late_segments", FIELD_INTEGER, "segments overtaken on the way"},
    {"c2s.duplicate_packets", FIELD_INTEGER, "packets seen twice"},
    {"c2s.nagle_stalls", FIELD_INTEGER, "segments that waited for the ACK of a small one before them"},
    {"c2s.nagle_time", FIELD_SECONDS, "how long they waited in all"},
    {"c2s.duplicate_acks", FIELD_INTEGER, "duplicate ACKs sent"},
    {"c2s.zero_windows", FIELD_INTEGER, "times it closed its window"},
    {"c2s.zero_window_time", FIELD_SECONDS, "how long its window was closed"},
    {"c2s.probes", FIELD_INTEGER, "keep-alives and window probes sent"},
    {"c2s.isn", FIELD_INTEGER, "initial sequence number as on the wire"},
    {"c2s.mss_announced", FIELD_INTEGER, "its MSS option: what it takes"},
    {"c2s.mss_observed", FIELD_INTEGER, "its largest payload in one segment"},
    {"c2s.window_scale", FIELD_INTEGER, "shift it offered; absent: none"},
    {"c2s.window_max", FIELD_INTEGER, "largest window it offered, scaled"},
    {"c2s.sack_permitted", FIELD_TRUE, "it offered SACK"},
    {"c2s.timestamps", FIELD_TRUE, "it offered timestamps"},
    {"c2s.rtt_samples", FIELD_INTEGER, "round-trip samples of its data"},
    {"c2s.rtt_min", FIELD_SECONDS, "the shortest"},
    {"c2s.rtt_mean", FIELD_SECONDS, "their mean"},
    {"c2s.rtt_max", FIELD_SECONDS, "the longest"},
    {"c2s.fin_frame", FIELD_INTEGER, "its first FIN"},
    {"c2s.rst_frame", FIELD_INTEGER, "its first RST"},
};

static const struct field finding_fields[] = {
    {"severity", FIELD_WORD, "error, warn, note or chat"},
    {"field", FIELD_WORD, "the column in which the token is met"},
    {"token", FIELD_WORD, "the verdict"},
    {"count", FIELD_INTEGER, "how often it was met"},
    {"bytes", FIELD_INTEGER, "octets it cost: sent again or in vain"},
    {"streams", FIELD_INTEGER, "on how many connections, neighbours in time counted once"},
    {"blame", FIELD_WORD, "who can mend it"},
    {"frames", FIELD_INTEGERS, "the first frames"},
    {"source", FIELD_TEXT, "RFC and section"},
    {"explain", FIELD_TEXT, "what it means"},
};

static const struct field page_fields[] = {
    {"page", FIELD_INTEGER, "its number: the exchanges have it too"},
    {"url", FIELD_TEXT, "the document's; of one that was not captured what its parts name as their Referer"},
    {"stream", FIELD_INTEGER, "the document's connection; without a document the first part's"},
    {"client", FIELD_TEXT, "who asked, address:port"},
    {"server", FIELD_TEXT, "who answered"},
    {"status", FIELD_INTEGER, "the document's; absent when it was not captured"},
    {"document_in", FIELD_INTEGER, "the frame with which its request was whole"},
    {"favicon_in", FIELD_INTEGER, "the same of the icon, which is counted but in no time"},
    {"first_frame", FIELD_INTEGER, "of its first request"},
    {"last_frame", FIELD_INTEGER, "of its last message"},
    {"time", FIELD_SECONDS, "of its first request, since 1970-01-01 UTC"},
    {"relative_time", FIELD_SECONDS, "the same since the capture's first packet"},
    {"duration", FIELD_SECONDS, "from the first request's first octet to the last response's last"},
    {"requests", FIELD_INTEGER, "all that it made"},
    {"outcomes", FIELD_COUNTS, "what they came to, and how often"},
    {"connections", FIELD_INTEGER, "different ones that were used; 64 stands for all that are more"},
    {"handshakes", FIELD_INTEGER, "round trips that went before requests, for TCP, CONNECT and TLS"},
    {"round_trips", FIELD_NUMBER,
     "of its critical path, the longest chain of exchanges that waited for each other; handshakes included"},
    {"confirming", FIELD_INTEGER, "those of them that only brought a 304"},
    {"bytes", FIELD_INTEGER, "octets of all messages"},
    {"saved", FIELD_INTEGER, "body octets that 304 answers spared"},
    {"wasted", FIELD_INTEGER, "body octets sent although the client had them"},
};

static const struct field object_fields[] = {
    {"name", FIELD_TEXT, "of the file in the folder"},
    {"exchange", FIELD_INTEGER, "its place among the exchanges"},
    {"message", FIELD_WORD, "request or response"},
    {"stream", FIELD_INTEGER, "the TCP connection"},
    {"client", FIELD_TEXT, "who asked, address:port"},
    {"server", FIELD_TEXT, "who answered"},
    {"method", FIELD_TEXT, "of the request; absent when it was not captured"},
    {"url", FIELD_TEXT, "the target URI"},
    {"status", FIELD_INTEGER, "of the response"},
    {"http.outcome", FIELD_WORD, "what the exchange came to"},
    {"first_frame", FIELD_INTEGER, "the frame with the message's first octet"},
    {"last_frame", FIELD_INTEGER, "the frame with its last one"},
    {"media_type", FIELD_TEXT, "its Content-Type"},
    {"coding", FIELD_TEXT, "its Content-Encoding"},
    {"range", FIELD_TEXT, "its Content-Range"},
    {"state", FIELD_WORD, "as-sent, decoded, or why it is not whole: damaged, holed, limited, unknown"},
    {"coded_bytes", FIELD_INTEGER, "octets of the content as they were sent"},
    {"missing_bytes", FIELD_INTEGER, "of these, octets that were not captured: zeros where it was not coded"},
    {"bytes", FIELD_INTEGER, "octets of the file"},
    {"sha256", FIELD_WORD, "of the file"},
    {"whole", FIELD_TRUE, "the file is all of the content, or of the part that was sent"},
};

#define LIST(title, rows, fields)                                                                                      \
    { title, rows, fields, sizeof(fields) / sizeof *(fields) }
const struct field_list field_lists[] = {
    LIST("segments", &capan_segment_rows, segment_fields),
    LIST("connections", &capan_connection_rows, connection_fields),
    LIST("exchanges", &capan_exchange_rows, exchange_fields),
    LIST("findings", &capan_finding_rows, finding_fields),
    LIST("pages", &capan_page_rows, page_fields),
    LIST("objects", &capan_object_rows, object_fields),
};
const size_t field_list_count = sizeof field_lists / sizeof *field_lists;

static bool is_other_side(const char *column) {
    return strncmp(column, "s2c.", 4) == 0;
}

const struct field *field_find(const struct field_list *list, const char *column) {
    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->fields[i].name;
        if (strcmp(name, column) == 0) return &list->fields[i];
        if (is_other_side(column) && strncmp(name, "c2s.", 4) == 0 && strcmp(name + 4, column + 4) == 0)
            return &list->fields[i];
    }
    return NULL;
}

static bool has_column(const struct field_list *list, const char *name) {
    for (size_t i = 0; i < list->rows->count; i++)
        if (strcmp(list->rows->columns[i].name, name) == 0) return true;
    return false;
}

bool fields_check(void) {
    for (const struct field_list *list = field_lists; list < field_lists + field_list_count; list++) {
        for (size_t i = 0; i < list->rows->count; i++) {
            if (field_find(list, list->rows->columns[i].name)) continue;
            fprintf(stderr, "reference: %s.%s is not described\n", list->title, list->rows->columns[i].name);
            return false;
        }
        for (size_t i = 0; i < list->count; i++) {
            if (has_column(list, list->fields[i].name)) continue;
            fprintf(stderr, "reference: %s has no column %s\n", list->title, list->fields[i].name);
            return false;
        }
    }
    return true;
}
