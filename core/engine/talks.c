/* SPDX-License-Identifier: MIT */
#include "talks.h"

#include "pseudo.h"

/* --- what core/talk tells of the connection that speaks --- */

static struct capan_handshakes pay(void *context) {
    struct flow *flow = ((struct talks *)context)->speaking;
    return flow ? capan_handshakes_pay(&flow->handshakes, flow->tcp) : (struct capan_handshakes){0};
}

static struct capan_http_path path_of(void *context, const struct capan_endpoint *client) {
    const struct flow *flow = ((struct talks *)context)->speaking;
    int64_t half_ns[2];
    if (!flow) return (struct capan_http_path){-1, -1};
    int64_t rtt_ns = capan_tcp_round_trip(flow->tcp, half_ns);
    return (struct capan_http_path){rtt_ns, half_ns[flow_direction(flow, client)]};
}

static void report_exchange(void *context, struct capan_exchange *exchange) {
    struct talks *talks = context;
    if (talks->speaking) capan_handshakes_exchange(&talks->speaking->handshakes, exchange);
    capan_reporting_exchange(talks->reporting, talks->speaking, exchange);
}

static uint64_t hand_content(void *context, uint64_t number, bool request, uint64_t offset, struct capan_span octets) {
    return capan_reporting_content(((struct talks *)context)->reporting, number, request, offset, octets);
}

static void mark_segment(void *context, uint32_t frame, enum capan_tcp_flag flag) {
    struct talks *talks = context;
    capan_reporting_mark(talks->reporting, talks->speaking, frame, flag);
}

/* --- octets --- */

static struct content_place place_of(struct talks *talks, struct flow *flow) {
    return (struct content_place){.alloc = talks->alloc,
                                  .judge = talks->judge,
                                  .stream = flow->stream,
                                  .ends = flow->end,
                                  .sink = &talks->sink,
                                  .marks = &talks->marks,
                                  .hpack = talks->hpack,
                                  .tls = talks->tls,
                                  .decoded = &talks->decoded,
                                  .streams = &flow->decoded};
}

void capan_talks_segment(struct talks *talks, struct flow *flow, const struct capan_segment *segment,
                         const struct capan_tcp_data *data) {
    struct content_place place = place_of(talks, flow);
    talks->speaking = flow;
    capan_content_segment(&flow->content, &place, (enum capan_direction)segment->direction, data,
                          (struct moment){segment->frame, segment->time_ns});
    talks->speaking = NULL;
}

enum capan_result capan_talks_plain(struct talks *talks, struct flow *flow, const struct capan_decoded *at,
                                    struct capan_span octets) {
    struct content_place place = place_of(talks, flow);
    talks->speaking = flow;
    enum capan_result result = capan_content_plain(&flow->content, &place, flow_direction(flow, &at->from), octets,
                                                   (struct moment){at->frame, at->time_ns});
    talks->speaking = NULL;
    return result;
}

void capan_talks_end(struct talks *talks, struct flow *flow, enum capan_end how) {
    struct content_place place = place_of(talks, flow);
    talks->speaking = flow;
    capan_content_end(&flow->content, &place, how, (struct moment){flow->last_frame, flow->last_ns});
    capan_decoded_close(&talks->decoded, &flow->decoded, how);
    talks->speaking = NULL;
}

/* --- what the caller decoded --- */

enum capan_result capan_talks_head(struct talks *talks, struct flow *flow, const struct capan_decoded *at,
                                   const struct capan_decoded_head *head) {
    struct flow *before = talks->speaking;
    struct capan_http_head judged = {
        .request = head->request,
        .version = head->version,
        .at = {at->first_frame ? at->first_frame : at->frame, at->first_frame ? at->first_ns : at->time_ns}};
    capan_pseudo_read(&judged, head->fields, head->field_count);
    talks->speaking = flow;
    enum capan_result result = capan_decoded_head(&talks->decoded, at, &judged, flow ? &flow->decoded : NULL);
    talks->speaking = before;
    return result;
}

void capan_talks_complete(struct talks *talks, struct flow *flow, const struct capan_decoded *at, bool request,
                          bool reset) {
    talks->speaking = flow;
    capan_decoded_end(&talks->decoded, at, request, reset);
    talks->speaking = NULL;
}

/* --- the object --- */

void capan_talks_open(struct talks *talks, const struct capan_config *config, struct capan_judge *judge,
                      struct reporting *reporting, const struct capan_alloc *alloc) {
    *talks = (struct talks){
        .alloc = alloc,
        .judge = judge,
        .reporting = reporting,
        .hpack = config->hpack,
        .tls = config->tls,
        .sink = {.exchange = report_exchange, .pay = pay, .path = path_of, .context = talks},
        .marks = {mark_segment, talks},
    };
    if (config->content) talks->sink.content = hand_content;
    capan_decoded_init(&talks->decoded, config->seed, alloc, judge, &talks->sink);
}

void capan_talks_close(struct talks *talks) {
    capan_decoded_free(&talks->decoded);
}
