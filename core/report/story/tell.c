/* SPDX-License-Identifier: MIT */
#include "tell.h"

#include <stdlib.h>

#include "bytes.h"
#include "cells.h"
#include "clock.h"
#include "human.h"
#include "telling.h"

const struct capan_step *capan_story_step(const struct capan_story *story, uint32_t frame) {
    size_t low = 0, high = story->steps_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (story->steps[middle].segment.frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < story->steps_count && story->steps[low].segment.frame == frame ? &story->steps[low] : NULL;
}

void capan_tell_layers(struct capan_out *out, const struct capan_story *story, const struct capan_segment *segment) {
    if (segment->serial - story->layers_from >= story->layers_count) return;
    const struct capan_layers *layers = &story->layers[segment->serial - story->layers_from];
    if (layers->link + layers->pppoe + layers->ip + layers->tcp + layers->payload + layers->padding !=
        layers->frame_len) {
        capan_out_format(out, "%u octets", layers->frame_len);
        return;
    }
    capan_out_format(out, "%u octets = %u link", layers->frame_len, layers->link);
    if (layers->pppoe) capan_out_format(out, " + %u PPPoE", layers->pppoe);
    capan_out_format(out, " + %u IP + %u TCP + %u payload", layers->ip, layers->tcp, layers->payload);
    if (layers->padding) capan_out_format(out, " + %u padding", layers->padding);
}

/* The connections in order of their streams, each with its exchanges. */

static int by_stream(const void *left, const void *right) {
    const struct capan_connection *a = left, *b = right;
    return a->stream < b->stream ? -1 : a->stream > b->stream;
}

static int by_stream_and_frame(const void *left, const void *right) {
    const struct capan_exchange *a = *(struct capan_exchange *const *)left, *b = *(struct capan_exchange *const *)right;
    uint32_t first = capan_exchange_first_frame(a), second = capan_exchange_first_frame(b);
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    if (first != second) return first < second ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void thread_exchanges(struct capan_telling *telling) {
    struct capan_story *story = telling->story;
    size_t at = 0;
    for (size_t i = 0; i < story->connections_count; i++) {
        struct capan_thread *thread = &telling->threads[i];
        while (at < story->exchanges_count && story->exchanges[at]->stream < thread->connection->stream) at++;
        thread->first = thread->next = story->exchanges + at;
        while (at < story->exchanges_count && story->exchanges[at]->stream == thread->connection->stream) at++;
        thread->end = story->exchanges + at;
    }
}

static bool begin_threads(struct capan_telling *telling) {
    struct capan_story *story = telling->story;
    if (!story->connections_count) return true;
    qsort(story->connections, story->connections_count, sizeof *story->connections, by_stream);
    if (story->exchanges_count)
        qsort(story->exchanges, story->exchanges_count, sizeof *story->exchanges, by_stream_and_frame);
    telling->threads = calloc(story->connections_count, sizeof *telling->threads);
    if (!telling->threads) return false;
    for (size_t i = 0; i < story->connections_count; i++) {
        telling->threads[i].connection = &story->connections[i];
        telling->threads[i].last_response_ns = -1;
    }
    if (story->exchanges_count) thread_exchanges(telling);
    return true;
}

/* NULL for a connection that was not kept. */
static struct capan_thread *thread_of(const struct capan_telling *telling, uint32_t stream) {
    const struct capan_connection key = {.stream = stream};
    const struct capan_story *story = telling->story;
    const struct capan_connection *found =
        story->connections_count ? bsearch(&key, story->connections, story->connections_count, sizeof key, by_stream)
                                 : NULL;
    return found ? &telling->threads[found - story->connections] : NULL;
}

/* What was pinged before the first connection. */
static void say_pings(struct sentence *paragraph, const struct capan_connection *connection) {
    const struct capan_ping *ping = &connection->ping;
    const struct capan_endpoint to = {ping->to, 0};
    char address[CAPAN_ENDPOINT_TEXT];
    capan_endpoint_text(&to, false, address);
    if (ping->passed && ping->passed_frame < connection->first_frame)
        capan_say(paragraph,
                  " Before that it pinged %s: with #%u a packet of %u octets that must not be fragmented "
                  "came through.",
                  address, ping->passed_frame, ping->passed);
    if (ping->refused && ping->refused_frame < connection->first_frame)
        capan_say(paragraph, " #%u refuses one of %u: the next hop takes %u.", ping->refused_frame, ping->refused,
                  ping->mtu);
}

/* How a connection begins. */

static void tell_beginning(struct capan_telling *telling, struct capan_thread *thread) {
    struct capan_story *story = telling->story;
    const struct capan_connection *connection = thread->connection;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    out_char(&story->out, '\n');
    capan_text_ends(&story->text, connection->stream, &connection->client, &connection->server);
    out_char(&story->out, '\n');
    if (connection->tcp.handshake_frames[0])
        capan_say(&paragraph, "The client is who sent the SYN (#%u).", connection->tcp.handshake_frames[0]);
    else
        capan_say(&paragraph, "The capture has no SYN of it: who is the client follows from what was said.");
    if (telling->open)
        capan_say(&paragraph, " Opened beside %zu other connection%s.", telling->open, telling->open == 1 ? "" : "s");
    telling->open++;
    if (thread == telling->threads) say_pings(&paragraph, connection);
    capan_text_paragraph(&story->out, 4, &paragraph);
}

/* Behind the handshake: what both ends told each other. Each announces; nothing is negotiated (RFC 9293 3.7.1). */
static void tell_offers(struct capan_out *out, const struct capan_tcp_summary *tcp, bool first) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    char duration[CAPAN_HUMAN];
    capan_say(&paragraph, "The connection is open");
    if (tcp->rtt_ns >= 0)
        capan_say(&paragraph, ", round trip %s", capan_human_duration(duration, CAPAN_DURATION_ROUGH, tcp->rtt_ns));
    capan_say(&paragraph, ". Each end announced what it takes:");
    capan_say_offer(&paragraph, "Client", &tcp->side[0]);
    capan_say_offer(&paragraph, "Server", &tcp->side[1]);
    if (first)
        capan_say(&paragraph, " Each SYN took one number, so the first octet of data is number 1 (RFC 9293 3.4).");
    capan_text_paragraph(out, 4, &paragraph);
}

/* One frame. */

static void tell_heading(struct capan_story *story, const struct capan_step *step) {
    struct capan_out *out = &story->out;
    const struct capan_segment *segment = &step->segment;
    capan_style(out, story->text.colour, CAPAN_STYLE_BOLD);
    capan_out_format(out, "#%u", segment->frame);
    capan_style(out, story->text.colour, CAPAN_STYLE_PLAIN);
    out_text(out, "  ");
    capan_cell_moment(out, segment->time_ns, story->origin_ns, 0);
    if (story->connections_count > 1) capan_out_format(out, "  stream %u", segment->stream);
    out_text(out, segment->direction == CAPAN_C2S ? "  client > server  " : "  client < server  ");
    capan_text_token(&story->text, &capan_tcp_kinds[segment->kind], 0);
    out_text(out, "  ");
    capan_tell_layers(out, story, segment);
    out_char(out, '\n');
}

/* Why so many segments opened it, and so many closed it (RFC 9293 3.5, 3.6). */
static void tell_turns(struct capan_out *out, const struct capan_thread *thread) {
    const struct capan_tcp_summary *tcp = &thread->connection->tcp;
    const uint32_t *opened = tcp->handshake_frames;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    size_t closing = 0;
    if (tcp->open == CAPAN_OPEN_THREE_WAY && opened[2])
        capan_say(&paragraph, "Three segments opened it: #%u acknowledges the one SYN and is the other.", opened[1]);
    for (size_t i = 0; i < thread->change_count && i < CAPAN_CHANGES_KEPT; i++)
        closing += closing || thread->changes[i]->segment.header_flags & CAPAN_TH_FIN;
    if (thread->change_count > CAPAN_CHANGES_KEPT || !tcp->side[0].fin_frame || !tcp->side[1].fin_frame) closing = 0;
    if (closing == 4)
        capan_say(&paragraph,
                  "%sFour closed it: each direction ends by itself, and #%u and #%u are acknowledged apart; "
                  "between them one direction could have gone on.",
                  paragraph.len ? " " : "", tcp->side[0].fin_frame, tcp->side[1].fin_frame);
    if (closing == 3)
        capan_say(&paragraph,
                  "%sThree closed it: each direction ends by itself, and #%u acknowledges the one FIN and is "
                  "the other.",
                  paragraph.len ? " " : "", max_u32(tcp->side[0].fin_frame, tcp->side[1].fin_frame));
    if (paragraph.len) capan_text_paragraph(out, 4, &paragraph);
}

static void tell_end(struct capan_telling *telling, struct capan_thread *thread) {
    struct capan_story *story = telling->story;
    if (thread->ended) return;
    thread->ended = true;
    telling->open--;
    out_char(&story->out, '\n');
    capan_text_connection(&story->text, thread->connection, story->origin_ns, false);
    capan_tell_ladder(&story->out, thread);
    tell_turns(&story->out, thread);
    out_char(&story->out, '\n');
}

static void tell_step(struct capan_telling *telling, const struct capan_step *step) {
    struct capan_story *story = telling->story;
    struct capan_thread *thread = thread_of(telling, step->segment.stream);
    if (!thread) return;
    if (!thread->begun) tell_beginning(telling, thread);
    tell_heading(story, step);
    capan_tell_segment(telling, thread, step);
    thread->begun = true;
    if (step->segment.kind == CAPAN_KIND_HANDSHAKE_ACK)
        tell_offers(&story->out, &thread->connection->tcp, thread == telling->threads);
    capan_tell_messages(&story->out, thread, step);
    if (step->segment.frame == thread->connection->last_frame) tell_end(telling, thread);
}

void capan_tell(struct capan_story *story, const struct capan_source *source) {
    struct capan_telling telling = {.story = story};
    if (!begin_threads(&telling)) {
        story->kept = CAPAN_NO_MEMORY;
        return;
    }
    capan_out_printable(&story->out, span_of(source->file), 0);
    out_text(&story->out, ", frame by frame. Numbers count from each side's SYN, times from the first packet.\n");
    for (size_t i = 0; i < story->steps_count; i++) tell_step(&telling, &story->steps[i]);
    if (story->kept != CAPAN_OK)
        out_text(&story->out,
                 "\nThe story ends here: ask for a --stream, a --frame or a filter to hear of the rest.\n");
    else
        capan_tell_exchanges(story);
    free(telling.threads);
}
