/* SPDX-License-Identifier: MIT */
/* What texts teach of TCP and HTTP, and is not so: phrases that say it, and what the RFC says. A sentence that denies
 * it, or names what makes it so after all, is left alone. */
#include "quantity.h"

enum { PATTERNS_MAX = 4, CONDITIONS_NEAR = 3 };

/* What else must be so; NULL nothing. May add the frames that show it, or refuse. */
typedef bool shown(const struct reader *, struct judged *);

/* Two segments of one end in a row, before any was acknowledged: it did not wait. */
static bool sends_ahead(const struct reader *reader, struct judged *judged) {
    const struct fact_frame *before = NULL;
    for (size_t i = 0; i < reader->facts->frame_count; i++) {
        const struct fact_frame *frame = &reader->facts->frames[i];
        const bool data = frame->tcp && frame->segment.len && frame->segment.kind == CAPAN_KIND_DATA_NEW;
        if (!data) continue;
        if (before && before->segment.stream == frame->segment.stream &&
            before->segment.direction == frame->segment.direction && before->segment.acked_in > frame->number) {
            capan_judged_frame(judged, before->number);
            capan_judged_frame(judged, frame->number);
            return true;
        }
        before = frame;
    }
    return false;
}

/* Both preconditions were named in the sentences just before. */
static bool names_both_conditions(const struct reader *reader, struct judged *judged) {
    (void)judged;
    return reader->conditions && reader->conditions <= CONDITIONS_NEAR;
}

static const struct teaching {
    const char *token, *source, *sentence;
    shown *shown;
    const char *unless; /* words of the sentence with which it may be so; "" none */
    const char *patterns[PATTERNS_MAX];
} teachings[] = {
    {"accept-sends-syn-ack",
     "RFC 9293 3.10.7.2",
     "TCP answers a SYN by itself while it listens; accept() only takes a connection out of the queue, later",
     NULL,
     "queue|kernel|stack|itself",
     {"accept *10 initiate|initiates|send|sends|answers|replies|responds *10 syn ,|-|+|/ ack",
      "syn ,|-|+|/ ack *6 sent|initiated|returned|triggered by *3 accept"}},
    {"stop-and-wait",
     "RFC 9293 3.8.4, RFC 5681 3.1",
     "a sender does not wait for each ACK: it sends ahead as far as both windows allow",
     sends_ahead,
     "nagle|window|windows|cwnd|probe|handshake|limited|blocked",
     {"next message|segment|packet|data *8 can|may|could be sent *3 otherwise|else|only",
      "must|has|have to|wait ?wait for *4 ack|acknowledgement|acknowledgment *4 before *4 next|more|another",
      "waits|wait for *4 ack|acknowledgement|acknowledgment *6 before sending|sends|it *3 next|more|another",
      "only *4 after|when *6 acknowledged|ack *4 send|sends|sent *3 next"}},
    {"psh-marks-a-boundary",
     "RFC 9293 3.9.1.2",
     "PSH asks for what is buffered to be handed on; it marks no message and no border, and gives no priority",
     NULL,
     "",
     {"psh *44 interception|intercept",
      "psh *8 is|as|marks|means|indicates|signals|tells|shows *4 "
      "end|boundary|boundaries|delimiter|separator|priority|urgent",
      "psh *8 high|higher priority"}},
    {"nodelay-keeps-boundaries",
     "RFC 9293 3.7.4, RFC 9293 3.8",
     "TCP is a stream of octets without messages; TCP_NODELAY changes when they are sent, and keeps no borders",
     NULL,
     "must|own|itself|lost",
     {"tcp_nodelay|nodelay|nagle *20 preserve|preserves|preserved|keep|keeps|kept|maintain|maintains|mark|marks *4 "
      "boundary|boundaries|borders",
      "tcp_nodelay|nodelay|nagle *30 prevent|prevents|avoid|avoids|against|cures *3 adhesion|sticking|sticky"}},
    {"both-conditions-count",
     "RFC 9110 13.1.3, RFC 9110 13.2.2",
     "with If-None-Match in a request, If-Modified-Since must be ignored",
     names_both_conditions,
     "ignored|ignores|ignore|alone|only|first",
     {"reads|checks|compares|evaluates|uses|considers|looks *6 both *3 "
      "headers|header|fields|field|conditions|validators"}},
    {"date-goes-before-tag",
     "RFC 9110 13.1.3, RFC 9110 13.2.2",
     "with If-None-Match in a request, If-Modified-Since must be ignored",
     NULL,
     "",
     {"if - modified - since *3 takes ?the precedence over|before *3 if - none - match",
      "if - modified - since *3 overrides|wins *4 if - none - match"}},
    {"mss-negotiated",
     "RFC 9293 3.7.1",
     "each end announces the MSS that it takes; nothing is negotiated, and the two may differ",
     NULL,
     "scale|scaling",
     {"mss|maximum *3 negotiated|negotiate|negotiation|agreed", "negotiate|negotiates|negotiated|agree|agrees *4 mss"}},
    {"not-modified-has-content",
     "RFC 9110 15.4.5",
     "a 304 ends with its header section: it has no content",
     NULL,
     "",
     {"304 ?not ?modified ?response|answer|reply|status ?that|which with|carries|contains|includes|has|sends "
      "?a|the|its body|content|page|file"}},
    {"fin-means-both",
     "RFC 9293 3.6",
     "a FIN says that its sender has no more data: the other direction goes on until it has its own",
     NULL,
     "only|after|until|once|when|other",
     {"fin *6 closes|close|ends|terminates both directions|sides|ways"}},
};

