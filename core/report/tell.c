/* SPDX-License-Identifier: MIT */
#include "tell.h"

#include <stdlib.h>

#include "bytes.h"
#include "human.h"

enum { PARTS_SHOWN = 8, OVERLAPPING = 32 };

/* The segments that brought a message so far. */
struct parts {
    uint32_t frame[PARTS_SHOWN], len[PARTS_SHOWN];
    size_t count;
    uint64_t sum;
};

/* What the telling knows of a connection at this point. */
struct thread {
    const struct capan_connection *connection;
    bool begun, ended;
    uint8_t client_state, server_state;
    uint32_t window[2];                    /* last offered by each direction's sender */
    int64_t ack[2];                        /* last acknowledged */
    struct capan_told *first, *next, *end; /* its exchanges in order; those before next are over */
    struct parts parts[2];
    int64_t last_response_ns;
};

struct telling {
    struct capan_story *story;
    struct thread *threads; /* one per connection, in the order of streams */
    size_t open;            /* connections that are told of right now */
};

static void say_octets(struct capan_paragraph *paragraph, struct capan_span span) {
    capan_say(paragraph, "%.*s", (int)span.len, span.len ? (const char *)span.at : "");
}

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
    if (layers->link + layers->ip + layers->tcp + layers->payload + layers->padding != layers->frame_len) {
        capan_out_format(out, "%u octets", layers->frame_len);
        return;
    }
    capan_out_format(out, "%u octets = %u link + %u IP + %u TCP + %u payload", layers->frame_len, layers->link,
                     layers->ip, layers->tcp, layers->payload);
    if (layers->padding) capan_out_format(out, " + %u padding", layers->padding);
}

/* The connections in order of their streams, each with its exchanges. */

static int by_stream(const void *left, const void *right) {
    const struct capan_connection *a = left, *b = right;
    return a->stream < b->stream ? -1 : a->stream > b->stream;
}

static uint32_t first_frame(const struct capan_exchange *exchange) {
    return exchange->request.first_frame ? exchange->request.first_frame : exchange->response.first_frame;
}

