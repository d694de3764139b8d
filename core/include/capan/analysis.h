/* SPDX-License-Identifier: MIT */
/* The engine: packets in, verdicts out. One object per capture; objects share nothing. */
#ifndef CAPAN_ANALYSIS_H
#define CAPAN_ANALYSIS_H

#include "base.h"
#include "icmp.h"
#include "packet.h"
#include "profile.h"
#include "statistics.h"
#include "talk.h"
#include "tcp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Let the engine count TCP connections itself, as Wireshark does. */
#define CAPAN_STREAM_AUTO UINT32_MAX

/* What echo requests that must not be fragmented told of a path's MTU ("ping -f -l", "ping -M do -s"). Lengths are of
 * IP packets in octets; 0 and frame 0 where there is none. */
struct capan_ping {
    struct capan_address to;
    uint32_t passed, passed_frame;   /* the largest that was answered, and the request's frame */
    uint32_t refused, refused_frame; /* the smallest that was refused, and the refusal's frame */
    uint32_t mtu;                    /* of the next hop, as the refusal said */
    bool elsewhere;                  /* to another address than the connection's server: it may not hold there */
};

/* One TCP connection. Valid during the callback. The summary (tcp) is filled in for the connection callback only. */
struct capan_connection {
    uint32_t stream; /* Wireshark's number */
    uint32_t path;   /* capan_packet.path */
    struct capan_told told;
    struct capan_endpoint client, server;
    uint32_t first_frame, last_frame;
    int64_t first_ns, last_ns;
    uint64_t exchanges; /* HTTP exchanges reported so far */
    bool evicted;       /* given up for memory while it could still have gone on */
    uint8_t speech;     /* enum capan_speech; NONE too where it was not listened to. As the rest, known at its end */
    uint64_t unread;    /* octets that it said and that were not read for what they are; 0: it is HTTP */
    const struct capan_tls_names *tls; /* what its client's ClientHello says; NULL: there was none */
    struct capan_tcp_summary tcp;
    struct capan_ping ping;                    /* from its client, as far as the capture has it; likewise */
    struct capan_icmp icmp;                    /* errors about its segments; likewise */
    const struct capan_statistics *statistics; /* likewise, and with capan_config.statistics; else NULL */
};

/* X(name, token, phrase, sentence): what the time of a page's critical path went into. */
#define CAPAN_PAGE_PARTS(X)                                                                                            \
    CAPAN_EXCHANGE_PARTS(X)                                                                                            \
    X(CONNECT, "connect", "TCP handshakes", "handshakes of connections that were waited for")                          \
    X(TLS, "tls", "TLS handshakes", "TLS handshakes of connections that were waited for")                              \
    X(CLIENT, "client", "client", "no exchange was waited for: the client had to read what it had")
#define CAPAN_X(name, ...) CAPAN_PAGE_SPENT_##name,
enum capan_page_spent { CAPAN_PAGE_PARTS(CAPAN_X) CAPAN_PAGE_SPENT_COUNT };
#undef CAPAN_X
CAPAN_API extern const char *const capan_page_part_phrases[CAPAN_PAGE_SPENT_COUNT];

/* One load of a page by one client (struct capan_page_part). Valid during the callback. */
struct capan_page {
    uint64_t number;
    struct capan_told told; /* its first exchange */
    struct capan_span url;  /* the document's, or what its parts name as their Referer; the first 512 octets */
    uint32_t stream;        /* the document's connection and ends; without a document the first part's */
    struct capan_endpoint client, server;
    uint16_t status;      /* the document's; 0: it was not captured */
    uint32_t document_in; /* last frame of its request; 0 likewise */
    uint32_t favicon_in;  /* last frame of the request for the icon; 0 none. Counted, but in no time */
    uint32_t first_frame, last_frame;
    int64_t first_ns, last_ns; /* from the first request to the last response */
    uint64_t requests;
    uint32_t outcomes[CAPAN_HTTP_OUTCOME_COUNT];
    uint32_t connections; /* different ones that were used; 64 and more are 64 */
    uint32_t handshakes;  /* round trips for them */
    int64_t path_x100;    /* critical path: round trips of the longest chain of exchanges that waited for each other, in
                           * hundredths, handshakes included */
    uint32_t confirming;  /* those of them that only brought a 304 */
    /* Where the time from first_ns to last_ns went, in ns, by what was waited for: the exchange that ended last, before
     * it the one that had ended when that began, and so on. Their sum is its length. */
    int64_t part_ns[CAPAN_PAGE_SPENT_COUNT];
    uint32_t lost;                             /* segments sent again meanwhile, of the exchanges of that chain */
    uint32_t lost_stream;                      /* the connection with most of the time for them */
    int64_t saves_ns[CAPAN_HTTP_ADVICE_COUNT]; /* what each advice would spare of it at most */
    uint64_t octets;                           /* of all its messages */
    uint64_t saved, wasted;
};

