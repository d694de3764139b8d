/* SPDX-License-Identifier: MIT */
/* What happened, said without a number: "the client resent the request in frame 4", "no segment was lost". */
#include <stdio.h>

#include "kinds.h"
#include "reader.h"

/* --- deeds ------------------------------------------------------------------------------------------------------ */

static bool is_loss(const struct fact_frame *frame) {
    return frame->segment.flags & UINT64_C(1) << CAPAN_FLAG_GAP_PATH_LOSS;
}
/* A resend may have been needless, and a hole the capture's. */
static bool may_be_loss(const struct fact_frame *frame) {
    return capan_is_resent(frame) || frame->segment.flags & UINT64_C(1) << CAPAN_FLAG_GAP_BEFORE;
}

/* What a frame may be. nouns, verbs, past: items of a pattern, NULL none: "a reset", "reset it", "was reset". is: for
 * certain; may: perhaps, NULL the same. */
struct deed {
    const char *nouns, *verbs, *past;
    is_kind *is, *may;
    const char *name;
};
static const struct deed deeds[] = {
    {"retransmission|retransmissions|retransmits|resends", "retransmits|retransmitted|retransmit|resends|resent|resend",
     "retransmitted|resent", capan_is_resent, NULL, "segments sent again"},
    {"packet|segment loss", NULL, NULL, is_loss, may_be_loss, "holes that losses left"},
    {"lost packets|segments|frames", NULL, "lost", is_loss, may_be_loss, "holes that losses left"},
    {"duplicate|dup acks|ack|acknowledgements|acknowledgments", NULL, NULL, capan_is_duplicate_ack, NULL,
     "duplicate ACKs"},
    {"reset|resets|rst|rsts", "resets|reset|aborts|aborted", "reset|aborted", capan_is_reset, NULL, "resets"},
    {"fin|fins", NULL, NULL, capan_is_fin, NULL, "FINs"},
    {"keepalive|keepalives", NULL, NULL, capan_is_keepalive, NULL, "keep-alives"},
    {"keep - alive|alives|probe|probes", NULL, NULL, capan_is_keepalive, NULL, "keep-alives"},
    {"zero ?- window|windows", NULL, "zero", capan_is_zero_window, NULL, "closed windows"},
    {"window ?- probe|probes", NULL, NULL, capan_is_window_probe, NULL, "window probes"},
    {"window ?- update|updates", NULL, NULL, capan_is_window_update, NULL, "window updates"},
};

/* How it is said; %s: the deed's words of that sort. */
enum words { NOUNS, VERBS, PAST };
#define ENDS   "client|server|browser"
#define THINGS "packet|packets|segment|segments|frame|frames|data|window"
static const struct {
    const char *pattern;
    uint8_t words;
    bool denies;
} shapes[] = {
    {"no ?tcp ?- %s", NOUNS, true},
    {"without ?any|a|an|one ?single|tcp %s", NOUNS, true},
    {ENDS " never *1 sends|sent|send|announces|announced ?a|an|any %s", NOUNS, true},
    {ENDS " did|does not send|announce ?a|an|any %s", NOUNS, true},
    {ENDS " never ?once %s", VERBS, true},
    {ENDS " did|does|do not|never %s", VERBS, true},
    {"no " THINGS " is|was|are|were|got|has|have ?been ?ever %s", PAST, true},
    {THINGS " is|was|are|were never ?once %s", PAST, true},
    {"nothing is|was|got ?ever %s", PAST, true},
    {ENDS " ?then|also|now|again sends|sent|announces|announced ?a|an|the|its|some ?tcp|single|first|second %s", NOUNS,
     false},
    {"there is|was|are|were ?a|an|some|several|many ?tcp %s", NOUNS, false},
    {"%s occurs|occurred|happens|happened|appears|appeared", NOUNS, false},
    {"%s is|was|are|were ?also seen|observed|present", NOUNS, false},
    {ENDS " ?then|also|now|has|had %s", VERBS, false},
    {"is|was|are|were|got ?also %s by the " ENDS, PAST, false},
    {"some|several|many " THINGS " is|was|are|were|got %s", PAST, false},
};

static const char *words_of(const struct deed *deed, uint8_t words) {
    return words == NOUNS ? deed->nouns : words == VERBS ? deed->verbs : deed->past;
}

/* --- whose, and in which frame ---------------------------------------------------------------------------------- */

