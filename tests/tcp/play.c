/* SPDX-License-Identifier: MIT */
#include "play.h"

#include <stdlib.h>

enum { COPY_DELAY_NS = 2000, HELD_BACK = 8192 };

static void hear_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct verdicts *verdicts = context;
    const size_t index = (segment->frame - 1) / 2;
    (void)acks, (void)connection;
    if (segment->frame == 0 || index >= verdicts->count) return;
    (segment->frame % 2 ? verdicts->segments : verdicts->copies)[index] = *segment;
}

static void hear_connection(void *context, const struct capan_connection *connection) {
    struct verdicts *verdicts = context;
    if (connection->stream >= PLAY_STREAMS) return;
    verdicts->summaries[connection->stream] = connection->tcp;
    verdicts->icmps[connection->stream] = connection->icmp;
    verdicts->known[connection->stream] = true;
}

/* Odd frames are the script's own packets, even ones their copies. */
static void feed_packet(struct capan_analysis *analysis, struct capan_packet *packet, size_t index, bool icmp,
                        bool twice) {
    packet->frame = (uint32_t)(2 * index + 1);
    if (icmp) {
        capan_analysis_icmp(analysis, packet);
        return;
    }
    capan_analysis_segment(analysis, packet, CAPAN_STREAM_AUTO, NULL);
    if (!twice) return;
    packet->frame++;
    packet->time_ns += COPY_DELAY_NS;
    packet->ttl--;
    capan_analysis_segment(analysis, packet, CAPAN_STREAM_AUTO, NULL);
}

static void feed(const struct script *script, const struct script_variant *variant, struct capan_analysis *analysis) {
    static uint8_t buffer[SCRIPT_PACKET];
    for (size_t i = 0; i < script->count; i++) {
        struct capan_packet packet = script_packet(script, i, variant, buffer);
        if (i + 1 != variant->missing) feed_packet(analysis, &packet, i, script->segments[i].icmp, variant->twice);
    }
    capan_analysis_finish(analysis);
}

bool verdicts_play(struct verdicts *verdicts, const struct script *script, const struct script_variant *variant,
                   const struct capan_alloc *alloc) {
    *verdicts = (struct verdicts){.count = script->count};
    verdicts->segments = calloc(script->count, sizeof *verdicts->segments);
    verdicts->copies = calloc(script->count, sizeof *verdicts->copies);
    if (!verdicts->segments || !verdicts->copies) return false;
    const struct capan_sink sink = {hear_segment, NULL, hear_connection, verdicts};
    const struct capan_config config = {.seed = 1, .window_segments = HELD_BACK, .statistics = true};
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, alloc);
    if (!analysis) return false;
    feed(script, variant, analysis);
    capan_analysis_free(analysis);
    return true;
}

void verdicts_free(struct verdicts *verdicts) {
    free(verdicts->segments);
    free(verdicts->copies);
}

void verdict_text(const struct capan_segment *segment, char text[VERDICT_TEXT]) {
    int len = snprintf(text, VERDICT_TEXT, "%s", capan_tcp_kinds[segment->kind].token);
    for (int i = 0; i < CAPAN_TCP_FLAG_COUNT; i++)
        if (segment->flags >> i & 1)
            len += snprintf(text + len, VERDICT_TEXT - (size_t)len, " %s", capan_tcp_flags[i].token);
    snprintf(text + len, VERDICT_TEXT - (size_t)len,
             " cause=%s certainty=%s state=%s/%s rtt=%.9f rto=%.9f outstanding=%llu acks=%u stream=%u seq=%lld "
             "ack=%lld win=%u rule=%u because=%u,%u,%u "
             "acked_in=%u operands=%lld,%lld",
             capan_tcp_causes[segment->cause].token, capan_certainties[segment->certainty].token,
             capan_tcp_states[segment->client_state].token, capan_tcp_states[segment->server_state].token,
             (double)segment->rtt_ns / 1e9, (double)segment->rto_ns / 1e9, (unsigned long long)segment->outstanding,
             segment->acks_count, segment->stream, (long long)segment->seq, (long long)segment->ack, segment->window,
             segment->rule, segment->because[0], segment->because[1], segment->because[2], segment->acked_in,
             (long long)segment->operand[0], (long long)segment->operand[1]);
}

void verdict_describe(const struct capan_segment *segment) {
    char text[VERDICT_TEXT];
    verdict_text(segment, text);
    fprintf(stderr, "    found: %s\n", text);
}