/* Where its time went, in a sentence for who pays for it. Returns its length. */
CAPAN_API size_t capan_page_explain(const struct capan_page *, char text[CAPAN_EXPLAIN_TEXT]);

/* The lists whose rows are causes of findings. */
enum capan_finding_class {
    CAPAN_FINDING_TCP_KIND,
    CAPAN_FINDING_TCP_FLAG,
    CAPAN_FINDING_OUTCOME,
    CAPAN_FINDING_VIOLATION,
    CAPAN_FINDING_ADVICE,
    CAPAN_FINDING_FRAMING,
    CAPAN_FINDING_CLASS_COUNT
};
struct capan_cause_list {
    const char *field; /* the column in which its tokens are met: "tcp.kind" */
    const struct capan_token *tokens;
    const uint8_t *blames; /* enum capan_blame of each token; NULL: nobody is to mend it */
    size_t count;
};
CAPAN_API extern const struct capan_cause_list capan_cause_lists[CAPAN_FINDING_CLASS_COUNT];

/* Which rows of the lists are true of a verdict: a set for each class. */
struct capan_causes {
    uint64_t of[CAPAN_FINDING_CLASS_COUNT];
};
CAPAN_API struct capan_causes capan_segment_causes(const struct capan_segment *);
CAPAN_API struct capan_causes capan_exchange_causes(const struct capan_exchange *);

/* Takes the first one out that is louder than NONE, in the order of the classes. False when none is left. */
struct capan_cause {
    enum capan_finding_class of;
    unsigned number; /* in that class's list */
    const struct capan_token *token;
};
CAPAN_API bool capan_take_cause(struct capan_causes *left, struct capan_cause *cause);

/* A cause that was met at least once, gathered over the capture. */
#define CAPAN_FINDING_FRAMES 5
struct capan_finding {
    uint8_t of;       /* enum capan_finding_class */
    uint8_t number;   /* in that class's list */
    uint8_t severity; /* enum capan_severity */
    uint8_t blame;    /* enum capan_blame */
    const struct capan_token *token;
    uint64_t count;
    uint64_t bytes;                        /* what it cost: octets sent again or wasted */
    uint32_t frames[CAPAN_FINDING_FRAMES]; /* the first ones */
    uint32_t frame_count;
    uint32_t streams;          /* distinct neighbours in time: connections it was met on, counted as it changed */
    struct capan_address host; /* whose it is, where there is a finding for each host; version 0: it is everybody's */
    const char *interface;     /* and where it passed, "" where the capture does not tell; NULL likewise */
};

/* Where verdicts go. Any may be NULL. Segments come in frame order, settled or given up waiting for; an exchange comes
 * when its response ends; a connection after its last segment. */
struct capan_sink {
    void (*segment)(void *context, const struct capan_segment *, const uint32_t *acks, const struct capan_connection *);
    void (*exchange)(void *context, const struct capan_exchange *);
    void (*connection)(void *context, const struct capan_connection *);
    void *context;
};

struct capan_config {
    uint64_t memory;          /* budget in octets for connections and stored responses; 0 is 256 MiB */
    uint32_t window_segments; /* segments held back at most until settled; 0: what a sixteenth of memory holds, and
                                 16,384 at least */
    int64_t window_ns;        /* and how long, by the capture's clock; 0 is 30 s */
    uint64_t seed;            /* for hash tables: an attacker who knows it can choose collisions */
    bool shared_cache;        /* judge as one shared cache for all clients (RFC 9111), not one per client */
    bool no_http;             /* TCP only */
    bool responses;           /* exchanges have all field lines of the response, and its reason phrase */
    bool statistics;          /* kept for the connection callback */
    const struct capan_hpack
        *hpack; /* how HTTP/2 is read (capan/hpack.h has one); NULL: it is not. Must outlive the object */
    const struct capan_tls_opener *tls; /* likewise for TLS (capan/tls.h) */
    const struct capan_qpack *qpack;    /* likewise for HTTP/3 (capan/qpack.h) */
    struct capan_profile *profile;      /* likewise: where time goes; NULL: it is not measured */
    /* More for the sink, with its context; what is NULL costs nothing. A page comes when the capture ends or many newer
     * ones have begun. */
    void (*page)(void *context, const struct capan_page *);
    void (*content)(void *context, const struct capan_content *);
    /* A stream's number was given out, with the sink's context: by whichever packet, or quotation of one. */
    void (*stream)(void *context, uint32_t stream, uint32_t frame);
    /* Exchanges are judged, and they, contents and pages told, not at once but by capan_analysis_hear. room NULL: at
     * once. */
    struct capan_notes notes;
};

struct capan_analysis;

/* NULL without memory. alloc and sink are copied; NULL alloc is libc's. */
CAPAN_API struct capan_analysis *capan_analysis_new(const struct capan_config *, const struct capan_sink *,
                                                    const struct capan_alloc *alloc);
CAPAN_API void capan_analysis_free(struct capan_analysis *);