static bool may_be_so(const struct reader *reader, const struct teaching *teaching) {
    for (size_t i = reader->begin; i < reader->end; i++)
        if (token_is_word(reader_token(reader, i), teaching->unless)) return true;
    return false;
}

static void claim_teaching(struct reader *reader, const struct teaching *teaching, const struct match *match) {
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED, .source = teaching->source};
    struct sentence said = sentence_in(judged.said, sizeof judged.said),
                    right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    if (teaching->shown && !teaching->shown(reader, &judged)) return;
    sentence_text(&said, teaching->token);
    sentence_text(&right, teaching->sentence);
    sentence_text(&why, teaching->sentence);
    if (judged.frame_count == 2)
        capan_say(&why, "; #%u came before #%u was acknowledged", judged.frames[1], judged.frames[0]);
    bool taken[SENTENCE_MAX + 1];
    for (size_t i = match->from; i < match->to; i++) taken[i - match->from] = reader_token(reader, i)->taken;
    capan_claim(reader, CAPAN_CLAIM_TEACHING, match->from, match->to, &judged);
    for (size_t i = match->from; i < match->to; i++)
        if (reader_token(reader, i)->type == TOKEN_NUMBER) reader_token(reader, i)->taken = taken[i - match->from];
}

static void note_conditions(struct reader *reader) {
    struct match since, none;
    const bool both =
        capan_pattern_find("if - modified - since", reader->tokens.at, reader->begin, reader->end, &since) &&
        capan_pattern_find("if - none - match", reader->tokens.at, reader->begin, reader->end, &none);
    if (both)
        reader->conditions = 1;
    else if (reader->conditions)
        reader->conditions++;
}

/* "Seq=1 is the client's ISN": relative to itself it is 0. The number itself is judged, too. */
static void read_isns(struct reader *reader) {
    static const char *const patterns[] = {"seq|sequence ?number =|is|: {n} ?, is|for|as *4 isn",
                                           "ack = {n} is|for|as *4 isn|ian",
                                           "isn|initial ?sequence ?number *6 is|=|: {n}"};
    struct match match;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (size_t at = reader->begin; at < reader->end; at = match.to) {
            if (!capan_pattern_find(patterns[i], reader->tokens.at, at, reader->end, &match)) break;
            const size_t number = match.caught[0];
            const struct asked asked = {.what = CAPAN_CLAIM_ISN, .from = number, .to = number + 1, .number = number};
            const bool sum = number + 1 < reader->end && (token_is_sign(reader_token(reader, number + 1), '-') ||
                                                          token_is_sign(reader_token(reader, number + 1), '+'));
            if (!sum) capan_judge_number(reader, &asked);
        }
}

