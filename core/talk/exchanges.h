/* SPDX-License-Identifier: MIT */
/* HTTP/1 on one connection: two parsers, the exchanges in flight in order, and the judge that they ask. */
#ifndef EXCHANGES_H
#define EXCHANGES_H

#include "capan/talk.h"
#include "capan/tcp.h"
#include "judge.h"

struct capan_exchanges;

/* How a direction ended. */
enum capan_end { CAPAN_ENDED_FIN, CAPAN_ENDED_RST, CAPAN_ENDED_CAPTURE, CAPAN_ENDED_EVICTED };

/* Gets each exchange once, when its final response ended or can no longer come. */
struct capan_exchanges_sink {
    void (*exchange)(void *context, struct capan_exchange *);
    /* Optional: what a request that begins pays for, asked once each; the path that an exchange with this client ends
     * on. */
    struct capan_handshakes (*pay)(void *context);
    struct capan_http_path (*path)(void *context, const struct capan_endpoint *client);
    /* Optional: gets the content of messages. number is that of the message, 0 with its first octets; returns it. */
    uint64_t (*content)(void *context, uint64_t number, bool request, uint64_t offset, struct capan_span octets);
    void *context;
};

/* ends[CAPAN_C2S] is the endpoint that sends direction CAPAN_C2S; which of the two asks is decided by what they say.
 * Copies *sink and ends. NULL without memory. */
struct capan_exchanges *capan_exchanges_new(const struct capan_alloc *, struct capan_judge *, uint32_t stream,
                                            const struct capan_endpoint ends[2], const struct capan_exchanges_sink *);
void capan_exchanges_free(struct capan_exchanges *);

/* Optional: is told of the frames with which a header section ends and nothing of its body comes
 * (CAPAN_FLAG_HEADER_ONLY), and of those that complete a message (CAPAN_FLAG_LAST_OF_MESSAGE). */
struct capan_exchanges_marks {
    void (*mark)(void *context, uint32_t frame, enum capan_tcp_flag flag);
    void *context;
};
void capan_exchanges_watch(struct capan_exchanges *, const struct capan_exchanges_marks *);

/* A request that asked for HTTP/2 and was granted it with 101: the answer comes on stream 1 (RFC 7540 3.2). The
 * judgement is the taker's from then on. Offsets are those of the first octets of HTTP/2. */
struct capan_h2c {
    struct capan_judgement *judgement;
    const struct capan_http_end *request;
    enum capan_direction client;
    uint64_t client_at, server_at;
};
/* Optional: is told where another protocol than HTTP/1 may begin. */
struct capan_exchanges_turns {
    void (*upgrade)(void *context, const struct capan_h2c *);
    /* Behind CONNECT's tunnel another conversation begins at these offsets (RFC 9110 9.3.6); client: who asked for it.
     */
    void (*tunnel)(void *context, enum capan_direction client, uint64_t client_at, uint64_t server_at);
    void *context;
};
void capan_exchanges_watch_turns(struct capan_exchanges *, const struct capan_exchanges_turns *);

/* Something is at hand for it: its memory is brought near. */
void capan_exchanges_expect(const struct capan_exchanges *);

/* Octets of a direction, in order, each once. */
void capan_exchanges_octets(struct capan_exchanges *, enum capan_direction, struct capan_span, struct moment at);
/* len octets of a direction are missing; 0: it is not known how many. */
void capan_exchanges_gap(struct capan_exchanges *, enum capan_direction, uint64_t len, struct moment at);
/* A segment acknowledges the other direction's octets before that offset, counted as they are handed on; with_octets:
 * it carries some itself, which may be handed on later. Tells which request a response can answer where others are
 * missing. */
void capan_exchanges_acked(struct capan_exchanges *, enum capan_direction acked, uint64_t offset, uint32_t frame,
                           bool with_octets);
/* A direction (FIN) or the whole connection (otherwise) ended. */
void capan_exchanges_end(struct capan_exchanges *, enum capan_direction, enum capan_end, struct moment at);

/* What the first octets of a direction look like, on any port. */
enum capan_http_look { CAPAN_LOOKS_OTHER, CAPAN_LOOKS_UNDECIDED, CAPAN_LOOKS_REQUEST, CAPAN_LOOKS_RESPONSE };
enum capan_http_look capan_http_look(struct capan_span octets);

/* True when neither side spoke HTTP in what it sent so far and neither can any more: the object may be given up. */
bool capan_exchanges_hopeless(const struct capan_exchanges *);

#endif
