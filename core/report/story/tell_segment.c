/* SPDX-License-Identifier: MIT */
#include "human.h"
#include "tell.h"
#include "telling.h"

static const int64_t SILENCE_NS = 1000000000;

static void say_acknowledged(struct sentence *paragraph, const struct capan_telling *telling,
                             const struct capan_step *step, int64_t before) {
    const struct capan_step *acked[CAPAN_PARTS_SHOWN];
    uint64_t sum = 0;
    if (!step->acks_count || step->acks_count > CAPAN_PARTS_SHOWN) return;
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
static void say_fin_acknowledged(struct sentence *paragraph, const struct capan_thread *thread,
                                 const struct capan_segment *segment) {
    const struct capan_tcp_side *peer = &thread->connection->tcp.side[!segment->direction];
    if (!peer->fin_frame || peer->fin_frame >= segment->frame || segment->ack != thread->ack[segment->direction] + 1)
        return;
    capan_say(paragraph, " (%lld + 1: the FIN of #%u took a number)", (long long)segment->ack - 1, peer->fin_frame);
}

/* What its sender has sent and received with it: its numbers less what SYN and FIN took (RFC 9293 3.4). */
static void say_so_far(struct sentence *paragraph, const struct capan_thread *thread,
                       const struct capan_segment *segment) {
    const struct capan_tcp_side *mine = &thread->connection->tcp.side[segment->direction],
                                *theirs = &thread->connection->tcp.side[!segment->direction];
    const int64_t sent = segment->seq - 1 + segment->len, received = segment->ack - 1;
    if (segment->header_flags & (CAPAN_TH_SYN | CAPAN_TH_RST) || sent < 0 || received < 0) return;
    capan_say(paragraph, "; so far sent %llu, received %llu",
              (unsigned long long)min_u64((uint64_t)sent, mine->bytes + mine->missing_bytes),
              (unsigned long long)min_u64((uint64_t)received, theirs->bytes + theirs->missing_bytes));
}

static void say_numbers(struct sentence *paragraph, const struct capan_telling *telling, struct capan_thread *thread,
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
    capan_say(paragraph, ", window %u", segment->window & ~CAPAN_WINDOW_UNSCALED);
    if (segment->window & CAPAN_WINDOW_UNSCALED) capan_say(paragraph, " times a scale that was not captured");
    if (segment->len && thread->window[peer])
        capan_say(paragraph, "; %u in flight of %u allowed", segment->outstanding, thread->window[peer]);
    say_so_far(paragraph, thread, segment);
    capan_say(paragraph, ".");
}

static void say_states(struct sentence *paragraph, struct capan_thread *thread, const struct capan_step *step) {
    const struct capan_segment *segment = &step->segment;
    if (thread->client_state == segment->client_state && thread->server_state == segment->server_state) return;
    if (segment->client_state == segment->server_state)
        capan_say(paragraph, " Both are now %s.", capan_tcp_states[segment->client_state].token);
    else
        capan_say(paragraph, " The client is now %s, the server %s.", capan_tcp_states[segment->client_state].token,
                  capan_tcp_states[segment->server_state].token);
    thread->client_state = segment->client_state;
    thread->server_state = segment->server_state;
    if (thread->change_count < CAPAN_CHANGES_KEPT) thread->changes[thread->change_count] = step;
    thread->change_count++;
}

/* What a normal segment has to say beside its numbers. */
static void say_course(struct sentence *paragraph, const struct capan_telling *telling,
                       const struct capan_segment *segment) {
    char duration[CAPAN_HUMAN];
    const struct capan_step *answer = segment->acked_in ? capan_story_step(telling->story, segment->acked_in) : NULL;
    if (segment->len && answer)
        capan_say(paragraph, " Acknowledged in #%u after %s.", segment->acked_in,
                  capan_human_duration(duration, CAPAN_DURATION_ROUGH, answer->segment.time_ns - segment->time_ns));
    if (!segment->len && segment->rtt_ns >= 0)
        capan_say(paragraph, " Round trip %s.", capan_human_duration(duration, CAPAN_DURATION_ROUGH, segment->rtt_ns));
}

/* The verdict's own sentence, as a sentence. */
static void say_explanation(struct sentence *paragraph, const struct capan_telling *telling,
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
    if (at < paragraph->len && paragraph->at[at] >= 'a' && paragraph->at[at] <= 'z') paragraph->at[at] -= 'a' - 'A';
    if (step->segment.certainty != CAPAN_CERTAIN)
        capan_say(paragraph, " (%s)", capan_certainties[step->segment.certainty].token);
}

/* Flags that the other words say already, or that are true of almost every segment. */
static const uint64_t flags_untold = (uint64_t)1 << CAPAN_FLAG_PADDING | (uint64_t)1 << CAPAN_FLAG_LAST_OF_MESSAGE |
                                     (uint64_t)1 << CAPAN_FLAG_FIRST_FLIGHT | (uint64_t)1 << CAPAN_FLAG_MIDSTREAM |
                                     (uint64_t)1 << CAPAN_FLAG_FIN_DATA;

/* Each with its meaning the first time. */
static void say_flags(struct sentence *paragraph, struct capan_telling *telling, uint64_t flags) {
    flags &= ~flags_untold;
    for (unsigned i = 0; i < CAPAN_TCP_FLAG_COUNT; i++) {
        uint64_t flag = (uint64_t)1 << i;
        if (!(flags & flag)) continue;
        capan_say(paragraph, " [%s", capan_tcp_flags[i].token);
        if (!(telling->flags_told & flag)) capan_say(paragraph, ": %s", capan_tcp_flags[i].sentence);
        capan_say(paragraph, "]");
    }
    telling->flags_told |= flags;
}

static void say_silence(struct sentence *paragraph, const struct capan_thread *thread,
                        const struct capan_segment *segment) {
    char duration[CAPAN_HUMAN];
    if (thread->begun && segment->time_ns - thread->last_ns >= SILENCE_NS)
        capan_say(paragraph, "After %s of silence: ",
                  capan_human_duration(duration, CAPAN_DURATION_ROUGH, segment->time_ns - thread->last_ns));
}

static void note_step(struct capan_thread *thread, const struct capan_segment *segment) {
    int me = segment->direction, peer = !me;
    thread->window[me] = segment->window & CAPAN_WINDOW_UNSCALED ? 0 : segment->window;
    thread->last_ns = segment->time_ns;
    if (segment->header_flags & CAPAN_TH_ACK && segment->ack > thread->ack[me]) thread->ack[me] = segment->ack;
    if (segment->header_flags & CAPAN_TH_SYN && segment->ack < 1) thread->ack[peer] = 0;
}

void capan_tell_segment(struct capan_telling *telling, struct capan_thread *thread, const struct capan_step *step) {
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    say_silence(&paragraph, thread, &step->segment);
    say_numbers(&paragraph, telling, thread, step);
    say_explanation(&paragraph, telling, step);
    say_flags(&paragraph, telling, step->segment.flags);
    say_states(&paragraph, thread, step);
    capan_text_paragraph(&telling->story->out, 4, &paragraph);
    note_step(thread, &step->segment);
}