/* What a cache does with a 304 and with a 200 (RFC 9111 4.3.3). Of another status it is not wrong: a fresh response of
 * any is served as it was stored (RFC 9111 4.2). */
static void read_cache_statuses(struct reader *reader) {
    static const struct {
        const char *pattern;
        uint64_t status;
    } rows[] = {
        {"{n} response|answer *12 read|reads|taken|served|loaded from *3 cache", 304},
        {"{n} response|answer *12 overwrites|overwrite|replaces|replace *3 cache|cached|old", 200},
    };
    struct match match;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!capan_pattern_find(rows[i].pattern, reader->tokens.at, reader->begin, reader->end, &match)) continue;
        const size_t at = match.caught[0];
        const uint64_t said = reader_token(reader, at)->value;
        const bool is_none = said < 100 || said > 599;
        if (reader_token(reader, at)->taken || (said != rows[i].status && !is_none)) continue;
        struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED, .source = "RFC 9111 4.3.3"};
        if (is_none) {
            judged = (struct judged){.verdict = CAPAN_CLAIM_REFUTED, .source = "RFC 9110 15"};
            strcpy(judged.why, "there are no such statuses: they go from 100 to 599");
        }
        capan_claim(reader, CAPAN_CLAIM_STATUS, at, at + 1, &judged);
    }
}

void capan_read_teachings(struct reader *reader) {
    struct match match;
    note_conditions(reader);
    read_isns(reader);
    for (size_t i = 0; i < sizeof teachings / sizeof *teachings; i++)
        for (size_t j = 0; j < PATTERNS_MAX && teachings[i].patterns[j]; j++) {
            const char *pattern = teachings[i].patterns[j];
            if (!capan_pattern_find(pattern, reader->tokens.at, reader->begin, reader->end, &match)) continue;
            if (capan_is_hedged(reader, match.from, match.to) || may_be_so(reader, &teachings[i])) continue;
            claim_teaching(reader, &teachings[i], &match);
            break;
        }
}

/* Before the statuses are read as those of the capture. */
void capan_read_doings(struct reader *reader) {
    read_cache_statuses(reader);
}

/* --- throughout ------------------------------------------------------------------------------------------------- */

/* A frame of the text whose payload is not its length less the constant. */
static const struct fact_frame *odd_frame(const struct reader *reader) {
    for (size_t i = 0; i < reader->lined_count; i++) {
        const struct fact_frame *frame = capan_facts_frame(reader->facts, reader->lined[i]);
        if (frame && frame->tcp && frame->frame_len >= reader->header &&
            frame->frame_len - reader->header != frame->segment.len)
            return frame;
    }
    return NULL;
}

/* One constant is taken off frames' lengths for their payload, and a frame that the text lists itself has another. */
void capan_read_whole(struct reader *reader) {
    const struct fact_frame *frame = reader->header_uses > 1 && !reader->headers_differ ? odd_frame(reader) : NULL;
    struct judged judged = {.verdict = CAPAN_CLAIM_REFUTED, .source = "RFC 9293 3.1, RFC 894"};
    if (!frame) return;
    struct sentence said = sentence_in(judged.said, sizeof judged.said),
                    right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    sentence_text(&said, "header-is-constant");
    sentence_text(&right, "link, IP and TCP headers, options, payload, and padding");
    capan_say(&why, "length - %llu is no rule: #%u has %u octets = %u link + %u IP + %u TCP + %u payload",
              (unsigned long long)reader->header, frame->number, frame->frame_len, frame->link_len, frame->ip_len,
              frame->tcp_len, frame->segment.len);
    if (frame->padding) capan_say(&why, " + %u padding", frame->padding);
    capan_judged_frame(&judged, frame->number);
    reader->begin = reader->header_at;
    reader->end = reader->header_at + 3;
    capan_claim(reader, CAPAN_CLAIM_TEACHING, reader->header_at, reader->header_at + 3, &judged);
}