struct happening {
    const struct deed *deed;
    size_t object;   /* a row of objects: what it was done to */
    size_t from, to; /* its tokens */
    int side;        /* enum capan_direction of what its doer sends; -1 anybody's */
    uint64_t count;  /* 0: none is named */
    uint32_t frame;  /* likewise */
    bool denies;
};

static int side_of(const struct reader *reader, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        if (token_is_word(reader_token(reader, i), "client|browser")) return CAPAN_C2S;
        if (token_is_word(reader_token(reader, i), "server")) return CAPAN_S2C;
    }
    return -1;
}

static bool has_data(const struct fact_frame *frame) {
    return frame->segment.len > 0;
}

/* Behind a verb. The first row that fits: "its SYN-ACK" is no SYN. */
enum { ANYTHING };
static const struct {
    const char *pattern;
    is_kind *is;
} objects[] = {
    [ANYTHING] = {"?the|its|a|any|some ?first|last ?tcp ?data segment|segments|packet|packets|connection", NULL},
    {"?the|its|a ?first|second|last syn ,|-|+|/ ack", capan_is_syn_ack},
    {"?the|its|a ?first|second|last syn", capan_is_syn},
    {"?the|its|a ?first|second|last fin", capan_is_fin},
    {"?the|its|a ?http request|response|answer|data", has_data},
};

/* Takes what it was done to, and how often: "the request", "two segments", "twice". */
static void take_object(const struct reader *reader, struct happening *happening) {
    struct match match;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        if (!capan_pattern_at(objects[i].pattern, reader->tokens.at, happening->to, reader->end, &match)) continue;
        happening->object = i;
        happening->to = match.to;
        return;
    }
    const char *count = "{c} ?data|tcp segment|segments|packet|packets|time|times";
    if (capan_pattern_at(count, reader->tokens.at, happening->to, reader->end, &match)) {
        const struct token *number = reader_token(reader, match.caught[0]);
        happening->count = number->type == TOKEN_NUMBER ? number->value : capan_word_number(number->text);
        happening->to = match.to;
    }
}

/* "in frame 4", "(#4)" */
static void take_place(const struct reader *reader, struct happening *happening) {
    struct match match;
    if (!capan_pattern_at("in|with|by|as|( ?the {f}", reader->tokens.at, happening->to, reader->end, &match)) return;
    happening->frame = (uint32_t)min_u64(reader_token(reader, match.caught[0])->value, UINT32_MAX);
    happening->to = match.to;
}

/* More is said than is understood here: of a part of the capture, or of what that was. */
static bool says_more(const struct reader *reader, const struct happening *happening) {
    const struct token *next = reader_token(reader, happening->to);
    if (happening->to < reader->end && next->type != TOKEN_SIGN && next->type != TOKEN_STOP &&
        !token_is_word(next, "in|is|was|were|are|occurs|occurred|happened|appears|appeared|at|and|by|here|again"))
        return true;
    for (size_t i = reader->begin; i < reader->end; i++)
        if (reader_token(reader, i)->type == TOKEN_FRAME ||
            token_is_word(reader_token(reader, i),
                          "after|before|behind|between|during|except|from|only|since|that|until|when|where|which|while|"
                          "within"))
            return true;
    return false;
}

/* --- the verdict ------------------------------------------------------------------------------------------------ */

static bool is_his(const struct fact_frame *frame, int side) {
    return frame->tcp && (side < 0 || frame->segment.direction == side);
}

static bool is_done_to(const struct happening *happening, const struct fact_frame *frame) {
    is_kind *is = objects[happening->object].is;
    return !is || is(frame);
}

static struct frames_so count(const struct facts *facts, const struct happening *happening) {
    const struct deed *deed = happening->deed;
    struct frames_so so = {.counted = true};
    for (size_t i = 0; i < facts->frame_count; i++) {
        const struct fact_frame *frame = &facts->frames[i];
        if (!is_his(frame, happening->side) || !is_done_to(happening, frame)) continue;
        if (deed->is(frame) && !so.sure++) so.first = frame->number;
        so.perhaps += (deed->may ? deed->may : deed->is)(frame);
    }
    return so;
}

enum { DEEDS = sizeof deeds / sizeof *deeds, OBJECTS = sizeof objects / sizeof *objects, SIDES = 3 };
_Static_assert(DEEDS *OBJECTS *SIDES <= HAPPENINGS_MAX, "each happening has a count");

