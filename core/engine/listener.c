/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include "pseudo.h"
#include "streams.h"

static void report_ended(struct listener *listener) {
    struct capan_exchange *exchange;
    struct capan_judgement *judgement;
    void *flow;
    while ((judgement = capan_ended_take(&listener->talks.ended, &exchange, &flow))) {
        capan_reporting_exchange(listener->reporting, flow, exchange);
        capan_judgement_free(listener->talks.judge, judgement);
    }
}

/* --- octets --- */

static void listen(struct listener *listener, struct capan_listening *listening) {
    while (capan_listening_next(listening)) report_ended(listener);
}

void capan_listener_segment(struct listener *listener, struct flow *flow, const struct capan_segment *segment,
                            const struct capan_tcp_data *data) {
    struct capan_listening listening;
    capan_talk_segment(&flow->talk, (enum capan_direction)segment->direction, data,
                       (struct moment){segment->frame, segment->time_ns}, &listening);
    listen(listener, &listening);
}

enum capan_result capan_listener_decrypted(struct listener *listener, struct flow *flow, const struct capan_decoded *at,
                                           struct capan_span octets) {
    enum capan_result result = capan_talk_decrypted(&flow->talk, flow_direction(flow, &at->from), octets,
                                                    (struct moment){at->frame, at->time_ns});
    report_ended(listener);
    return result;
}

void capan_listener_end(struct listener *listener, struct flow *flow, enum capan_end how) {
    struct capan_listening listening;
    capan_talk_end(&flow->talk, how, (struct moment){flow->last_frame, flow->last_ns}, &listening);
    report_ended(listener);
    listen(listener, &listening);
    capan_streams_end_all(&flow->talk.carrier, how);
    report_ended(listener);
}

void capan_listener_quic(struct listener *listener, struct capan_http3 *http3, const struct capan_quic_packet *packet) {
    capan_http3_packet(http3, packet->from_client, packet->plaintext, (struct moment){packet->frame, packet->time_ns});
    report_ended(listener);
}

/* --- what the caller took apart --- */

static struct capan_http_parties parties_of(const struct capan_decoded *at, bool request) {
    return (struct capan_http_parties){.stream = at->stream,
                                       .quic = at->quic,
                                       .client = request ? at->from : at->to,
                                       .server = request ? at->to : at->from};
}

static struct capan_part part_of(const struct capan_decoded *at, bool request) {
    const struct moment last = {at->frame, at->time_ns}, first = {at->first_frame, at->first_ns};
    return (struct capan_part){at->h2_stream, request, at->first_frame ? first : last, last, at->wire_len};
}

enum capan_result capan_listener_head(struct listener *listener, struct flow *flow, const struct capan_decoded *at,
                                      const struct capan_decoded_head *head) {
    const struct capan_http_parties parties = parties_of(at, head->request);
    const struct capan_part part = part_of(at, head->request);
    struct capan_http_head judged = {.request = head->request, .version = head->version, .at = part.first};
    capan_pseudo_read(&judged, head->fields, head->field_count);
    enum capan_result result =
        capan_streams_head(&listener->talks, flow ? &flow->talk.carrier : NULL, &parties, &part, &judged);
    report_ended(listener);
    return result;
}

void capan_listener_unread(struct listener *listener, const struct capan_decoded *at, bool request) {
    const struct capan_http_parties parties = parties_of(at, request);
    const struct capan_part part = part_of(at, request);
    capan_streams_unread(&listener->talks, &parties, &part, CAPAN_FRAMING_UNREADABLE);
}

void capan_listener_body(struct listener *listener, const struct capan_decoded *at, bool request,
                         struct capan_span octets, uint64_t missing) {
    const struct capan_http_parties parties = parties_of(at, request);
    const struct capan_part part = part_of(at, request);
    capan_streams_body(&listener->talks, &parties, &part, octets, missing);
}

void capan_listener_complete(struct listener *listener, const struct capan_decoded *at, bool request, bool reset) {
    const struct capan_http_parties parties = parties_of(at, request);
    const struct capan_part part = part_of(at, request);
    capan_streams_end(&listener->talks, &parties, &part, reset);
    report_ended(listener);
}

/* --- the object --- */

void capan_listener_open(struct listener *listener, const struct capan_config *config, void *context,
                         struct capan_judge *judge, struct reporting *reporting, const struct capan_alloc *alloc) {
    *listener = (struct listener){.talks = {.alloc = alloc,
                                            .judge = judge,
                                            .records = &reporting->records,
                                            .hpack = config->hpack,
                                            .tls = config->tls,
                                            .qpack = config->qpack,
                                            .content = config->content,
                                            .context = context},
                                  .reporting = reporting};
    capan_streams_open(&listener->talks, config->seed);
}

void capan_listener_close(struct listener *listener) {
    capan_streams_close(&listener->talks);
    report_ended(listener);
}