/* One TCP segment (packet->octets begins at the TCP header). stream is CAPAN_STREAM_AUTO or the caller's number, which
 * then also tells connections apart. *serial, when not NULL, gets the segment's number for capan_analysis_pending().
 * CAPAN_NO_MEMORY: this segment was not analysed; the object stays usable. */
CAPAN_API enum capan_result capan_analysis_segment(struct capan_analysis *, const struct capan_packet *,
                                                   uint32_t stream, uint64_t *serial);

/* One ICMP or ICMPv6 message (packet->octets begins at its type). Told with the connection that it is about; evidence
 * for path MTU and pings. */
CAPAN_API enum capan_result capan_analysis_icmp(struct capan_analysis *, const struct capan_packet *);

/* A packet of a connection that speaks HTTP/3, in the order of capture; damaged ones, repeated ones and those in
 * another order than they were sent are as welcome as others. CAPAN_NO_MEMORY: it was not looked at. */
CAPAN_API enum capan_result capan_analysis_quic(struct capan_analysis *, const struct capan_quic_packet *);

/* HTTP/1 or HTTP/2: each octet once, in order, after the segment that completed their record. CAPAN_NO_MEMORY: they
 * were not looked at. */
CAPAN_API enum capan_result capan_analysis_plaintext(struct capan_analysis *, const struct capan_plaintext *);

/* In a capture whose records are not in the order of their times, segments wait a moment for older ones. What waits is
 * judged now: somebody wants to see it. */
CAPAN_API void capan_analysis_catch_up(struct capan_analysis *);

/* Packets could not be read before this one: what is seen for the first time may have been in them. */
CAPAN_API void capan_analysis_forgot(struct capan_analysis *, enum capan_http_forgetting);

/* With capan_config.notes: one of them, which the engine does not need any more then. They are heard in the order in
 * which they were asked for, no two at a time, all of them before findings and totals are asked for and before the
 * object is freed. It may be on another thread than the one of the other functions, where alloc can be used by both:
 * what comes of notes shares nothing with what makes them. */
CAPAN_API void capan_analysis_hear(struct capan_analysis *, const void *note);

/* The capture ends: everything that waits is settled and reported. */
CAPAN_API void capan_analysis_finish(struct capan_analysis *);

/* A segment that was not reported yet, as known now; NULL when it was reported already, or waits to be judged. Valid
 * until the next call. *acks, when not NULL, gets its capan_segment.acks_count frames. */
CAPAN_API const struct capan_segment *capan_analysis_pending(const struct capan_analysis *, uint64_t serial,
                                                             const uint32_t **acks);

/* The findings so far, loudest and most frequent first. Owned by the object, valid until the next call. */
CAPAN_API size_t capan_analysis_findings(struct capan_analysis *, const struct capan_finding **findings);

/* Connections that say the same that is not read. */
#define CAPAN_UNREAD_STREAMS 5
struct capan_unread {
    uint64_t connections, octets;
    uint32_t streams[CAPAN_UNREAD_STREAMS]; /* the first ones, as they ended */
};

struct capan_totals {
    uint64_t segments, connections, exchanges;
    uint64_t saved, wasted;                /* octets, over all exchanges */
    uint64_t round_trips_x100, handshakes; /* that they took, as far as it is known, and that they paid for */
    uint64_t evicted_connections, evicted_responses, evicted_segments; /* given up for memory or window */
    uint64_t evicted_exchanges;                                        /* in flight, likewise */
    uint64_t memory_peak;                                              /* octets held by the object at most */
    uint32_t first_frame, last_frame;
    int64_t first_ns, last_ns;
    struct capan_unread unread[CAPAN_SPEECH_COUNT]; /* of NONE and HTTP: none */
};
CAPAN_API void capan_analysis_totals(const struct capan_analysis *, struct capan_totals *);

/* Findings of verdicts that are told again, in the order in which a sink was told them: segments in that of their
 * frames. */
struct capan_tally;

/* NULL without memory. alloc must outlive the object; NULL is libc's. */
CAPAN_API struct capan_tally *capan_tally_new(const struct capan_alloc *alloc);
CAPAN_API void capan_tally_free(struct capan_tally *);
/* Of what is no cause of findings may be left out. */
CAPAN_API void capan_tally_segment(struct capan_tally *, const struct capan_segment *);
CAPAN_API void capan_tally_exchange(struct capan_tally *, const struct capan_exchange *);
/* A finding of one host, whose interface is not NULL: those of the same host and interface add up. CAPAN_NO_MEMORY, or
 * CAPAN_DAMAGED for one that is more than all parts of a capture can tell: it was left out. */
CAPAN_API enum capan_result capan_tally_host(struct capan_tally *, const struct capan_finding *);
/* As of capan_analysis_findings(). */
CAPAN_API size_t capan_tally_findings(struct capan_tally *, const struct capan_finding **findings);

#ifdef __cplusplus
}
#endif

#endif