/* Counted once, however often it is told. */
static const struct frames_so *frames_of(struct reader *reader, const struct happening *happening) {
    const size_t deed = (size_t)(happening->deed - deeds), side = (size_t)(happening->side + 1);
    struct frames_so *so = &reader->happenings[(deed * OBJECTS + happening->object) * SIDES + side];
    if (!so->counted) *so = count(reader->facts, happening);
    return so;
}

static void say(struct judged *judged, const char *right, const char *why) {
    struct sentence own = sentence_in(judged->right, sizeof judged->right),
                    words = sentence_in(judged->why, sizeof judged->why);
    sentence_text(&own, right);
    sentence_text(&words, why);
}

static bool judge_frame(const struct reader *reader, const struct happening *happening, struct judged *judged) {
    static const char *const whose[] = {"it is the client's", "it is the server's"};
    const struct fact_frame *frame = capan_facts_frame(reader->facts, happening->frame);
    if (!frame || !frame->tcp) return false;
    const struct deed *deed = happening->deed;
    const bool his = is_his(frame, happening->side), it = deed->is(frame) && is_done_to(happening, frame);
    capan_judged_frame(judged, frame->number);
    if (his && !it && deed->may && deed->may(frame)) return false;
    judged->verdict = (his && it) != happening->denies ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED;
    if (judged->verdict == CAPAN_CLAIM_REFUTED)
        say(judged, capan_tcp_kinds[frame->segment.kind].token,
            his ? capan_tcp_kinds[frame->segment.kind].token : whose[frame->segment.direction]);
    return true;
}

/* Who tells of fewer may mean some of them. */
static bool is_open(const struct frames_so *so, uint64_t said) {
    return said ? said != so->sure && said <= so->perhaps : !so->sure && so->perhaps;
}

static bool judge_all(struct reader *reader, const struct happening *happening, struct judged *judged) {
    static const char *const doers[] = {"", " of the client", " of the server"};
    const struct frames_so *so = frames_of(reader, happening);
    const uint64_t said = happening->count;
    if (reader->facts->left_out || is_open(so, said)) return false;
    const bool it = said ? said == so->sure : so->sure > 0;
    capan_judged_frame(judged, so->first);
    judged->verdict = it != happening->denies ? CAPAN_CLAIM_CONFIRMED : CAPAN_CLAIM_REFUTED;
    if (judged->verdict == CAPAN_CLAIM_CONFIRMED) return true;
    struct sentence right = sentence_in(judged->right, sizeof judged->right),
                    why = sentence_in(judged->why, sizeof judged->why);
    capan_say(&right, "%llu", (unsigned long long)so->sure);
    capan_say(&why, "%s%s%s: %llu", happening->deed->name, doers[happening->side + 1],
              objects[happening->object].is ? ", of that sort" : "", (unsigned long long)so->sure);
    return true;
}

static void judge(struct reader *reader, const struct happening *happening) {
    struct judged judged = {.denies = happening->denies};
    const bool understood = happening->frame ? judge_frame(reader, happening, &judged)
                                             : !says_more(reader, happening) && judge_all(reader, happening, &judged);
    if (understood) capan_claim(reader, CAPAN_CLAIM_KIND, happening->from, happening->to, &judged);
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static bool is_taken(const struct reader *reader, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (reader_token(reader, i)->taken) return true;
    return false;
}

static void read_shape(struct reader *reader, const struct deed *deed, const char *pattern, uint8_t words,
                       bool denies) {
    struct match match;
    for (size_t at = reader->begin; at < reader->end; at = match.from + 1) {
        if (!capan_pattern_find(pattern, reader->tokens.at, at, reader->end, &match)) return;
        struct happening happening = {.deed = deed,
                                      .from = match.from,
                                      .to = match.to,
                                      .side = side_of(reader, match.from, match.to),
                                      .denies = denies};
        if (words == VERBS) take_object(reader, &happening);
        take_place(reader, &happening);
        if (!is_taken(reader, happening.from, happening.to)) judge(reader, &happening);
    }
}

void capan_read_happenings(struct reader *reader) {
    char pattern[256];
    for (size_t i = 0; i < DEEDS; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++) {
            const char *words = words_of(&deeds[i], shapes[j].words);
            if (!words) continue;
            snprintf(pattern, sizeof pattern, shapes[j].pattern, words);
            read_shape(reader, &deeds[i], pattern, shapes[j].words, shapes[j].denies);
        }
}
