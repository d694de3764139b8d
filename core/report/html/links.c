/* SPDX-License-Identifier: MIT */
#include "drawing.h"
#include "parts.h"
#include "words.h"

/* --- findings --- */

/* Where hosts have findings of their own, more than the first are of that token. */
static size_t count_before(const struct capan_document *document, const struct capan_finding *finding) {
    size_t count = 0;
    for (const struct capan_finding *each = document->findings; each < finding; each++)
        count += strcmp(each->token->token, finding->token->token) == 0;
    return count;
}

void capan_link_id(const struct capan_document *document, const struct capan_finding *finding) {
    const size_t before = count_before(document, finding);
    capan_out_format(document->out, "finding-%s", finding->token->token);
    if (before) capan_out_format(document->out, "-%zu", before + 1);
}

static const struct capan_finding *finding_of(const struct capan_document *document, enum capan_finding_class of,
                                              unsigned number) {
    for (size_t i = 0; i < document->findings_count; i++)
        if (document->findings[i].of == of && document->findings[i].number == number) return &document->findings[i];
    return NULL;
}

void capan_link_verdict(const struct capan_document *document, enum capan_finding_class of, unsigned number) {
    const struct capan_token *token = &capan_cause_lists[of].tokens[number];
    const struct capan_finding *finding = finding_of(document, of, number);
    const char *class = capan_drawing_class((uint8_t)token->severity);
    if (finding) {
        capan_out_format(document->out, "<a class=\"tag %s\" href=\"#", class);
        capan_link_id(document, finding);
        capan_out_format(document->out, "\">%s</a>", token->token);
    } else {
        capan_out_format(document->out, "<span class=\"tag %s\">%s</span>", class, token->token);
    }
}

/* --- connections --- */

const struct capan_connection *capan_document_connection(const struct capan_document *document, uint32_t stream) {
    const struct capan_story *story = document->story;
    size_t low = 0, high = story->connections_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (story->connections[middle].stream < stream)
            low = middle + 1;
        else
            high = middle;
    }
    return low < story->connections_count && story->connections[low].stream == stream ? &story->connections[low] : NULL;
}

static bool has_row(const struct capan_document *document, uint32_t stream) {
    const struct capan_connection *connection = capan_document_connection(document, stream);
    return connection && document->has_row[connection - document->story->connections];
}

void capan_link_number(const struct capan_document *document, const struct capan_connection *connection) {
    const long before = (long)(connection - capan_document_connection(document, connection->stream));
    capan_out_u64(document->out, connection->stream);
    if (before) capan_out_format(document->out, "-%ld", before + 1);
}

void capan_link_stream(const struct capan_document *document, uint32_t stream) {
    if (has_row(document, stream))
        capan_out_format(document->out, "<a href=\"#stream-%u\">stream %u</a>", stream, stream);
    else
        capan_out_format(document->out, "stream %u", stream);
}

/* --- exchanges --- */

static bool is_within(const struct capan_exchange *exchange, uint32_t frame) {
    return capan_story_within(&exchange->request, frame) || capan_story_within(&exchange->response, frame);
}

static const struct capan_exchange *exchange_around(const struct capan_document *document, uint32_t stream,
                                                    uint32_t frame) {
    const struct capan_story *story = document->story;
    for (size_t i = 0; i < story->exchanges_count; i++)
        if (document->has_bar[i] && story->exchanges[i]->stream == stream && is_within(story->exchanges[i], frame))
            return story->exchanges[i];
    return NULL;
}

void capan_link_exchange(const struct capan_document *document, const struct capan_segment *segment) {
    const struct capan_exchange *exchange =
        segment->len ? exchange_around(document, segment->stream, segment->frame) : NULL;
    if (!exchange) return;
    const bool asks = exchange->request.first_frame == segment->frame;
    if (!asks && exchange->response.first_frame != segment->frame) return;
    capan_out_format(document->out, " <a class=\"small\" href=\"#exchange-%llu\">%s #%u</a>",
                     (unsigned long long)exchange->index, asks ? "request" : "response to",
                     capan_exchange_frame(exchange));
}

/* --- frames --- */

/* The first segment of that frame, or of a later one. */
static size_t first_of(const struct capan_story *story, uint32_t frame) {
    size_t low = 0, high = story->steps_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (story->steps[middle].segment.frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_rung(const struct capan_document *document, size_t at, uint32_t frame) {
    const struct capan_story *story = document->story;
    for (; at < story->steps_count && story->steps[at].segment.frame == frame; at++)
        if (document->has_rung[at]) return true;
    return false;
}

static void put_target(const struct capan_document *document, uint32_t frame, bool prefers_exchange) {
    const struct capan_story *story = document->story;
    const size_t at = first_of(story, frame);
    const bool known = at < story->steps_count && story->steps[at].segment.frame == frame,
               rung = has_rung(document, at, frame);
    const uint32_t stream = known ? story->steps[at].segment.stream : 0;
    const struct capan_exchange *exchange =
        known && (prefers_exchange || !rung) ? exchange_around(document, stream, frame) : NULL;
    if (exchange)
        capan_out_format(document->out, " href=\"#exchange-%llu\"", (unsigned long long)exchange->index);
    else if (rung)
        capan_out_format(document->out, " href=\"#frame-%u\"", frame);
    else if (known && has_row(document, stream))
        capan_out_format(document->out, " href=\"#stream-%u\"", stream);
}

void capan_link_frame(const struct capan_document *document, uint32_t frame, bool prefers_exchange) {
    out_text(document->out, "<a");
    put_target(document, frame, prefers_exchange);
    capan_out_format(document->out, ">%u</a>", frame);
}
