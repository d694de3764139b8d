/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include "judging.h"
#include "streams.h"

/* Those that are to be judged later. */
static void tell_docketed(struct listener *listener) {
    struct capan_exchange *exchange;
    struct capan_docketed *docketed;
    void *flow;
    while ((docketed = capan_docket_take(listener->talks.docket, &exchange, &flow))) {
        capan_reporting_carried(listener->reporting, flow, exchange);
        capan_docket_tell(listener->talks.docket, docketed);
    }
}

static void report_ended(struct listener *listener) {
    struct capan_exchange *exchange;
    struct capan_judgement *judgement;
    void *flow;
    if (listener->talks.docket) {
        tell_docketed(listener);
        return;
    }
    while ((judgement = capan_ended_take(&listener->talks.ended, &exchange, &flow))) {
        capan_reporting_carried(listener->reporting, flow, exchange);
        capan_reporting_exchange(listener->reporting, exchange);
        capan_judgement_free(listener->talks.judge, judgement);
    }
}

/* --- octets --- */

static void listen(struct listener *listener, struct capan_listening *listening) {
    while (capan_listening_next(listening)) report_ended(listener);
}

void capan_listener_segment(struct listener *listener, struct flow *flow, const struct capan_segment *segment,
                            const struct capan_tcp_data *data) {
    const enum capan_layer before = capan_profile_enter(listener->talks.profile, CAPAN_LAYER_HTTP);
    struct capan_listening listening;
    capan_talk_segment(&flow->talk, (enum capan_direction)segment->direction, data,
                       (struct moment){segment->frame, segment->time_ns}, &listening);
    listen(listener, &listening);
    capan_profile_enter(listener->talks.profile, before);
}

enum capan_result capan_listener_plaintext(struct listener *listener, struct flow *flow,
                                           const struct capan_plaintext *plaintext) {
    enum capan_result result =
        capan_talk_decrypted(&flow->talk, flow_direction(flow, &plaintext->from), plaintext->octets,
                             (struct moment){plaintext->frame, plaintext->time_ns});
    report_ended(listener);
    return result;
}

void capan_listener_quic(struct listener *listener, struct capan_http3 *http3, const struct capan_quic_packet *packet) {
    capan_http3_packet(http3, packet->from_client, packet->plaintext, (struct moment){packet->frame, packet->time_ns});
    report_ended(listener);
}

void capan_listener_giving_up(struct listener *listener, bool giving_up) {
    capan_judging_giving_up(&listener->talks, giving_up);
}

void capan_listener_settle(struct listener *listener, struct flow *flow) {
    struct capan_listening listening;
    capan_talk_end(&flow->talk, CAPAN_ENDED_CAPTURE, (struct moment){flow->last_frame, flow->last_ns}, &listening);
    listen(listener, &listening);
    report_ended(listener);
}

void capan_listener_end(struct listener *listener, struct flow *flow, enum capan_end how) {
    const enum capan_layer before = capan_profile_enter(listener->talks.profile, CAPAN_LAYER_HTTP);
    struct capan_listening listening;
    capan_talk_end(&flow->talk, how, (struct moment){flow->last_frame, flow->last_ns}, &listening);
    report_ended(listener);
    listen(listener, &listening);
    capan_streams_end_all(&flow->talk.carrier, how);
    report_ended(listener);
    capan_profile_enter(listener->talks.profile, before);
}

/* --- the object --- */

void capan_listener_open(struct listener *listener, const struct capan_config *config, void *context,
                         struct capan_judge *judge, struct capan_docket *docket, struct reporting *reporting,
                         struct capan_counter *memory) {
    *listener = (struct listener){.talks = {.alloc = &memory->alloc,
                                            .memory = memory,
                                            .most = config->memory / 4 * 3,
                                            .judge = judge,
                                            .docket = docket,
                                            .records = &reporting->records,
                                            .hpack = config->hpack,
                                            .tls = config->tls,
                                            .qpack = config->qpack,
                                            .profile = config->profile,
                                            .content = config->content,
                                            .context = context},
                                  .reporting = reporting};
    capan_streams_open(&listener->talks, config->seed);
}

void capan_listener_close(struct listener *listener) {
    capan_streams_close(&listener->talks);
    report_ended(listener);
}