static int by_stream_and_frame(const void *left, const void *right) {
    const struct capan_exchange *a = &((const struct capan_told *)left)->exchange,
                                *b = &((const struct capan_told *)right)->exchange;
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    if (first_frame(a) != first_frame(b)) return first_frame(a) < first_frame(b) ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void thread_exchanges(struct telling *telling) {
    struct capan_story *story = telling->story;
    size_t at = 0;
    for (size_t i = 0; i < story->connections_count; i++) {
        struct thread *thread = &telling->threads[i];
        while (at < story->exchanges_count && story->exchanges[at].exchange.stream < thread->connection->stream) at++;
        thread->first = thread->next = story->exchanges + at;
        while (at < story->exchanges_count && story->exchanges[at].exchange.stream == thread->connection->stream) at++;
        thread->end = story->exchanges + at;
    }
}

static bool begin_threads(struct telling *telling) {
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
static struct thread *thread_of(const struct telling *telling, uint32_t stream) {
    const struct capan_connection key = {.stream = stream};
    const struct capan_story *story = telling->story;
    const struct capan_connection *found =
        story->connections_count ? bsearch(&key, story->connections, story->connections_count, sizeof key, by_stream)
                                 : NULL;
    return found ? &telling->threads[found - story->connections] : NULL;
}

/* How a connection begins. */

static void tell_beginning(struct telling *telling, struct thread *thread) {
    struct capan_story *story = telling->story;
    const struct capan_connection *connection = thread->connection;
    struct capan_paragraph paragraph = {.len = 0};
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
    capan_text_paragraph(&story->out, 4, &paragraph);
}

static void say_offer(struct capan_paragraph *paragraph, const char *who, const struct capan_tcp_side *side) {
    capan_say(paragraph, " %s: ", who);
    if (side->mss_announced)
        capan_say(paragraph, "segments up to %u octets (MSS)", side->mss_announced);
    else
        capan_say(paragraph, "no MSS");
    if (side->window_scale >= 0)
        capan_say(paragraph, ", windows in units of %u", 1u << side->window_scale);
    else if (side->window_scale == -1)
        capan_say(paragraph, ", no window scaling");
    capan_say(paragraph, side->sack_permitted ? ", SACK" : ", no SACK");
    if (side->timestamps) capan_say(paragraph, ", timestamps");
    if (side->isn_known) capan_say(paragraph, ", ISN %u", side->isn);
    capan_say(paragraph, ".");
}

/* Behind the handshake: what both ends told each other. Each announces; nothing is negotiated (RFC 9293 3.7.1). */
static void tell_offers(struct capan_out *out, const struct capan_tcp_summary *tcp, bool first) {
    struct capan_paragraph paragraph = {.len = 0};
    char duration[CAPAN_HUMAN];
    capan_say(&paragraph, "The connection is open");
    if (tcp->rtt_ns >= 0) capan_say(&paragraph, ", round trip %s", capan_human_duration(duration, tcp->rtt_ns));
    capan_say(&paragraph, ". Each end announced what it takes:");
    say_offer(&paragraph, "Client", &tcp->side[0]);
    say_offer(&paragraph, "Server", &tcp->side[1]);
    if (first)
        capan_say(&paragraph, " Each SYN took one number, so the first octet of data is number 1 (RFC 9293 3.4).");
    capan_text_paragraph(out, 4, &paragraph);
}

/* The numbers of a segment. */

static void say_acknowledged(struct capan_paragraph *paragraph, const struct telling *telling,
                             const struct capan_step *step, int64_t before) {
    const struct capan_step *acked[PARTS_SHOWN];
    uint64_t sum = 0;
    if (!step->acks_count || step->acks_count > PARTS_SHOWN) return;
    for (uint32_t i = 0; i < step->acks_count; i++) {
        acked[i] = capan_story_step(telling->story, telling->story->acks[step->acks_at + i]);
        if (!acked[i]) return;
        sum += acked[i]->segment.len;
    }
    if ((int64_t)sum != step->segment.ack - before) return;
    capan_say(paragraph, " (%lld - %lld", (long long)step->segment.ack, (long long)before);
    if (step->acks_count > 1) capan_say(paragraph, " = %llu", (unsigned long long)sum);
    for (uint32_t i = 0; i < step->acks_count; i++)
        capan_say(paragraph, "%s%u in #%u", i ? " + " : " = ", acked[i]->segment.len, acked[i]->segment.frame);
    capan_say(paragraph, ")");
}

/* A FIN takes one number, as a SYN does (RFC 9293 3.4). */
static void say_fin_acknowledged(struct capan_paragraph *paragraph, const struct thread *thread,
                                 const struct capan_segment *segment) {
    const struct capan_tcp_side *peer = &thread->connection->tcp.side[!segment->direction];
    if (!peer->fin_frame || peer->fin_frame >= segment->frame || segment->ack != thread->ack[segment->direction] + 1)
        return;
    capan_say(paragraph, " (%lld + 1: the FIN of #%u took a number)", (long long)segment->ack - 1, peer->fin_frame);
}

static void say_numbers(struct capan_paragraph *paragraph, const struct telling *telling, struct thread *thread,
                        const struct capan_step *step) {
    const struct capan_segment *segment = &step->segment;
    int me = segment->direction, peer = !me;
    capan_say(paragraph, "seq %lld", (long long)segment->seq);
    if (segment->len) capan_say(paragraph, " + %u = %lld", segment->len, (long long)(segment->seq + segment->len));
    if (segment->header_flags & CAPAN_TH_ACK) {
        capan_say(paragraph, ", ack %lld", (long long)segment->ack);
        say_acknowledged(paragraph, telling, step, thread->ack[me]);
        if (!step->acks_count) say_fin_acknowledged(paragraph, thread, segment);
    }
    capan_say(paragraph, ", window %u", segment->window);
    if (segment->len && thread->window[peer])
        capan_say(paragraph, "; %llu in flight of %u allowed", (unsigned long long)segment->outstanding,
                  thread->window[peer]);
    capan_say(paragraph, ".");
}

static void say_states(struct capan_paragraph *paragraph, struct thread *thread, const struct capan_segment *segment) {
    if (thread->client_state == segment->client_state && thread->server_state == segment->server_state) return;
    capan_say(paragraph, " The client is now %s, the server %s.", capan_tcp_states[segment->client_state].token,
              capan_tcp_states[segment->server_state].token);
    thread->client_state = segment->client_state;
    thread->server_state = segment->server_state;
}

/* What a normal segment has to say beside its numbers. */
static void say_course(struct capan_paragraph *paragraph, const struct telling *telling,
                       const struct capan_segment *segment) {
    char duration[CAPAN_HUMAN];
    const struct capan_step *answer = segment->acked_in ? capan_story_step(telling->story, segment->acked_in) : NULL;
    if (segment->len && answer)
        capan_say(paragraph, " Acknowledged in #%u after %s.", segment->acked_in,
                  capan_human_duration(duration, answer->segment.time_ns - segment->time_ns));
    if (!segment->len && segment->rtt_ns >= 0)
        capan_say(paragraph, " Round trip %s.", capan_human_duration(duration, segment->rtt_ns));
}

/* The verdict's own sentence, as a sentence. */
static void say_explanation(struct capan_paragraph *paragraph, const struct telling *telling,
                            const struct capan_step *step) {
    enum capan_severity severity = capan_tcp_kinds[step->segment.kind].severity;
    char text[CAPAN_EXPLAIN_TEXT];
    if (severity == CAPAN_NONE && step->segment.certainty == CAPAN_CERTAIN) {
        say_course(paragraph, telling, &step->segment);
        return;
    }
    size_t at = paragraph->len + 1;
    capan_segment_explain(&step->segment, text);
    capan_say(paragraph, " %s.", text);
    if (at < paragraph->len && paragraph->text[at] >= 'a' && paragraph->text[at] <= 'z')
        paragraph->text[at] -= 'a' - 'A';
    if (step->segment.certainty != CAPAN_CERTAIN)
        capan_say(paragraph, " (%s)", capan_certainties[step->segment.certainty].token);
}

static void say_flags(struct capan_paragraph *paragraph, uint64_t flags) {
    for (unsigned i = 0; flags; i++, flags >>= 1)
        if (flags & 1 && capan_tcp_flags[i].severity != CAPAN_NONE)
            capan_say(paragraph, " %s: %s.", capan_tcp_flags[i].token, capan_tcp_flags[i].sentence);
}

/* The messages that a segment carries a part of. */

static bool is_new_data(const struct capan_segment *segment) {
    switch (segment->kind) {
    case CAPAN_KIND_DATA_NEW:
    case CAPAN_KIND_DATA_LATE:
    case CAPAN_KIND_DATA_RECOVERED:
    case CAPAN_KIND_FIN:
    case CAPAN_KIND_SYN: return segment->len > 0;
    default: return false;
    }
}

static void add_part(struct parts *parts, const struct capan_segment *segment) {
    if (parts->count < PARTS_SHOWN) {
        parts->frame[parts->count] = segment->frame;
        parts->len[parts->count] = segment->len;
    }
    parts->count++;
    parts->sum += segment->len;
}

/* "411 in #6 + 1420 in #7 + 719 in #9 = 2550 octets" when the parts are the message and nothing else. */
static void say_parts(struct capan_paragraph *paragraph, const struct parts *parts,
                      const struct capan_http_extent *extent) {
    uint64_t framing = extent->wire_len - extent->head_len - extent->body_len - extent->body_missing;
    capan_say(paragraph, " %llu octets = header %llu", (unsigned long long)extent->wire_len,
              (unsigned long long)extent->head_len);
    if (extent->body_len) capan_say(paragraph, " + body %llu", (unsigned long long)extent->body_len);
    if (extent->body_missing) capan_say(paragraph, " + %llu not captured", (unsigned long long)extent->body_missing);
    if (framing && framing < extent->wire_len) capan_say(paragraph, " + framing %llu", (unsigned long long)framing);
    if (parts->sum != extent->wire_len || parts->count < 2) return;
    for (size_t i = 0; i < parts->count && i < PARTS_SHOWN; i++) {
        if (parts->count > PARTS_SHOWN && i == PARTS_SHOWN - 1)
            capan_say(paragraph, " + ... in %zu segments", parts->count);
        else
            capan_say(paragraph, "%s%u in #%u", i ? " + " : " = ", parts->len[i], parts->frame[i]);
    }
}

static void say_request(struct capan_paragraph *paragraph, struct thread *thread, const struct capan_told *told) {
    const struct capan_exchange *exchange = &told->exchange;
    char duration[CAPAN_HUMAN];
    capan_say(paragraph, "Request %td on this connection: ", told - thread->first + 1);
    say_octets(paragraph, exchange->method);
    capan_say(paragraph, " ");
    say_octets(paragraph, exchange->target);
    if (exchange->authority.len) capan_say(paragraph, " of ");
    say_octets(paragraph, exchange->authority);
    if (thread->last_response_ns >= 0 && exchange->request.first_ns > thread->last_response_ns)
        capan_say(paragraph, ", %s after the last answer",
                  capan_human_duration(duration, exchange->request.first_ns - thread->last_response_ns));
    capan_say(paragraph, ": %s.", capan_http_conds[exchange->cond].sentence);
    if (told->request_fields.len) {
        capan_say(paragraph, " It says ");
        say_octets(paragraph, told->request_fields);
        capan_say(paragraph, ".");
    }
    say_parts(paragraph, &thread->parts[CAPAN_C2S], &exchange->request);
    capan_say(paragraph, ".");
}

static void say_source(struct capan_paragraph *paragraph, const struct capan_token *token) {
    if (*token->source) capan_say(paragraph, " (%s)", token->source);
}

/* What a violation is the verdict's own explanation says. */
static void say_violations(struct capan_paragraph *paragraph, uint64_t violations) {
    const char *lead = " That is ";
    for (unsigned i = 0; violations; i++, violations >>= 1) {
        if (!(violations & 1)) continue;
        capan_say(paragraph, "%s%s", lead, capan_http_violations[i].token);
        say_source(paragraph, &capan_http_violations[i]);
        lead = ", ";
    }
    if (*lead == ',') capan_say(paragraph, ".");
}

static void say_advice(struct capan_paragraph *paragraph, uint64_t advice) {
    for (unsigned i = 0; advice; i++, advice >>= 1) {
        if (!(advice & 1)) continue;
        capan_say(paragraph, " Advice: %s, %s", capan_http_advices[i].token, capan_http_advices[i].sentence);
        say_source(paragraph, &capan_http_advices[i]);
        capan_say(paragraph, ".");
    }
}

static void say_response(struct capan_paragraph *paragraph, struct thread *thread, const struct capan_told *told) {
    const struct capan_exchange *exchange = &told->exchange;
    char first[CAPAN_HUMAN], last[CAPAN_HUMAN];
    capan_say(paragraph, "Completes the response %u", exchange->status);
    if (exchange->request.last_frame) capan_say(paragraph, " to #%u", exchange->request.last_frame);
    if (exchange->request.last_frame && exchange->server_ns >= 0)
        capan_say(paragraph, ", begun after %s, whole after %s", capan_human_duration(first, exchange->server_ns),
                  capan_human_duration(last, exchange->response.last_ns - exchange->request.last_ns));
    capan_say(paragraph, ":");
    say_parts(paragraph, &thread->parts[CAPAN_S2C], &exchange->response);
    capan_say(paragraph, ". Verdict %s", capan_http_outcomes[exchange->outcome].token);
    if (exchange->reason) capan_say(paragraph, " (%s)", capan_http_reasons[exchange->reason].token);
    if (told->explain.len) capan_say(paragraph, ": ");
    say_octets(paragraph, told->explain);
    capan_say(paragraph, ".");
    if (told->response_fields.len) {
        capan_say(paragraph, " It says ");
        say_octets(paragraph, told->response_fields);
        capan_say(paragraph, ".");
    }
    say_violations(paragraph, exchange->violations);
    say_advice(paragraph, exchange->advice);
}

static void say_progress(struct capan_paragraph *paragraph, const struct parts *parts,
                         const struct capan_exchange *exchange) {
    const struct capan_http_extent *response = &exchange->response;
    uint64_t body = response->body_len + response->body_missing;
    if (parts->sum <= response->head_len) {
        capan_say(paragraph, "Header of the response to #%u: %llu of %llu octets.", exchange->request.last_frame,
                  (unsigned long long)parts->sum, (unsigned long long)response->head_len);
    } else if (parts->sum - response->head_len < body) {
        uint64_t so_far = parts->sum - response->head_len;
        capan_say(paragraph, "Response to #%u: body %llu of %llu octets, %llu to come.", exchange->request.last_frame,
                  (unsigned long long)so_far, (unsigned long long)body, (unsigned long long)(body - so_far));
    }
}

static uint32_t last_frame(const struct capan_exchange *exchange) {
    return exchange->response.last_frame > exchange->request.last_frame ? exchange->response.last_frame
                                                                        : exchange->request.last_frame;
}

static bool goes_with(const struct capan_exchange *exchange, const struct capan_step *step, bool request) {
    bool asks = memcmp(&exchange->client, &step->client, sizeof step->client) == 0;
    return asks == ((step->segment.direction == CAPAN_C2S) == request);
}

static void tell_message(struct capan_out *out, struct thread *thread, const struct capan_step *step,
                         const struct capan_told *told) {
    const struct capan_exchange *exchange = &told->exchange;
    struct capan_paragraph paragraph = {.len = 0};
    uint32_t frame = step->segment.frame;
    if (goes_with(exchange, step, true) && frame == exchange->request.last_frame) {
        say_request(&paragraph, thread, told);
        thread->parts[CAPAN_C2S] = (struct parts){.count = 0};
    } else if (goes_with(exchange, step, false) && capan_story_within(&exchange->response, frame)) {
        if (frame < exchange->response.last_frame) {
            say_progress(&paragraph, &thread->parts[CAPAN_S2C], exchange);
        } else {
            say_response(&paragraph, thread, told);
            thread->last_response_ns = exchange->response.last_ns;
            thread->parts[CAPAN_S2C] = (struct parts){.count = 0};
        }
    }
    capan_text_paragraph(out, 4, &paragraph);
}

static void tell_messages(struct capan_out *out, struct thread *thread, const struct capan_step *step) {
    uint32_t frame = step->segment.frame;
    while (thread->next < thread->end && last_frame(&thread->next->exchange) < frame) thread->next++;
    for (struct capan_told *told = thread->next; told < thread->end && told < thread->next + OVERLAPPING; told++) {
        if (first_frame(&told->exchange) > frame) break;
        tell_message(out, thread, step, told);
    }
}

/* One frame. */

static void tell_heading(struct capan_story *story, const struct capan_step *step) {
    struct capan_out *out = &story->out;
    const struct capan_segment *segment = &step->segment;
    capan_style(out, story->text.colour, CAPAN_STYLE_BOLD);
    capan_out_format(out, "#%u", segment->frame);
    capan_style(out, story->text.colour, CAPAN_STYLE_PLAIN);
    out_text(out, "  ");
    capan_cell_time(out, segment->time_ns - story->origin_ns, 0);
    if (story->connections_count > 1) capan_out_format(out, "  stream %u", segment->stream);
    out_text(out, segment->direction == CAPAN_C2S ? "  client > server  " : "  client < server  ");
    capan_text_token(&story->text, &capan_tcp_kinds[segment->kind], 0);
    out_text(out, "  ");
    capan_tell_layers(out, story, segment);
    out_char(out, '\n');
}

static void tell_end(struct telling *telling, struct thread *thread) {
    struct capan_story *story = telling->story;
    if (thread->ended) return;
    thread->ended = true;
    telling->open--;
    out_char(&story->out, '\n');
    capan_text_connection(&story->text, thread->connection, story->origin_ns, false);
    out_char(&story->out, '\n');
}

static void note_step(struct thread *thread, const struct capan_segment *segment) {
    thread->window[segment->direction] = segment->window;
    if (segment->header_flags & CAPAN_TH_ACK && segment->ack > thread->ack[segment->direction])
        thread->ack[segment->direction] = segment->ack;
    if (segment->header_flags & CAPAN_TH_SYN && segment->ack < 1) thread->ack[!segment->direction] = 0;
}

static void tell_step(struct telling *telling, const struct capan_step *step) {
    struct capan_story *story = telling->story;
    struct thread *thread = thread_of(telling, step->segment.stream);
    struct capan_paragraph paragraph = {.len = 0};
    if (!thread) return;
    if (!thread->begun) tell_beginning(telling, thread);
    thread->begun = true;
    tell_heading(story, step);
    say_numbers(&paragraph, telling, thread, step);
    say_explanation(&paragraph, telling, step);
    say_flags(&paragraph, step->segment.flags);
    say_states(&paragraph, thread, &step->segment);
    capan_text_paragraph(&story->out, 4, &paragraph);
    if (is_new_data(&step->segment)) add_part(&thread->parts[step->segment.direction], &step->segment);
    if (step->segment.kind == CAPAN_KIND_HANDSHAKE_ACK)
        tell_offers(&story->out, &thread->connection->tcp, thread == telling->threads);
    tell_messages(&story->out, thread, step);
    note_step(thread, &step->segment);
    if (step->segment.frame == thread->connection->last_frame) tell_end(telling, thread);
}

void capan_tell(struct capan_story *story, const struct capan_source *source) {
    struct telling telling = {.story = story};
    if (!begin_threads(&telling)) return;
    capan_out_printable(&story->out, span_of(source->file), 0);
    out_text(&story->out, ", frame by frame. Numbers count from each side's SYN, times from the first packet.\n");
    for (size_t i = 0; i < story->steps_count; i++) tell_step(&telling, &story->steps[i]);
    if (story->cut)
        out_text(&story->out,
                 "\nThe story ends here: ask for a --stream, a --frame or a filter to hear of the rest.\n");
    free(telling.threads);
}
